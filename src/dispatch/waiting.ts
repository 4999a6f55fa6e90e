import type { Pool, PoolClient } from 'pg'
import { queueOrder } from '../routing/queue.ts'
import type { Changes } from './changes.ts'
import type { Conversation } from './conversation.ts'
import type { ReadyTurn } from './write/ready-turn.ts'

export type Waiting = {
  id: string
  open_kfid: string
  external_userid: string
  rule: string | null
  waiting_reason: string | null
}

/** The waiting, most urgent first; behind them those who left a message and may still be served. */
export const waitingInOrder = async (pool: Pool, now: Date, most: number) => {
  const { rows } = await pool.query<Waiting>({
    name: 'waiting-in-order',
    text: `select id, open_kfid, external_userid, rule, waiting_reason from conversations v where status = 'queued' or (status = 'bot' and left_message)
           order by status = 'queued' desc, ${queueOrder} desc, id limit $2`,
    values: [now, most],
  })
  return rows
}

/** What somebody who joins the queue now has before him: how many wait, and how many were served from it in half an hour. */
export const queueSeenBy = async (
  pool: Pool,
  it: Conversation,
  now: Date,
): Promise<{ ahead: number; servedLately: number }> => {
  const { rows } = await pool.query<{ ahead: number; servedLately: number }>({
    name: 'queue-seen',
    text: `select (select count(*)::int from conversations where status = 'queued' and ($1::bigint is null or id <> $1)) as ahead,
      (select count(*)::int from decisions where at > $2::timestamptz - interval '30 minutes' and outcome = 'assigned') as "servedLately"`,
    values: [it.id, now],
  })
  return rows[0] ?? { ahead: 0, servedLately: 0 }
}

/** The customer's last words in a conversation, for the RM who gets it later. */
export const lastCustomerText = async (pool: Pool, conversationId: string): Promise<string | null> => {
  const { rows } = await pool.query<{ text: string | null }>({
    name: 'last-customer-text',
    text: `select text from messages where conversation_id = $1 and sender = 'customer' and status <> 'recalled'
           order by at desc, seq desc limit 1`,
    values: [conversationId],
  })
  return rows[0]?.text ?? null
}

/** Asks for a look at the queue: one such event is enough, however many RMs came free. */
export const askToLookAgain = `insert into inbox (kind, key, subject, lane, payload, occurred_at)
  select 'clock/look_again', 'look_again:' || nextval('fences'), 'queue', 1, '{}', now()
  where exists (select from conversations where status = 'queued' or (status = 'bot' and left_message))
    and not exists (select from inbox where subject = 'queue' and state = 'new' and lease_until is null)`

/** What was asked before a look begins is answered by it: many who come free at once ask at the same time and do not see each other. */
export const oneLookIsEnough = `update inbox set state = 'done', done_at = now()
  where subject = 'queue' and kind = 'clock/look_again' and state = 'new' and lease_until is null and id <> $1`

/** Another look at one conversation that has just begun to wait. */
const askOnceMore = `insert into inbox (kind, key, subject, lane, payload, occurred_at)
  select 'clock/step_over', 'once_more:' || nextval('fences'), external_userid, 1, jsonb_build_object('conversationId', id::text), now()
  from conversations where open_kfid = $1 and external_userid = $2 and status = 'queued'`

/** Somebody may have come free between the decision and its commit, and saw nobody waiting: whoever joins the queue is looked at once more. */
export const joinsQueue = ({ conversation, decision }: Changes): boolean =>
  decision !== null && conversation?.status === 'queued'

/** For the turns that freed somebody, and for those that wait now. */
export const askForLooks = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const joining = turns.filter(({ changes }) => joinsQueue(changes))
  await Promise.all([
    turns.some(({ changes }) => changes.lookAgain) && tx.query(askToLookAgain),
    ...joining.map(({ changes: { conversation } }) =>
      tx.query(askOnceMore, [conversation?.openKfId, conversation?.externalUserId]),
    ),
  ])
}
