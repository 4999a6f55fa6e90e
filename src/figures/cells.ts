import type { Journey } from './journeys.ts'
import { stages } from './line.ts'
import { dimensions, type Dimension } from './slice.ts'

/**
 * `n` persons were at this stage on `day` and, in the same group, last at it on `before`. Whoever asks from a day on leaves out
 * those whose `before` is not earlier: so everybody is counted once in any span of days, and the counts can be added up.
 */
export type Cell = {
  dimension: Dimension | 'all'
  key: string | null
  bit: number
  day: string
  before: string | null
  n: number
}
type Counted = Omit<Journey, 'several'>

/** The bits of a cell: those of `stages`, then those of `pairs`. */
const bits = Array.from({ length: 2 * stages.length }, (_, bit) => bit)
const hasBit = ({ stages: own, pairs }: Counted, bit: number): boolean =>
  bit < stages.length ? (own & (1 << bit)) > 0 : (pairs & (1 << (bit - stages.length))) > 0

/** What one person's journeys add to the cells. */
const cellsOf = (journeys: readonly Counted[], n: 1 | -1): Cell[] =>
  (['all', ...dimensions] as const).flatMap((dimension) =>
    [...Map.groupBy(journeys, (one) => (dimension === 'all' ? null : one[dimension]))].flatMap(([key, group]) =>
      bits.flatMap((bit) => {
        const days = group.filter((one) => hasBit(one, bit)).map(({ day }) => day)
        return days
          .toSorted()
          .map((day, index, sorted) => ({ dimension, key, bit, day, before: sorted[index - 1] ?? null, n }))
      }),
    ),
  )

type Persons = Iterable<readonly Counted[]>

/** What changes when these persons' journeys take the place of those that were counted before. */
export const changesOf = (before: Persons, after: Persons): Cell[] => {
  const sums = new Map<string, Cell>()
  const put = (cell: Cell) => {
    const place = `${cell.dimension} ${cell.bit} ${cell.day} ${cell.before} ${cell.key === null ? '' : `=${cell.key}`}`
    const known = sums.get(place)
    if (known) known.n += cell.n
    else sums.set(place, cell)
  }
  for (const journeys of before) for (const cell of cellsOf(journeys, -1)) put(cell)
  for (const journeys of after) for (const cell of cellsOf(journeys, 1)) put(cell)
  return [...sums.values()].filter(({ n }) => n !== 0)
}
