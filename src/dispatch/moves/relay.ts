import { customerName } from './about.ts'
import { notify, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import { pieces } from './pieces.ts'
import type { Turn } from '../turn/turn.ts'

/** Of WeCom's 2,048 bytes for a message to staff: the rest is for the words around the customer's. */
const bytesPerNotice = 1500

/** The customer's message goes to the RM who answers through the bot, whole, with what he may still send and until when. */
export const passOn = (turn: Turn): Effect[] => {
  const rm = turn.conversation.rm as string
  const parts = pieces(turn.message, bytesPerNotice)
  return parts.map((words, at) =>
    notify(
      rm,
      at === parts.length - 1
        ? turn.tell('relay.customer_says', { customer: customerName(turn), words, ...windowOf(turn) })
        : turn.tell('relay.customer_says_more', { customer: customerName(turn), words }),
    ),
  )
}

/** What WeCom still lets through: how many messages, and until when. `spent`: what this turn itself uses of them. */
export const windowOf = <Kind extends EventKind>({ repliesLeft, repliesUntil }: Turn<Kind>, spent = 0) => ({
  left: Math.max(0, repliesLeft - spent),
  until: repliesUntil,
})
