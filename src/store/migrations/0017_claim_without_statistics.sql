-- claim_inbox() and claim_outbox() of 0002_claim.sql, cheap whatever the statistics say. Those are mostly gathered while nothing waits;
-- with them the planner believed the waiting rows to be a handful and joined each claim with all of them: 90 ms instead of 3 ms at a
-- backlog of 2,000. `offset 0` keeps a question about one row what it is: a look into the index of its subject.

do $make$
declare
  line text;
begin
  foreach line in array array['inbox', 'outbox'] loop
    execute format($sql$

create or replace function claim_%1$s(how_many integer, lease interval, lanes smallint[]) returns setof %1$s language plpgsql
  -- Whatever the statistics, the backlog is not read and sorted: its index is walked from the front.
  set enable_seqscan = off set enable_bitmapscan = off
as $claim$
declare
  moment constant timestamptz := clock_timestamp();
  taken  integer := 0;
  got    integer;
  span   integer := greatest(4 * how_many, 64);
  near   bigint[];
  mine   bigint[];
begin
  loop
    -- The first rows in line, of each subject the very first, unless another row of the subject is in flight. The advisory lock
    -- keeps two claims off one subject when a row with a lower id was committed late: a row lock cannot, they see different rows.
    with seen as materialized (
      -- Lane by lane, each from its own place in the index: looking for a welcome must not read the whole backlog of lane 1.
      select near.id, near.subject, near.lane
      from unnest(coalesce(lanes, array[0, 1, 2, 3]::smallint[])) as wanted (lane)
      cross join lateral (
        select id, subject, lane from %1$s
        where lane = wanted.lane and state = 'new' and front and due_at <= moment and (lease_until is null or lease_until <= moment)
        order by id limit span) near
      order by near.lane, near.id limit span
    ), firsts as (
      select id, subject from (select distinct on (subject) id, subject, lane from seen order by subject, id) f order by lane, id
    ), locked as materialized (
      -- One after the other until there are enough: several claims at once each get rows of their own. (`state || ''`: with the
      -- state alone the planner takes a partial index, which it believes to be tiny, and reads all of it for each row.)
      select r.id, r.subject from firsts cross join lateral (
        select id, subject from %1$s l
        where l.id = firsts.id and l.state || '' = 'new' and (l.lease_until is null or l.lease_until <= moment)
          and not exists (select from %1$s e where e.subject = l.subject and e.state = 'new' and e.id < l.id offset 0)
          and not exists (select from %1$s e where e.subject = l.subject and e.state = 'new' and e.lease_until > moment offset 0)
        for update skip locked
      ) r limit how_many - taken
    )
    select (select array_agg(id) from seen), (select array_agg(id) from locked where pg_try_advisory_xact_lock(hashtext('%1$s'), hashtext(subject)))
      into near, mine;

    -- A new statement sees what was committed before the advisory locks were taken.
    return query
      update %1$s as r set lease_until = moment + lease, fence = nextval('fences'), attempts = r.attempts + 1
      where r.id = any (mine)
        and not exists (select from %1$s e where e.subject = r.subject and e.state = 'new' and e.id < r.id offset 0)
        and not exists (select from %1$s e where e.subject = r.subject and e.state = 'new' and e.lease_until > moment and e.id <> r.id offset 0)
      returning r.*;
    get diagnostics got = row_count;
    taken := taken + got;
    exit when taken >= how_many or coalesce(cardinality(near), 0) < span or clock_timestamp() > moment + interval '300 ms';

    -- Crowded: set back those behind a row that is locked here and therefore stays. Each row once, some 15 µs. (Lateral and
    -- materialized keep the planner, who knows little of these sets, at the primary key and from locking rows in a loop.)
    with subjects as (
      select distinct subject from unnest(near) as n (id) cross join lateral (select subject from %1$s where id = n.id offset 0) r
    ), heads as materialized (
      select head.id, subjects.subject from subjects
      cross join lateral (select id from %1$s where subject = subjects.subject and state = 'new' order by id limit 1) head
    ), held as materialized (
      select r.id, r.subject from heads cross join lateral (
        select id, subject from %1$s where id = heads.id and state || '' = 'new' for share skip locked
      ) r
    ), fronts as materialized (
      select r.id, r.subject from unnest(near) as n (id)
      cross join lateral (
        select id, subject from %1$s
        where id = n.id and state || '' = 'new' and front and (lease_until is null or lease_until <= moment) for update skip locked
      ) r
    ), behind as materialized (
      select fronts.id from fronts join held on held.subject = fronts.subject and held.id < fronts.id
    )
    update %1$s set front = false where id in (select id from behind);
    exit when not found and span = 4000;
    span := least(4 * span, 4000);
  end loop;
end $claim$;

    $sql$, line);
  end loop;
end $make$;
