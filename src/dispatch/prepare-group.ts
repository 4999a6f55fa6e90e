import { makeAccountTurn } from './turn/account-turn.ts'
import type { Arrival } from './arrival/arrival.ts'
import { noChanges } from './changes.ts'
import { gatherGroup } from './gather/gather-group.ts'
import { bookGroup, isWorthReading, peopleIn, type GroupEvent } from './arrival/group-books.ts'
import { handlerFor } from './handler-for.ts'
import { plan } from './booking/plan.ts'
import { accountGround, planGround, withBooks } from './prepare-contact.ts'
import type { Desk, Prepared } from './prepare.ts'
import type { Turn } from './turn/turn.ts'

/** An event about a customers' group: who is in it is booked in any case, the handler says what is to be done. */
export const prepareGroup = async (desk: Desk, arrival: Arrival): Promise<Prepared> => {
  const handler = handlerFor(desk.handlers, arrival)
  const event = arrival.event as GroupEvent
  const ground = await accountGround(desk, arrival)
  const gathered = await gatherGroup(desk.pool, event.ChatId, peopleIn(event))
  const books = bookGroup({ arrival, gathered, staff: ground.roster.rms })
  if (!handler) return { changes: { ...noChanges(), ...books }, doubtful: false, ignored: true }
  const { group } = gathered
  const about: Turn['group'] = {
    chatId: event.ChatId,
    owner: group?.owner ?? null,
    dismissed: group?.dismissedAt != null,
    stale: isWorthReading(arrival, group),
  }
  const effects = await handler.handle(Object.assign(makeAccountTurn(ground), { group: about }))
  const changes = plan(effects, { ...planGround(ground), chatId: event.ChatId })
  return { changes: withBooks(changes, books), doubtful: false, ignored: false }
}
