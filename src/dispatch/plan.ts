import type { Errand, Words } from '../outbox/effects.ts'
import type { Decision } from '../routing/model.ts'
import { noChanges, type Changes } from './changes.ts'
import type { Conversation } from './conversation.ts'
import type { Effect, RoutingChange, RoutingWords } from './effects.ts'
import { offerCard } from './offer-card.ts'

/** WeCom lets the app send five messages after each one of the customer; the last is kept for telling him what happens. */
export const repliesPerWindow = 5
export const windowMs = 48 * 3_600_000

/** What planning needs of a turn: the conversation as it was gathered, the time, and how many replies are left. */
export type Ground = {
  /** Null for events that concern no customer (an RM's presence). */
  conversation: Conversation | null
  openKfId: string
  now: Date
  repliesLeft: number
  /** When the first-reply guarantee reminds and reassigns, counted from now; null when the rules have none. */
  firstReply: { remindAt: Date; reassignAt: Date } | null
  /** Until when an RM may think about an offer. */
  offerUntil: Date
}

type Draft = Changes & { ground: Ground; sent: number }

/** Turns a handler's effects into changes. Pure: it decides nothing new, it only books. */
export const plan = (effects: readonly Effect[], ground: Ground): Changes => {
  const { conversation } = ground
  const draft: Draft = {
    ...noChanges(),
    conversation: conversation && { ...conversation, excluded: { ...conversation.excluded } },
    ground,
    sent: 0,
  }
  for (const effect of effects) book(draft, effect)
  const { ground: _, sent, ...changes } = draft
  if (sent > 0 && conversation)
    changes.chat = {
      ...changes.chat,
      openKfId: conversation.openKfId,
      externalUserId: conversation.externalUserId,
      sent,
    }
  return changes
}

const book = (draft: Draft, effect: Effect): void => {
  switch (effect.effect) {
    case 'reply':
      return bookReply(draft, effect.words, effect.lastSlot)
    case 'replyWithCode':
      return bookCode(draft, effect.code, effect.words, effect.lifeMs)
    case 'settle':
      return bookDecision(draft, effect.decision, effect.words, effect.change)
    case 'adopt':
      return bookAdoption(draft, effect.rm, effect.why)
    case 'notify':
      draft.errands.push(tellManager(effect.rm, effect.text))
      return
    case 'managerReplied':
      return bookManagerReply(draft)
    case 'close':
      return bookClose(draft, effect)
    case 'record':
      draft.touchpoints.push({ ...common(draft), kind: effect.kind, data: effect.data, rm: effect.rm })
      return
    case 'exclude':
      matter(draft).excluded[effect.rm] = effect.reason
      return
    case 'presence':
      draft.presence.push({ openKfId: draft.ground.openKfId, rm: effect.rm, status: effect.status })
      draft.lookAgain ||= effect.status === 'receiving'
      return
    case 'messageStatus':
      draft.messageStatus.push({ id: effect.msgid, status: effect.status })
      return
    case 'remind':
      draft.timers.push({ ...effect, subject: subjectOf(draft), dueAt: effect.at })
      return
    case 'forget':
      draft.stopped.push(effect.key)
  }
}

const matter = (draft: Draft): Conversation => {
  if (!draft.conversation) throw new Error('this effect needs a customer, and the event concerns none')
  return draft.conversation
}
const subjectOf = (draft: Draft): string => draft.conversation?.externalUserId ?? `account:${draft.ground.openKfId}`

const common = (draft: Draft) => ({
  at: draft.ground.now,
  externalUserId: draft.conversation?.externalUserId ?? null,
  customerId: draft.conversation?.customerId ?? null,
  channel: draft.conversation?.channel ?? null,
  rm: draft.conversation?.rm ?? null,
})

export const tellManager = (rm: string, text: string): Errand => ({
  kind: 'message/send',
  subject: `rm:${rm}`,
  lane: 1,
  payload: { rm, text },
})

const bookReply = (draft: Draft, words: Words, lastSlot: boolean): void => {
  const { openKfId, externalUserId } = matter(draft)
  const left = draft.ground.repliesLeft - draft.sent - (lastSlot ? 0 : 1)
  if (left < (lastSlot ? 1 : 0) || draft.ground.repliesLeft - draft.sent < 1) {
    draft.touchpoints.push({ ...common(draft), kind: 'message.failed', data: { reason: 'no-reply-left' } })
    return
  }
  draft.sent += 1
  draft.errands.push({
    kind: 'kf/send_msg',
    subject: externalUserId,
    lane: 1,
    payload: { openKfId, to: externalUserId, words },
  })
}

