import type { Pool } from 'pg'
import { during, keyOf, put, whole, type Dimension, type Slice } from './slice.ts'

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
  const [shares, repeated] = await Promise.all([
    pool.query<Share>(sharesOf(keyOf(ask.by), where), values),
    pool.query<Repeated>(repeatedOf(keyOf(ask.by), where), values),
  ])
  const single = shares.rows.filter(({ touches }) => touches <= 1)
  const persons = new Map(repeated.rows.map(({ key, all, persons: n }) => [all ? whole : key, n]))
  return {
    conversions: sum(single, ({ n }) => n) + (persons.get(whole) ?? 0),
    untouched: sum(single, ({ n, touches }) => (touches === 0 ? n : 0)),
    rows: [...Map.groupBy(shares.rows, ({ key }) => key)].map(([key, list]) => ({
      key,
      conversions: sum(list, ({ n, touches }) => (touches <= 1 ? n : 0)) + (persons.get(key) ?? 0),
      first: sum(list, ({ first }) => first),
      last: sum(list, ({ last }) => last),
      linear: rounded(sum(list, ({ n, touches }) => n / Math.max(1, touches))),
    })),
  }
}

const sum = <Row>(rows: readonly Row[], read: (row: Row) => number): number =>
  rows.reduce((total, row) => total + read(row), 0)

type Share = { key: string | null; touches: number; n: number; first: number; last: number }

/** By the number of touches, so that thirds are added as thirds and not as 0.3333. */
const sharesOf = (key: string, where: string): string =>
  `select ${key} as key, touches, count(*)::int as n, count(*) filter (where is_first)::int as first,
     count(*) filter (where is_last)::int as last
   from figure_credits where ${where} group by 1, 2 order by 1 nulls last, 2`

/** Who has one row is one person already. The others are found to be the same, by key and in the whole. */
type Repeated = { key: string | null; all: boolean; persons: number }
const repeatedOf = (key: string, where: string): string =>
  `select key, grouping(key) = 1 as all, count(distinct person)::int as persons
   from (select ${key} as key, person from figure_credits where ${where} and touches > 1) touched
   group by grouping sets ((key), ())`

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000
