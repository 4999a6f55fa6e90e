import type { Hold, Moved, RmReport } from './model.ts'
import type { Roster } from '../model.ts'

type Side = 'recorded' | 'draft'
type People = Record<Side, ReadonlyMap<string, number>>
type Ask = {
  roster: Roster
  /** What RMs had in hand as recorded. */
  holds: Hold[]
  /** The conversations that the draft gives to somebody else, by id. */
  moved: ReadonlyMap<string, Moved>
  people: People
  pause: () => Promise<void>
}

/**
 * What each RM would have had in hand: as recorded, without what moves away, with what moves to him from the moment it is
 * given to the moment it was closed. Only RMs who had or would have had somebody; those whom the draft changes most come first.
 */
export async function capacityReports({ roster, holds, moved, people, pause }: Ask): Promise<RmReport[]> {
  const drafted = [
    ...holds.filter(({ id }) => !moved.has(id)),
    ...[...moved.values()].flatMap(({ hold }) => hold ?? []),
  ]
  const sides = { recorded: byRm(holds), draft: byRm(drafted) }
  const turnover = turnoverOf(moved)
  const everybody = new Set([...people.recorded.keys(), ...people.draft.keys()])
  const reports: RmReport[] = []
  for (const rm of everybody) {
    const capacity = roster.rms.get(rm)?.capacity ?? 0
    const recorded = load(sides.recorded.get(rm) ?? [], capacity)
    const draft = load(sides.draft.get(rm) ?? [], capacity)
    reports.push({
      rm,
      recorded: people.recorded.get(rm) ?? 0,
      draft: people.draft.get(rm) ?? 0,
      lost: turnover.lost.get(rm) ?? 0,
      gained: turnover.gained.get(rm) ?? 0,
      capacity,
      peak: { recorded: recorded.peak, draft: draft.peak },
      breaches: { recorded: recorded.breaches, draft: draft.breaches },
    })
    if (reports.length % AT_ONCE === 0) await pause()
  }
  return reports.toSorted((a, b) => b.lost + b.gained - (a.lost + a.gained) || (a.rm < b.rm ? -1 : 1))
}

function byRm(holds: Hold[]): Map<string, Hold[]> {
  const found = new Map<string, Hold[]>()
  for (const hold of holds) {
    const list = found.get(hold.rm)
    if (list) list.push(hold)
    else found.set(hold.rm, [hold])
  }
  return found
}

function turnoverOf(moved: Ask['moved']): { lost: Map<string, number>; gained: Map<string, number> } {
  const turnover = { lost: new Map<string, number>(), gained: new Map<string, number>() }
  for (const { from, to } of moved.values()) {
    if (from !== null) turnover.lost.set(from, (turnover.lost.get(from) ?? 0) + 1)
    if (to !== null) turnover.gained.set(to, (turnover.gained.get(to) ?? 0) + 1)
  }
  return turnover
}

/** RMs between two pauses. */
const AT_ONCE = 50

/** Fractions of places do not add up exactly. */
const HAIR = 1e-9

/** Goes through time: at the same moment what ends comes before what begins. */
function load(holds: Hold[], capacity: number): { peak: number; breaches: number } {
  const steps = holds.flatMap(({ since, until, units }) => [
    { at: since.getTime(), units },
    { at: until.getTime(), units: -units },
  ])
  steps.sort((a, b) => a.at - b.at || a.units - b.units)
  let [now, peak, breaches] = [0, 0, 0]
  for (const { units } of steps) {
    now += units
    peak = Math.max(peak, now)
    if (units > 0 && now > capacity + HAIR) breaches += 1
  }
  return { peak: Math.round(peak * 100) / 100, breaches }
}
