-- Customers' groups (客户群): what events told of them and what was read, who is in, since when and how he came.

-- `status`: 0 normal, 1 the owner has left the bank, 2 and 3 handed over. `member_version` is what the books hold, `told_version` the
-- latest that an event named. `listed_at`: the last walk through WeCom's list that met it. `hidden_at`: since when WeCom shows it to us
-- no more although nobody dissolved it (its owner is out of the app's range).
alter table customer_groups add column status smallint not null default 0;
alter table customer_groups add column told_version text;
alter table customer_groups add column told_at timestamptz;
alter table customer_groups add column listed_at timestamptz;
alter table customer_groups add column hidden_at timestamptz;
create index customer_groups_unlisted on customer_groups (chat_id) where dismissed_at is null;

-- A row stays when its member has left. `awaited`: comings and leavings that a reading told, whose events may still come. `scene`: 1
-- invited, 2 by an invite link, 3 by the group's code, whose `state` comes along.
alter table group_members alter column joined_at drop not null;
alter table group_members add column present boolean not null default true;
alter table group_members add column left_at timestamptz;
alter table group_members add column awaited jsonb not null default '[]';
alter table group_members add column scene smallint;
alter table group_members add column invitor text;
alter table group_members add column state text;
alter table group_members add column unionid text;
