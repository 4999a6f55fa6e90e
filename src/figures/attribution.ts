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

/** `touches`: of one number of touches alone; null in the sum over all of a key. */
type Share = { key: string | null; touches: number | null; n: number; first: number; last: number; persons: number }

/** By the number of touches, so that thirds are added as thirds and not as 0.3333. */
const shares = (key: string, where: string): string =>
  `select key, touches, count(*)::int as n, count(*) filter (where is_first)::int as first,
     count(*) filter (where is_last)::int as last, count(distinct person)::int as persons
   from (select ${key} as key, person, touches, is_first, is_last from figure_credits where ${where}) chosen
   group by grouping sets ((key, touches), (key)) order by key nulls last, touches nulls last`

const rowsOf = (found: readonly Share[]): AttributionRow[] =>
  [...Map.groupBy(found, ({ key }) => key)].map(([key, list]) => {
    const sum = list.find(({ touches }) => touches === null) as Share
    const linear = list.reduce((part, { n, touches }) => part + (touches === null ? 0 : n / Math.max(1, touches)), 0)
    return { key, conversions: sum.persons, first: sum.first, last: sum.last, linear: rounded(linear) }
  })

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000
