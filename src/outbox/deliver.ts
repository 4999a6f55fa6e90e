import type { z } from 'zod'
import type { Endpoint } from '../wecom/endpoint.ts'
import { getServiceState, sendKfMessage, sendKfMessageOnEvent, transServiceState } from '../wecom/endpoints/kf.ts'
import { sendAppMessage, updateTemplateCard } from '../wecom/endpoints/message.ts'
import { WecomError } from '../wecom/error.ts'
import { wecomCard } from './card.ts'
import type { OpenCard } from './open-cards.ts'
import type { ErrandKind, Errands } from './effects.ts'
import { closingWords, sendInvite, upgrade, type LinkFor } from './invite.ts'
import { readQuota } from './quota.ts'
import { ownMsgid, type OutboxRow, type Result } from './row.ts'
import { readContact } from './read-contact.ts'
import { readGroup } from './read-group.ts'
import type { ReadProfile } from './read-profile.ts'
import { sendWelcome, type MediaIds, type welcomedBefore } from './welcome.ts'
import { digestOf, gathered } from './gathered.ts'
import { wecomWords } from './words.ts'

/** The client, bound to one try: it refuses to call once the lease on the row is nearly over. */
export type Call = <Ask extends z.ZodType, Answer extends z.ZodType>(
  endpoint: Endpoint<Ask, Answer>,
  ask: z.input<Ask>,
  options?: { notice: true },
) => Promise<z.output<Answer>>

export type Delivery = {
  call: Call
  agentId: number
  installation: string
  links: LinkFor
  /** Cards that were sent and can still be changed, the word that one of them was, and those that need not be sent any more. */
  cards: {
    open(row: OutboxRow<'message/grey_cards'>): Promise<OpenCard[]>
    greyed(id: string): Promise<unknown>
    spare(row: OutboxRow<'message/grey_cards'>): Promise<unknown>
  }
  /** Shares a call with others that are asked for in the same moment. */
  profileOf: (externalUserId: string) => ReturnType<ReadProfile>
  media: MediaIds
  welcomed: ReturnType<typeof welcomedBefore>
  now: () => Date
}

type Deliver<Kind extends ErrandKind> = (row: OutboxRow<Kind>, delivery: Delivery) => Promise<Result>

const sendMsg: Deliver<'kf/send_msg'> = async (row, { call, installation }) => {
  const { to, openKfId, words } = row.payload
  const msgid = ownMsgid(installation, row.id)
  const answer = await call(sendKfMessage, { touser: to, open_kfid: openKfId, msgid, ...wecomWords(words) })
  return { end: 'done', answer: { msgid: answer.msgid } }
}

const sendOnEvent: Deliver<'kf/send_msg_on_event'> = async (row, { call, installation, links }) => {
  const { code, invite } = row.payload
  if (code === '') return { end: 'expired', reason: 'WeCom gave no code for these words' }
  const msgid = ownMsgid(installation, row.id)
  const { words, via } = await closingWords(row.payload.words, invite, links)
  await call(sendKfMessageOnEvent, { code, msgid, ...wecomWords(words) }).catch((error: unknown) => {
    if (!wasSaid(row, error)) throw error
  })
  return { end: 'done', answer: { msgid, ...(via && { via }) }, said: words }
}

const trans: Deliver<'kf/trans'> = async (row, { call }) => {
  const { openKfId, externalUserId, state, rm } = row.payload
  const chat = { open_kfid: openKfId, external_userid: externalUserId }
  // A try that may have worked is looked at before it is repeated: its effect, or the true state, is there to be read.
  if (row.uncertain) {
    const now = await call(getServiceState, chat)
    if (now.service_state === state && (state !== 3 || now.servicer_userid === rm))
      return { end: 'done', answer: { found: true } }
  }
  const answer = await call(transServiceState, { ...chat, service_state: state, ...(rm && { servicer_userid: rm }) })
  return { end: 'done', answer: {}, code: answer.msg_code }
}

const appText: Deliver<'message/send'> = async (row, { call, agentId }) => {
  const { rm, text, more } = row.payload
  const ask = textFor({ rm, agentId, text: gathered(text, more), no: row.id })
  return toldOr(await call(sendAppMessage, ask, { notice: true }))
}

type AppText = { rm: string; agentId: number; text: string; no: string }
/**
 * WeCom itself drops the same words to the same person, should an answer get lost and the call be repeated. The number makes two
 * customers who ask the same different words.
 */
const textFor = ({ rm, agentId, text, no }: AppText) => ({
  touser: rm,
  agentid: agentId,
  msgtype: 'text' as const,
  text: { content: `${text}\n编号 ${no}` },
  enable_duplicate_check: 1 as const,
  duplicate_check_interval: 600,
})

const appCard: Deliver<'message/card'> = async (row, { call, agentId }) => {
  const { rm, card, digest, more } = row.payload
  const ask =
    digest && more
      ? textFor({ rm, agentId, text: digestOf(digest, more), no: row.id })
      : { touser: rm, agentid: agentId, msgtype: 'template_card' as const, template_card: wecomCard(card) }
  return toldOr(await (digest ? call(sendAppMessage, ask, { notice: true }) : call(sendAppMessage, ask)))
}

const updateCard: Deliver<'message/update_card'> = async (row, { call, agentId }) => {
  const { rm, code, replaceName } = row.payload
  await call(updateTemplateCard, {
    userids: [rm],
    agentid: agentId,
    response_code: code,
    button: { replace_name: replaceName },
  })
  return { end: 'done', answer: {} }
}

