import type { Pool } from 'pg'
import { plusDays, mondayOf, type BusinessCalendar } from './calendar.ts'
import { cautions } from './cautions.ts'
import type { Definitions } from './definitions.ts'
import { comparable, difference, type Difference, type Stratum } from './difference.ts'
import type { Slice } from './slice.ts'
import { readStratum } from './strata.ts'
import { readCells, type Cell } from './comparison-cells.ts'

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
  const cells = weeks.length > 0 ? await readCells(pool, { definitions, calendar }, { ...ask, weeks }) : []
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

const strataOf = (cells: readonly Cell[]): Stratum[] =>
  [...Map.groupBy(cells, ({ stratum }) => stratum)]
    .map(([word, list]) => {
      const arm = (connected: boolean) => {
        const own = list.filter((cell) => cell.connected === connected)
        const sum = (read: (cell: Cell) => number) => own.reduce((total, cell) => total + read(cell), 0)
        return { n: sum(({ n }) => n), converted: sum((cell) => cell.converted) }
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
