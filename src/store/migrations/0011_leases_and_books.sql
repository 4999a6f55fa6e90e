-- Errands that are leased to the process that made them, from birth: no claim, no second version of the row.

-- Which of these subjects have nothing waiting or in flight. They are held until this transaction ends: the advisory lock is the one
-- that claims take (0002_claim.sql), so no claim and no other birth comes between the look and the insert. Whoever is not answered
-- is left to a claim. Volatile: the look sees what was committed before the locks were taken.
create function hold_free_subjects(subjects text[]) returns setof text language plpgsql volatile
  set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  held text[];
begin
  select array_agg(subject) into held from unnest(subjects) as s (subject)
    where pg_try_advisory_xact_lock(hashtext('outbox'), hashtext(subject));
  return query select subject from unnest(held) as s (subject)
    where not exists (select from outbox e where e.subject = s.subject and e.state = 'new');
end $$;

-- Marks errands as done, each only while its lease is still the given one; answers which, and whether somebody waits behind it.
-- Row by row: a plan for many that was made while the table was small would read all of it later.
create function finish_errands(ids bigint[], fences bigint[], answers jsonb[]) returns table (done_id bigint, waits boolean)
  language plpgsql volatile set enable_seqscan = off set enable_bitmapscan = off
as $$
declare
  whose text;
begin
  for n in 1 .. cardinality(ids) loop
    update outbox o set state = 'done', answer = answers[n], error = null, done_at = now(), lease_until = null
      where o.id = ids[n] and o.fence = fences[n] and o.state || '' = 'new' returning o.id, o.subject into done_id, whose;
    continue when not found;
    waits := exists (select from outbox e where e.subject = whose and e.state = 'new');
    return next;
  end loop;
end $$;

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
