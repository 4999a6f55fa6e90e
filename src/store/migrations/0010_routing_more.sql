-- Limits per kind of work, the order of the queue, and who was given how much lately.

-- `profile`: how many pieces of a kind of work (`work` of a rule) an RM may have in hand; a kind that is absent has no limit of its own.
-- `in_hand`: how many he has, kept by the claiming transactions and counted anew by the reconciling job; no zeros.
alter table rms add column profile jsonb not null default '{}';
alter table rms add column in_hand jsonb not null default '{}';

alter table conversations add column work text;
-- Of the rule that it waits by: what a waited minute counts, and until when the response target wants it answered.
alter table conversations add column ageing numeric not null default 1;
alter table conversations add column respond_by timestamptz;

-- What each RM was given within the fairness window.
create index decisions_given on decisions (rm, at) where rm is not null;
