import type { PoolClient } from 'pg'

/** From (not with) one id to another. */
type Span = { after: string; upTo: string }

/** Looks at new lines: whom they are about, which identities they join or part, and where RMs belong from now on. */
export const collect = async (tx: PoolClient, { after, upTo }: Span): Promise<void> => {
  const span = [after, upTo]
  await tx.query(claims, span)
  const places = await tx.query<{ rm: string }>(placed, span)
  await tx.query(dirty, span)
  if (places.rows.length > 0) await tx.query(moved, [places.rows.map(({ rm }) => rm)])
  await tx.query('update figure_progress set upto = $1', [upTo])
}

const dirty = `insert into figure_dirty
  select distinct id from (
    select customer_id as id from touchpoints where id > $1 and id <= $2 and customer_id is not null
    union all
    select (data ->> 'otherCustomerId')::bigint from touchpoints
    where id > $1 and id <= $2 and kind in ('identity.joined', 'identity.undone') and data ? 'otherCustomerId') told
  on conflict do nothing`

/** Either may be seen first, and nothing is lost when one comes twice. */
const claims = `insert into figure_claims as known (claim_id, customer_id, other_id, joined, undone)
  select (data ->> 'claimId')::bigint, min(customer_id), min((data ->> 'otherCustomerId')::bigint),
    bool_or(kind = 'identity.joined'), bool_or(kind = 'identity.undone')
  from touchpoints where id > $1 and id <= $2 and kind in ('identity.joined', 'identity.undone') and data ? 'claimId'
  group by 1
  on conflict (claim_id) do update set joined = known.joined or excluded.joined, undone = known.undone or excluded.undone,
    customer_id = coalesce(known.customer_id, excluded.customer_id), other_id = coalesce(known.other_id, excluded.other_id)`

const placed = `insert into figure_places (rm, since, branch)
  select distinct on (1, 2) data ->> 'rm', at, data ->> 'branch' from touchpoints
  where id > $1 and id <= $2 and kind = 'rm.placed' and data ->> 'rm' is not null and data ->> 'branch' is not null
  order by 1, 2, id desc
  on conflict (rm, since) do update set branch = excluded.branch returning rm`

/** Whoever was counted with an RM that has moved. */
const moved = `insert into figure_dirty
  select person from figure_journeys where rm = any($1)
  union select person from figure_credits where rm = any($1)
  union select person from figure_connections where rm = any($1)
  on conflict do nothing`
