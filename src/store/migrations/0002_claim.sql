-- Claiming from inbox and outbox: at most one row of a subject in flight, in the order of its ids, cheap with any backlog.
--
-- Whoever waits behind an earlier row of his subject cannot be claimed, so a subject with 50,000 rows would make every claim look
-- at 50,000 rows in vain. `front` takes them out of sight:
--   * a row arrives with front = true, which promises nothing (inserting stays free and takes no lock);
--   * a claim whose view is crowded sets front = false on rows behind another one, while it holds a lock on that earlier row;
--   * a row that leaves the state 'new' sets front = true on the next one behind.
-- So no row is forgotten: the earlier row cannot leave before the claim is committed, and then its trigger sees what was set back.

do $make$
declare
  line text;
begin
  foreach line in array array['inbox', 'outbox'] loop
    execute format($sql$

create function claim_%1$s(how_many integer, lease interval, lanes smallint[]) returns setof %1$s language plpgsql
  -- Without fresh statistics the planner would read and sort the whole backlog instead of walking the index from its front.
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
      from unnest(coalesce(lanes, array[0, 1, 2]::smallint[])) as wanted (lane)
      cross join lateral (
        select id, subject, lane from %1$s
        where lane = wanted.lane and state = 'new' and front and due_at <= moment and (lease_until is null or lease_until <= moment)
        order by id limit span) near
      order by near.lane, near.id limit span
    ), firsts as (
      select distinct on (subject) id, subject, lane from seen order by subject, id
    ), heads as materialized (
      select id, subject from firsts
      where not exists (select from %1$s e where e.subject = firsts.subject and e.state = 'new' and e.id < firsts.id)
        and not exists (select from %1$s e where e.subject = firsts.subject and e.state = 'new' and e.lease_until > moment)
    ), locked as materialized (
      -- The limit comes after the locks: several claims at once each get rows of their own.
      -- Joined by subject, too (and `state || ''` where only the id is at hand): with id and state alone the planner takes the
      -- partial index of (subject, id), which it believes to be tiny, and reads all of it for each row.
      select r.id, r.subject from heads join %1$s r on r.subject = heads.subject and r.id = heads.id
      where r.state = 'new' and (r.lease_until is null or r.lease_until <= moment)
      order by r.lane, r.id limit how_many - taken for update of r skip locked
    )
    select (select array_agg(id) from seen), (select array_agg(id) from locked where pg_try_advisory_xact_lock(hashtext('%1$s'), hashtext(subject)))
      into near, mine;

    -- A new statement sees what was committed before the advisory locks were taken.
    return query
      update %1$s as r set lease_until = moment + lease, fence = nextval('fences'), attempts = r.attempts + 1
      where r.id = any (mine)
        and not exists (select from %1$s e where e.subject = r.subject and e.state = 'new' and e.id < r.id)
        and not exists (select from %1$s e where e.subject = r.subject and e.state = 'new' and e.lease_until > moment and e.id <> r.id)
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
      select r.id, r.subject from heads join %1$s r on r.subject = heads.subject and r.id = heads.id
      where r.state = 'new' for share of r skip locked
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

create function %1$s_moves_up() returns trigger language plpgsql as $up$
begin
  update %1$s set front = true where id = (
    select id from %1$s where subject = old.subject and state = 'new' and not front order by id limit 1 for update);
  return null;
end $up$;
create trigger %1$s_moves_up after update of state on %1$s for each row
  when (old.state = 'new' and new.state <> 'new') execute function %1$s_moves_up();
create trigger %1$s_moves_up_too after delete on %1$s for each row
  when (old.state = 'new') execute function %1$s_moves_up();

create function %1$s_comes_back() returns trigger language plpgsql as $back$
begin
  new.front := true;
  return new;
end $back$;
create trigger %1$s_comes_back before update of state on %1$s for each row
  when (old.state <> 'new' and new.state = 'new') execute function %1$s_comes_back();

-- Queues die young: swept often, or the first rows of each index are the dead ones.
alter table %1$s set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0.02);

    $sql$, line);
  end loop;
end $make$;
