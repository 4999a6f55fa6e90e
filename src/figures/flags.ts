import type { Pool } from 'pg'
import type { Definitions } from './definitions.ts'
import { addedTimes } from './effective.ts'
import { during, put, type Slice } from './slice.ts'

/** Adds that somebody should look at; the newest first, at most 200 of each. */
export type Flags = {
  /** Added and soon lost again. */
  quickLosses: { customerId: string; rm: string; addedAt: Date; lostAt: Date }[]
  /** One customer, many RMs. */
  manyManagers: { customerId: string; managers: number }[]
  /** The fullest hour of an RM's day. */
  bursts: { rm: string; from: Date; to: Date; adds: number }[]
}

export const readFlags = async (pool: Pool, definitions: Definitions, slice: Slice): Promise<Flags> => {
  const [quickLosses, manyManagers, bursts] = await Promise.all([
    asked<Flags['quickLosses'][number]>(pool, slice, quick(definitions.quickLossHours)),
    asked<Flags['manyManagers'][number]>(pool, slice, many(definitions.manyManagers)),
    asked<Flags['bursts'][number]>(pool, slice, burst(definitions.burstAdds)),
  ])
  return { quickLosses, manyManagers, bursts }
}

type Question = (where: string, values: unknown[]) => string

const asked = async <Row extends object>(pool: Pool, slice: Slice, question: Question): Promise<Row[]> => {
  const values: unknown[] = []
  const where = during(slice, values)
  return (await pool.query<Row>(`${question(where, values)} limit 200`, values)).rows
}

const quick =
  (hours: number): Question =>
  (where, values) =>
    `select person as "customerId", rm, added_at as "addedAt", lost_at as "lostAt" from figure_connections
     where ${where} and lost_at < added_at + make_interval(hours => ${put(values, hours)}::int)
     order by added_at desc, person, rm`

const many =
  (managers: number): Question =>
  (where, values) => {
    const least = `${put(values, managers)}::int`
    return `select person as "customerId", count(distinct rm)::int as managers from figure_connections
      where ${where} and ${addedTimes(least)} group by person having count(distinct rm) >= ${least} order by 2 desc, person`
  }

const burst =
  (adds: number): Question =>
  (where, values) =>
    `select rm, "from", "to", adds from (
       select distinct on (rm, day) rm, day, "from", added_at as "to", adds from (
         select rm, day, added_at, count(*) over hour::int as adds, min(added_at) over hour as "from"
         from figure_connections where ${where}
         window hour as (partition by rm order by added_at range between interval '1 hour' preceding and current row)) counted
       where adds >= ${put(values, adds)} order by rm, day, adds desc, added_at) fullest
     order by "from" desc, rm`
