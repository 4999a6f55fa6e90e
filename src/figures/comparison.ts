import type { Pool } from 'pg'
import { plusDays, mondayOf, type BusinessCalendar } from './calendar.ts'
import { cautions } from './cautions.ts'
import type { Definitions } from './definitions.ts'
import { comparable, difference, type Difference, type Stratum } from './difference.ts'
import { within, type Slice } from './slice.ts'

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

type Cell = {
  connected: boolean
  segment: string
  tenure: number
  activity: number
  n: number
  converted: number
  later: number
}

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
    definitions.tenureDays,
    definitions.activityTouches,
    definitions.activityWeeks,
  ]
  const { rows } = await pool.query<Cell>(question(within(ask, values)), values)
  return rows
}

/**
 * A customer's own week is drawn by his number alone, in proportion to the weeks of the connected: so it cannot depend on what
 * became of him. He counts as unconnected when, at the end of that week, he was known, not connected and not converted.
 */
const question = (scope: string): string => `
  with weeks as (
    select * from unnest($1::date[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[]) w (week, begins, ends, horizon)),
  converted as (select person, min(at) as at from figure_values where kind = any($5::text[]) group by person),
  joined as (
    select p.person, p.since, w.* from figure_people p join weeks w on p.connected_at >= w.begins and p.connected_at < w.ends
    where ${scope}),
  drawn as (
    select week, sum(n) over (order by week) - n as low, sum(n) over (order by week) as high, sum(n) over () as total
    from (select week, count(*) as n from joined group by week) counts),
  slots as (select p.*, ((p.person % 2147483648) * 2654435761 % 4294967296) as draw from figure_people p),
  others as (
    select s.person, s.since, w.*, coalesce(s.connected_at < w.horizon, false) as later
    from slots s join drawn d on s.draw * d.total / 4294967296 >= d.low and s.draw * d.total / 4294967296 < d.high
    join weeks w using (week)
    where s.first_at < w.ends and (s.connected_at is null or s.connected_at >= w.ends)),
  everybody as (
    select true as connected, person, since, week, begins, ends, horizon, false as later from joined
    union all select false, person, since, week, begins, ends, horizon, later from others)
  select e.connected, coalesce(g.segment, 'person') as segment,
    width_bucket(greatest(e.week - e.since, 0), $6::int[]) as tenure,
    width_bucket(coalesce(a.touches, 0)::int, $7::int[]) as activity, count(*)::int as n,
    count(*) filter (where v.at < e.horizon)::int as converted, count(*) filter (where e.later)::int as later
  from everybody e left join converted v using (person)
  left join lateral (select segment from figure_segments g where g.person = e.person and g.since < e.begins
    order by g.since desc limit 1) g on true
  left join lateral (select sum(touches) as touches from figure_activity a
    where a.person = e.person and a.week < e.week and a.week >= e.week - 7 * $8::int) a on true
  where v.at is null or v.at >= e.ends
  group by 1, 2, 3, 4 order by 2, 3, 4, 1`

const strataOf = (cells: readonly Cell[]): Stratum[] => {
  const key = ({ segment, tenure, activity }: Cell) => `${tenure} ${activity} ${segment}`
  return [...Map.groupBy(cells, key).values()].map((list) => {
    const { segment, tenure, activity } = list[0] as Cell
    const arm = (connected: boolean) => {
      const { n = 0, converted = 0 } = list.find((cell) => cell.connected === connected) ?? {}
      return { n, converted }
    }
    return { segment, tenure, activity, connected: arm(true), unconnected: arm(false) }
  })
}

type Side = 'connected' | 'unconnected'
const armOf = (strata: readonly Stratum[], side: Side) => ({
  n: strata.reduce((sum, stratum) => sum + stratum[side].n, 0),
  converted: strata.reduce((sum, stratum) => sum + stratum[side].converted, 0),
})
const matchedIn = (strata: readonly Stratum[], side: Side): number => armOf(comparable(strata), side).n
