import type { TouchpointKind } from '../../ledger/touchpoint.ts'
import type { Errand } from '../../outbox/effects.ts'
import type { Decision } from '../../routing/model.ts'
import type { Changes } from '../changes.ts'
import type { Conversation } from '../conversation.ts'
import type { RoutingChange, RoutingWords } from '../effects.ts'
import { cardOf, greyCards } from './cards.ts'
import {
  common,
  leave,
  matter,
  planFollowUp,
  ruleTask,
  setTimer,
  stopTimers,
  watchFirstReply,
  type Draft,
} from './draft.ts'
import { handOver, noticeOf } from './hand-over.ts'
import { bookReply, tellManager } from './reply.ts'

type Settled = { decision: Decision; words: RoutingWords; change: RoutingChange }
type Former = { status: Conversation['status']; rm: string | null }

/** Carries a decision out: the conversation goes to its RM, is offered to him, waits, or stays with the bot. */
export const bookDecision = (draft: Draft, settled: Settled): void => {
  const it = matter(draft)
  const { decision } = settled
  const former = { status: it.status, rm: it.rm }
  draft.decision = decision
  if (former.rm) leave(draft, former.rm)
  Object.assign(it, {
    rule: decision.rule,
    step: decision.step,
    stepSince: decision.stepSince,
    units: decision.units,
    work: decision.work,
    priority: decision.priority,
    ...draft.ground.urgency(decision, it.openedAt),
    facts: decision.facts,
    waitingReason: decision.waitingReason,
  })
  it.routedAt ??= draft.ground.now
  if (decision.rm && decision.outcome === 'assigned') return assign(draft, decision.rm, { ...settled, former })
  if (decision.rm && decision.outcome === 'offered') return offer(draft, decision.rm, { ...settled, former })
  return wait(draft, settled, former)
}

const assign = (draft: Draft, rm: string, { decision, words, change, former }: Settled & { former: Former }): void => {
  const it = matter(draft)
  const { now } = draft.ground
  const relay = decision.relay === true
  Object.assign(it, { status: 'assigned', rm, relay, assignedAt: now, firstReplyAt: null, waitingReason: null })
  draft.claim = { ...claimFor(draft, rm, decision), relay }
  stopTimers(draft, 'clock/step_over', 'clock/offer_over')
  watchFirstReply(draft, rm)
  const then = greyed(draft, former, rm)
  if (relay) takeBetween(draft, rm, { words, then })
  else draft.errands.push(handOver(it, rm, { ...words, now, then, atOnce: toldAtOnce(rm, { words, change, former }) }))
  if (former.rm && former.rm !== rm && words.formerManager)
    draft.errands.push(tellManager(former.rm, words.formerManager))
  const moved = change.kind === 'transfer'
  const why = moved ? { from: former.rm, reason: change.reason } : {}
  draft.touchpoints.push(
    line(draft, { kind: moved ? 'conversation.transferred' : 'conversation.routed', decision, more: why }),
  )
  draft.chat = { ...draft.chat, openKfId: it.openKfId, externalUserId: it.externalUserId, lastRm: rm }
}

const toldAtOnce = (rm: string, { words, change, former }: Omit<Settled, 'decision'> & { former: Former }) => {
  if (change.kind === 'route' && change.taken) return rm
  return former.rm !== rm && words.formerManager ? former.rm : null
}

type Between = { words: RoutingWords; then: Errand[] }
/** The RM is no servicer: the bot keeps the session and passes on what both write. The customer's words cost one of the five. */
const takeBetween = (draft: Draft, rm: string, { words, then }: Between): void => {
  if (words.customer) bookReply(draft, words.customer, false)
  if (words.manager) draft.errands.push(noticeOf(matter(draft), rm, { words: words.manager, now: draft.ground.now }))
  draft.errands.push(...then)
}

/** Cards that somebody else has on his phone about this conversation: they say that it has moved on. */
const greyed = (draft: Draft, former: Former, rm: string | null): Errand[] => [
  ...(former.rm && former.rm !== rm ? [greyCards(draft, { rm: former.rm, text: rm ? '已转给同事' : '已转出' })] : []),
  ...(former.status === 'queued' && rm ? [greyCards(draft, { rm: null, text: '已有人接待', matters: ['queue'] })] : []),
]

/** The bot keeps the session; the RM's place is taken while he thinks about it. */
const offer = (draft: Draft, rm: string, { decision, words, former }: Settled & { former: Former }): void => {
  const it = matter(draft)
  Object.assign(it, { status: 'offered', rm, waitingReason: null })
  draft.claim = claimFor(draft, rm, decision)
  stopTimers(draft, 'clock/step_over')
  setTimer(draft, { kind: 'clock/offer_over', dueAt: draft.ground.offerUntil, payload: { rm } })
  draft.touchpoints.push(line(draft, { kind: 'conversation.offered', decision }))
  const { manager = '有客户等待接待' } = words
  const card = typeof manager === 'string' ? { card: 'offer' as const, text: manager } : manager
  draft.errands.push(cardOf(it, rm, { words: card, now: draft.ground.now }), ...greyed(draft, former, rm))
}

const wait = (draft: Draft, { decision, words }: Settled, former: Former): void => {
  const it = matter(draft)
  it.status = decision.outcome === 'queued' ? 'queued' : 'bot'
  Object.assign(it, { rm: null, relay: false })
  draft.errands.push(...greyed(draft, former, null))
  const opens = draft.ground.opensAt(decision)
  if (decision.outcome === 'left-message' && !it.leftMessage) {
    it.leftMessage = true
    const dueAt = opens ?? draft.ground.now
    draft.tasks.push({ ...ruleTask, kind: 'left-message', title: '客户留言待回复', dueAt, creator: decision.rule })
    planFollowUp(draft, decision.rule, null)
  }
  const again = decision.stepUntil ?? opens
  if (again) setTimer(draft, { kind: 'clock/step_over', dueAt: again, payload: {} })
  else stopTimers(draft, 'clock/step_over')
  if (decision.outcome !== 'queued') draft.touchpoints.push(line(draft, { kind: 'conversation.routed', decision }))
  else if (former.status !== 'queued') draft.touchpoints.push(line(draft, { kind: 'conversation.queued', decision }))
  if (words.customer) bookReply(draft, words.customer, true)
}

const claimFor = (draft: Draft, rm: string, decision: Decision): NonNullable<Changes['claim']> => {
  const { units, work, openKfId } = matter(draft)
  return { rm, units, work, openKfId, exceed: exceedOf(decision), isNew: draft.ground.newCustomer }
}

/** A person's word overrides capacity and duty; a rule may let a full RM take one more. */
const exceedOf = (decision: Decision): NonNullable<Changes['claim']>['exceed'] => {
  if (decision.rule === 'admin') return 'ordered'
  return decision.mayExceed ? 'once' : 'no'
}

type Line = { kind: TouchpointKind; decision: Decision; more?: Record<string, unknown> }
const line = (draft: Draft, { kind, decision, more = {} }: Line) => ({
  ...common(draft),
  kind,
  rm: decision.rm,
  data: {
    outcome: decision.outcome,
    rule: decision.rule,
    ...(decision.waitingReason && { waitingReason: decision.waitingReason }),
    ...more,
  },
})
