-- The data model's first version. Times are timestamptz; "due", "lease" and "fence" columns are set from database time only.

create table installation (
  one          boolean primary key default true check (one),
  code         text        not null default substr(md5(gen_random_uuid()::text), 1, 6),
  installed_at timestamptz not null default now(),
  -- The WeCom corp whose data this is; `simulator` for the bundled one.
  corp_id      text
);
insert into installation default values;

-- Fencing numbers: each claim takes the next one; whoever holds an older one has lost the row.
create sequence fences;

-- ---------------------------------------------------------------- who
create table rms (
  userid           text primary key check (userid = lower(userid)),
  name             text        not null,
  branch           text        not null default '',
  skills           jsonb       not null default '{}',
  lines            text[]      not null default '{}',
  licences         jsonb       not null default '[]',
  capacity         numeric     not null default 5 check (capacity >= 0),
  deputy           text,
  on_duty          boolean     not null default true,
  duty_since       timestamptz not null default now(),
  load             numeric     not null default 0 check (load >= 0),
  last_assigned_at timestamptz,
  missed           integer     not null default 0,
  paused_at        timestamptz,
  supervises       text,
  updated_at       timestamptz not null default now()
);

create table kf_accounts (
  open_kfid      text primary key,
  name           text        not null default '',
  managed        boolean     not null default true,
  cursor         text        not null default '',
  history_before timestamptz,
  lease_until    timestamptz,
  fence          bigint      not null default 0,
  poll_at        timestamptz not null default now(),
  pulled_at      timestamptz,
  cursor_at      timestamptz,
  received       bigint      not null default 0,
  trouble        text
);

-- A stretch without pulling that was longer than WeCom keeps messages: something may have been lost, and is said so.
create table kf_gaps (
  open_kfid text        not null,
  since     timestamptz not null,
  until     timestamptz not null,
  primary key (open_kfid, since)
);

create table servicers (
  open_kfid text        not null,
  userid    text        not null check (userid = lower(userid)),
  status    text        not null check (status in ('receiving', 'stopped', 'suspended', 'unknown')),
  since     timestamptz not null default now(),
  primary key (open_kfid, userid)
);
create index servicers_by_userid on servicers (userid);

create table customers (
  id              bigint generated always as identity primary key,
  external_userid text unique,
  client_no       text unique,
  unionid         text unique,
  name            text,
  kind            text        not null default 'person' check (kind in ('person', 'sme')),
  tier            text,
  owner           text,
  branch          text,
  tags            text[]      not null default '{}',
  firm_no         text,
  firm_name       text,
  channel         text,
  known           boolean     not null default false,
  merged_into     bigint references customers,
  first_seen_at   timestamptz not null default now(),
  updated_at      timestamptz not null default now()
);
create index customers_by_owner on customers (owner);
create index customers_merged on customers (merged_into) where merged_into is not null;

create table contacts (
  customer_id bigint      not null references customers,
  rm          text        not null,
  state       text        not null check (state in ('active', 'lost')),
  since       timestamptz not null,
  primary key (customer_id, rm)
);

-- ---------------------------------------------------------------- what arrives
-- state: new (to be handled) · rung (a doorbell, answered by the next pull) · done · ignored (kept raw) · dead (gave up, see error)
create table inbox (
  id          bigint generated always as identity primary key,
  kind        text        not null,
  key         text        not null unique,
  subject     text        not null,
  lane        smallint    not null default 1,
  payload     jsonb       not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  state       text        not null default 'new' check (state in ('new', 'rung', 'done', 'ignored', 'dead')),
  due_at      timestamptz not null default now(),
  lease_until timestamptz,
  fence       bigint      not null default 0,
  attempts    integer     not null default 0,
  error       text,
  done_at     timestamptz,
  -- false: certainly not the first of its subject; claim_inbox() does not look at it (0002_claim.sql keeps it)
  front       boolean     not null default true
);
create index inbox_waiting on inbox (subject, id) where state = 'new';
create index inbox_queue on inbox (lane, id) where state = 'new' and front;
create index inbox_behind on inbox (subject, id) where state = 'new' and not front;
create index inbox_leased on inbox (subject) where state = 'new' and lease_until is not null;
create index inbox_rung on inbox (subject, id) where state = 'rung';
create index inbox_dead on inbox (id) where state = 'dead';

