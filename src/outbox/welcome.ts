import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { Attachment } from '../wecom/endpoints/contact-attachments.ts'
import { sendWelcomeMsg } from '../wecom/endpoints/contact.ts'
import { WecomError } from '../wecom/error.ts'
import type { Delivery } from './deliver.ts'
import type { WelcomeAttachment } from './effects.ts'
import type { OutboxRow, Result } from './row.ts'

type WelcomeRow = OutboxRow<'contact/welcome'>
/** The media_id of a file of config/media/; null when it is not uploaded (nothing is uploaded while a code runs out). */
export type MediaIds = (file: string, type: 'image' | 'video' | 'file') => Promise<string | null>

const passing = ['retry', 'back_off', 'refresh_token']
/** Another app is sending (41096), or WeCom is busy: the code lives 20 s, so it is soon tried again. */
const soonMs = 1_000

/** Sends a welcome in the RM's name. 41051 is as good as delivered; a file that WeCom has lost is left out. */
export const sendWelcome = async (row: WelcomeRow, delivery: Delivery): Promise<Result> => {
  const { externalUserId, rm } = row.payload
  if (await delivery.welcomed({ externalUserId, rm })) return { end: 'done', answer: { outcome: 'already' } }
  const attachments = await attachmentsOf(row, delivery.media)
  try {
    await send(row, delivery, attachments)
    return { end: 'done', answer: { outcome: 'delivered' } }
  } catch (error) {
    return afterRefusal(row, error)
  }
}

const send = async ({ payload }: WelcomeRow, { call }: Delivery, attachments: Attachment[]) => {
  const words = { welcome_code: payload.code, ...(payload.text && { text: { content: payload.text } }) }
  const asked = { ...words, ...(attachments.length > 0 && { attachments }) }
  try {
    await call(sendWelcomeMsg, asked)
  } catch (error) {
    if (!(error instanceof WecomError && error.errcode === 40007 && payload.text)) throw error
    await call(sendWelcomeMsg, words)
  }
}

const afterRefusal = (row: WelcomeRow, error: unknown): Result => {
  if (!(error instanceof WecomError)) throw error
  const reason = error.message
  if (error.failure === 'already_done') return { end: 'done', answer: { outcome: 'already' } }
  if (passing.includes(error.failure)) return { end: 'again', afterMs: soonMs, uncertain: false, reason }
  // An answer got lost before: the code is used because we have used it.
  if (row.uncertain && error.failure === 'expired') return { end: 'done', answer: { outcome: 'delivered' } }
  return { end: 'expired', reason, ...(error.errcode !== 41050 && { refused: true }) }
}

const attachmentsOf = async ({ payload }: WelcomeRow, media: MediaIds): Promise<Attachment[]> => {
  const found = await Promise.all(payload.attachments.map((one) => attachmentOf(one, media)))
  return found.filter((one) => one !== null)
}

const attachmentOf = async (
  { image, video, file, link, miniprogram }: WelcomeAttachment,
  media: MediaIds,
): Promise<Attachment | null> => {
  if (link) {
    const { title, url, desc, picture } = link
    return { msgtype: 'link', link: { title, url, ...(desc && { desc }), ...(picture && { picurl: picture }) } }
  }
  if (miniprogram) {
    const { title, appid, page, cover } = miniprogram
    const pic_media_id = await media(cover, 'image')
    return pic_media_id ? { msgtype: 'miniprogram', miniprogram: { title, appid, page, pic_media_id } } : null
  }
  if (image) return withId(await media(image, 'image'), (media_id) => ({ msgtype: 'image', image: { media_id } }))
  if (video) return withId(await media(video, 'video'), (media_id) => ({ msgtype: 'video', video: { media_id } }))
  return withId(file ? await media(file, 'file') : null, (media_id) => ({ msgtype: 'file', file: { media_id } }))
}

const withId = <Made>(id: string | null, make: (id: string) => Made): Made | null => (id ? make(id) : null)

/** Whether the RM's welcome has reached him lately, with the code of the other of the two events. */
export const welcomedBefore =
  (pool: Pool) =>
  async ({ externalUserId, rm }: { externalUserId: string; rm: string }): Promise<boolean> => {
    const { rowCount } = await pool.query(
      `select from welcomes w where external_userid = $1 and rm = $2 and outcome in ('delivered', 'already')
         and code_at > (select max(code_at) from welcomes where external_userid = $1 and rm = $2) - interval '1 hour'`,
      [externalUserId, rm],
    )
    return (rowCount ?? 0) > 0
  }

type Settled = {
  row: WelcomeRow
  result: Result
  now: Date
  customer: { customer_id: string | null; channel: string | null }
}

/** Books what became of the code; who could not be welcomed by it is greeted by the RM. */
export const bookWelcomeEnd = async (tx: Pool | PoolClient, { row, result, now, customer }: Settled): Promise<void> => {
  const { externalUserId, rm, half, codeAt } = row.payload
  const outcome = outcomeOf(result)
  await tx.query(
    `update welcomes set outcome = $5, settled_at = $6, delay_ms = greatest(0, extract(epoch from $6::timestamptz - code_at) * 1000)
     where external_userid = $1 and rm = $2 and half = $3 and code_at = $4`,
    [externalUserId, rm, half, codeAt, outcome, now],
  )
  const line = { at: now, externalUserId, customerId: customer.customer_id, channel: customer.channel, rm }
  if (outcome === 'delivered') await record(tx, [{ ...line, kind: 'message.sent', data: { via: 'welcome' } }])
  if (outcome === 'missed' || outcome === 'refused') {
    await record(tx, [{ ...line, kind: 'message.failed', data: { via: 'welcome', reason: outcome } }])
    await tx.query(
      `insert into inbox (kind, key, subject, lane, payload, occurred_at)
       values ('contact/not_welcomed', 'not_welcomed:' || $1, $2, 1, $3, $4) on conflict (key) do nothing`,
      [
        row.id,
        externalUserId,
        JSON.stringify({ change: { UserID: rm, ExternalUserID: externalUserId, outcome } }),
        now,
      ],
    )
  }
}

const outcomeOf = (result: Result): string => {
  if (result.end === 'done') return (result.answer as { outcome?: string }).outcome ?? 'delivered'
  return result.end === 'expired' && !result.refused ? 'missed' : 'refused'
}
