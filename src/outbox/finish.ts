import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { ToldContact } from '../wecom/contact-told.ts'
import type { ToldGroup } from '../wecom/group-told.ts'
import { together } from '../store/together.ts'
import { addErrands } from './add.ts'
import type { Errand, Errands, Said } from './effects.ts'
import { gatherNotices, mayBeGathered } from './gather-notices.ts'
import type { OutboxRow, Result } from './row.ts'
import { assertOwner, tellInbox } from './hand-over-end.ts'
import { bookInvitation, inviteOf } from './invitation.ts'
import { storeQuota } from './quota.ts'
import { bookWelcomeEnd } from './welcome.ts'
import { plainWords, typeOfWords } from './words.ts'
import { storeContact } from './read-contact.ts'

type Conn = Pool | PoolClient
/** WeCom's profile says that this customer has this unionid. */
export type SaidUnionid = {
  customerId: string
  kind: 'unionid'
  value: string
  via: 'profile'
  at: Date
  sourceId: string
}
export type Finish = {
  row: OutboxRow
  result: Result
  now: Date
  msgid: string
  /** Finds out whether the bank knows him by that name, and makes the two one; in this transaction. */
  join: (tx: PoolClient, said: SaidUnionid) => Promise<unknown>
  /** Make the books what WeCom tells of these friendships, and of a customers' group; in this transaction. */
  noteContacts: (tx: PoolClient, told: readonly ToldContact[], now: Date) => Promise<unknown>
  noteGroup: (tx: PoolClient, told: ToldGroup, now: Date) => Promise<unknown>
}

/**
 * Books what came of one try, in one transaction: the row's end, what was said to the customer, what follows. A try whose
 * lease was lost meanwhile books nothing (somebody else does); answers false then.
 */
export const finish = async (tx: Conn, it: Finish): Promise<boolean> => {
  const { row, result } = it
  if (result.end === 'again') {
    if (isCrowded(it)) await gatherNotices(tx, row)
    return postpone(tx, row, result)
  }
  const spoken = isSaid(row)
  const invite = inviteOf(row)
  const welcome = row.kind === 'contact/welcome'
  const [ours, who] = await together(tx, () => [
    mark(tx, row, result),
    spoken || invite || welcome ? whoHears(tx, row) : null,
  ])
  if (!ours) {
    if (row.kind === 'kf/trans' && result.end === 'done') await assertOwner(tx, row as OutboxRow<'kf/trans'>)
    return false
  }
  if (result.end === 'done') await follow(tx, it, { result, who: spoken ? who : null })
  if (result.end === 'expired' && result.instead) {
    await addErrands(tx, [result.instead], { conversationId: row.conversation_id, inboxId: row.inbox_id })
    return true
  }
  if (invite && who)
    await bookInvitation(tx, {
      row,
      result,
      invite,
      now: it.now,
      line: (kind, data) => lineFor(row, who, { at: it.now, kind, rm: invite.rm, data }),
    })
  if (welcome && who)
    await bookWelcomeEnd(tx, { row: row as OutboxRow<'contact/welcome'>, result, now: it.now, customer: who })
  if (result.end === 'refused') await tellInbox(tx, it, result)
  // An invitation without a link: nothing was to be said.
  const nothingToSay = result.end === 'expired' && result.trouble !== undefined
  if (result.end !== 'done' && spoken && who && !nothingToSay) await recordFailure(tx, it, who)
  if (result.end !== 'done') await tellAuthor(tx, row)
  if (result.end !== 'done' && row.kind === 'kf/profile') await askAgainLater(tx, row as OutboxRow<'kf/profile'>)
  return true
}

/** True when nothing but the row itself is to be written: then one statement does, without a transaction around it. */
export const isBookedAlone = ({ row, result }: Finish): boolean =>
  (result.end === 'again' && !isCrowded({ row, result })) ||
  (result.end === 'done' && row.kind.startsWith('message/') && (row.payload.then?.length ?? 0) === 0)

/** One that waits because he has had many: what waits behind it comes along. One that may have been sent stays as it is. */
const isCrowded = ({ row, result }: Pick<Finish, 'row' | 'result'>): boolean =>
  mayBeGathered(row) && result.end === 'again' && result.crowded === true && !row.uncertain

const saying = ['kf/send_msg', 'kf/send_msg_on_event', 'kf/invite']
const isSaid = (row: OutboxRow): boolean => saying.includes(row.kind)

const mark = async (tx: Conn, row: OutboxRow, result: Exclude<Result, { end: 'again' }>): Promise<boolean> => {
  const state = result.end === 'refused' ? 'failed' : result.end
  const answer = result.end === 'done' ? JSON.stringify({ ...result.answer, ...(result.code && { code: true }) }) : null
  const { rowCount } = await tx.query({
    name: 'outbox-mark',
    text: `update outbox set state = $3, answer = $4, error = $5, done_at = now(), lease_until = null
           where id = $1 and fence = $2 and state = 'new'`,
    values: [row.id, row.fence, state, answer, result.end === 'done' ? null : result.reason.slice(0, 500)],
  })
  return rowCount === 1
}

