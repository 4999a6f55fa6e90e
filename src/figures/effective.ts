import type { Pool } from 'pg'
import type { Definitions } from './definitions.ts'
import { during, keyOf, put, whole, type Dimension, type Slice } from './slice.ts'

export type ConnectionsAsk = Slice & { by?: Dimension | undefined; now: Date }
/**
 * `raw`: all adds. Of them `first`: these two for the first time; `client`: a client of the bank; `kept`: together for the
 * whole time; `pending`: so far, and the time is not over; `spoke`: one has written to the other. `effective`: all of it.
 */
export type ConnectionCounts = {
  raw: number
  first: number
  client: number
  kept: number
  pending: number
  spoke: number
  effective: number
  quickLosses: number
  persons: number
}
export type ConnectionRow = ConnectionCounts & { key: string | null }

/** The adds of this time, raw and effective (有效连接). What is kept depends on the day on which it is asked. */
export const readConnections = async (
  pool: Pool,
  definitions: Definitions,
  ask: ConnectionsAsk,
): Promise<{ rows: ConnectionRow[]; total: ConnectionCounts }> => {
  const [adds, repeated] = await Promise.all([readAdds(pool, definitions, ask), readRepeated(pool, ask)])
  const total = Object.fromEntries(
    counted.map((name) => [name, adds.reduce((sum, one) => sum + one[name], 0)]),
  ) as Record<(typeof counted)[number], number>
  return {
    rows: ask.by ? adds.map((row) => ({ ...row, persons: row.raw - (repeated.get(row.key) ?? 0) })) : [],
    total: { ...total, persons: total.raw - (repeated.get(whole) ?? 0) },
  }
}

const counted = ['raw', 'first', 'client', 'kept', 'pending', 'spoke', 'effective', 'quickLosses'] as const
type Adds = Omit<ConnectionRow, 'persons'>

const readAdds = async (pool: Pool, definitions: Definitions, ask: ConnectionsAsk): Promise<Adds[]> => {
  const values: unknown[] = []
  const where = during(ask, values)
  const now = `${put(values, ask.now)}::timestamptz`
  const end = `added_at + make_interval(hours => 24 * ${put(values, definitions.keptDays)}::int)`
  const soon = `added_at + make_interval(hours => ${put(values, definitions.quickLossHours)}::int)`
  const count = (name: string, condition: string) => `count(*) filter (where ${condition})::int as "${name}"`
  const { rows } = await pool.query<Adds>(
    `select key, count(*)::int as raw, ${count('first', 'is_first')}, ${count('client', 'client')},
       ${count('kept', 'whole and over')}, ${count('pending', 'whole and not over')}, ${count('spoke', 'spoke')},
       ${count('effective', 'is_first and client and spoke and whole and over')}, ${count('quickLosses', 'quick')}
     from (select ${keyOf(ask.by)} as key, is_first, client, spoke, coalesce(lost_at >= ${end}, true) as whole,
         ${now} >= ${end} as over, coalesce(lost_at < ${soon}, false) as quick
       from figure_connections where ${where}) adds
     group by key order by key nulls last`,
    values,
  )
  return rows
}

/** How many adds are of persons who were counted already, by key and in the `whole`; most have one, and need not be sorted. */
const readRepeated = async (pool: Pool, ask: ConnectionsAsk): Promise<Map<string | null | typeof whole, number>> => {
  const values: unknown[] = []
  const where = during(ask, values)
  const { rows } = await pool.query<{ key: string | null; all: boolean; n: number }>(
    `select key, grouping(key) = 1 as all, (count(*) - count(distinct person))::int as n
     from (select ${keyOf(ask.by)} as key, person from figure_connections where ${where} and ${addedTimes(2)}) adds
     group by grouping sets ((key), ())`,
    values,
  )
  return new Map(rows.map(({ key, all, n }) => [all ? whole : key, n]))
}

/** Persons with so many adds at any time: the index alone says who. */
export const addedTimes = (least: number | string): string =>
  `person in (select person from figure_connections group by person having count(*) >= ${least})`