-- ---------------------------------------------------------------- what is going on
-- One chat of a customer with an account: WeCom's window (48 h and 5 messages since the customer last wrote) and the last entry.
create table kf_chats (
  open_kfid        text        not null,
  external_userid  text        not null,
  last_customer_at timestamptz,
  sent_since       integer     not null default 0,
  entered_at       timestamptz,
  entry            jsonb       not null default '{}',
  last_rm          text,
  primary key (open_kfid, external_userid)
);

create table conversations (
  id               bigint generated always as identity primary key,
  open_kfid        text        not null,
  external_userid  text        not null,
  customer_id      bigint      not null references customers,
  status           text        not null check (status in ('bot', 'queued', 'offered', 'assigned', 'closed')),
  rm               text,
  channel          text,
  rule             text,
  step             integer     not null default 0,
  step_since       timestamptz,
  waiting_reason   text,
  units            numeric     not null default 1,
  priority         numeric     not null default 0,
  opened_at        timestamptz not null,
  routed_at        timestamptz,
  assigned_at      timestamptz,
  first_reply_at   timestamptz,
  closed_at        timestamptz,
  excluded         jsonb       not null default '{}',
  facts            jsonb       not null default '{}',
  left_message     boolean     not null default false,
  version          integer     not null default 0
);
create unique index conversations_open on conversations (open_kfid, external_userid) where status <> 'closed';
create index conversations_by_customer on conversations (external_userid, id desc);
create index conversations_by_rm on conversations (rm, id desc);
create index conversations_waiting on conversations (status, id) where status in ('queued', 'offered') or (status = 'bot' and left_message);

create table messages (
  id              text primary key,
  conversation_id bigint references conversations,
  open_kfid       text        not null,
  external_userid text        not null,
  at              timestamptz not null,
  seq             bigint generated always as identity,
  sender          text        not null check (sender in ('customer', 'rm', 'bot', 'system')),
  rm              text,
  type            text        not null,
  text            text,
  payload         jsonb       not null default '{}',
  status          text        not null check (status in ('received', 'accepted', 'failed', 'recalled'))
);
create index messages_by_conversation on messages (conversation_id, at, seq);

create table decisions (
  id              bigint generated always as identity primary key,
  at              timestamptz not null,
  conversation_id bigint      not null references conversations,
  inbox_id        bigint      not null,
  ruleset_version integer     not null,
  rule            text,
  outcome         text        not null check (outcome in ('assigned', 'offered', 'queued', 'left-message', 'bot')),
  rm              text,
  explanation     jsonb       not null
);
create index decisions_by_conversation on decisions (conversation_id, id);

create table rulesets (
  version      integer generated always as identity primary key,
  ruleset      jsonb       not null,
  origin       text        not null,
  author       text        not null,
  created_at   timestamptz not null default now(),
  active       boolean     not null default false,
  activated_at timestamptz
);
create unique index rulesets_one_active on rulesets (active) where active;

-- ---------------------------------------------------------------- what goes out
-- state: new · done · failed (final; see error) · expired (its code or window is gone)
create table outbox (
  id              bigint generated always as identity primary key,
  kind            text        not null,
  subject         text        not null,
  lane            smallint    not null default 1,
  payload         jsonb       not null,
  conversation_id bigint,
  inbox_id        bigint,
  created_at      timestamptz not null default now(),
  not_after       timestamptz,
  state           text        not null default 'new' check (state in ('new', 'done', 'failed', 'expired')),
  due_at          timestamptz not null default now(),
  lease_until     timestamptz,
  fence           bigint      not null default 0,
  attempts        integer     not null default 0,
  -- tries whose outcome was written down; a try without one (the process died) may have reached WeCom
  reported        integer     not null default 0,
  uncertain       boolean     not null default false,
  error           text,
  answer          jsonb,
  done_at         timestamptz,
  front           boolean     not null default true
);
create index outbox_waiting on outbox (subject, id) where state = 'new';
create index outbox_queue on outbox (lane, id) where state = 'new' and front;
create index outbox_behind on outbox (subject, id) where state = 'new' and not front;
create index outbox_leased on outbox (subject) where state = 'new' and lease_until is not null;

