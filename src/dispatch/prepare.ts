import type { Pool } from 'pg'
import type { Arrival } from './arrival/arrival.ts'
import { handlerFor } from './handler-for.ts'
import { bookArrival } from './arrival/books.ts'
import { noChanges, type Changes } from './changes.ts'
import type { Decision } from '../routing/model.ts'
import { openConversation, type Conversation } from './conversation.ts'
import type { Effect } from './effects.ts'
import { entranceOf, type ReadEntrance } from './gather/entrance.ts'
import type { ReadOrigin } from './contact-origin.ts'
import { chatOfConversation, type Gather, type Gathered } from './gather/gather.ts'
import type { Handlers } from './handlers.ts'
import { makeTurn, repliesLeft } from './turn/make-turn.ts'
import { plan } from './booking/plan.ts'
import { prepareAccount, prepareContact } from './prepare-contact.ts'
import { prepareGroup } from './prepare-group.ts'
import { isNew } from './gather/question.ts'
import type { RosterCache } from './gather/roster.ts'
import type { ActiveRules } from './rules.ts'
import { lastCustomerText, queueSeenBy } from './waiting.ts'
import type { ChooseWelcome } from './welcome/welcome-choice.ts'
import type { WordsFile } from './words/words-file.ts'

/** How long an RM may think about an offer before the next one is asked. */
const offerMs = 60_000

export type Desk = {
  pool: Pool
  gather: Gather
  handlers: Handlers
  words: WordsFile
  roster: RosterCache
  rules: () => ActiveRules
  readEntrance: ReadEntrance
  /** Who a `state` belongs to that came back with an added contact. */
  readOrigin: ReadOrigin
  /** By config/welcome.yaml. */
  chooseWelcome: ChooseWelcome
  now: () => Date
}

/**
 * One arrival prepared: what shall change, and whether an RM was sought or ordered in vain on a roster that may be stale. `active`: the
 * rules it was decided by, which may have been replaced by the time it is written. `release`: the RM who was chosen counts as
 * busier until then.
 */
export type Prepared = {
  changes: Changes
  doubtful: boolean
  ignored: boolean
  active?: ActiveRules
  release?: () => void
}

/** Gathers the facts, asks the handler, books the effects. Nothing is written. */
export const prepare = async (desk: Desk, arrival: Arrival, freshRoster: boolean): Promise<Prepared> => {
  const handler = handlerFor(desk.handlers, arrival)
  if (arrival.sort === 'account') return prepareAccount(desk, arrival)
  if (arrival.sort === 'group') return prepareGroup(desk, arrival)
  if (arrival.sort === 'contact') return prepareContact(desk, arrival)
  const chat = await chatOf(desk, arrival)
  if (!chat) return nothing(true)
  const entrance = await entranceOf(desk.readEntrance, arrival)
  const gathered = { ...(await desk.gather(chat)), entrance }
  if (isOutdated(arrival, gathered)) return nothing(false)
  const conversation = gathered.conversation ?? newConversation(arrival, gathered, chat)
  const handled = handler && !arrival.history && !arrival.recalled
  if (!handled) return bookOnly(arrival, gathered, handler !== undefined)

  const active = desk.rules()
  const roster = freshRoster ? await desk.roster.fresh() : await desk.roster.recent()
  const now = desk.now()
  const ground = { arrival, gathered, conversation, openKfId: chat.openKfId, now, roster, active, words: desk.words }
  let release: () => void = () => {}
  const chosen = ({ rm, units, work }: Decision): void => {
    release()
    release = rm === null ? () => {} : desk.roster.chosen({ rm, units, work }, now)
  }
  let hindered = false
  const turn = makeTurn({
    ...ground,
    chosen,
    hindered: () => {
      hindered = true
    },
    ...(await surroundings(desk, { arrival, it: conversation, insist: freshRoster })),
  })
  const effects = await handler.handle(turn)
  const changes = plan(effects, {
    conversation,
    openKfId: chat.openKfId,
    now,
    at: arrival.at,
    repliesLeft: repliesLeft(ground),
    newCustomer: isNew(gathered),
    firstReply: (rule) => active.firstReply(now, rule),
    urgency: active.urgency,
    offerUntil: new Date(now.getTime() + offerMs),
    followUp: (rule) => active.followUp(rule, now),
    opensAt: (decision) => active.opensAt(decision, now),
  })
  // Whether it is the roster that may be stale or the queue that was not looked at: a turn without an RM is prepared twice.
  const doubtful = !freshRoster && (hindered || soughtInVain(effects))
  return { changes: together(arrival, gathered, changes), doubtful, ignored: false, active, release }
}