const greyCards: Deliver<'message/grey_cards'> = async (row, { call, agentId, cards }) => {
  await cards.spare(row)
  const open = await cards.open(row)
  for (const { id, rm, code } of open) {
    const button = { replace_name: row.payload.replaceName }
    await call(updateTemplateCard, { userids: [rm], agentid: agentId, response_code: code, button }).catch(unlessOver)
    await cards.greyed(id)
  }
  return { end: 'done', answer: { cards: open.length } }
}

/** A card that is used up, too old or not his: nothing is left to grey. */
const unlessOver = (error: unknown): void => {
  if (!(error instanceof WecomError && ['expired', 'bad_request', 'person'].includes(error.failure))) throw error
}

/** A message to one person that WeCom accepted for nobody has failed, errcode 0 or not. */
const toldOr = (answer: { msgid?: string; invaliduser?: string; response_code?: string }): Result =>
  answer.invaliduser
    ? { end: 'failed', reason: "WeCom does not know this userid, or it is outside the app's visible range" }
    : { end: 'done', answer: { msgid: answer.msgid, responseCode: answer.response_code } }

const profile: Deliver<'kf/profile'> = async (row, { profileOf }) => {
  const found = await profileOf(row.payload.externalUserId)
  return found
    ? { end: 'done', answer: { nickname: found.nickname, unionid: found.unionid } }
    : { end: 'expired', reason: "WeCom gives a profile only within 48 h of the customer's last visit" }
}

const deliveries: { [Kind in ErrandKind]: Deliver<Kind> } = {
  'kf/send_msg': sendMsg,
  'kf/send_msg_on_event': sendOnEvent,
  'kf/trans': trans,
  'kf/invite': sendInvite,
  'kf/upgrade': upgrade,
  'message/send': appText,
  'message/card': appCard,
  'message/update_card': updateCard,
  'contact/read': readContact,
  'group/read': readGroup,
  'message/grey_cards': greyCards,
  'kf/profile': profile,
  'contact/quota': readQuota,
  'contact/welcome': sendWelcome,
}

/** Carries one errand out, or says what came of it. Never throws. */
export const deliver = async (row: OutboxRow, delivery: Delivery): Promise<Result> => {
  const carry = deliveries[row.kind] as Deliver<ErrandKind> | undefined
  if (!carry) return { end: 'failed', reason: `this version knows no errand "${row.kind}"` }
  try {
    return await carry(row, delivery)
  } catch (error) {
    return afterFailure(row, delivery, error)
  }
}

const mostTries = 12
/** 0.5 s, 1 s, 2 s … two minutes at most. */
const pause = (attempts: number): number => Math.min(120_000, 250 * 2 ** Math.min(attempts, 10))

const afterFailure = async (row: OutboxRow, delivery: Delivery, error: unknown): Promise<Result> => {
  const reason = (error as Error).message
  if (!(error instanceof WecomError)) return again(row, { reason, uncertain: wasUncertain(error) })
  if (isMessage(row.kind) && wasSaid(row, error)) return { end: 'done', answer: { found: true } }
  switch (error.failure) {
    case 'already_done':
      return { end: 'done', answer: { found: true } }
    case 'state_changed':
    case 'person':
      return row.kind === 'kf/trans' || row.kind === 'kf/send_msg'
        ? refused(row, delivery, error)
        : { end: 'failed', reason }
    case 'unreachable':
      return row.kind === 'kf/trans' || row.kind === 'kf/send_msg'
        ? refused(row, delivery, error)
        : { end: 'expired', reason }
    // Nobody's fault and soon over: however often it happens, the message is not given up.
    case 'back_off':
      return { end: 'again', afterMs: error.retryAfterMs ?? 60_000, uncertain: false, crowded: true, reason }
    case 'expired':
      return { end: 'expired', reason }
    case 'bad_request':
      return row.kind === 'kf/trans' ? refused(row, delivery, error) : { end: 'failed', reason }
    case 'wrong_setup':
      return again(row, { reason, uncertain: false, afterMs: 60_000 })
    default:
      return again(row, { reason, uncertain: false, afterMs: error.retryAfterMs })
  }
}

const isMessage = (kind: string): boolean => ['kf/send_msg', 'message/card'].includes(kind)
/** The first try had worked after all: WeCom refuses the same msgid, or a code that is used up, with a number nobody documents. */
const wasSaid = ({ uncertain }: OutboxRow, error: unknown): boolean =>
  uncertain && error instanceof WecomError && ['bad_request', 'expired'].includes(error.failure)
const wasUncertain = (error: unknown): boolean => (error as { outcome?: string }).outcome !== 'not_sent'

type Again = { reason: string; uncertain: boolean; afterMs?: number | undefined }
const again = (row: OutboxRow, { reason, uncertain, afterMs }: Again): Result =>
  row.attempts >= mostTries && !uncertain
    ? { end: 'failed', reason: `given up after ${row.attempts} tries: ${reason}` }
    : { end: 'again', afterMs: afterMs ?? pause(row.attempts), uncertain, reason }

/** WeCom's session is not what we thought: the true state is read at once, so that the next decision stands on facts. */
const refused = async (row: OutboxRow, { call }: Delivery, error: WecomError): Promise<Result> => {
  const { openKfId } = row.payload as Errands['kf/trans']
  const externalUserId = row.subject
  const end = { end: 'refused' as const, errcode: error.errcode, reason: error.message }
  try {
    const now = await call(getServiceState, { open_kfid: openKfId, external_userid: externalUserId })
    return { ...end, state: now.service_state, servicer: now.servicer_userid ?? null }
  } catch {
    return { ...end, state: null, servicer: null }
  }
}
