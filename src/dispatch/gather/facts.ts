import type { Facts } from '../../routing/model.ts'
import type { Gathered } from './gather.ts'

/** What a message is to the rules; an own event (a queue step over) has none and keeps the facts of the last message. */
export type MessageFacts = { type: string; text: string | null; menuId: string | null }

/** The facts of CONTRACT section 5 about one customer, his chat and his message. Unknown ones are left out. */
export const factsOf = (gathered: Gathered, openKfId: string, message: MessageFacts): Facts => {
  const { customer, chat } = gathered
  return compact({
    'customer.kind': customer.kind,
    'customer.tier': customer.tier,
    'customer.owner': customer.owner,
    'customer.branch': customer.branch,
    'customer.tags': customer.tags,
    'customer.known': customer.known,
    'message.text': message.text,
    'message.type': message.type,
    'message.menuId': message.menuId,
    'channel.key': chat.entry.channel ?? chat.entry.scene,
    'channel.kind': chat.entry.channelKind,
    'entry.campaign': chat.entry.campaign,
    'entry.firm': chat.entry.firm,
    'account.openKfId': openKfId,
    'conversation.count': gathered.conversationCount,
  })
}

const compact = (facts: Record<string, Facts[string] | null>): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null && value !== undefined)) as Facts
