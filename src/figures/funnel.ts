import type { Pool } from 'pg'
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

/** From the cells where one group is asked for and nothing else; from the journeys where groups cross. */
export const funnelQuery = (slice: Slice, by: Dimension | undefined): Query => {
  const group = groupOf(slice, by)
  return group ? fromCells(slice, group) : fromJourneys(slice, by)
}

type Group = { dimension: Dimension | 'all'; key?: string }

/** The one dimension that this question is about; null when it crosses several. A branch covers those below it: several groups. */
const groupOf = ({ channel, campaign, rm, branch, scope }: Slice, by: Dimension | undefined): Group | null => {
  if (branch !== undefined || scope.branch !== null) return null
  const asked = Object.entries({ channel, campaign, rm }).filter(([, key]) => key !== undefined)
  if (scope.rm !== null) asked.push(['rm', scope.rm])
  const [first, ...others] = asked as [Dimension, string][]
  if (others.length > 0) return null
  if (!first) return { dimension: by ?? 'all' }
  const [dimension, key] = first
  return by === undefined || by === dimension ? { dimension, key } : null
}

const sums = stages
  .flatMap((_, bit) => [
    `coalesce(sum(n) filter (where bit = ${bit}), 0) as s${bit}`,
    `coalesce(sum(n) filter (where bit = ${bit + stages.length}), 0) as p${bit}`,
  ])
  .join(', ')

const fromCells = ({ from, to }: Slice, { dimension, key }: Group): Query => {
  const values: unknown[] = [dimension, from, to]
  const own = key === undefined ? '' : `and key = ${put(values, key)}`
  const text = `select key, ${sums} from figure_funnel
    where dimension = $1 and day >= $2::date and day < $3::date and before < $2::date ${own} group by key order by key nulls last`
  return { text, values }
}

const counts = stages
  .map(
    (_, bit) =>
      `count(*) filter (where stages & ${1 << bit} > 0) as s${bit}, count(*) filter (where pairs & ${1 << bit} > 0) as p${bit}`,
  )
  .join(', ')

/** Who has one journey is simply counted; the others must be found to be the same in a group. */
const fromJourneys = (slice: Slice, by: Dimension | undefined): Query => {
  const values: unknown[] = []
  const where = during(slice, values)
  const text = `select key, ${counts} from (
      select ${keyOf(by)} as key, stages, pairs from figure_journeys where not several and ${where}
      union all
      select ${keyOf(by)}, bit_or(stages), bit_or(pairs) from figure_journeys where several and ${where} group by 1, person) person
    group by key order by key nulls last`
  return { text, values }
}
