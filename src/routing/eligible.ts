import type { CompiledStep } from './compile.ts'
import { isOpen } from './calendar/calendar.ts'
import type { Question, RosterRm } from './model.ts'

/** Everything that eligibility depends on besides the RM himself, worked out once per step. */
export type Demand = {
  excluded: Question['excluded']
  doNotRoute: ReadonlySet<string>
  openKfId: string
  licences: readonly string[]
  /** Today's date in Asia/Shanghai, `2026-10-01`: a licence is valid up to and including its last day. */
  today: string
  open: boolean
  units: number
  /** The kind of work, for those who have limits per kind. */
  work: string | null
  mayExceed: boolean
  newCustomer: boolean
  /** Whether this RM, who is no servicer of the account, may serve through the bot. */
  relays(rm: RosterRm): boolean
}

export function demandOf(
  step: CompiledStep,
  common: Omit<Demand, 'licences' | 'open' | 'mayExceed'>,
  now: Date,
): Demand {
  const { pool, licences, mayExceed } = step
  const open = pool?.calendar ? isOpen(pool.calendar, now) : true
  return { ...common, licences, open, mayExceed }
}

/**
 * Why this RM cannot take the conversation now, null when he can. What lasts longest is named first: someone without
 * the licence is not called "full", so `full` always means that only capacity is missing.
 */
export function obstacle(rm: RosterRm, demand: Demand): string | null {
  const excluded = demand.excluded.get(rm.userid)
  if (excluded !== undefined) return `excluded:${excluded}`
  if (demand.doNotRoute.has(rm.userid)) return 'excluded:do-not-route'
  const serves = isServicer(rm, demand.openKfId)
  if (outOfReach(rm, demand) === 'not-a-servicer') return 'not-a-servicer'
  if (demand.licences.length > 0 && !holds(rm, demand)) return 'no-licence'
  if (!demand.open) return 'outside-hours'
  if (!rm.onDuty) return 'off-duty'
  if (serves && rm.kf[demand.openKfId] !== 'receiving') return 'not-receiving'
  if (demand.newCustomer && rm.newLeft === 0) return 'daily-cap'
  if (hasAllOf(rm, demand.work)) return `full:${demand.work}`
  return hasRoom(rm, demand) ? null : 'full'
}

/** Why WeCom would refuse him, whoever gave the order: what no word of a person goes over. Null when it would not, or nobody can know. */
export function outOfReach(
  rm: RosterRm,
  { openKfId, relays }: Pick<Demand, 'openKfId' | 'relays'>,
): 'not-a-servicer' | 'not-receiving' | null {
  if (!isServicer(rm, openKfId)) return relays(rm) ? null : 'not-a-servicer'
  const status = rm.kf[openKfId]
  return status === 'stopped' || status === 'suspended' ? 'not-receiving' : null
}

/** He has as many pieces of this kind of work as he may. Nothing but an admin's word exceeds this limit. */
function hasAllOf({ profile = {}, inHand = {} }: RosterRm, work: string | null): boolean {
  if (work === null || !Object.hasOwn(profile, work)) return false
  return (Object.hasOwn(inHand, work) ? (inHand[work] ?? 0) : 0) >= (profile[work] ?? 0)
}

/** Full altogether (`full`) or of this kind of work (`full:complaint`). */
export function isFull(reason: string): boolean {
  return reason === 'full' || reason.startsWith('full:')
}

export function isServicer({ kf }: RosterRm, openKfId: string): boolean {
  return Object.hasOwn(kf, openKfId)
}

function holds(rm: RosterRm, { licences, today }: Demand): boolean {
  return licences.every((code) => rm.licences.some((licence) => licence.code === code && licence.expiresOn >= today))
}

/** Capacity counts in fractions, whose sums are a hair off. Who may exceed takes one more while not yet over. */
function hasRoom({ load, capacity }: RosterRm, { units, mayExceed }: Demand): boolean {
  if (capacity <= 0) return false
  return load + units <= capacity + 1e-9 || (mayExceed && load <= capacity + 1e-9)
}
