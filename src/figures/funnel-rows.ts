import type { FigureTables } from '../store/tables/figures.ts'
import type { Journey } from './journeys.ts'
import { stages } from './line.ts'

type Row = FigureTables['figure_funnel']

/** Columns as bits: what is the same in two journeys, and what a level keeps apart. */
export const columnBits = { channel: 1, campaign: 2, rm: 4, branch: 8 } as const
const columns = Object.keys(columnBits) as (keyof typeof columnBits)[]
const everything = 15
/** The fewest rows first: the whole, by what has few values, and everything. */
export const levels = [0, columnBits.channel, columnBits.campaign, everything] as const

/** The rows that one person's journeys add to the funnel (docs/decisions/0033), at every level. */
export const funnelRowsOf = (journeys: readonly Journey[]): Row[] =>
  levels.flatMap((level) => {
    const sorted = inOrder(journeys.map((journey) => onlyColumns(journey, level)))
    return sorted.flatMap((journey, index) =>
      [wholeOf(journey), ...takenAway(journey, sorted.slice(0, index).toReversed())].map((row) => ({ level, ...row })),
    )
  })

/** By day; those of one day always in the same order, or what was added could not be taken back. */
const inOrder = (journeys: readonly Journey[]): Journey[] => {
  if (journeys.length < 2) return [...journeys]
  return journeys
    .map((journey) => {
      const { day, channel, campaign, branch, rm, stages: own, pairs } = journey
      return { journey, place: JSON.stringify([day, channel, campaign, branch, rm, own, pairs]) }
    })
    .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ journey }) => journey)
}

const wholeOf = (journey: Journey): Omit<Row, 'level'> => {
  const { day, channel, campaign, branch, rm } = journey
  return { day, channel, campaign, branch, rm, bits: maskOf(journey), same: everything, before: 'infinity', n: 1 }
}

/** Bits from which the same is taken away are one row. */
const takenAway = (journey: Journey, earlier: readonly Journey[]): Omit<Row, 'level'>[] => {
  const rows = new Map<string, Omit<Row, 'level'>>()
  for (const bit of earlier.length > 0 ? bitsOf(journey) : [])
    for (const term of termsOf(
      journey,
      earlier.filter((one) => (maskOf(one) & bit) > 0),
    )) {
      const place = `${term.same} ${term.before} ${term.n}`
      const bits = (rows.get(place)?.bits ?? 0) | bit
      rows.set(place, { ...placeOf(journey, term.same), before: term.before, n: term.n, bits })
    }
  return [...rows.values()]
}

const maskOf = ({ stages: own, pairs }: Journey): number => own | (pairs << stages.length)
const bitsOf = (journey: Journey): number[] =>
  Array.from({ length: 2 * stages.length }, (_, bit) => 1 << bit).filter((bit) => (maskOf(journey) & bit) > 0)

type Term = { same: number; before: string; n: number }

/**
 * What a journey must not count for, because its person was there `earlier` (newest first). `open` says for which questions he
 * has not been found yet: those about nothing but `same`, each n times, added up.
 */
const termsOf = (journey: Journey, earlier: readonly Journey[]): Term[] => {
  let open = new Map([[sameOf(journey, journey), 1]])
  const terms: Term[] = []
  for (const other of earlier) {
    if (open.size === 0) break
    const found = summed([...open].map(([same, n]) => [meet(same, sameOf(journey, other)), n]))
    for (const [same, n] of found) terms.push({ same, before: other.day, n: -n })
    open = summed([...open, ...[...found].map(([same, n]) => [same, -n] as const)])
  }
  return terms
}

const summed = (terms: readonly (readonly [number, number])[]): Map<number, number> => {
  const sums = new Map<number, number>()
  for (const [same, n] of terms) sums.set(same, (sums.get(same) ?? 0) + n)
  return new Map([...sums].filter(([, n]) => n !== 0))
}

const steps = (branch: string | null): string[] => branch?.split('/') ?? []

/** What is the same in two journeys: the columns as bits, and from bit 4 on how many steps of the branch from above. */
const sameOf = (one: Journey, other: Journey): number => {
  const equal = columns.reduce((bits, column) => bits | (one[column] === other[column] ? columnBits[column] : 0), 0)
  const [own, others] = [steps(one.branch), steps(other.branch)]
  const differs = own.findIndex((step, index) => step !== others[index])
  return equal | ((differs < 0 ? own.length : differs) << 4)
}

/** What is the same by both. */
const meet = (a: number, b: number): number => (a & b & everything) | (Math.min(a >> 4, b >> 4) << 4)

/** A journey without what is not the same; of the branch so many steps from above as are. */
const placeOf = (journey: Journey, same: number) => {
  const { day, channel, campaign, rm } = onlyColumns(journey, same)
  const above = steps(journey.branch).slice(0, same >> 4)
  return { day, channel, campaign, rm, branch: above.length > 0 ? above.join('/') : null, same: same & everything }
}

const onlyColumns = (journey: Journey, bits: number): Journey =>
  columns.reduce((left, column) => (bits & columnBits[column] ? left : { ...left, [column]: null }), journey)
