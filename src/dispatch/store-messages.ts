import type { PoolClient } from 'pg'
import type { Changes, NewMessage } from './changes.ts'

/** What was written, and what became of what was written before. */
export const storeMessages = async (tx: PoolClient, changes: Changes, conversationId: string | null): Promise<void> => {
  await Promise.all([
    ...changes.messages.map((message) => insertMessage(tx, message, conversationId)),
    ...changes.messageStatus.map((change) =>
      change.status === 'failed'
        ? markFailed(tx, change)
        : tx.query("update messages set status = 'recalled' where id = $1", [change.id]),
    ),
  ])
}

/** WeCom may tell that a message failed before we have written down that we sent it: then this is the first we know of it. */
const markFailed = (tx: PoolClient, { id, openKfId, externalUserId, at }: Changes['messageStatus'][number]) =>
  tx.query(
    `insert into messages (id, open_kfid, external_userid, at, sender, type, status) values ($1, $2, $3, $4, 'bot', 'unknown', 'failed')
     on conflict (id) do update set status = 'failed'`,
    [id, openKfId, externalUserId, at],
  )

/** A message is stored once; the same id again changes nothing. */
export const insertMessage = (tx: PoolClient, message: NewMessage, conversationId: string | null) =>
  tx.query({
    name: 'dispatch-message',
    text: `insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, rm, type, text, payload, status)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
    values: [
      message.id,
      conversationId,
      message.openKfId,
      message.externalUserId,
      message.at,
      message.sender,
      message.rm,
      message.type,
      message.text,
      JSON.stringify(message.payload),
      message.status,
    ],
  })
