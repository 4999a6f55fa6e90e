import type { Pool } from 'pg'
import { columnBits, levels } from './funnel-rows.ts'
import { stages, type Stage } from './line.ts'
import { during, keyOf, put, type Dimension, type Slice } from './slice.ts'

export type FunnelAsk = Slice & { by?: Dimension | undefined }
/** `persons`: how many came to this stage; `fromPrevious`: those of them who were at the stage before it in the same journey. */
export type FunnelStage = { stage: Stage; persons: number; fromPrevious: number }
export type FunnelRow = { key: string | null; stages: FunnelStage[] }
export type Funnel = { rows: FunnelRow[]; total: FunnelStage[] }

/** Persons per stage of the journeys that began in this time, each once per row and once in the total. */
export const readFunnel = async (pool: Pool, ask: FunnelAsk): Promise<Funnel> => {
  const [total, rows] = await Promise.all([counted(pool, ask, undefined), ask.by ? counted(pool, ask, ask.by) : []])
  return { rows, total: total[0]?.stages ?? stages.map((stage) => ({ stage, persons: 0, fromPrevious: 0 })) }
}

const counted = async (pool: Pool, ask: Slice, by: Dimension | undefined): Promise<FunnelRow[]> => {
  const { text, values } = funnelQuery(ask, by)
  const { rows } = await pool.query<{ key: string | null } & Record<string, number>>(text, values)
  return rows.map((row) => ({
    key: row.key,
    stages: stages.map((stage, bit) => ({
      stage,
      persons: Number(row[`s${bit}`]),
      fromPrevious: Number(row[`p${bit}`]),
    })),
  }))
}

type Query = { text: string; values: unknown[] }

/** From the level with the fewest rows that keeps apart whatever is named. */
export const funnelQuery = (slice: Slice, by: Dimension | undefined): Query => {
  const values: unknown[] = []
  const where = during(slice, values)
  const named = columnsIn(slice, by)
  const level = put(
    values,
    levels.find((one) => (named & ~one) === 0),
  )
  const key = by === 'week' ? week : keyOf(by)
  const since = by === 'week' ? `greatest($1::date, ${week})` : '$1::date'
  const text = `select key::text, ${counts} from (
      select ${key} as key, bits, sum(n) as n from figure_funnel
      where level = ${level} and ${where} and before >= ${since} and ${sameKey(by)} group by 1, 2) alike
    group by key order by key nulls last`
  return { text, values }
}

/** A null that only says that something is not the same is no key; filters leave it out by themselves. */
const sameKey = (by: Dimension | undefined): string =>
  by === undefined || by === 'week' ? 'true' : `(before = 'infinity' or same & ${columnBits[by]} > 0)`

const week = `date_trunc('week', day::timestamp)::date`

const counts = stages
  .flatMap((_, bit) => [
    `coalesce(sum(n) filter (where bits & ${1 << bit} > 0), 0) as s${bit}`,
    `coalesce(sum(n) filter (where bits & ${1 << (bit + stages.length)} > 0), 0) as p${bit}`,
  ])
  .join(', ')

/** The columns that a question names, as bits. */
const columnsIn = ({ channel, campaign, branch, rm, scope }: Slice, by: Dimension | undefined): number => {
  const named = { channel, campaign, rm: rm ?? scope.rm, branch: branch ?? scope.branch }
  return (Object.keys(columnBits) as (keyof typeof columnBits)[])
    .filter((column) => column === by || named[column] != null)
    .reduce((bits, column) => bits | columnBits[column], 0)
}
