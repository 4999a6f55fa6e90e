import type { PoolClient } from 'pg'
import type { Changes } from './changes.ts'

/** WeCom's window of the chat (48 h, five messages), its last entry, and the channel that first brought the customer. */
export const storeChat = async (tx: PoolClient, { chat, channel }: Changes, now: Date): Promise<void> => {
  if (chat)
    await tx.query({
      name: 'dispatch-chat',
      text: `insert into kf_chats as c (open_kfid, external_userid, last_customer_at, sent_since, entered_at, entry, last_rm, last_rm_at)
             values ($1, $2, $3, $4, $5, coalesce($6, '{}'::jsonb), $7, case when $7::text is null then null else $8::timestamptz end)
             on conflict (open_kfid, external_userid) do update set
               last_customer_at = greatest(c.last_customer_at, excluded.last_customer_at),
               sent_since = case when $3::timestamptz is null then c.sent_since + $4 else $4 end,
               entered_at = coalesce(excluded.entered_at, c.entered_at),
               entry = coalesce($6, c.entry),
               last_rm = coalesce(excluded.last_rm, c.last_rm),
               last_rm_at = coalesce(excluded.last_rm_at, c.last_rm_at)`,
      values: [
        chat.openKfId,
        chat.externalUserId,
        chat.customerWroteAt ?? null,
        chat.sent ?? 0,
        chat.enteredAt ?? null,
        chat.entry ? JSON.stringify(chat.entry) : null,
        chat.lastRm ?? null,
        now,
      ],
    })
  if (channel)
    await tx.query('update customers set channel = $2 where id = $1 and channel is null', [
      channel.customerId,
      channel.channel,
    ])
}

export const noteProfile = async (tx: PoolClient, { profileOf }: Changes, now: Date): Promise<void> => {
  if (profileOf)
    await tx.query({
      name: 'dispatch-profile',
      text: 'update customers set profile_asked_at = $2 where id = $1',
      values: [profileOf, now],
    })
}
