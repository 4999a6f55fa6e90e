-- What routing needs to know of firms, of an RM's day and of people who must not meet; and the work that a conversation leaves behind.

-- A firm (企业) has people (customers with its firm_no), one lead RM and others who know it.
create table firms (
  firm_no    text primary key,
  name       text        not null,
  lead_rm    text,
  co_rms     text[]      not null default '{}',
  branch     text,
  updated_at timestamptz not null default now()
);

-- New customers an RM may get per business day; null: no limit. `new_today` counts for the day `new_day`.
alter table rms add column daily_new_cap integer check (daily_new_cap >= 0);
alter table rms add column new_today integer not null default 0;
alter table rms add column new_day date;

-- RMs whom this customer shall not get (a complaint, a relative).
alter table customers add column avoid text[] not null default '{}';

alter table kf_chats add column last_rm_at timestamptz;
create index decisions_by_time on decisions (at);

create table tasks (
  id              bigint generated always as identity primary key,
  kind            text        not null check (kind in ('call-back', 'left-message', 'follow-up')),
  state           text        not null default 'open' check (state in ('open', 'done', 'cancelled')),
  rm              text,
  customer_id     bigint      references customers,
  external_userid text,
  conversation_id bigint,
  title           text        not null,
  due_at          timestamptz not null,
  outcome         text,
  created_by      text        not null,
  created_at      timestamptz not null default now(),
  done_at         timestamptz
);
create index tasks_open on tasks (rm, due_at) where state = 'open';
create index tasks_of_conversation on tasks (conversation_id) where state = 'open';

-- A version waits for its time (`activate_at`) or for a second person (`approved_by`).
alter table rulesets add column activate_at timestamptz;
alter table rulesets add column approved_by text;
alter table rulesets add column note text;
