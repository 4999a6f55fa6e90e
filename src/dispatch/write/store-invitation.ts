import type { PoolClient } from 'pg'
import type { Errand, Invite } from '../../outbox/effects.ts'
import { tellInviteEnd, type InviteTrouble } from '../../outbox/invite-ended.ts'
import type { Changes } from '../changes.ts'

type Stored = { id: string; state: string }
type Around = { conversationId: string | null; now: Date }

/**
 * Stores the turn's invitation and hands it to the errands that carry it. Whoever is the RM's contact or was, whoever wants no
 * invitations (or not this RM), and whoever was invited lately is not invited: then the errands go without it. Who asks for it
 * himself may ask again, also when he has been the RM's contact before.
 */
export const storeInvitation = async (tx: PoolClient, changes: Changes, around: Around): Promise<Changes> => {
  const stored = await insertInvitation(tx, changes, around)
  const { chat, errands, invitation } = changes
  const unused = stored ? 0 : errands.reduce((sum, { payload }) => sum + ('slots' in payload ? payload.slots : 0), 0)
  return {
    ...changes,
    notInvited: !stored && invitation ? { ...invitation, ...(await whyNot(tx, changes)) } : changes.notInvited,
    errands: errands.flatMap((errand) => carrying(errand, stored)),
    chat: chat?.sent === undefined ? chat : { ...chat, sent: chat.sent - unused },
  }
}

const insertInvitation = async (
  tx: PoolClient,
  { invitation, conversation }: Changes,
  { conversationId, now }: Around,
): Promise<Stored | null> => {
  if (!invitation || !conversation) return null
  const { rows } = await tx.query<Stored>({
    name: 'dispatch-invite',
    text: `insert into invitations (customer_id, external_userid, rm, open_kfid, conversation_id, by, channel, campaign, created_at, expires_at)
           select c.id, $2, $3, $4, $5, $6, $7,
             (select entry ->> 'campaign' from kf_chats where open_kfid = $4 and external_userid = $2),
             $8::timestamptz, $8::timestamptz + make_interval(days => $9)
           from customers c
           where c.id = $1
             and not exists (select from contacts where customer_id = c.id and rm = $3 and ($6 <> 'customer' or state <> 'lost'))
             and ($6 = 'customer' or (
               c.invites_declined_at is null and not $3 = any (c.avoid)
               and not exists (select from invitations i where i.customer_id = c.id and i.failed is null
                 and i.created_at > $8::timestamptz - make_interval(days => $10))))
           returning id, state`,
    values: [
      conversation.customerId,
      conversation.externalUserId,
      invitation.rm,
      conversation.openKfId,
      conversationId,
      invitation.by,
      conversation.channel,
      now,
      invitation.attributeDays,
      invitation.againDays,
    ],
  })
  return rows[0] ?? null
}

type WhyNot = { trouble: InviteTrouble; since: Date | null }
/** The first of the conditions above that was in the way. */
const whyNot = async (tx: PoolClient, { invitation, conversation }: Changes) => {
  const { rows } = await tx.query<WhyNot>(
    `select case k.state when 'active' then 'contact' when 'half' then 'half' when 'lost' then 'was-contact'
         else case when c.invites_declined_at is not null then 'declined' when $2 = any (c.avoid) then 'avoid' else 'lately' end end as trouble,
       (select max(created_at) from invitations where customer_id = c.id and failed is null) as since
     from customers c left join contacts k on k.customer_id = c.id and k.rm = $2 where c.id = $1`,
    [conversation?.customerId, invitation?.rm],
  )
  const { trouble, since } = rows[0] as WhyNot
  return { trouble, since: since?.toISOString() ?? null }
}

/** Whoever asked for it hears that there was none. */
export const tellNotInvited = async (
  tx: PoolClient,
  { notInvited, conversation }: Changes,
  { inboxId, now }: { inboxId: string; now: Date },
): Promise<void> => {
  if (!notInvited || !conversation) return
  const { openKfId, externalUserId } = conversation
  const chat = { openKfId, externalUserId }
  await tellInviteEnd(tx, { key: `inbox:${inboxId}`, chat, invite: notInvited, end: notInvited, now })
}

/** An errand that is nothing but the invitation falls away without it; closing words go without it. */
const carrying = (errand: Errand, stored: Stored | null): Errand[] => {
  const then = errand.then?.flatMap((next) => carrying(next, stored))
  const next: Errand = then ? { ...errand, then } : errand
  const { invite, ...rest } = errand.payload as { invite?: Invite }
  if (!invite) return [next]
  if (stored) return [{ ...next, payload: { ...rest, invite: { ...invite, ...stored } } } as Errand]
  return errand.kind === 'kf/send_msg_on_event' ? [{ ...next, payload: rest } as Errand] : []
}

/** What he said stays said: the first time counts. */
export const declineInvitations = async (tx: PoolClient, { declined }: Changes, now: Date): Promise<void> => {
  if (declined)
    await tx.query('update customers set invites_declined_at = coalesce(invites_declined_at, $2) where id = $1', [
      declined,
      now,
    ])
}
