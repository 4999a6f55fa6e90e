import type { Pool } from 'pg'
import type { Definitions } from './definitions.ts'
import { during, keyOf, put, type Dimension, type Slice } from './slice.ts'

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

const none: ConnectionCounts = {
  raw: 0,
  first: 0,
  client: 0,
  kept: 0,
  pending: 0,
  spoke: 0,
  effective: 0,
  quickLosses: 0,
  persons: 0,
}

/** The adds of this time, raw and effective (有效连接). What is kept depends on the day on which it is asked. */
export const readConnections = async (
  pool: Pool,
  definitions: Definitions,
  ask: ConnectionsAsk,
): Promise<{ rows: ConnectionRow[]; total: ConnectionCounts }> => {
  const [total, rows] = await Promise.all([
    counted(pool, definitions, { ...ask, by: undefined }),
    ask.by ? counted(pool, definitions, ask) : [],
  ])
  const { key: _, ...sums } = total[0] ?? { key: null, ...none }
  return { rows, total: sums }
}

const counted = async (pool: Pool, definitions: Definitions, ask: ConnectionsAsk): Promise<ConnectionRow[]> => {
  const values: unknown[] = []
  const where = during(ask, values)
  const now = `${put(values, ask.now)}::timestamptz`
  const end = `added_at + make_interval(hours => 24 * ${put(values, definitions.keptDays)}::int)`
  const soon = `added_at + make_interval(hours => ${put(values, definitions.quickLossHours)}::int)`
  const count = (name: string, condition: string) => `count(*) filter (where ${condition})::int as "${name}"`
  const { rows } = await pool.query<ConnectionRow>(
    `select key, count(*)::int as raw, ${count('first', 'is_first')}, ${count('client', 'client')},
       ${count('kept', 'whole and over')}, ${count('pending', 'whole and not over')}, ${count('spoke', 'spoke')},
       ${count('effective', 'is_first and client and spoke and whole and over')}, ${count('quickLosses', 'quick')},
       count(distinct person)::int as persons
     from (select ${keyOf(ask.by)} as key, person, is_first, client, spoke, coalesce(lost_at >= ${end}, true) as whole,
         ${now} >= ${end} as over, coalesce(lost_at < ${soon}, false) as quick
       from figure_connections where ${where}) adds
     group by key order by key nulls last`,
    values,
  )
  return rows
}
