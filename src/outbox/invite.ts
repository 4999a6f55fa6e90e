import { sendKfMessage, upgradeService } from '../wecom/endpoints/kf.ts'
import { WecomError } from '../wecom/error.ts'
import type { Delivery } from './deliver.ts'
import type { Errand, Invite, Said, Words } from './effects.ts'
import { ownMsgid, type OutboxRow, type Result } from './row.ts'
import { clip, wecomWords } from './words.ts'

/** What carries an invitation: a link of this way. */
export type InviteLink = { via: 'acquisition-link' | 'contact-way'; url: string }
/** The first way of the invitation that has a link for its RM; null when none has. */
export type LinkFor = (invite: Invite) => Promise<InviteLink | null>

/** WeCom's view item takes an address of 2048 bytes, its text 1024. */
export const withLink = (head: string, { words }: Invite, { url }: InviteLink): Words => ({
  menu: {
    head: clip(head, 1024),
    items: [
      { url, text: words.button },
      { id: declineId, text: words.decline },
    ],
  },
})

/** The menu item with which a customer says that he wants no invitations. */
export const declineId = 'invite_decline'

/** Closing words that carry the invitation when there is a link for it; he gets his words in any case. */
export const closingWords = async (
  words: Words,
  invite: Invite | undefined,
  links: LinkFor,
): Promise<{ words: Words; via?: InviteLink['via'] }> => {
  const link = invite && (await links(invite).catch(() => null))
  if (!invite || !link) return { words }
  const closing = 'text' in words ? words.text : (words.menu.head ?? '')
  return { words: withLink(`${closing}\n${invite.words.head}`, invite, link), via: link.via }
}

/**
 * The bot invites (states 0 and 1): an acquisition link as the RM's business card with the words after it, or else one
 * message with the link. When there is no link, or WeCom does not let us speak any more, there is no invitation; nobody's mistake.
 */
export const sendInvite = async (row: OutboxRow<'kf/invite'>, delivery: Delivery): Promise<Result> => {
  const { to, openKfId, invite, slots } = row.payload
  const link = await delivery.links(invite).catch((error: unknown) => {
    // Whatever else he is to hear waits behind this: it is tried twice.
    if (row.attempts < 2) throw error
    return null
  })
  if (!link) return { end: 'expired', reason: 'no link to this manager can be had' }
  const card = link.via === 'acquisition-link' && slots > 1
  const said: Said = card ? { caLink: link.url } : withLink(invite.words.head, invite, link)
  const message =
    'caLink' in said ? { msgtype: 'ca_link' as const, ca_link: { link_url: said.caLink } } : wecomWords(said)
  const msgid = ownMsgid(delivery.installation, row.id)
  const done = { end: 'done' as const, answer: { via: link.via }, said, ...(card && { more: [explained(row)] }) }
  return unlessRefused(row, done, () =>
    delivery.call(sendKfMessage, { touser: to, open_kfid: openKfId, msgid, ...message }),
  )
}

/** The line after the card, with the way to say no. */
const explained = ({ subject, payload: { to, openKfId, invite } }: OutboxRow<'kf/invite'>): Errand => ({
  kind: 'kf/send_msg',
  subject,
  lane: 1,
  payload: {
    openKfId,
    to,
    words: { menu: { head: invite.words.head, items: [{ id: declineId, text: invite.words.decline }] } },
  },
})

/** Asks the servicer's client to recommend his card: the only way while a session is with a person (state 3). */
export const upgrade = async (row: OutboxRow<'kf/upgrade'>, { call }: Delivery): Promise<Result> => {
  const { to, openKfId, invite } = row.payload
  const member = { userid: invite.rm, wording: invite.words.toManager }
  const done = { end: 'done' as const, answer: { via: 'upgrade' } }
  return unlessRefused(row, done, () =>
    call(upgradeService, { open_kfid: openKfId, external_userid: to, type: 1, member }),
  )
}

const passing = ['retry', 'back_off', 'refresh_token']

/** A session that has moved on, a member who may not be recommended: no invitation, and no errand that has failed. */
const unlessRefused = async (row: OutboxRow, done: Result, act: () => Promise<unknown>): Promise<Result> => {
  try {
    await act()
    return done
  } catch (error) {
    if (!(error instanceof WecomError) || passing.includes(error.failure)) throw error
    // The first try had worked after all: WeCom refuses the same msgid.
    if (row.uncertain && error.failure === 'bad_request') return done
    return { end: 'expired', reason: error.message }
  }
}
