import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { Errands, Invite } from './effects.ts'
import type { OutboxRow, Result } from './row.ts'

/** The invitation that this errand carries; null for most. */
export const inviteOf = ({ payload }: OutboxRow): Invite | null =>
  (payload as Partial<Errands['kf/invite']>).invite ?? null

type Booked = {
  result: Result
  invite: Invite
  now: Date
  line: (kind: 'contact.invited', data: Record<string, unknown>) => NewTouchpoint
}

/** `contact.invited` stands in the ledger once the invitation is really on its way; one that was not sent does not keep the next one off. */
export const bookInvitation = async (tx: Pool | PoolClient, { result, invite, now, line }: Booked): Promise<void> => {
  const via = result.end === 'done' ? (result.answer as { via?: string }).via : undefined
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

const reasonOf = (result: Result): string =>
  result.end === 'done' ? 'no link to this manager can be had' : result.reason.slice(0, 300)
