import { task, welcome, type Effect } from '../effects.ts'
import type { Turn } from '../turn/turn.ts'

type Added = 'contact/add_external_contact' | 'contact/add_half_external_contact'

/**
 * A new friend hears something at once: by the welcome code, or, when WeCom gave none (a WeCom user of another corp, the
 * console's own welcome), by the RM himself. Whoever was welcomed when he was half added is not told again.
 */
export const welcomeContact = (turn: Turn<Added>): Effect[] => {
  const { event, greeting, change, contact, welcomed } = turn
  const half = turn.kind === 'contact/add_half_external_contact'
  if (event.WelcomeCode && greeting) return [welcome({ code: event.WelcomeCode, half, greeting })]
  // A half add without a code may still get one with the whole add.
  const here = change !== null && contact?.state !== 'lost'
  return half || welcomed || !here ? [] : [greetByHand(turn)]
}

/** The RM greets him: nothing else may be said to a contact without the RM's own hand. */
export const greetByHand = (turn: Turn<Added | 'contact/not_welcomed'>): Effect =>
  task({
    kind: 'follow-up',
    title: turn.tell('manager.greet_contact', { customer: turn.customer.name ?? '新好友' }),
    dueAt: turn.now,
    rm: turn.event.UserID,
    externalUserId: turn.customer.externalUserId,
  })
