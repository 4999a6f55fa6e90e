import type { Pool } from 'pg'
import { plusDays } from './calendar.ts'
import type { Ground } from './ground.ts'
import { within, type Slice } from './slice.ts'

/** `later`: of `n`, who were connected before the horizon all the same. */
export type Cell = { connected: boolean; stratum: string; n: number; converted: number; later: number }
/** Weeks that follow each other, and the value events that count. */
type Ask = Slice & { weeks: readonly string[]; value: readonly string[] }
type Times = Pick<Ground, 'definitions' | 'calendar'>

/** Both sides of the comparison by stratum. The others' weeks are drawn in proportion to those of the connected, so these come first. */
export const readCells = async (pool: Pool, times: Times, ask: Ask): Promise<Cell[]> => {
  const values = [...timesOf(times, ask), ask.weeks.map((week) => times.calendar.begins(week))]
  const connected = await pool.query<Connected>(connectedQuery(within(ask, values)), values)
  const drawn = drawnWeeks(ask.weeks, connected.rows)
  if (drawn.length === 0) return []
  const weeks = drawn.map(({ week }) => week)
  const unconnected = await pool.query<Cell>(unconnectedQuery, [
    ...timesOf(times, { ...ask, weeks }),
    firstDraws(drawn),
  ])
  return [...connected.rows.filter(({ n }) => n > 0), ...unconnected.rows]
}

/** $1 to $4 of both questions. A week goes by its place in them. */
const timesOf = ({ definitions, calendar }: Times, { weeks, value }: Ask): unknown[] => {
  const ends = weeks.map((week) => plusDays(week, 7))
  const horizons = ends.map((end) => calendar.begins(plusDays(end, definitions.horizonDays)))
  return [weeks, ends.map((end) => calendar.begins(end)), horizons, value]
}
const stratumIn = (week: string) => `strata[width_bucket(($1::date[])[${week}], strata_since)]`
const endOf = (week: string) => `($2::timestamptz[])[${week}]`
const horizonOf = (week: string) => `($3::timestamptz[])[${week}]`
const conversions = `(select person, min(at) as at from figure_values where kind = any($4::text[]) group by person) conversions`

/** `joined`: with those who had converted by the end of their week already. */
type Connected = Cell & { week: number; joined: number }

/** Everybody whose first add lies in one of the weeks; $5 says when they begin. */
const connectedQuery = (scope: string): string => {
  const week = 'width_bucket(connected_at, $5::timestamptz[])'
  return `select true as connected, ${week} as week, ${stratumIn(week)} as stratum, 0 as later, count(*)::int as joined,
      count(*) filter (where at is null or at >= ${endOf(week)})::int as n,
      count(*) filter (where at >= ${endOf(week)} and at < ${horizonOf(week)})::int as converted
    from figure_people left join ${conversions} using (person)
    where connected_at >= ($5::timestamptz[])[1] and connected_at < ${endOf('cardinality($1::date[])')} and ${scope}
    group by 2, 3`
}

type Drawn = { week: string; joined: number }
/** Weeks in which nobody was connected are not drawn. */
const drawnWeeks = (weeks: readonly string[], connected: readonly Connected[]): Drawn[] => {
  const byWeek = Map.groupBy(connected, ({ week }) => week)
  return weeks
    .map((week, index) => ({ week, joined: (byWeek.get(index + 1) ?? []).reduce((sum, one) => sum + one.joined, 0) }))
    .filter(({ joined }) => joined > 0)
}

const draws = 2n ** 32n
/** Of all draws each week has its share, from the first one on. */
const firstDraws = (drawn: readonly Drawn[]): string[] => {
  const total = BigInt(drawn.reduce((sum, { joined }) => sum + joined, 0))
  let before = 0n
  return drawn.map(({ joined }) => {
    const first = (before * draws + total - 1n) / total
    before += BigInt(joined)
    return String(first)
  })
}

/**
 * A customer's own week is drawn by his number alone ($5: the first draw of each week), so it cannot depend on what became of him. He
 * counts as unconnected when, at the end of that week, he was known, not connected and not converted.
 */
const drawnWeek = `width_bucket((person % 2147483648) * 2654435761 % ${draws}, $5::bigint[])`
const unconnectedQuery = `
  select false as connected, ${stratumIn(drawnWeek)} as stratum, count(*)::int as n,
    count(*) filter (where at < ${horizonOf(drawnWeek)})::int as converted,
    count(*) filter (where connected_at < ${horizonOf(drawnWeek)})::int as later
  from figure_people left join ${conversions} using (person)
  where first_at < ${endOf(drawnWeek)} and (connected_at is null or connected_at >= ${endOf(drawnWeek)})
    and (at is null or at >= ${endOf(drawnWeek)})
  group by 2`
