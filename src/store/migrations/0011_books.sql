-- The books of GET /integrity, closed up to two positions: what lies before them is never counted again. Each sum is counted from the
-- table of its own step. The marks are where the tables ended when they were last looked at: a transaction that was open then is over
-- by the next closing, so that no row appears behind a closed position.
create table books (
  one              boolean     primary key default true check (one),
  inbox_id         bigint      not null default 0,
  touchpoint_id    bigint      not null default 0,
  received         bigint      not null default 0,
  stored           bigint      not null default 0,
  decided          bigint      not null default 0,
  inbox_mark       bigint      not null default 0,
  touchpoint_mark  bigint      not null default 0,
  marked_at        timestamptz not null default now()
);
insert into books default values;
-- Messages before the position that had no outcome when it passed them: they are looked at each time.
create table books_open (inbox_id bigint primary key);

create index outbox_failed on outbox (id) where state = 'failed';
