-- Inviting a customer to add his RM, the links that do it, and the welcome of whoever has been added.

-- One row per invitation. `state` is what a link carries and what WeCom gives back when he is added; it says nothing by itself.
-- sent_at: it has really reached him (or, by `upgrade`, the RM's client). failed: why it could not; he may then be invited again.
create table invitations (
  id              bigint generated always as identity primary key,
  state           text        not null unique default 'i' || substr(md5(gen_random_uuid()::text), 1, 19),
  customer_id     bigint      not null references customers,
  external_userid text        not null,
  rm              text        not null,
  open_kfid       text        not null,
  conversation_id bigint,
  by              text        not null check (by in ('rule', 'after-service', 'rm', 'customer')),
  channel         text,
  campaign        text,
  via             text        check (via in ('acquisition-link', 'contact-way', 'upgrade')),
  created_at      timestamptz not null,
  sent_at         timestamptz,
  failed          text,
  added_at        timestamptz,
  added_rm        text,
  expires_at      timestamptz not null
);
create index invitations_of_customer on invitations (external_userid, id desc);
create index invitations_of_customer_id on invitations (customer_id, id desc);
create index invitations_of_rm on invitations (rm, id desc);

-- He said that he wants no invitations; null: he did not.
alter table customers add column invites_declined_at timestamptz;

-- WeCom counts contact ways (500,000 a corp) and acquisition links: one of each per RM is made and kept.
-- `asking_until`: somebody asks WeCom right now, as in kf_links. `trouble`: why there is none.
create table manager_links (
  rm           text        not null,
  via          text        not null check (via in ('acquisition-link', 'contact-way')),
  ref          text,
  url          text,
  state        text        not null unique default 'w' || substr(md5(gen_random_uuid()::text), 1, 19),
  asking_until timestamptz,
  trouble      text,
  trouble_at   timestamptz,
  created_at   timestamptz not null default now(),
  primary key (rm, via)
);
create index manager_links_by_ref on manager_links (ref) where ref is not null;

-- What WeCom last said of the acquisition links' quota (获客助手); no row: nobody has asked yet.
create table acquisition_quota (
  one     boolean primary key default true check (one),
  total   integer,
  balance integer,
  batches jsonb       not null default '[]',
  trouble text,
  read_at timestamptz not null
);

-- One row per welcome code. `waiting` until it is known what became of it.
create table welcomes (
  id              bigint generated always as identity primary key,
  external_userid text        not null,
  rm              text        not null,
  half            boolean     not null,
  rule            text        not null,
  code_at         timestamptz not null,
  outcome         text        not null default 'waiting' check (outcome in ('waiting', 'delivered', 'already', 'missed', 'refused')),
  delay_ms        integer,
  settled_at      timestamptz
);
create index welcomes_of_contact on welcomes (external_userid, rm, id desc);
create index welcomes_by_time on welcomes (code_at);

-- Files of config/media/ as WeCom has them: temporary media lives three days and is uploaded again in time.
create table media_uploads (
  file        text        not null,
  type        text        not null check (type in ('image', 'video', 'file')),
  digest      text        not null,
  media_id    text,
  uploaded_at timestamptz,
  expires_at  timestamptz,
  trouble     text,
  primary key (file, type)
);
