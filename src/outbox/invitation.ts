import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { Errands, Invite } from './effects.ts'
import { tellInviteEnd, type InviteEnd, type InviteTrouble } from './invite-ended.ts'
import { noLinkReason } from './invite.ts'
import type { OutboxRow, Result } from './row.ts'

/** The invitation that this errand carries; null for most. */
export const inviteOf = ({ payload }: OutboxRow): Invite | null =>
  (payload as Partial<Errands['kf/invite']>).invite ?? null

type Booked = {
  row: OutboxRow
  result: Result
  invite: Invite
  now: Date
  line: (kind: 'contact.invited', data: Record<string, unknown>) => NewTouchpoint
}

/** `contact.invited` stands in the ledger once the invitation is really on its way; one that was not sent does not keep the next one off. */
export const bookInvitation = async (
  tx: Pool | PoolClient,
  { row, result, invite, now, line }: Booked,
): Promise<void> => {
  const via = viaOf(result)
  const { openKfId, to: externalUserId } = row.payload as Errands['kf/invite']
  const end = { via, ...(!via && { trouble: troubleOf(result) }) }
  await tellInviteEnd(tx, { key: `outbox:${row.id}`, chat: { openKfId, externalUserId }, invite, end, now })
  if (!via) {
    await tx.query('update invitations set failed = $2 where id = $1 and sent_at is null', [
      invite.id,
      reasonOf(result),
    ])
    return
  }
  await tx.query('update invitations set via = $2, sent_at = $3 where id = $1', [invite.id, via, now])
  await record(tx, [line('contact.invited', { invitationId: invite.id, via, by: invite.by })])
}

/** How it was sent; null when it was not. */
export const viaOf = (result: Result): InviteEnd['via'] =>
  (result.end === 'done' && (result.answer as { via?: InviteEnd['via'] }).via) || null

export const troubleOf = (result: Result): InviteTrouble => {
  if (result.end === 'done') return 'no-link'
  return (result.end === 'expired' && result.trouble) || 'refused'
}

const reasonOf = (result: Result): string => (result.end === 'done' ? noLinkReason : result.reason.slice(0, 300))
