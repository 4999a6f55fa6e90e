import type { Question } from '../../routing/model.ts'
import { questionOf, withoutTime } from '../../routing/question.ts'
import type { Conversation } from '../conversation.ts'
import { factsOf, type MessageFacts } from './facts.ts'
import type { Gathered } from './gather.ts'

type Asking = {
  gathered: Gathered
  conversation: Conversation
  openKfId: string
  /** The customer's message that asks; null for an event of our own, which keeps the facts of his last message. */
  message: MessageFacts | null
  /** RMs who are out by the event itself. */
  excluded?: Record<string, string>
}

/** What the rules are asked about a conversation, live and in dry runs. */
export const questionIn = ({ gathered, conversation, openKfId, message, excluded }: Asking): Question =>
  questionOf({
    openKfId,
    facts: message ? factsOf(gathered, openKfId, message) : withoutTime(conversation.facts),
    customer: gathered.customer,
    chat: gathered.chat,
    firm: gathered.firm,
    conversation,
    ...(excluded && { excluded }),
  })

/** Nobody has served him before and the bank does not know him. */
export const isNew = ({ customer, chat }: Gathered): boolean => !customer.known && chat.lastRm === null
