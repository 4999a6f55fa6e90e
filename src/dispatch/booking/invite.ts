import type { Errand, Invite } from '../../outbox/effects.ts'
import type { Effect } from '../effects.ts'
import { matter, type Draft } from './draft.ts'

/** An invitation before it is stored; the database decides whether he may be invited. */
export type Invitation = Omit<Invite, 'id' | 'state'> & {
  /** Not again within so many days. */
  againDays: number
  /** What he adds within so many days came of it. */
  attributeDays: number
}

/** As an errand carries it until the commit. */
export const unstored = ({ rm, by, ways, words }: Invitation): Invite => ({ id: '', state: '', rm, by, ways, words })

/** Only a session that a person has, or gets next, can be upgraded. */
export const withoutUpgrade = (invitation: Invitation): Invitation => ({
  ...invitation,
  ways: invitation.ways.filter((way) => way !== 'upgrade'),
})

/**
 * Invites in the way that the session allows: a message of the bot while it may speak, the servicer's card while a person has
 * the session, nothing once it has ended. The last of the five messages is kept.
 */
export const bookInvite = (draft: Draft, { invitation }: Extract<Effect, { effect: 'invite' }>): void => {
  const errand = errandFor(draft, invitation)
  if (!errand) {
    const byHand = matter(draft).status === 'assigned' && !matter(draft).relay
    draft.notInvited = { rm: invitation.rm, by: invitation.by, trouble: byHand ? 'by-hand' : 'no-way' }
    return
  }
  draft.invitation = invitation
  draft.errands.push(errand)
}

const errandFor = (draft: Draft, invitation: Invitation): Errand | null => {
  const { status, relay, openKfId, externalUserId } = matter(draft)
  const about = { subject: externalUserId, lane: 1 as const }
  const payload = { openKfId, to: externalUserId }
  if (status === 'assigned' && !relay)
    return invitation.ways.includes('upgrade')
      ? { kind: 'kf/upgrade', ...about, payload: { ...payload, invite: unstored(invitation) } }
      : null
  const slots = Math.min(2, draft.ground.repliesLeft - draft.sent - 1)
  if (status === 'closed' || slots < 1) return null
  draft.sent += slots
  const possible = invitation.by === 'rule' ? invitation : withoutUpgrade(invitation)
  return { kind: 'kf/invite', ...about, payload: { ...payload, invite: unstored(possible), slots } }
}
