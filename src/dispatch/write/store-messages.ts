import type { PoolClient } from 'pg'
import type { Changes, NewMessage } from '../changes.ts'
import type { NumberedTurn } from './ready-turn.ts'

/** What was written, and what became of what was written before. */
export const storeMessages = async (tx: PoolClient, turns: readonly NumberedTurn[]): Promise<void> => {
  const written = turns.flatMap(({ changes, conversationId }) =>
    changes.messages.map((message) => ({ ...message, conversationId })),
  )
  const changed = turns.flatMap(({ changes }) => changes.messageStatus)
  await Promise.all([
    written.length > 0 && insertMessages(tx, written),
    ...changed.map((change) =>
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
export const insertMessages = (tx: PoolClient, messages: readonly (NewMessage & { conversationId: string | null })[]) =>
  tx.query({
    name: 'dispatch-message',
    text: `insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, rm, type, text, payload, status)
           select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[],
             $9::text[], $10::jsonb[], $11::text[])
           on conflict (id) do nothing`,
    values: [
      messages.map((it) => it.id),
      messages.map((it) => it.conversationId),
      messages.map((it) => it.openKfId),
      messages.map((it) => it.externalUserId),
      messages.map((it) => it.at.toISOString()),
      messages.map((it) => it.sender),
      messages.map((it) => it.rm),
      messages.map((it) => it.type),
      messages.map((it) => it.text),
      messages.map((it) => JSON.stringify(it.payload)),
      messages.map((it) => it.status),
    ],
  })
