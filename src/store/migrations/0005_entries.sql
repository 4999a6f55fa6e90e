-- Ways in (channels and their links), who turned out to be whom, and touchpoints that the bank's own programs tell of.

create table channels (
  key        text primary key check (key ~ '^[0-9A-Za-z_-]{1,32}$'),
  name       text        not null,
  kind       text        not null check (kind in ('app', 'h5', 'mini-program', 'branch', 'sms', 'partner', 'other')),
  open_kfid  text        not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- WeCom makes another link at each call and takes none back: one per account and scene is asked for and kept for ever.
-- `asking_until`: somebody asks right now; it is set from database time and tells his question from a later one.
create table kf_links (
  open_kfid    text        not null,
  scene        text        not null,
  url          text,
  asking_until timestamptz,
  created_at   timestamptz not null default now(),
  primary key (open_kfid, scene)
);

-- Null: nobody has asked WeCom for this customer's profile yet. It answers only within 48 h of his last visit.
alter table customers add column profile_asked_at timestamptz;

-- The people of a firm.
create index customers_by_firm on customers (firm_no) where firm_no is not null;

-- What was said about who a customer is, and what came of it. `set`: he got the name. `merged`: `other_id`, who had it and was not
-- in WeCom, became part of him; `before` says how to undo that. `conflict`: nothing was changed, `reason` says why.
create table identity_claims (
  id          bigint generated always as identity primary key,
  at          timestamptz not null,
  customer_id bigint      not null references customers,
  kind        text        not null check (kind in ('client_no', 'unionid')),
  value       text        not null,
  via         text        not null check (via in ('entry', 'profile', 'bank', 'import')),
  source_id   text,
  outcome     text        not null check (outcome in ('set', 'merged', 'conflict')),
  reason      text        check (reason in ('taken', 'has-another', 'names-differ', 'undone-before')),
  other_id    bigint      references customers,
  before      jsonb,
  times       integer     not null default 1,
  last_at     timestamptz not null,
  undone_at   timestamptz,
  undone_by   text
);
create index identity_claims_by_customer on identity_claims (customer_id, id desc);
create index identity_claims_by_other on identity_claims (other_id, id desc) where other_id is not null;
create unique index identity_conflicts on identity_claims (customer_id, kind, value) where outcome = 'conflict';

-- The ledger is split by time, so a key that must be unique for ever has a table of its own.
create table app_touchpoint_keys (
  key         text primary key,
  received_at timestamptz not null default now()
);
