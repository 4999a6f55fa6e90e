import type { Pool } from 'pg'
import { contactFromRow, type Contact } from './contact.ts'
import { customerFromRow } from './gather.ts'
import type { Customer } from './turn.ts'

/** How he last came in by a kf link, whatever the account. */
export type LastEntry = { channel: string | null; campaign: string | null; openKfId: string; at: Date }
export type GatheredContact = {
  customer: Customer
  /** Everybody in whose contact list he is or was. */
  contacts: readonly Contact[]
  entry: LastEntry | null
  /** His last conversation, open or closed. */
  conversationId: string | null
}

const query = {
  name: 'dispatch-gather-contact',
  text: `select to_jsonb(c) as customer,
           (select coalesce(jsonb_agg(to_jsonb(k) order by k.rm), '[]') from contacts k where k.customer_id = c.id) as contacts,
           (select to_jsonb(h) from kf_chats h where h.external_userid = c.external_userid and h.entered_at is not null
            order by h.entered_at desc limit 1) as chat,
           (select v.id::text from conversations v where v.external_userid = c.external_userid order by v.id desc limit 1) as conversation
         from customers c where c.external_userid = $1`,
}
type Row = {
  customer: Record<string, unknown>
  contacts: Record<string, unknown>[]
  chat: Record<string, unknown> | null
  conversation: string | null
}

/** Everything known about a customer and the RMs who have him; a customer never seen before is entered first. */
export const gatherContact = async (pool: Pool, externalUserId: string): Promise<GatheredContact> => {
  const { rows } = await pool.query<Row>({ ...query, values: [externalUserId] })
  const row = rows[0]
  if (!row) {
    await pool.query('insert into customers (external_userid) values ($1) on conflict (external_userid) do nothing', [
      externalUserId,
    ])
    return gatherContact(pool, externalUserId)
  }
  return {
    customer: customerFromRow(row.customer),
    contacts: row.contacts.map(contactFromRow),
    entry: row.chat && entryFromRow(row.chat),
    conversationId: row.conversation,
  }
}

const entryFromRow = (row: Record<string, unknown>): LastEntry => {
  const entry = row['entry'] as { channel?: string; scene?: string; campaign?: string }
  return {
    channel: entry.channel ?? entry.scene ?? null,
    campaign: entry.campaign ?? null,
    openKfId: row['open_kfid'] as string,
    at: new Date(row['entered_at'] as string),
  }
}