create table timers (
  key             text primary key,
  kind            text        not null,
  subject         text        not null,
  due_at          timestamptz not null,
  payload         jsonb       not null default '{}'
);
create index timers_due on timers (due_at);

-- ---------------------------------------------------------------- what happened, for ever
create sequence touchpoint_ids;
create table touchpoints (
  id              bigint      not null default nextval('touchpoint_ids'),
  at              timestamptz not null,
  kind            text        not null,
  external_userid text,
  customer_id     bigint,
  channel         text,
  rm              text,
  conversation_id bigint,
  source_id       text,
  data            jsonb       not null default '{}',
  primary key (at, id),
  unique (at, source_id)
) partition by range (at);
create index touchpoints_by_id on touchpoints (id);
create index touchpoints_by_customer on touchpoints (external_userid, at desc, id desc);
create index touchpoints_by_customer_id on touchpoints (customer_id, at desc, id desc);
create index touchpoints_by_conversation on touchpoints (conversation_id);
create table touchpoints_elsewhen partition of touchpoints default;

-- Months are made ahead of their time (at start and daily), so the default partition stays empty. A month for which something
-- dated ahead already lies in the default partition stays there: a row is never moved. One maker at a time, or two would collide.
create function ensure_touchpoint_months(from_month date, to_month date) returns void language plpgsql as $$
declare
  first date := date_trunc('month', from_month);
  name  text;
begin
  while first <= to_month loop
    name := 'touchpoints_' || to_char(first, 'YYYY_MM');
    if to_regclass(quote_ident(name)) is null then
      perform pg_advisory_xact_lock(hashtext('ensure_touchpoint_months'));
      begin
        execute format('create table if not exists %I partition of touchpoints for values from (%L) to (%L)',
          name, first::timestamp at time zone 'UTC', (first + interval '1 month')::timestamp at time zone 'UTC');
        -- Triggers for rows come down to a partition by themselves, those for statements do not.
        execute format('create or replace trigger touchpoints_are_not_emptied before truncate on %I
          for each statement execute function touchpoints_are_for_ever()', name);
      exception when check_violation then
        raise warning 'touchpoints of % stay in the default partition: some came before the month was made', to_char(first, 'YYYY-MM');
      end;
    end if;
    first := first + interval '1 month';
  end loop;
end $$;
create function touchpoints_are_for_ever() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: a touchpoint can neither be changed nor removed'
    using errcode = 'integrity_constraint_violation';
end $$;
create trigger touchpoints_are_for_ever before update or delete on touchpoints
  for each row execute function touchpoints_are_for_ever();
create trigger touchpoints_are_not_emptied before truncate on touchpoints
  for each statement execute function touchpoints_are_for_ever();
create trigger touchpoints_are_not_emptied before truncate on touchpoints_elsewhen
  for each statement execute function touchpoints_are_for_ever();
select ensure_touchpoint_months((now() - interval '1 month')::date, (now() + interval '3 months')::date);

-- ---------------------------------------------------------------- who may ask
create table api_keys (
  id           bigint generated always as identity primary key,
  name         text        not null,
  role         text        not null check (role in ('admin', 'security', 'supervisor', 'rm', 'auditor', 'app')),
  branch       text,
  rm           text,
  hash         text        not null unique,
  created_at   timestamptz not null default now(),
  last_used_at timestamptz
);