const bookCode = (draft: Draft, code: string, words: Words, lifeMs: number): void => {
  const { openKfId, externalUserId } = matter(draft)
  draft.errands.push({
    kind: 'kf/send_msg_on_event',
    subject: externalUserId,
    lane: 0,
    payload: { openKfId, to: externalUserId, code, words },
    notAfter: new Date(draft.ground.now.getTime() + lifeMs),
  })
}

const bookDecision = (draft: Draft, decision: Decision, words: RoutingWords, change: RoutingChange): void => {
  const it = matter(draft)
  const { now } = draft.ground
  const former = { status: it.status, rm: it.rm }
  draft.decision = decision
  it.rule = decision.rule
  it.routedAt ??= now
  it.priority = decision.priority
  it.facts = decision.facts
  it.waitingReason = decision.waitingReason
  it.stepSince = decision.stepSince
  it.step = decision.step
  if (former.rm) leave(draft, former.rm)
  it.units = decision.units

  if (decision.outcome === 'assigned' && decision.rm) return bookAssignment(draft, decision.rm, { words, change, former })
  if (decision.outcome === 'offered' && decision.rm) return bookOffer(draft, decision.rm, words)
  it.status = decision.outcome === 'queued' ? 'queued' : 'bot'
  it.rm = null
  if (decision.stepUntil) setTimer(draft, 'clock/step_over', decision.stepUntil, {})
  else draft.stopped.push(timerKey('clock/step_over', it))
  if (decision.outcome === 'queued' && former.status !== 'queued') draft.touchpoints.push(routed(draft, 'conversation.queued', decision))
  else if (decision.outcome !== 'queued') draft.touchpoints.push(routed(draft, 'conversation.routed', decision))
  if (words.customer) bookReply(draft, words.customer, true)
  if (decision.outcome === 'left-message') it.leftMessage = true
}

const routed = (draft: Draft, kind: 'conversation.routed' | 'conversation.queued' | 'conversation.offered' | 'conversation.transferred', decision: Decision) => ({
  ...common(draft),
  kind,
  rm: decision.rm,
  data: {
    outcome: decision.outcome,
    rule: decision.rule,
    ...(decision.waitingReason && { waitingReason: decision.waitingReason }),
  },
})

type Move = { words: RoutingWords; change: RoutingChange; former: { status: Conversation['status']; rm: string | null } }

const bookAssignment = (draft: Draft, rm: string, { words, change, former }: Move): void => {
  const it = matter(draft)
  const { now } = draft.ground
  Object.assign(it, { status: 'assigned', rm, assignedAt: now, firstReplyAt: null, waitingReason: null })
  draft.claim = { rm, units: it.units, openKfId: it.openKfId, exceed: exceedOf(draft.decision as Decision) }
  draft.stopped.push(timerKey('clock/step_over', it), timerKey('clock/offer_over', it))
  watchFirstReply(draft, rm)
  draft.errands.push(handOver(it, rm, words))
  if (former.rm && former.rm !== rm && words.formerManager) draft.errands.push(tellManager(former.rm, words.formerManager))
  const kind = change.kind === 'transfer' ? 'conversation.transferred' : 'conversation.routed'
  const line = routed(draft, kind, draft.decision as Decision)
  if (change.kind === 'transfer') Object.assign(line.data, { from: former.rm, reason: change.reason })
  draft.touchpoints.push(line)
  draft.chat = { ...draft.chat, openKfId: it.openKfId, externalUserId: it.externalUserId, lastRm: rm }
}

/** An admin's word overrides capacity and duty; a rule may let a full RM take one more. */
const exceedOf = (decision: Decision): NonNullable<Changes['claim']>['exceed'] => {
  if (decision.rule === 'admin') return 'always'
  return decision.mayExceed ? 'once' : 'no'
}

/** WeCom first: the RM's phone rings only once the session is really his, and the customer is told with the code that this gives. */
const handOver = (it: Conversation, rm: string, words: RoutingWords): Errand => ({
  kind: 'kf/trans',
  subject: it.externalUserId,
  lane: 1,
  payload: { openKfId: it.openKfId, externalUserId: it.externalUserId, state: 3, rm },
  then: [
    ...(words.customer
      ? [
          {
            kind: 'kf/send_msg_on_event' as const,
            subject: it.externalUserId,
            lane: 1 as const,
            payload: { openKfId: it.openKfId, to: it.externalUserId, code: '', words: words.customer },
          },
        ]
      : []),
    ...(words.manager ? [tellManager(rm, words.manager)] : []),
  ],
})

