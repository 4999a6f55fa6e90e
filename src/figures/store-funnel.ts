import type { PoolClient } from 'pg'
import { funnelRowsOf } from './funnel-rows.ts'
import type { Journey } from './journeys.ts'

type Persons = readonly (readonly Journey[])[]

/** Brings the funnel from the journeys that are stored for these customers to the new ones. Call it before those are replaced. */
export const storeFunnel = async (tx: PoolClient, members: readonly string[], after: Persons): Promise<void> => {
  const { rows } = await tx.query<Journey & { person: string }>(
    `select person, day::text, week::text, channel, campaign, branch, rm, stages, pairs from figure_journeys
     where person = any($1::bigint[])`,
    [members],
  )
  const changes = changesOf([...Map.groupBy(rows, ({ person }) => person).values()], after)
  if (changes.length === 0) return
  const { rows: empty } = await tx.query<{ place: string }>(add, [JSON.stringify(changes)])
  // Nobody else writes here: the rows are where they were a moment ago.
  if (empty.length > 0)
    await tx.query('delete from figure_funnel where ctid = any($1::tid[])', [empty.map(({ place }) => place)])
}

/** What changes when these persons' journeys take the place of those that were counted before. */
const changesOf = (before: Persons, after: Persons): { n: number }[] => {
  const sums = new Map<string, { n: number }>()
  const put = (row: { n: number }, sign: 1 | -1) => {
    const place = JSON.stringify({ ...row, n: 0 })
    const known = sums.get(place)
    if (known) known.n += sign * row.n
    else sums.set(place, { ...row, n: sign * row.n })
  }
  for (const journeys of before) for (const row of funnelRowsOf(journeys)) put(row, -1)
  for (const journeys of after) for (const row of funnelRowsOf(journeys)) put(row, 1)
  return [...sums.values()].filter(({ n }) => n !== 0)
}

/** Answers where nothing is left. */
const names = 'level, rm, day, channel, campaign, branch, bits, same, before'
const add = `with told as (
    insert into figure_funnel as known (${names}, n)
    select ${names}, n from jsonb_populate_recordset(null::figure_funnel, $1)
    on conflict (${names}) do update set n = known.n + excluded.n returning ctid, n)
  select ctid::text as place from told where n = 0`
