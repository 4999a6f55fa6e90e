import type { NewTouchpoint } from '../../ledger/touchpoint.ts'
import type { Arrival } from './arrival.ts'
import type { Changes, GroupChange } from '../changes.ts'
import type { FoundMember } from '../events.ts'
import type { GatheredGroup, GroupBooks } from '../gather/gather-group.ts'
import {
  joinByEvent,
  lagMs,
  leaveByEvent,
  missingInGroup,
  seenInGroup,
  type GroupStep,
  type Membership,
  type Move,
} from './group-step.ts'

/** The fields of an event about a group, WeCom's or our own. */
export type GroupEvent = {
  ChatId: string
  UpdateDetail?: string
  JoinScene?: string
  QuitScene?: string
  MemChangeList?: string[]
  LastMemVer?: string
  CurMemVer?: string
  /** Of `group/found`. */
  askedAt?: string
  version?: string | null
  seen?: FoundMember[]
  missing?: string[]
}

/** External contacts begin with `wm` (WeChat) or `wo` (WeCom of another corp); a userid that does, too, is on the roster. */
const isCustomer = (id: string, staff: ReadonlyMap<string, unknown>): boolean =>
  /^w[mo]/.test(id) && !staff.has(id.toLowerCase())

/** Whom an event tells of. */
export const peopleIn = (event: GroupEvent): string[] => [
  ...new Set([...(event.MemChangeList ?? []), ...(event.seen ?? []).map(({ id }) => id), ...(event.missing ?? [])]),
]

type Ground = { arrival: Arrival; gathered: GatheredGroup; staff: ReadonlyMap<string, unknown> }

/**
 * What is written down of an event about a group whatever the handler answers: who is in it now, the versions that WeCom named,
 * and one line in the ledger for each customer who came or left.
 */
export const bookGroup = (ground: Ground): Pick<Changes, 'group' | 'touchpoints'> => {
  const { arrival, gathered } = ground
  const event = arrival.event as GroupEvent
  const steps = stepsOf(ground, event)
  const lines = steps
    .filter(({ member }) => member.customer)
    .flatMap(({ member, moves }) => moves.map((move) => lineOf(ground, { member, move })))
  const group: GroupChange = {
    chatId: event.ChatId,
    ...versionsAfter(arrival, gathered.group),
    dismissedAt: dismissalAfter(arrival, gathered.group),
    createdAt: arrival.kind === 'group/create' ? arrival.at : null,
    members: steps.map(({ member }) => member).filter((member) => gathered.members.get(member.memberId) !== member),
  }
  return { group, touchpoints: lines }
}

const stepsOf = ({ arrival, gathered, staff }: Ground, event: GroupEvent): GroupStep[] => {
  const { members } = gathered
  if (arrival.kind === 'group/found') {
    const askedAt = new Date(event.askedAt as string)
    return [
      ...(event.seen ?? []).map((told) =>
        seenInGroup(members.get(told.id), { ...told, joinedAt: new Date(told.joinedAt) }, askedAt),
      ),
      ...(event.missing ?? []).flatMap((id) => {
        const known = members.get(id)
        return known ? [missingInGroup(known, askedAt)] : []
      }),
    ]
  }
  const step = { add_member: joinByEvent, del_member: leaveByEvent }[event.UpdateDetail ?? '']
  if (arrival.kind !== 'group/update' || !step) return []
  return peopleIn(event).map((id) => step(members.get(id), { id, customer: isCustomer(id, staff), at: arrival.at }))
}

/** The latest event names the version that a reading must show; of one second, the one that follows on the other. */
const versionsAfter = ({ kind, event, at }: Arrival, group: GroupBooks | null) => {
  const { CurMemVer: version, LastMemVer: last, version: read } = event as GroupEvent
  const before = { toldVersion: group?.toldVersion ?? null, toldAt: group?.toldAt ?? null }
  if (kind === 'group/found') return { ...before, version: read ?? null }
  const since = before.toldAt?.getTime() ?? 0
  const follows = at.getTime() > since || (at.getTime() === since && last === before.toldVersion)
  return version && follows ? { toldVersion: version, toldAt: at, version: null } : { ...before, version: null }
}

/** What was dissolved stays so, unless WeCom shows it much later all the same. */
const dismissalAfter = ({ kind, event, at }: Arrival, group: GroupBooks | null): Date | null => {
  const before = group?.dismissedAt ?? null
  if (kind === 'group/dismiss' || kind === 'group/gone') return before ?? at
  if (kind !== 'group/found' || !before) return before
  const askedAt = new Date((event as GroupEvent).askedAt as string)
  return askedAt.getTime() > before.getTime() + lagMs ? null : before
}

/** Whether reading the group may tell more than the books have: not what they show already, not what is over. */
export const isWorthReading = ({ event, at }: Arrival, group: GroupBooks | null): boolean => {
  if (!group) return true
  const { CurMemVer: version } = event as GroupEvent
  const readSince = group.readAt !== null && group.readAt.getTime() > at.getTime() + lagMs
  const over = group.dismissedAt !== null && at.getTime() <= group.dismissedAt.getTime() + lagMs
  return !readSince && !over && !(version !== undefined && version === group.version)
}

const lineOf = ({ arrival, gathered }: Ground, { member, move }: { member: Membership; move: Move }): NewTouchpoint => {
  const { what, at, found } = move
  const known = gathered.customers.get(member.memberId)
  const event = arrival.event as GroupEvent
  const scene = found ? foundScene(member, what) : what === 'joined' ? event.JoinScene : event.QuitScene
  const { invitor, state } = member
  return {
    at,
    kind: `group.${what}`,
    externalUserId: member.memberId,
    customerId: known?.id ?? null,
    channel: known?.channel ?? null,
    rm: gathered.group?.owner ?? null,
    sourceId: `${arrival.msgid}#${member.memberId}#${what}`,
    data: {
      chatId: event.ChatId,
      ...(scene && { scene }),
      ...(found && { found: 'reconcile' }),
      ...(found && what === 'joined' && { ...(invitor && { invitor }), ...(state && { state }) }),
    },
  }
}

/** In the numbers of the event: 0 invited, 3 by the group's code. */
const foundScene = ({ scene }: Membership, what: Move['what']): string | null =>
  what === 'left' || scene === null ? null : scene === 3 ? '3' : '0'
