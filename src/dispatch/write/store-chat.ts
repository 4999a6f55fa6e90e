import type { PoolClient } from 'pg'
import type { ReadyTurn } from './ready-turn.ts'

/** WeCom's window of each chat (48 h, five messages), its last entry, and the channel that first brought the customer. */
export const storeChats = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const chats = turns.flatMap(({ changes: { chat }, now }) => (chat ? [{ ...chat, now }] : []))
  const brought = turns.flatMap(({ changes: { channel } }) => (channel ? [channel] : []))
  await Promise.all([
    chats.length > 0 &&
      tx.query({
        ...upsert,
        values: [
          chats.map((it) => it.openKfId),
          chats.map((it) => it.externalUserId),
          chats.map((it) => it.customerWroteAt?.toISOString() ?? null),
          chats.map((it) => it.sent ?? 0),
          chats.map((it) => it.enteredAt?.toISOString() ?? null),
          chats.map((it) => JSON.stringify(it.entry ?? {})),
          chats.map((it) => it.lastRm ?? null),
          chats.map((it) => (it.lastRm ? it.now.toISOString() : null)),
        ],
      }),
    ...brought.map(({ customerId, channel }) =>
      tx.query('update customers set channel = $2 where id = $1 and channel is null', [customerId, channel]),
    ),
  ])
}

/** An entry always says something; `{}` is a visit without one. */
const upsert = {
  name: 'dispatch-chat',
  text: `insert into kf_chats as c (open_kfid, external_userid, last_customer_at, sent_since, entered_at, entry, last_rm, last_rm_at)
         select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[], $5::timestamptz[], $6::jsonb[], $7::text[], $8::timestamptz[])
         on conflict (open_kfid, external_userid) do update set
           last_customer_at = greatest(c.last_customer_at, excluded.last_customer_at),
           sent_since = excluded.sent_since + case when excluded.last_customer_at is null then c.sent_since else 0 end,
           entered_at = coalesce(excluded.entered_at, c.entered_at),
           entry = coalesce(nullif(excluded.entry, '{}'), c.entry),
           last_rm = coalesce(excluded.last_rm, c.last_rm),
           last_rm_at = coalesce(excluded.last_rm_at, c.last_rm_at)`,
}

export const noteProfiles = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<void> => {
  const asked = turns.flatMap(({ changes: { profileOf }, now }) => (profileOf ? [{ profileOf, now }] : []))
  if (asked.length === 0) return
  await tx.query({
    name: 'dispatch-profile',
    text: `update customers c set profile_asked_at = n.at from unnest($1::bigint[], $2::timestamptz[]) as n (id, at) where c.id = n.id`,
    values: [asked.map(({ profileOf }) => profileOf), asked.map(({ now }) => now.toISOString())],
  })
}
