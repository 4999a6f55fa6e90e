import type { Pool } from 'pg'
import type { Conversation } from './conversation.ts'

/** Minutes waited (from the very first, whatever happened since) plus the rule's head start: one number, nobody starves. */
const score = "extract(epoch from ($1::timestamptz - v.opened_at)) / 60 + v.priority"

/** The waiting, most urgent first. */
export const waitingInOrder = async (pool: Pool, now: Date, most: number) => {
  const { rows } = await pool.query<{ id: string; open_kfid: string; external_userid: string }>({
    name: 'waiting-in-order',
    text: `select id, open_kfid, external_userid from conversations v where status = 'queued'
           order by ${score} desc, id limit $2`,
    values: [now, most],
  })
  return rows
}

/** How many conversations wait in front of one that joins the queue now. */
export const waitingAhead = async (pool: Pool, it: Conversation): Promise<number> => {
  const { rows } = await pool.query<{ count: number }>({
    name: 'waiting-ahead',
    text: "select count(*)::int as count from conversations where status = 'queued' and ($1::bigint is null or id <> $1)",
    values: [it.id],
  })
  return rows[0]?.count ?? 0
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
  where exists (select from conversations where status = 'queued')
    and not exists (select from inbox where subject = 'queue' and state = 'new' and lease_until is null)`
