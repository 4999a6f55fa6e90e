import type { Pool } from 'pg'
import { inGroups } from '../../store/in-groups.ts'
import { conversationFromRow, type Conversation } from '../conversation.ts'
import type { Entrance } from './entrance.ts'
import type { Customer } from '../turn/turn.ts'

export type Chat = {
  lastCustomerAt: Date | null
  sentSince: number
  /** His last entry through a link with a scene. `client`: it named the client, and was signed by us. */
  entry: { scene?: string; channel?: string; channelKind?: string; campaign?: string; firm?: string; client?: boolean }
  lastRm: string | null
  lastRmAt: Date | null
}
/** The firm (企业) that the customer belongs to, or that his entry link names. */
export type Firm = { firmNo: string; name: string; leadRm: string | null; coRms: string[] }
export type Gathered = {
  firm: Firm | null
  customer: Customer
  conversation: Conversation | null
  chat: Chat
  accountName: string
  /** WeCom was asked for his profile before. */
  profileAsked: boolean
  /** Of the arrival itself, when it is an entry. */
  entrance: Entrance | null
  /** How many conversations this customer ever had. */
  conversationCount: number
}

const query = {
  name: 'dispatch-gather',
  text: `select to_jsonb(c) as customer, to_jsonb(v) as conversation, to_jsonb(h) as chat, a.name as account, to_jsonb(f) as firm,
           (select count(*)::int from conversations o where o.external_userid = n.external_userid) as count
         from unnest($1::text[], $2::text[]) with ordinality as n (open_kfid, external_userid, place)
         left join customers c on c.external_userid = n.external_userid
         left join conversations v on v.open_kfid = n.open_kfid and v.external_userid = n.external_userid and v.status <> 'closed'
         left join kf_chats h on h.open_kfid = n.open_kfid and h.external_userid = n.external_userid
         left join kf_accounts a on a.open_kfid = n.open_kfid
         left join firms f on f.firm_no = coalesce(c.firm_no, h.entry ->> 'firm')
         order by n.place`,
}
type Place = { openKfId: string; externalUserId: string }
type Row = {
  customer: Record<string, unknown> | null
  conversation: Record<string, unknown> | null
  chat: Record<string, unknown> | null
  account: string | null
  firm: Record<string, unknown> | null
  count: number
}

export type Gather = (place: Place) => Promise<Gathered>

/** Everything known about a customer's chat with an account; a customer never seen before is entered first. */
export const createGather = (pool: Pool): Gather => {
  const read = inGroups((places: readonly Place[]) => readPlaces(pool, places), 64)
  const gather: Gather = async (place) => {
    const found = await read(place)
    if (found) return found
    await pool.query('insert into customers (external_userid) values ($1) on conflict (external_userid) do nothing', [
      place.externalUserId,
    ])
    return gather(place)
  }
  return gather
}

/** Null for a customer who is not entered yet. */
const readPlaces = async (pool: Pool, places: readonly Place[]): Promise<(Gathered | null)[]> => {
  const values = [places.map(({ openKfId }) => openKfId), places.map(({ externalUserId }) => externalUserId)]
  const { rows } = await pool.query<Row>({ ...query, values })
  return rows.map((row) => row.customer && gatheredFrom(row, row.customer))
}

const gatheredFrom = (row: Row, customer: Record<string, unknown>): Gathered => ({
  customer: customerFromRow(customer),
  conversation: row.conversation && conversationFromRow(row.conversation),
  firm: row.firm && firmFromRow(row.firm),
  chat: chatFromRow(row.chat),
  accountName: row.account || '客服',
  profileAsked: customer['profile_asked_at'] !== null,
  entrance: null,
  conversationCount: row.count,
})

export const customerFromRow = (row: Record<string, unknown>): Customer => ({
  id: String(row['id']),
  externalUserId: row['external_userid'] as string,
  name: row['name'] as string | null,
  kind: row['kind'] as Customer['kind'],
  tier: row['tier'] as string | null,
  owner: row['owner'] as string | null,
  branch: row['branch'] as string | null,
  tags: row['tags'] as string[],
  firmNo: row['firm_no'] as string | null,
  firmName: row['firm_name'] as string | null,
  channel: row['channel'] as string | null,
  known: row['known'] as boolean,
  avoid: row['avoid'] as string[],
})

const firmFromRow = (row: Record<string, unknown>): Firm => ({
  firmNo: row['firm_no'] as string,
  name: row['name'] as string,
  leadRm: row['lead_rm'] as string | null,
  coRms: row['co_rms'] as string[],
})

const chatFromRow = (row: Record<string, unknown> | null): Chat => ({
  lastCustomerAt: row?.['last_customer_at'] ? new Date(row['last_customer_at'] as string) : null,
  sentSince: (row?.['sent_since'] as number | undefined) ?? 0,
  entry: (row?.['entry'] as Chat['entry'] | undefined) ?? {},
  lastRm: (row?.['last_rm'] as string | null | undefined) ?? null,
  lastRmAt: row?.['last_rm_at'] ? new Date(row['last_rm_at'] as string) : null,
})

/** Which chat an own event is about: it knows only the conversation. */
export const chatOfConversation = async (
  pool: Pool,
  conversationId: string,
): Promise<{ openKfId: string; externalUserId: string } | null> => {
  const { rows } = await pool.query<{ open_kfid: string; external_userid: string }>(
    'select open_kfid, external_userid from conversations where id = $1',
    [conversationId],
  )
  const row = rows[0]
  return row ? { openKfId: row.open_kfid, externalUserId: row.external_userid } : null
}