type Again = Extract<Result, { end: 'again' }>
const postpone = async (tx: Conn, row: OutboxRow, { afterMs, uncertain, reason }: Again): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update outbox set lease_until = null, reported = attempts, uncertain = uncertain or $3, error = $4,
       due_at = now() + make_interval(secs => $5::float8 / 1000)
     where id = $1 and fence = $2 and state = 'new'`,
    [row.id, row.fence, uncertain, reason.slice(0, 500), afterMs],
  )
  return rowCount === 1
}

type Done = Extract<Result, { end: 'done' }>
const follow = async (tx: Conn, it: Finish, { result, who }: { result: Done; who: Hearer | null }): Promise<void> => {
  const { row } = it
  if (who) {
    const words = result.said ?? (row.payload as Errands['kf/send_msg']).words
    await recordSent(tx, it, { who, words, msgid: it.msgid })
    if (result.saidNext) await recordSent(tx, it, { who, words: result.saidNext.said, msgid: result.saidNext.msgid })
  }
  if (row.kind === 'contact/quota') await storeQuota(tx, result.answer, it.now)
  if (row.kind === 'contact/read') await storeContact(tx as PoolClient, it, result.answer)
  if (result.group) await it.noteGroup(tx as PoolClient, result.group, it.now)
  if (row.kind === 'kf/profile') await storeProfile(tx as PoolClient, it, result.answer)
  const errands = (row.payload.then ?? [])
    .map((errand) => withCode(errand, result.code))
    .filter((errand) => errand !== null)
  await addErrands(tx, errands, { conversationId: row.conversation_id, inboxId: row.inbox_id })
}

/** Words that wait for a code get it; without one (only a first hand-over gives one) they fall away. */
const withCode = (errand: Errand, code: string | undefined): Errand | null => {
  if (errand.kind !== 'kf/send_msg_on_event' || errand.payload.code !== '') return errand
  return code ? { ...errand, payload: { ...errand.payload, code } } : null
}

/** sync_msg never returns what the app itself sent, so it is written down here; that it failed may be known already. */
const recordSent = async (
  tx: Conn,
  { row, now }: Finish,
  { who, words, msgid }: { who: Hearer; words: Said; msgid: string },
): Promise<void> => {
  const { openKfId, to, by = null } = row.payload as Errands['kf/send_msg']
  const said = tx.query({
    name: 'outbox-said',
    text: `insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, type, text, payload, status, rm)
           values ($1, $2, $3, $4, $5, $9, $6, $7, $8, 'accepted', $10)
           on conflict (id) do update set conversation_id = excluded.conversation_id, type = excluded.type, text = excluded.text, payload = excluded.payload,
             sender = excluded.sender, rm = excluded.rm`,
    values: [
      msgid,
      row.conversation_id,
      openKfId,
      to,
      now,
      typeOfWords(words),
      plainWords(words),
      JSON.stringify(words),
      by ? 'rm' : 'bot',
      by?.rm ?? null,
    ],
  })
  await Promise.all([said, record(tx, [lineFor(row, who, { at: now, sourceId: msgid, ...speaker(by) })])])
}

/** The bot's own words, or an RM's that it passes on: his answer like any other. */
const speaker = (by: Errands['kf/send_msg']['by'] | null): Pick<NewTouchpoint, 'kind' | 'rm' | 'data'> =>
  by ? { kind: 'message.replied', rm: by.rm, data: { type: 'text', relay: true } } : { kind: 'message.sent', data: {} }
/** Most lines are the customer's own; a welcome has one apart. */
const hearerOf = ({ payload, subject }: OutboxRow): string =>
  'externalUserId' in payload ? payload.externalUserId : subject

type Hearer = { customer_id: string | null; channel: string | null }
const whoHears = async (tx: Conn, row: OutboxRow): Promise<Hearer> => {
  const { rows } = await tx.query<Hearer>({
    name: 'outbox-customer',
    text: `select c.id as customer_id, coalesce((select channel from conversations where id = $2), c.channel) as channel
           from customers c where c.external_userid = $1`,
    values: [hearerOf(row), row.conversation_id],
  })
  return rows[0] ?? { customer_id: null, channel: null }
}

const lineFor = (row: OutboxRow, who: Hearer, line: NewTouchpoint): NewTouchpoint => ({
  ...line,
  externalUserId: row.subject,
  customerId: who.customer_id,
  channel: who.channel,
  conversationId: row.conversation_id,
})

/** An RM whose words did not reach the customer hears of it. */
const tellAuthor = async (tx: Conn, { payload, conversation_id, inbox_id }: OutboxRow): Promise<void> => {
  const { by } = payload as Partial<Errands['kf/send_msg']>
  if (!by) return
  const told: Errand = {
    kind: 'message/send',
    subject: `rm:${by.rm}`,
    lane: 1,
    payload: { rm: by.rm, text: by.failed },
  }
  await addErrands(tx, [told], { conversationId: conversation_id, inboxId: inbox_id })
}

const recordFailure = async (tx: Conn, { row, result, now }: Finish, who: Hearer): Promise<void> => {
  const data = { reason: result.end, ...('errcode' in result && { errcode: result.errcode }) }
  const { by } = row.payload as Partial<Errands['kf/send_msg']>
  await record(tx, [lineFor(row, who, { at: now, kind: 'message.failed', data, ...(by && { rm: by.rm }) })])
}

const storeProfile = async (tx: PoolClient, { row, now, join }: Finish, answer: object): Promise<void> => {
  const { externalUserId } = row.payload as Errands['kf/profile']
  const { nickname, unionid } = answer as { nickname?: string; unionid?: string }
  const { rows } = await tx.query<{ id: string }>(
    'update customers set name = coalesce(name, $2), updated_at = now() where external_userid = $1 returning id',
    [externalUserId, nickname || null],
  )
  const customerId = rows[0]?.id
  if (customerId && unionid)
    await join(tx, {
      customerId,
      kind: 'unionid',
      value: unionid,
      via: 'profile',
      at: now,
      sourceId: `outbox:${row.id}`,
    })
}

/** No profile came: his next contact asks for it again. */
const askAgainLater = (tx: Conn, { payload }: OutboxRow<'kf/profile'>) =>
  tx.query('update customers set profile_asked_at = null where external_userid = $1', [payload.externalUserId])
