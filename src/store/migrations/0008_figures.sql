-- Figures (docs/decisions/0023): what the ledger says, counted per person. Everything in figure_* can be thrown away and is counted
-- again from touchpoints alone; nothing here is a source. A person is all customer ids that the ledger has brought together.

-- `upto`: every touchpoint with an id up to this one has been looked at. `config`: the definitions it was counted by.
create table figure_progress (
  one        boolean     primary key default true check (one),
  upto       bigint      not null default 0,
  config     text        not null default '',
  counted_at timestamptz
);
insert into figure_progress default values;

-- Customers about whom the ledger has something new.
create table figure_dirty (customer_id bigint primary key);

-- identity.joined and identity.undone, by the claim that both name. With an `other_id` it is a merge.
create table figure_claims (
  claim_id    bigint  primary key,
  customer_id bigint,
  other_id    bigint,
  joined      boolean not null default false,
  undone      boolean not null default false
);
create index figure_claims_by_customer on figure_claims (customer_id) where joined and not undone and other_id is not null;
create index figure_claims_by_other on figure_claims (other_id) where joined and not undone and other_id is not null;

-- rm.placed: in which branch an RM is from when on.
create table figure_places (
  rm     text        not null,
  since  timestamptz not null,
  branch text        not null,
  primary key (rm, since)
);

-- `stages`: bit 0 app touch, 1 entry, 2 conversation, 3 reply, 4 invitation, 5 contact, 6 value. `pairs`: the same bits where the
-- stage before it was reached, too. `several`: this person has more than one journey.
create table figure_journeys (
  person   bigint   not null,
  day      date     not null,
  week     date     not null,
  channel  text,
  campaign text,
  branch   text,
  rm       text,
  stages   smallint not null,
  pairs    smallint not null,
  several  boolean  not null
);
create index figure_journeys_by_person on figure_journeys (person);
create index figure_journeys_by_day on figure_journeys (day);
create index figure_journeys_by_rm on figure_journeys (rm) where rm is not null;

-- The funnel, added up: `n` persons were at this stage (bits 7 to 13: and at the one before it) in a journey of this day and, in the
-- same group, last in one of the day `before`. A span of days counts those whose `before` lies before it: everybody once.
create table figure_funnel (
  dimension text     not null,
  key       text,
  bit       smallint not null,
  day       date     not null,
  before    date     not null,
  n         integer  not null,
  unique nulls not distinct (dimension, key, day, bit, before)
);

-- One row for each touch before a conversion; one without a channel where there was none.
create table figure_credits (
  person   bigint  not null,
  goal     text    not null,
  day      date    not null,
  week     date    not null,
  channel  text,
  campaign text,
  branch   text,
  rm       text,
  is_first boolean not null,
  is_last  boolean not null,
  touches  integer not null
);
create index figure_credits_by_person on figure_credits (person);
create index figure_credits_by_goal on figure_credits (goal, day);
create index figure_credits_by_rm on figure_credits (rm) where rm is not null;

-- One row for each add.
create table figure_connections (
  person   bigint      not null,
  rm       text        not null,
  branch   text,
  channel  text,
  campaign text,
  added_at timestamptz not null,
  day      date        not null,
  week     date        not null,
  is_first boolean     not null,
  client   boolean     not null,
  spoke    boolean     not null,
  lost_at  timestamptz
);
create index figure_connections_by_person on figure_connections (person);
create index figure_connections_by_day on figure_connections (day);
create index figure_connections_by_rm on figure_connections (rm, added_at);

-- For the comparison: who is known since when, and when he was first connected to an RM.
create table figure_people (
  person       bigint      primary key,
  first_at     timestamptz not null,
  since        date        not null,
  connected_at timestamptz,
  channel      text,
  campaign     text,
  branch       text,
  rm           text
);
create index figure_people_connected on figure_people (connected_at) where connected_at is not null;
create table figure_segments (person bigint not null, since timestamptz not null, segment text not null);
create index figure_segments_by_person on figure_segments (person, since);
create table figure_activity (person bigint not null, week date not null, touches integer not null, primary key (person, week));
-- The first value event of each kind.
create table figure_values (person bigint not null, kind text not null, at timestamptz not null, primary key (person, kind));

-- What the ledger did not say so far: where RMs belong, who is a client and of which segment, and merges by the bank's own word.
select ensure_touchpoint_months(coalesce(min(at), now())::date, now()::date)
  from (select min(updated_at) as at from rms union all select min(updated_at) from customers
        union all select min(at) from identity_claims) t;
insert into touchpoints (at, kind, data)
  select updated_at, 'rm.placed', jsonb_build_object('rm', userid, 'branch', branch) from rms order by userid;
insert into touchpoints (at, kind, customer_id, data)
  select updated_at, 'customer.described', id,
    jsonb_build_object('client', client_no is not null, 'segment', kind || coalesce('/' || tier, ''))
  from customers where client_no is not null or tier is not null or kind <> 'person' order by id;
insert into touchpoints (at, kind, external_userid, customer_id, channel, data)
  select k.at, 'identity.joined', c.external_userid, c.id, c.channel,
    jsonb_build_object('claimId', k.id::text, 'by', k.kind, 'via', k.via, 'otherCustomerId', k.other_id::text)
  from identity_claims k join customers c on c.id = k.customer_id
  where k.outcome = 'merged' and k.via in ('bank', 'import') order by k.id;