const bookOffer = (draft: Draft, rm: string, words: RoutingWords): void => {
  const it = matter(draft)
  Object.assign(it, { status: 'offered', rm, waitingReason: null })
  draft.claim = { rm, units: it.units, openKfId: it.openKfId, exceed: exceedOf(draft.decision as Decision) }
  setTimer(draft, 'clock/offer_over', draft.ground.offerUntil, { rm })
  draft.touchpoints.push(routed(draft, 'conversation.offered', draft.decision as Decision))
  draft.errands.push(offerCard(it, rm, words.manager ?? '', draft.ground.now))
}

const watchFirstReply = (draft: Draft, rm: string): void => {
  const due = draft.ground.firstReply
  if (!due) return
  setTimer(draft, 'clock/first_reply_remind', due.remindAt, { rm })
  setTimer(draft, 'clock/first_reply_reassign', due.reassignAt, { rm })
}

const bookAdoption = (draft: Draft, rm: string, why: string): void => {
  const it = matter(draft)
  if (it.status === 'assigned' && it.rm === rm) return
  const from = it.rm
  if (from) leave(draft, from)
  Object.assign(it, { status: 'assigned', rm, assignedAt: draft.ground.now, firstReplyAt: null, waitingReason: null })
  draft.claim = { rm, units: it.units, openKfId: it.openKfId, exceed: 'always' }
  draft.stopped.push(timerKey('clock/step_over', it), timerKey('clock/offer_over', it))
  watchFirstReply(draft, rm)
  draft.touchpoints.push({ ...common(draft), kind: 'conversation.transferred', rm, data: { from, reason: why } })
  draft.chat = { ...draft.chat, openKfId: it.openKfId, externalUserId: it.externalUserId, lastRm: rm }
}

const bookManagerReply = (draft: Draft): void => {
  const it = matter(draft)
  if (it.firstReplyAt || it.status !== 'assigned') return
  it.firstReplyAt = draft.ground.now
  draft.stopped.push(timerKey('clock/first_reply_remind', it), timerKey('clock/first_reply_reassign', it))
}

type Close = Extract<Effect, { effect: 'close' }>
const bookClose = (draft: Draft, { reason, tellWecom, words, code }: Close): void => {
  const it = matter(draft)
  if (it.status === 'closed') return
  if (it.rm) leave(draft, it.rm)
  draft.touchpoints.push({ ...common(draft), kind: 'conversation.closed', data: { reason } })
  Object.assign(it, { status: 'closed', closedAt: draft.ground.now, waitingReason: null })
  draft.stopped.push(...timerKinds.map((kind) => timerKey(kind, it)))
  if (words && code) bookCode(draft, code, words, 20_000)
  if (tellWecom) draft.errands.push(endSession(it, words))
}

const endSession = (it: Conversation, words: Words | null): Errand => ({
  kind: 'kf/trans',
  subject: it.externalUserId,
  lane: 1,
  payload: { openKfId: it.openKfId, externalUserId: it.externalUserId, state: 4, rm: null },
  then: words
    ? [
        {
          kind: 'kf/send_msg_on_event',
          subject: it.externalUserId,
          lane: 0,
          payload: { openKfId: it.openKfId, to: it.externalUserId, code: '', words },
        },
      ]
    : [],
})

const leave = (draft: Draft, rm: string): void => {
  const it = matter(draft)
  draft.release = { rm, units: it.units }
  draft.lookAgain = true
  draft.stopped.push(timerKey('clock/first_reply_remind', it), timerKey('clock/first_reply_reassign', it))
}

const timerKinds = [
  'clock/first_reply_remind',
  'clock/first_reply_reassign',
  'clock/step_over',
  'clock/offer_over',
  'clock/session_over',
] as const
type TimerKind = (typeof timerKinds)[number]

/** One timer of a kind per chat, so that a new one replaces the old. */
const timerKey = (kind: TimerKind, it: Conversation): string => `${kind}:${it.openKfId}:${it.externalUserId}`

const setTimer = (draft: Draft, kind: TimerKind, dueAt: Date, payload: object): void => {
  const it = matter(draft)
  draft.timers.push({ key: timerKey(kind, it), kind, subject: it.externalUserId, dueAt, payload })
}
