import type { Before, Hold, PastConversation, PastDecision } from './model.ts'
import { isFull } from '../eligible.ts'
import type { Candidate, Roster, RosterRm } from '../model.ts'
import { rosterIndex } from '../roster-index.ts'
import { timeQueue } from './time-queue.ts'

/** The people as they stood at each moment of the period, as far as the record tells. */
export type Situation = {
  roster: Roster
  /** Time goes on: what was closed by then is off its RM's hands. */
  comeTo(at: Date): void
  /** Takes over what a recorded decision says of the RMs whom it considered. */
  see(decision: PastDecision): void
  /** The recorded decision gave the conversation to somebody. */
  give(conversation: PastConversation, decision: PastDecision): void
  /** Who had what in hand, and when; asked at the end. */
  holds(until: Date): Hold[]
}

const NOTHING: Before = { held: [], lastAssigned: new Map() }

/**
 * Begins with the people of now, on duty as they are and receiving wherever they serve, with what they had in hand when the
 * period began. Each recorded decision corrects it by what it says.
 */
export function situationOf({ rms }: Roster, { held, lastAssigned }: Before = NOTHING): Situation {
  const index = rosterIndex([...rms.values()].map((rm) => asAssumed(rm, lastAssigned)))
  const inHand = new Map<string, Omit<Hold, 'until'>>()
  const past: Hold[] = []
  const endings = timeQueue<string>()

  const addLoad = (userid: string, units: number): void => {
    const rm = index.roster.rms.get(userid)
    if (rm) index.set({ ...rm, load: Math.max(0, rm.load + units) })
  }
  const take = (hold: Omit<Hold, 'until'>, until: Date | null): void => {
    inHand.set(hold.id, hold)
    addLoad(hold.rm, hold.units)
    if (until) endings.add(until, hold.id)
  }
  const release = (id: string, until: Date): void => {
    const hold = inHand.get(id)
    if (!hold || !inHand.delete(id)) return
    past.push({ ...hold, until })
    addLoad(hold.rm, -hold.units)
  }
  for (const { id, rm, units, until } of held) take({ id, rm, units, since: new Date(0) }, until)

  return {
    roster: index.roster,
    comeTo(at) {
      for (let ended = endings.next(at); ended; ended = endings.next(at)) release(ended.item, ended.at)
    },
    see({ candidates, question }) {
      for (const candidate of candidates) {
        const rm = index.roster.rms.get(candidate.rm)
        const seen = rm && asSeen(rm, candidate, question)
        if (seen && seen !== rm) index.set(seen)
      }
    },
    give({ id, units, closedAt }, { rm, at }) {
      if (rm === null) return
      release(id, at)
      take({ id, rm, units, since: at }, closedAt)
      const given = index.roster.rms.get(rm)
      if (given) index.set({ ...given, lastAssignedAt: at })
    },
    holds: (until) => [...past, ...[...inHand.values()].map((hold) => ({ ...hold, until }))],
  }
}

function asAssumed(rm: RosterRm, lastAssigned: Before['lastAssigned']): RosterRm {
  const kf = Object.fromEntries(Object.keys(rm.kf).map((account) => [account, 'receiving' as const]))
  return { ...rm, kf, load: 0, newLeft: null, lastAssignedAt: lastAssigned.get(rm.userid) ?? null }
}

type Asked = Pick<PastDecision['question'], 'openKfId' | 'newCustomer'>

/** The RM as a candidate of a recorded decision; the same object when that is what is known already. */
function asSeen(rm: RosterRm, { load, capacity, excludedBy }: Candidate, { openKfId, newCustomer }: Asked): RosterRm {
  const { onDuty, status } = presenceBy(excludedBy, rm, openKfId)
  const newLeft = newCustomer && isPresent(excludedBy) ? (excludedBy === 'daily-cap' ? 0 : null) : (rm.newLeft ?? null)
  const known = rm.load === load && rm.capacity === capacity && rm.onDuty === onDuty && (rm.newLeft ?? null) === newLeft
  if (known && rm.kf[openKfId] === status) return rm
  return { ...rm, load, capacity, onDuty, newLeft, kf: withStatus(rm.kf, openKfId, status) }
}

function isPresent(excludedBy: string | null): boolean {
  return excludedBy === null || isFull(excludedBy) || excludedBy === 'daily-cap'
}

type Presence = { onDuty: boolean; status: RosterRm['kf'][string] | undefined }

/** Reasons are told in a fixed order: whoever is called full was on duty and receiving. Other reasons tell less. */
function presenceBy(excludedBy: string | null, { onDuty, kf }: RosterRm, openKfId: string): Presence {
  const status = kf[openKfId]
  if (isPresent(excludedBy)) return { onDuty: true, status: 'receiving' }
  if (excludedBy === 'not-receiving') return { onDuty: true, status: 'stopped' }
  if (excludedBy === 'off-duty') return { onDuty: false, status: status ?? 'receiving' }
  if (excludedBy === 'not-a-servicer') return { onDuty, status: undefined }
  if (excludedBy === 'no-licence' || excludedBy === 'outside-hours') return { onDuty, status: status ?? 'receiving' }
  return { onDuty, status }
}

function withStatus(kf: RosterRm['kf'], openKfId: string, status: Presence['status']): RosterRm['kf'] {
  if (kf[openKfId] === status) return kf
  const { [openKfId]: _, ...others } = kf
  return status === undefined ? others : { ...others, [openKfId]: status }
}
