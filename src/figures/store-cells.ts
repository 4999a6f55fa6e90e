import type { PoolClient } from 'pg'
import { changesOf } from './cells.ts'
import type { Journey } from './journeys.ts'

/** Brings the funnel's cells from the journeys that are stored for these customers to the new ones. Call it before those are replaced. */
export const storeCells = async (
  tx: PoolClient,
  members: readonly string[],
  journeys: readonly (readonly Journey[])[],
): Promise<void> => {
  const { rows } = await tx.query<Journey & { person: string }>(
    `select person, day::text, week::text, channel, campaign, branch, rm, stages, pairs from figure_journeys
     where person = any($1::bigint[])`,
    [members],
  )
  const changes = changesOf(Map.groupBy(rows, ({ person }) => person).values(), journeys)
  if (changes.length === 0) return
  const given = JSON.stringify(changes)
  await tx.query(add, [given])
  if (changes.some(({ n }) => n < 0)) await tx.query(sweep, [given])
}

const shape = '(dimension text, key text, bit smallint, day date, before date, n integer)'
const add = `insert into figure_funnel as known (dimension, key, bit, day, before, n)
  select dimension, key, bit, day, coalesce(before, '-infinity'), n from jsonb_to_recordset($1) as c ${shape}
  on conflict (dimension, key, day, bit, before) do update set n = known.n + excluded.n`
const sweep = `delete from figure_funnel f using jsonb_to_recordset($1) as c ${shape}
  where f.n = 0 and f.dimension = c.dimension and f.key is not distinct from c.key and f.day = c.day and f.bit = c.bit
    and f.before = coalesce(c.before, '-infinity')`
