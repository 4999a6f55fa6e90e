import type { Pool, PoolClient } from 'pg'
import type { Invite } from './effects.ts'

/**
 * Why an invitation that somebody asked for was not sent. He is the RM's contact (`contact`), waits for the RM's consent
 * (`half`) or was his contact (`was-contact`); he wants none (`declined`) or not this RM (`avoid`); he had one lately; the session
 * allows no message (`no-way`) or only the RM's own hand (`by-hand`); no link can be had (`no-link`, `no-quota`); WeCom said no (`refused`).
 */
export const inviteTroubles = [
  'contact',
  'half',
  'was-contact',
  'declined',
  'avoid',
  'lately',
  'no-way',
  'by-hand',
  'no-link',
  'no-quota',
  'refused',
] as const
export type InviteTrouble = (typeof inviteTroubles)[number]

/** How an invitation ended that an RM or the customer himself had asked for; `via` when it was sent, `trouble` when not. */
export type InviteEnd = {
  openKfId: string
  externalUserId: string
  rm: string
  by: 'rm' | 'customer'
  via: 'acquisition-link' | 'contact-way' | 'upgrade' | null
  trouble: InviteTrouble | null
  /** Of `lately`: when he was invited, ISO 8601. */
  since: string | null
}

type Ended = {
  /** What ended it: the same end is told once. */
  key: string
  chat: { openKfId: string; externalUserId: string }
  invite: Pick<Invite, 'rm' | 'by'>
  end: Partial<Pick<InviteEnd, 'via' | 'trouble' | 'since'>>
  now: Date
}

/** Whoever asked for it hears of it: an event in the customer's line. What a rule wanted is nobody's question. */
export const tellInviteEnd = async (
  tx: Pool | PoolClient,
  { key, chat, invite: { rm, by }, end, now }: Ended,
): Promise<void> => {
  if (by !== 'rm' && by !== 'customer') return
  const { via = null, trouble = null, since = null } = end
  const event: InviteEnd = { ...chat, rm, by, via, trouble, since }
  await tx.query(
    `insert into inbox (kind, key, subject, lane, payload, occurred_at)
     values ('kf/invite_ended', $1, $2, 1, $3, $4) on conflict (key) do nothing`,
    [`invite_ended:${key}`, chat.externalUserId, JSON.stringify(event), now],
  )
}
