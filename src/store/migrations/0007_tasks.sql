-- Tasks of RMs: who made them, when he was reminded, how they ended. What reminds is a row of `timers` with the key `task_due:<id>`.
alter table tasks add column note text;
-- Who exactly made it: an RM's userid, an API key's name, a rule's key.
alter table tasks add column creator text;
alter table tasks add column done_by text;
alter table tasks add column reminded_at timestamptz;
-- How often he put it off, and until when the last time.
alter table tasks add column snoozed integer not null default 0;
alter table tasks add column snoozed_until timestamptz;
alter table tasks add column updated_at timestamptz not null default now();
update tasks set created_by = 'rule' where created_by not in ('rule', 'handler', 'rm', 'admin');
alter table tasks add constraint tasks_created_by_check check (created_by in ('rule', 'handler', 'rm', 'admin'));
alter table tasks add constraint tasks_outcome_check
  check (outcome in ('contacted', 'appointed', 'unreachable', 'declined', 'won'));
create index tasks_by_due on tasks (due_at, id);
create index tasks_of_customer on tasks (external_userid) where state = 'open';

-- The last business day on which an RM was told his day's list: one a day, whoever of several processes comes first.
create table day_lists (
  rm  text primary key,
  day date not null
);

-- Tasks that were waiting before reminders existed: each rings once, at its time.
insert into timers (key, kind, subject, due_at, payload)
select 'task_due:' || id, 'clock/task_due', 'task:' || id, due_at, jsonb_build_object('taskId', id::text)
from tasks where state = 'open' on conflict (key) do nothing;
