-- 客户联系: who is in whose contact list, customers' groups, the tag library, and what is read from WeCom from time to time.

-- `half`: the customer has added the RM through a link that needs no consent, the RM has not confirmed. `since`: when this state
-- began. `added_at`: when the present (or last) connection began; null when nothing but its end was seen.
alter table contacts drop constraint contacts_state_check;
alter table contacts add constraint contacts_state_check check (state in ('half', 'active', 'lost'));
alter table contacts add column added_at timestamptz;
alter table contacts add column first_added_at timestamptz;
alter table contacts add column lost_at timestamptz;
alter table contacts add column lost_by text check (lost_by in ('customer', 'manager', 'transfer', 'reconcile'));
-- As WeCom tells them: `state` of the link or code, how they met, the RM's own words, ids of corp tags.
alter table contacts add column wecom_state text;
alter table contacts add column add_way integer;
alter table contacts add column remark text;
alter table contacts add column tags text[] not null default '{}';
alter table contacts add column read_at timestamptz;
create index contacts_by_rm on contacts (rm, state);

-- Where a customer came in last, whatever the account.
create index kf_chats_by_customer on kf_chats (external_userid, entered_at desc);

create table tag_groups (
  id    text    primary key,
  name  text    not null,
  place bigint  not null default 0
);
create table tags (
  id       text    primary key,
  group_id text    not null references tag_groups on delete cascade,
  name     text    not null,
  place    bigint  not null default 0
);
create index tags_by_group on tags (group_id);

-- `member_version`: WeCom's mark of who is in; another one than we have means that an event was missed.
create table customer_groups (
  chat_id        text        primary key,
  name           text,
  owner          text,
  member_version text,
  created_at     timestamptz,
  dismissed_at   timestamptz,
  read_at        timestamptz
);
create table group_members (
  chat_id   text        not null references customer_groups,
  member_id text        not null,
  customer  boolean     not null,
  joined_at timestamptz not null,
  primary key (chat_id, member_id)
);
create index groups_of_member on group_members (member_id);

-- What is read from WeCom from time to time, by one process at a time; `progress` says where to go on after a stop.
create table sync_jobs (
  name        text        primary key check (name in ('contacts', 'groups', 'tags')),
  due_at      timestamptz not null default now(),
  lease_until timestamptz,
  fence       bigint      not null default 0,
  progress    jsonb       not null default '{}',
  started_at  timestamptz,
  finished_at timestamptz,
  trouble     text
);
insert into sync_jobs (name) values ('contacts'), ('groups'), ('tags');
