import type { ToldMember } from '../../wecom/group-told.ts'

/**
 * Recorded because a reading showed it, or another event implied it: should its own event come late, it tells nothing new. He left
 * between `since`, his coming, and `at`; a coming is known to the second.
 */
type Awaited = { what: Move['what']; since: number; at: number }

/** Somebody who is or was in a customers' group, as our books have it. */
export type Membership = {
  memberId: string
  customer: boolean
  present: boolean
  /** The last coming that we know of; null when only a leaving was told. */
  joinedAt: Date | null
  leftAt: Date | null
  awaited: readonly Awaited[]
  scene: number | null
  invitor: string | null
  state: string | null
  unionid: string | null
}

/** What the ledger has not heard yet. `found`: by reading, its event was missed or has not come yet. */
export type Move = { what: 'joined' | 'left'; at: Date; found: boolean }
export type GroupStep = { member: Membership; moves: Move[] }

/** What an event and a reading tell of one coming differs by seconds. */
const sameMs = 60_000
/** So long a reading may show a group as it was before its last events. */
export const lagMs = 5 * 60_000
/** Events do not come later than this. */
const lateMs = 24 * 3_600_000

type Told = { id: string; customer: boolean; at: Date }

/** An event says that he came. Each event is recorded once, unless a reading has told it before. */
export const joinByEvent = (known: Membership | undefined, { id, customer, at }: Told): GroupStep => {
  const joined: Move = { what: 'joined', at, found: false }
  if (!known) return { member: { ...stranger(id, customer), present: true, joinedAt: at }, moves: [joined] }
  const cameAgain = !known.present && isAfterLeaving(known, at)
  const before = known.awaited.find((one) => one.what === 'joined' && Math.abs(one.at - at.getTime()) <= sameMs)
  if (before && !cameAgain) return { member: without(known, before), moves: [] }
  if (known.joinedAt && at <= known.joinedAt) return { member: known, moves: at < known.joinedAt ? [joined] : [] }
  const fresh = { ...known, joinedAt: at, scene: null, invitor: null, state: null }
  // He came once more, so he had left: the event of that was missed, or is behind this one.
  if (known.present) {
    const left: Move = { what: 'left', at, found: true }
    return { member: { ...fresh, leftAt: at, awaited: awaiting(known, left) }, moves: [left, joined] }
  }
  // A coming that is older than his leaving came behind it.
  if (!cameAgain) return { member: fresh, moves: [joined] }
  return { member: { ...fresh, present: true, awaited: narrowed(known, at) }, moves: [joined] }
}

/** An event says that he left. */
export const leaveByEvent = (known: Membership | undefined, { id, customer, at }: Told): GroupStep => {
  const left: Move = { what: 'left', at, found: false }
  if (!known) return { member: { ...stranger(id, customer), leftAt: at }, moves: [left] }
  const told = known.awaited
    .filter((one) => one.what === 'left' && one.since <= at.getTime() && at.getTime() <= one.at)
    .toSorted((one, other) => one.at - other.at)[0]
  if (told) {
    const leftAt = known.leftAt?.getTime() === told.at ? at : known.leftAt
    return { member: { ...without(known, told), leftAt }, moves: [] }
  }
  const newest = known.present ? known.joinedAt : known.leftAt
  if (newest && at < newest) return { member: known, moves: [left] }
  if (!known.present && newest && at.getTime() === newest.getTime()) return { member: known, moves: [] }
  return { member: { ...known, present: false, leftAt: at }, moves: [left] }
}

/** A reading shows him. What an event told lately counts for more: a reading may be behind. */
export const seenInGroup = (known: Membership | undefined, told: ToldMember, askedAt: Date): GroupStep => {
  const { id, customer, joinedAt, scene, invitor, state, unionid } = told
  const how = { customer, scene, invitor, state, unionid }
  const came = (at: Date): Move => ({ what: 'joined', at, found: true })
  const here = (at: Date, ...before: Move[]): GroupStep => {
    const moves = [...before, came(at)]
    const was = known ? { ...known, awaited: narrowed(known, at) } : stranger(id, customer)
    const leftAt = before.length > 0 ? at : was.leftAt
    return { member: { ...was, ...how, present: true, joinedAt: at, leftAt, awaited: awaiting(was, ...moves) }, moves }
  }
  if (!known) return here(joinedAt)
  const later = isLater(joinedAt, known.joinedAt)
  if (known.present) {
    if (later) return here(joinedAt, { what: 'left', at: joinedAt, found: true })
    return { member: { ...known, ...how }, moves: [] }
  }
  const leftAt = known.leftAt ?? askedAt
  const isBack = joinedAt >= leftAt || (later && foundLeaving(known)) || askedAt.getTime() - leftAt.getTime() > lagMs
  if (!isBack) return { member: known, moves: [] }
  return here(later || joinedAt >= leftAt ? joinedAt : askedAt)
}

/** A reading does not show him. Whoever has just come may only be missing in it: a later one tells. */
export const missingInGroup = (known: Membership, askedAt: Date): GroupStep => {
  const isYoung = known.joinedAt !== null && known.joinedAt.getTime() > askedAt.getTime() - lagMs
  if (!known.present || isYoung) return { member: known, moves: [] }
  const left: Move = { what: 'left', at: askedAt, found: true }
  return { member: { ...known, present: false, leftAt: askedAt, awaited: awaiting(known, left) }, moves: [left] }
}

const isLater = (at: Date, than: Date | null): boolean => than === null || at.getTime() > than.getTime() + sameMs

/**
 * That he was missing when the group was read says that he had left by then, not when: a later coming is behind it. Of one second the
 * coming was first: who is removed at once is seen, who comes back at once is not.
 */
const isAfterLeaving = ({ leftAt, ...known }: Membership, at: Date): boolean => {
  if (known.joinedAt && at <= known.joinedAt) return false
  return (
    leftAt === null || at > leftAt || (foundLeaving({ ...known, leftAt }) !== undefined && isLater(at, known.joinedAt))
  )
}

/** His leaving is known from a reading alone. */
const foundLeaving = ({ awaited, leftAt }: Membership): Awaited | undefined =>
  awaited.find((one) => one.what === 'left' && one.at === leftAt?.getTime())

/** Since he came back at this time, he had left before it. */
const narrowed = (known: Membership, at: Date): readonly Awaited[] => {
  const missed = foundLeaving(known)
  return known.awaited.map((one) => (one === missed ? { ...one, at: Math.min(one.at, at.getTime()) } : one))
}

const awaiting = ({ awaited, joinedAt }: Membership, ...moves: Move[]): Awaited[] => {
  const added = moves.map(({ what, at }) => ({ what, since: joinedAt?.getTime() ?? 0, at: at.getTime() }))
  const newest = Math.max(...added.map(({ at }) => at))
  return [...awaited.filter(({ at }) => at > newest - lateMs), ...added]
}

const without = (known: Membership, told: Awaited): Membership => ({
  ...known,
  awaited: known.awaited.filter((one) => one !== told),
})

const stranger = (memberId: string, customer: boolean): Membership => ({
  memberId,
  customer,
  present: false,
  joinedAt: null,
  leftAt: null,
  awaited: [],
  scene: null,
  invitor: null,
  state: null,
  unionid: null,
})
