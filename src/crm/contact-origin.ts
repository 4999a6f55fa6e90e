import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { channelKindOf } from './channels.ts'

export type ContactOrigin = {
  channel: string | null
  invitation: { id: string; via: string; conversationId: string | null } | null
}
type Ask = { state: string | null; externalUserId: string; rm: string; at: Date }

/**
 * Where an added contact came from. A `state` of ours names the invitation or the channel. It is only a hint: WeCom leaves it
 * out, or gives back an old one; then an invitation of this customer to this RM that has not run out explains the add. Null for
 * everything else (another app's code, a campaign tool).
 */
export const readOrigin = async (db: Db, ask: Ask): Promise<ContactOrigin | null> => {
  const named = ask.state === null ? null : await invitationOf(db, ask)
  if (named) return named.his ? originOf(named) : { channel: named.channel, invitation: null }
  if (ask.state !== null && (await channelKindOf(db, ask.state)) !== null)
    return { channel: ask.state, invitation: null }
  const likely = await invitationBetween(db, ask)
  return likely && originOf(likely)
}

type Found = { id: string; via: string | null; conversation_id: string | null; channel: string | null; his: boolean }

const originOf = ({ id, via, conversation_id, channel }: Found): ContactOrigin => ({
  channel,
  invitation: { id, via: via ?? 'acquisition-link', conversationId: conversation_id },
})

/** The rows of a customer: by his id in WeCom, or by any row that turned out to be him. */
const his = (externalUserId: string) => sql<boolean>`(i.external_userid = ${externalUserId} or i.customer_id in (
  select o.id from customers c join customers o on o.id = c.id or o.merged_into = c.id where c.external_userid = ${externalUserId}))`

/** `his` is false when he passed the link on to somebody else: that one came by the same channel, not by the invitation. */
const invitationOf = async (db: Db, { state, externalUserId, at }: Ask): Promise<Found | null> => {
  const { rows } = await sql<Found>`
    select i.id, i.via, i.conversation_id, i.channel, ${his(externalUserId)} as his
    from invitations i where i.state = ${state} and i.expires_at >= ${at}`.execute(db)
  return rows[0] ?? null
}

const invitationBetween = async (db: Db, { externalUserId, rm, at }: Ask): Promise<Found | null> => {
  const { rows } = await sql<Found>`
    select i.id, i.via, i.conversation_id, i.channel, true as his
    from invitations i
    where ${his(externalUserId)} and i.rm = ${rm} and i.sent_at is not null and i.added_at is null and i.expires_at >= ${at}
    order by i.id desc limit 1`.execute(db)
  return rows[0] ?? null
}
