import type { PoolClient } from 'pg'
import { Conflict } from './conflict.ts'
import type { Conversation } from './conversation.ts'

const columns = (it: Conversation): unknown[] => [
  it.status,
  it.rm,
  it.channel,
  it.rule,
  it.step,
  it.stepSince,
  it.waitingReason,
  it.units,
  it.priority,
  it.routedAt,
  it.assignedAt,
  it.firstReplyAt,
  it.closedAt,
  JSON.stringify(it.excluded),
  JSON.stringify(it.facts),
  it.leftMessage,
  it.work,
  it.ageing,
  it.respondBy,
  it.relay,
]

const insert = `insert into conversations (status, rm, channel, rule, step, step_since, waiting_reason, units, priority, routed_at,
    assigned_at, first_reply_at, closed_at, excluded, facts, left_message, work, ageing, respond_by, relay, open_kfid, external_userid, customer_id, opened_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
  on conflict (open_kfid, external_userid) where status <> 'closed' do nothing
  returning id`

const update = `update conversations set status = $1, rm = $2, channel = $3, rule = $4, step = $5, step_since = $6, waiting_reason = $7,
    units = $8, priority = $9, routed_at = $10, assigned_at = $11, first_reply_at = $12, closed_at = $13, excluded = $14, facts = $15,
    left_message = $16, work = $17, ageing = $18, respond_by = $19, relay = $20, version = version + 1
  where id = $21 and version = $22
  returning id`

/** Inserts or updates; the update holds only if nobody changed the conversation since it was read. Answers its id. */
export const storeConversation = async (tx: PoolClient, it: Conversation): Promise<string> => {
  const { rows } =
    it.id === null
      ? await tx.query<{ id: string }>({
          name: 'conversation-insert',
          text: insert,
          values: [...columns(it), it.openKfId, it.externalUserId, it.customerId, it.openedAt],
        })
      : await tx.query<{ id: string }>({
          name: 'conversation-update',
          text: update,
          values: [...columns(it), it.id, it.version],
        })
  const stored = rows[0]
  if (!stored) throw new Conflict('the conversation has changed meanwhile')
  return stored.id
}
