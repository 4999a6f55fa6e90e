import type { Pool } from 'pg'
import { during, keyOf, put, type Dimension, type Slice } from './slice.ts'

/** `goal`: `contact`, `value` (any value event), or one kind of value event. */
export type AttributionAsk = Slice & { goal: string; by: Dimension }
/** `conversions`: how many had a touch here at all; the three models share each conversion out among its touches. */
export type AttributionRow = { key: string | null; conversions: number; first: number; last: number; linear: number }
/** `untouched`: conversions without an entry before them. */
export type Attribution = { conversions: number; untouched: number; rows: AttributionRow[] }

/**
 * Which entries the conversions of this time are owed to. Each conversion counts once in every model: all of it to the first
 * entry, all of it to the last, or the same part to each. Without an entry before it, it stands under the key null.
 */
export const readAttribution = async (pool: Pool, ask: AttributionAsk): Promise<Attribution> => {
  const values: unknown[] = []
  const where = `goal = ${put(values, ask.goal)} and ${during(ask, values)}`
  const [{ rows }, sum] = await Promise.all([
    pool.query<Share>(shares(keyOf(ask.by), where), values),
    pool.query<{ conversions: number; untouched: number }>(
      `select count(distinct person)::int as conversions,
         count(*) filter (where touches = 0)::int as untouched
       from figure_credits where ${where}`,
      values,
    ),
  ])
  const { conversions = 0, untouched = 0 } = sum.rows[0] ?? {}
  return { conversions, untouched, rows: rowsOf(rows) }
}

type Share = { key: string | null; touches: number; n: number; first: number; last: number; persons: number }

/** By the number of touches, so that thirds are added as thirds and not as 0.3333. */
const shares = (key: string, where: string): string =>
  `with chosen as materialized (select ${key} as key, person, touches, is_first, is_last from figure_credits where ${where})
   select c.key, c.touches, count(*)::int as n, count(*) filter (where is_first)::int as first,
     count(*) filter (where is_last)::int as last, min(p.persons)::int as persons
   from chosen c join (select key, count(distinct person) as persons from chosen group by key) p on p.key is not distinct from c.key
   group by c.key, c.touches order by c.key nulls last, c.touches`

const rowsOf = (found: readonly Share[]): AttributionRow[] =>
  [...Map.groupBy(found, ({ key }) => key)].map(([key, list]) => {
    const sum = (read: (one: Share) => number) => list.reduce((total, one) => total + read(one), 0)
    return {
      key,
      conversions: list[0]?.persons ?? 0,
      first: sum((one) => one.first),
      last: sum((one) => one.last),
      linear: rounded(sum((one) => one.n / Math.max(1, one.touches))),
    }
  })

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000
