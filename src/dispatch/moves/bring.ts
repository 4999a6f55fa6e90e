import type { Words } from '../../outbox/effects.ts'
import type { Decision } from '../../routing/model.ts'
import { aboutCustomer } from './about.ts'
import type { CardWords } from '../booking/cards.ts'
import { settle, stillWaiting, type Effect, type RoutingChange, type RoutingWords } from '../effects.ts'
import type { EventKind } from '../events.ts'
import { invitationAtOnce } from './inviting.ts'
import { askWhoCould } from './queue-card.ts'
import { passOn, windowOf } from './relay.ts'
import { sayDuration } from '../turn/reason.ts'
import type { Turn } from '../turn/turn.ts'

/**
 * Brings what a customer sent to whoever should have it, with words for everybody concerned. A conversation that an RM has
 * already stays his: he reads the message in WeCom, the bot is silent.
 */
export const bring = (turn: Turn): Effect[] => {
  const { status } = turn.conversation
  if (turn.conversation.relay && status === 'assigned') return passOn(turn)
  if (status === 'assigned' || status === 'offered') return []
  return bringWith(turn, turn.route())
}

/** As `bring`, for a decision that was already made. A conversation that goes on waiting at its step only notes what it waits for. */
export const bringWith = <Kind extends EventKind>(
  turn: Turn<Kind>,
  decision: Decision,
  change: RoutingChange = { kind: 'route' },
): Effect[] => {
  const { status, rule, step } = turn.conversation
  const still = status === 'queued' && decision.outcome === 'queued' && rule === decision.rule && step === decision.step
  if (still) return [stillWaiting(decision.waitingReason)]
  const settled = settle(decision, wordsFor(turn, decision, change), change)
  return [...invitationAtOnce(turn, decision), settled, ...askWhoCould(turn, decision)]
}

const wordsFor = <Kind extends EventKind>(
  turn: Turn<Kind>,
  decision: Decision,
  change: RoutingChange,
): RoutingWords => {
  if (decision.rm) return assignmentWords(turn, decision, change)
  if (decision.outcome === 'queued' && turn.conversation.status !== 'queued')
    return { customer: queueWords(turn, decision) }
  if (decision.outcome === 'left-message' && !turn.conversation.leftMessage)
    return { customer: turn.say('customer.left_message', { opening: turn.opening(decision) }) }
  return {}
}

/** Where he stands and for how long, or when we open: out of hours nobody is busy with others. */
const queueWords = <Kind extends EventKind>(turn: Turn<Kind>, decision: Decision): Words =>
  decision.waitingReason === 'outside-hours'
    ? turn.say('customer.queued_closed', { opening: turn.opening(decision) })
    : turn.say('customer.queued', { place: turn.ahead + 1, expected: turn.expected(decision) })

/**
 * Takes the conversation from the RM who has it to the one whom the decision names. A session that is with a person cannot go
 * back to the bot: null when there is nobody, and everything stays as it is.
 */
export const bringTo = <Kind extends EventKind>(
  turn: Turn<Kind>,
  decision: Decision,
  reason: string,
): Effect[] | null => {
  if (!decision.rm) return null
  const change = { kind: 'transfer' as const, reason }
  // Whoever takes over from a silent colleague is not asked whether he would like to: the customer has waited enough.
  const assigned = { ...decision, rules: decision.rules, outcome: 'assigned' as const }
  return [settle(assigned, wordsFor(turn, assigned, change), change)]
}

/** What the customer, his RM and the RM before are told. */
export const assignmentWords = <Kind extends EventKind>(
  turn: Turn<Kind>,
  decision: Decision,
  change: RoutingChange,
): RoutingWords => {
  const manager = turn.manager(decision.rm as string)
  const transfer = change.kind === 'transfer'
  const due = turn.firstReply(decision.rule)
  const about = {
    ...aboutCustomer(turn),
    reason: transfer ? sayReason(change.reason) : turn.reason(decision),
    deadline: due ? `${sayDuration(due.reassignAt.getTime() - turn.now.getTime())}内未回复将转给其他同事。` : '谢谢。',
  }
  return {
    customer: turn.say(transfer ? 'customer.transferred' : 'customer.on_the_way', { manager: manager.name }),
    manager: noticeOf(turn, { decision, transfer, about }),
    formerManager: turn.tell('manager.taken_from_you', {
      customer: about.customer,
      reason: about.reason,
      manager: manager.name,
    }),
  }
}

type Notified = { decision: Decision; transfer: boolean; about: Record<string, string> }
/** The card that the RM gets: taken by relay, offered, handed over by a colleague, or new. */
const noticeOf = <Kind extends EventKind>(turn: Turn<Kind>, { decision, transfer, about }: Notified): CardWords => {
  if (decision.relay)
    return {
      card: 'relay',
      text: turn.tell('relay.new_customer', { ...about, ...windowOf(turn, turn.repliesLeft > 1 ? 1 : 0) }),
    }
  if (decision.outcome === 'offered') return { card: 'offer', text: turn.tell('manager.offer', about) }
  return { card: 'new', text: turn.tell(transfer ? 'manager.transferred_to_you' : 'manager.new_customer', about) }
}

/** Looks again for a conversation that waits; one that somebody has, or that nobody waits for, stays as it is. */
export const bringOn = <Kind extends EventKind>(turn: Turn<Kind>): Effect[] => {
  const { status, leftMessage } = turn.conversation
  return status === 'queued' || (status === 'bot' && leftMessage) ? bringWith(turn, turn.route()) : []
}

/** WeCom refused the RM whom the rules had chosen: the next one. The first never heard of the customer, so he is told nothing. */
export const bringAfterRefusal = <Kind extends EventKind>(turn: Turn<Kind>, rm: string): Effect[] => {
  if (turn.conversation.rm !== rm) return []
  const decision = turn.route({ excluded: { [rm]: 'refused' } })
  const { formerManager: _, ...words } = wordsFor(turn, decision, { kind: 'route' })
  return [settle(decision, words, { kind: 'route' })]
}

const reasons: Record<string, string> = { 'no-first-reply': '未及时回复' }
const sayReason = (reason: string): string => reasons[reason] ?? reason.replace(/^admin:/, '')
