import { getServiceState, sendKfMessage, upgradeService } from '../wecom/endpoints/kf.ts'
import { WecomError } from '../wecom/error.ts'
import type { Delivery } from './deliver.ts'
import type { Errand, Invite, Said, Words } from './effects.ts'
import { ownMsgid, secondMsgid, type OutboxRow, type Result, type SaidNext } from './row.ts'
import { clip, wecomWords } from './words.ts'

/** What carries an invitation: a link of this way. */
export type InviteLink = { via: 'acquisition-link' | 'contact-way'; url: string }
/** The first way of the invitation that has a link for its RM, or why none has. */
export type LinkFor = (invite: Invite) => Promise<InviteLink | NoLink>
export type NoLink = { none: 'no-link' | 'no-quota' }

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
  const link = invite && (await links(invite).catch(() => noLink))
  if (!invite || !link || 'none' in link) return { words }
  const closing = 'text' in words ? words.text : (words.menu.head ?? '')
  return { words: withLink(`${closing}\n${invite.words.head}`, invite, link), via: link.via }
}

/**
 * The bot invites (states 0 and 1): an acquisition link as the RM's business card with the words after it, or else one
 * message with the link. Without a link the servicer who gets the session next recommends his card, where `upgrade` is among
 * the ways. Otherwise there is no invitation, and that is nobody's mistake.
 */
export const sendInvite = async (row: OutboxRow<'kf/invite'>, delivery: Delivery): Promise<Result> => {
  const { invite, slots } = row.payload
  const link = await linkBeforeUpgrade(row, delivery)
  if ('none' in link) return { end: 'expired', reason: noLinkReason, trouble: link.none, ...byServicer(row) }
  const card = link.via === 'acquisition-link' && slots > 1
  const said: Said = card ? { caLink: link.url } : withLink(invite.words.head, invite, link)
  const done = { end: 'done' as const, answer: { via: link.via }, said }
  const result = await unlessRefused(row, done, () => say(row, delivery, { said, msgid: msgidOf(row, delivery) }))
  return card && result.end === 'done' ? { ...result, ...(await explain(row, delivery)) } : result
}

const noLink: NoLink = { none: 'no-link' }
export const noLinkReason = 'no link to this manager can be had'

const linkBeforeUpgrade = async ({ attempts, payload: { invite } }: OutboxRow<'kf/invite'>, { links }: Delivery) => {
  const upgradeAt = invite.ways.indexOf('upgrade')
  const ways = upgradeAt < 0 ? invite.ways : invite.ways.slice(0, upgradeAt)
  return links({ ...invite, ways }).catch((error: unknown) => {
    // Whatever else he is to hear waits behind this: it is tried twice.
    if (attempts < 2) throw error
    return noLink
  })
}

/** Behind the hand-over, which waits behind this errand. */
const byServicer = ({ subject, payload }: OutboxRow<'kf/invite'>): { instead?: Errand } => {
  const { openKfId, to, invite } = payload
  if (!invite.ways.includes('upgrade')) return {}
  return { instead: { kind: 'kf/upgrade', subject, lane: 1, payload: { openKfId, to, invite } } }
}

const msgidOf = (row: OutboxRow, { installation }: Delivery): string => ownMsgid(installation, row.id)

const say = (
  { payload }: OutboxRow<'kf/invite'>,
  { call }: Delivery,
  { said, msgid }: { said: Said; msgid: string },
) => {
  const message =
    'caLink' in said ? { msgtype: 'ca_link' as const, ca_link: { link_url: said.caLink } } : wecomWords(said)
  return call(sendKfMessage, { touser: payload.to, open_kfid: payload.openKfId, msgid, ...message })
}

/**
 * The line after the card, with the way to say no. It goes with the same errand, for the next one may hand the session to the
 * RM, and then the bot is silent. A card without its line is an invitation all the same.
 */
const explain = async (row: OutboxRow<'kf/invite'>, delivery: Delivery): Promise<{ saidNext?: SaidNext }> => {
  const { head, decline } = row.payload.invite.words
  const said: Words = { menu: { head: clip(head, 1024), items: [{ id: declineId, text: decline }] } }
  const line = { said, msgid: secondMsgid(msgidOf(row, delivery)) }
  return say(row, delivery, line).then(
    () => ({ saidNext: line }),
    (error: unknown) => (wasSaidBefore(row, error) ? { saidNext: line } : {}),
  )
}

/**
 * Asks the servicer's client to recommend his card: the only way while a session is with a person (state 3). The hand-over before
 * it may have been refused: WeCom would say yes all the same, and nobody would see it.
 */
export const upgrade = async (row: OutboxRow<'kf/upgrade'>, { call }: Delivery): Promise<Result> => {
  const { to, openKfId, invite } = row.payload
  const member = { userid: invite.rm, wording: invite.words.toManager }
  const { service_state: state } = await call(getServiceState, { open_kfid: openKfId, external_userid: to })
  if (state !== 3) return { end: 'expired', reason: 'nobody has the session', trouble: 'no-way' }
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
    if (wasSaidBefore(row, error)) return done
    return { end: 'expired', reason: error.message }
  }
}

/** The first try had worked after all: WeCom refuses the same msgid. */
const wasSaidBefore = ({ uncertain }: OutboxRow, error: unknown): boolean =>
  uncertain && error instanceof WecomError && error.failure === 'bad_request'
