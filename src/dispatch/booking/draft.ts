import type { Decision } from '../../routing/model.ts'
import type { Changes } from '../changes.ts'
import type { Conversation } from '../conversation.ts'

/** What booking needs of a turn: the conversation as it was gathered, the time, and how many replies are left. */
export type Ground = {
  /** Null for events that concern no customer (an RM's presence). */
  conversation: Conversation | null
  /** Whom the event is about where there is no conversation: a contact event's customer and RM. */
  person?: Person
  /** Of an event about a customers' group. */
  chatId?: string
  openKfId: string
  now: Date
  /** When the event happened: codes live from then on. */
  at: Date
  repliesLeft: number
  /** He counts against an RM's daily limit of new customers. */
  newCustomer: boolean
  /** When the first-reply guarantee of this rule reminds and reassigns, counted from now; null when nothing is promised. */
  firstReply(rule: string | null): { remindAt: Date; reassignAt: Date } | null
  /** What a waited minute counts by the decision's rule, and until when its response target wants an answer. */
  urgency(decision: Decision, openedAt: Date): { ageing: number; respondBy: Date | null }
  /** Until when an RM may think about an offer. */
  offerUntil: Date
  /** What the rule wants to be done later about a conversation that it has brought, counted from now; null when nothing. */
  followUp(rule: string | null): { title: string; dueAt: Date } | null
  /** When the pools of a decision that found nobody open again; null when they are open, or never. */
  opensAt(decision: Decision): Date | null
}

export type Person = {
  externalUserId: string | null
  customerId: string | null
  channel: string | null
  rm: string | null
  owner: string | null
}
const nobody = { externalUserId: null, customerId: null, channel: null, rm: null }

/** Changes in the making. `conversation` is a copy that may be written to. */
export type Draft = Changes & { ground: Ground; sent: number }

/** The conversation that the turn is about; an effect that needs one is a mistake where there is none. */
export const matter = (draft: Draft): Conversation => {
  if (!draft.conversation) throw new Error('this effect needs a customer, and the event concerns none')
  return draft.conversation
}

export const subjectOf = (draft: Draft): string =>
  draft.conversation?.externalUserId ?? draft.ground.person?.externalUserId ?? `account:${draft.ground.openKfId}`

const aboutPerson = ({ owner: _, ...about }: Person) => about

/** What every touchpoint of this turn has in common. */
export const common = (draft: Draft) => ({
  at: draft.ground.person ? draft.ground.at : draft.ground.now,
  ...(draft.ground.person ? aboutPerson(draft.ground.person) : nobody),
  ...(draft.conversation && {
    externalUserId: draft.conversation.externalUserId,
    customerId: draft.conversation.customerId,
    channel: draft.conversation.channel,
    rm: draft.conversation.rm,
  }),
})

export const timerKinds = [
  'clock/first_reply_remind',
  'clock/first_reply_reassign',
  'clock/step_over',
  'clock/offer_over',
] as const
export type TimerKind = (typeof timerKinds)[number]

/** One timer of a kind per chat, so that a new one replaces the old. */
export const timerKey = (kind: TimerKind, it: Conversation): string => `${kind}:${it.openKfId}:${it.externalUserId}`

/** The rule's follow-up, for this RM or whoever it turns out to be. */
export const planFollowUp = (draft: Draft, rule: string | null, rm: string | null): void => {
  const planned = draft.ground.followUp(rule)
  if (planned) draft.tasks.push({ ...ruleTask, ...planned, kind: 'follow-up', rm, creator: rule })
}
export const ruleTask = { rm: null, externalUserId: null, note: null, createdBy: 'rule', creator: null } as const

export const setTimer = (draft: Draft, timer: { kind: TimerKind; dueAt: Date; payload: object }): void => {
  const it = matter(draft)
  draft.timers.push({ ...timer, key: timerKey(timer.kind, it), subject: it.externalUserId })
}

export const stopTimers = (draft: Draft, ...kinds: TimerKind[]): void => {
  draft.stopped.push(...kinds.map((kind) => timerKey(kind, matter(draft))))
}

/** The RM's capacity is given back and his first-reply clock stops; who waits is looked at again. */
export const leave = (draft: Draft, rm: string): void => {
  const { units, work } = matter(draft)
  draft.release = { rm, units, work }
  draft.lookAgain = true
  stopTimers(draft, 'clock/first_reply_remind', 'clock/first_reply_reassign', 'clock/offer_over')
}

/** From now on the RM has the time of `firstReply` for his first answer. */
export const watchFirstReply = (draft: Draft, rm: string): void => {
  const due = draft.ground.firstReply(matter(draft).rule)
  if (!due) return
  setTimer(draft, { kind: 'clock/first_reply_remind', dueAt: due.remindAt, payload: { rm } })
  setTimer(draft, { kind: 'clock/first_reply_reassign', dueAt: due.reassignAt, payload: { rm } })
}