const nothing = (ignored: boolean): Prepared => ({ changes: noChanges(), doubtful: false, ignored })

const chatOf = async (desk: Desk, arrival: Arrival) => {
  if (arrival.openKfId && arrival.externalUserId)
    return { openKfId: arrival.openKfId, externalUserId: arrival.externalUserId }
  return arrival.conversationId ? chatOfConversation(desk.pool, arrival.conversationId) : null
}

/** A timer or an answer from WeCom about a conversation that is over by now. */
const isOutdated = (arrival: Arrival, gathered: Gathered): boolean =>
  arrival.sort === 'own' && arrival.conversationId !== null && gathered.conversation?.id !== arrival.conversationId

const newConversation = (
  arrival: Arrival,
  gathered: Gathered,
  chat: { openKfId: string; externalUserId: string },
): Conversation =>
  openConversation({
    ...chat,
    customerId: gathered.customer.id,
    channel: gathered.chat.entry.channel ?? gathered.chat.entry.scene ?? gathered.customer.channel,
    at: arrival.at,
  })

/** History, messages taken back at once and kinds that nobody handles are written down, in the open conversation if there is one. */
const bookOnly = (arrival: Arrival, gathered: Gathered, known: boolean): Prepared => ({
  changes: {
    ...noChanges(),
    conversation: gathered.conversation,
    ...bookArrival(arrival, gathered, gathered.conversation),
  },
  doubtful: false,
  ignored: !known,
})

type Around = { arrival: Arrival; it: Conversation; insist: boolean }
/** What only some words need. Who waits in front is looked up only once nobody was found: that is rare, and costs a count. */
const surroundings = async (desk: Desk, { arrival, it, insist }: Around) => ({
  ...(insist && arrival.sort === 'message' && it.status === 'bot'
    ? await queueSeenBy(desk.pool, it, desk.now())
    : { ahead: 0, servedLately: 0 }),
  lastText: arrival.sort === 'own' && it.id ? await lastCustomerText(desk.pool, it.id) : null,
})

const soughtInVain = (effects: readonly Effect[]): boolean =>
  effects.some((effect) => effect.effect === 'settle' && effect.decision.rm === null)

/** What is written in any case comes first, then what the handler wanted. */
const together = (arrival: Arrival, gathered: Gathered, changes: Changes): Changes => {
  const books = bookArrival(arrival, gathered, changes.conversation)
  // Looking in, or an RM's first word to somebody who never wrote, does not open a conversation by itself.
  const untouched =
    gathered.conversation === null && arrival.sort !== 'message' && changes.conversation?.status !== 'assigned'
  return {
    ...changes,
    conversation: untouched ? null : changes.conversation,
    conversationChanged: !untouched && changes.conversationChanged,
    messages: [...(books.messages ?? []), ...changes.messages],
    touchpoints: books.touchpoints
      ? [...books.touchpoints, ...changes.touchpoints]
      : sourced(arrival, changes.touchpoints),
    chat: books.chat || changes.chat ? { ...books.chat, ...changes.chat, ...chatKey(changes, books) } : null,
    channel: books.channel ?? changes.channel,
    identity: books.identity ?? null,
    profileOf: books.profileOf ?? null,
    errands: [...changes.errands, ...(books.errands ?? [])],
  }
}

/** WeCom's event is the source of what it brought about. Its msgid is unique in the ledger, so the first line bears it. */
const sourced = ({ sort, msgid }: Arrival, [first, ...others]: Changes['touchpoints']): Changes['touchpoints'] =>
  first ? [sort === 'event' ? { ...first, sourceId: msgid } : first, ...others] : []

const chatKey = (changes: Changes, books: Partial<Changes>) => {
  const chat = (books.chat ?? changes.chat) as NonNullable<Changes['chat']>
  return { openKfId: chat.openKfId, externalUserId: chat.externalUserId }
}
