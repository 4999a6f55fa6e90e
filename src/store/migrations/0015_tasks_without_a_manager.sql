-- A task for which nobody is found: who was considered when it was last sought, and when those who answer for the bank were told.
alter table tasks add column search jsonb;
alter table tasks add column alarmed_at timestamptz;
-- What a new owner of the customer takes over, and what GET /tasks?unowned=true lists.
create index tasks_unowned on tasks (customer_id) where state = 'open' and rm is null;

-- GET /integrity asks for the alarms of a week that nobody heard: without this it reads a week of touchpoints. Almost no line is one.
create index touchpoints_unheard on touchpoints (at) where kind = 'alarm.unheard';
