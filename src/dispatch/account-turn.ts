import type { Arrival } from './arrival.ts'
import type { EventKind, Events } from './events.ts'
import type { Turn } from './turn.ts'

/** A turn about an account or an RM: whatever asks for a customer or a conversation gets an error that says so. */
export const makeAccountTurn = (arrival: Arrival, now: Date): Turn => {
  const nobody = (): never => {
    throw new Error(`${arrival.kind} concerns no customer: it has no conversation, route or reply`)
  }
  return {
    kind: arrival.kind as EventKind,
    event: arrival.event as Events[EventKind],
    msgid: arrival.msgid,
    at: arrival.at,
    now,
    account: { openKfId: arrival.openKfId ?? '', name: '' },
    get customer() {
      return nobody()
    },
    get conversation() {
      return nobody()
    },
    inConversation: false,
    repliesLeft: 0,
    late: false,
    firstReply: () => null,
    content: '',
    ahead: 0,
    expected: '',
    waited: '',
    route: nobody,
    routeTo: nobody,
    manager: nobody,
    supervisorOf: nobody,
    reason: nobody,
    opening: nobody,
    say: nobody,
    tell: nobody,
  }
}
