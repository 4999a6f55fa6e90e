import type { Pool, PoolClient } from 'pg'
import type { ClaimedEvent } from '../inbox/events.ts'
import { record } from '../ledger/record.ts'
import { waits } from '../store/waits.ts'
import { readArrival, type Arrival } from './arrival/arrival.ts'
import { insertMessages } from './write/store-messages.ts'
import { describeMessage } from './arrival/describe.ts'

/** Gives the event back to be tried again later; the customer's later events wait behind it, his order is kept. */
export const postpone = (pool: Pool, { id, fence }: ClaimedEvent, reason: string) =>
  pool.query(
    `update inbox set lease_until = null, error = $3,
       due_at = now() + least(interval '5 minutes', interval '200 milliseconds' * power(4, least(attempts, 8)))
     where id = $1 and fence = $2 and ${waits()}`,
    [id, fence, reason],
  )

/**
 * Gives up on an event: it stays with its reason, `GET /integrity` names it, and the customer's later events go on. A
 * message among them is still written down, so that even what could not be handled is not lost.
 */
export const buryEvent = async (tx: PoolClient, claimed: ClaimedEvent, reason: string): Promise<void> => {
  const { rowCount } = await tx.query(
    `update inbox set state = 'dead', done_at = now(), lease_until = null, error = $3
     where id = $1 and fence = $2 and ${waits()}`,
    [claimed.id, claimed.fence, reason],
  )
  const arrival = rowCount === 1 ? readArrival(claimed) : null
  if (arrival?.sort !== 'message') return
  // What makes the event fail may lie in the message itself: then it stays in the inbox alone.
  await tx.query('savepoint message')
  await writeDown(tx, arrival).catch(() => tx.query('rollback to savepoint message'))
}

const writeDown = async (tx: PoolClient, arrival: Arrival): Promise<void> => {
  const { openKfId, externalUserId } = arrival as { openKfId: string; externalUserId: string }
  const message = {
    id: arrival.msgid,
    conversationId: null,
    openKfId,
    externalUserId,
    at: arrival.at,
    sender: 'customer' as const,
    rm: null,
    type: arrival.type as string,
    text: describeMessage(arrival.type as string, arrival.body),
    payload: arrival.body ?? {},
    status: 'received' as const,
  }
  await insertMessages(tx, [message])
  const data = { type: arrival.type, unhandled: true }
  await record(tx, [{ at: arrival.at, kind: 'message.received', externalUserId, sourceId: arrival.msgid, data }])
}
