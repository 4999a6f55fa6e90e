import type { Pool } from 'pg'
import { plusDays, mondayOf, type BusinessCalendar } from './calendar.ts'
import { cautions } from './cautions.ts'
import type { Definitions } from './definitions.ts'
import { comparable, difference, type Difference, type Stratum } from './difference.ts'
import { within, type Slice } from './slice.ts'
import { readStratum } from './strata.ts'

export type ComparisonAsk = Slice & { value: readonly string[]; now: Date }
export type Comparison = {
  /** Weeks whose connections were looked at: of those asked for, the ones that have been observed to the end. */
  weeks: string[]
  weeksTooYoung: number
  horizonDays: number
  difference: Difference | null
  connected: { n: number; converted: number; matched: number }
  unconnected: { n: number; converted: number; matched: number; connectedLater: number }
  strata: Stratum[]
  warnings: string[]
}
type Ground = { definitions: Definitions; calendar: BusinessCalendar }

/**
 * Conversion after being connected to an RM, against customers who are alike and were not (docs/decisions/0024). Both are
 * watched from the end of the same week on: nobody's conversion counts before he could have been in either group.
 */
export const readComparison = async (
  pool: Pool,
  { definitions, calendar }: Ground,
  ask: ComparisonAsk,
): Promise<Comparison> => {
  const asked = weeksOf(ask)
  const over = (week: string) => calendar.begins(plusDays(week, 7 + definitions.horizonDays)) <= ask.now
  const weeks = asked.filter(over)
  const cells = weeks.length > 0 ? await cellsOf(pool, { definitions, calendar }, { ...ask, weeks }) : []
  const strata = strataOf(cells)
  const found = {
    weeks,
    weeksTooYoung: asked.length - weeks.length,
    horizonDays: definitions.horizonDays,
    difference: difference(strata),
    connected: { ...armOf(strata, 'connected'), matched: matchedIn(strata, 'connected') },
    unconnected: {
      ...armOf(strata, 'unconnected'),
      matched: matchedIn(strata, 'unconnected'),
      connectedLater: cells.reduce((sum, { later }) => sum + later, 0),
    },
    strata,
  }
  return { ...found, warnings: cautions(found) }
}

/** Whole business weeks between the two days. */
const weeksOf = ({ from, to }: Slice): string[] => {
  const weeks: string[] = []
  const first = mondayOf(from) === from ? from : plusDays(mondayOf(from), 7)
  for (let week = first; plusDays(week, 7) <= to; week = plusDays(week, 7)) weeks.push(week)
  return weeks
}

type Cell = { connected: boolean; stratum: string; n: number; converted: number; later: number }

const cellsOf = async (
  pool: Pool,
  { definitions, calendar }: Ground,
  ask: ComparisonAsk & { weeks: readonly string[] },
): Promise<Cell[]> => {
  const ends = ask.weeks.map((week) => plusDays(week, 7))
  const values: unknown[] = [
    ask.weeks,
    ask.weeks.map((week) => calendar.begins(week)),
    ends.map((end) => calendar.begins(end)),
    ends.map((end) => calendar.begins(plusDays(end, definitions.horizonDays))),
    ask.value,
  ]
  const { rows } = await pool.query<Cell>(comparisonQuery(within(ask, values)), values)
  return rows
}

/**
 * A customer's own week is drawn by his number alone, in proportion to the weeks of the connected: so it cannot depend on what
 * became of him. He counts as unconnected when, at the end of that week, he was known, not connected and not converted.
 * Weeks go by their place in the arrays $1 (Mondays), $2 (begins), $3 (ends) and $4 (horizons), and follow each other.
 */
const comparisonQuery = (scope: string): string => `
  with joined as materialized (
    select person, strata, strata_since, width_bucket(connected_at, $2::timestamptz[]) as week from figure_people
    where connected_at >= ($2::timestamptz[])[1] and connected_at < ($3::timestamptz[])[cardinality($3::timestamptz[])] and ${scope}),
  drawn as (
    select array_agg(week order by week) as weeks, array_agg(high order by week) as highs, max(high) as total
    from (select week, (sum(count(*)) over (order by week))::bigint as high from joined group by week) counts),
  slots as (
    select *, (select weeks from drawn)[1 + width_bucket(
      (person % 2147483648) * 2654435761 % 4294967296 * (select total from drawn) / 4294967296, (select highs from drawn))] as week
    from figure_people),
  everybody as (
    select true as connected, person, strata, strata_since, week, false as later from joined
    union all
    select false, person, strata, strata_since, week, coalesce(connected_at < ($4::timestamptz[])[week], false) from slots
    where first_at < ($3::timestamptz[])[week] and (connected_at is null or connected_at >= ($3::timestamptz[])[week])),
  converted as (select person, min(at) as at from figure_values where kind = any($5::text[]) group by person)
  select connected, strata[width_bucket(($1::date[])[week], strata_since)] as stratum, count(*)::int as n,
    count(*) filter (where at < ($4::timestamptz[])[week])::int as converted, count(*) filter (where later)::int as later
  from everybody left join converted using (person)
  where at is null or at >= ($3::timestamptz[])[week]
  group by 1, 2`

const strataOf = (cells: readonly Cell[]): Stratum[] =>
  [...Map.groupBy(cells, ({ stratum }) => stratum)]
    .map(([word, list]) => {
      const arm = (connected: boolean) => {
        const { n = 0, converted = 0 } = list.find((cell) => cell.connected === connected) ?? {}
        return { n, converted }
      }
      return { ...readStratum(word), connected: arm(true), unconnected: arm(false) }
    })
    .toSorted((a, b) => compare(a.segment, b.segment) || a.tenure - b.tenure || a.activity - b.activity)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

type Side = 'connected' | 'unconnected'
const armOf = (strata: readonly Stratum[], side: Side) => ({
  n: strata.reduce((sum, stratum) => sum + stratum[side].n, 0),
  converted: strata.reduce((sum, stratum) => sum + stratum[side].converted, 0),
})
const matchedIn = (strata: readonly Stratum[], side: Side): number => armOf(comparable(strata), side).n
