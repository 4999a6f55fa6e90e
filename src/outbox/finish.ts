import type { Pool, PoolClient } from 'pg'
import { record } from '../ledger/record.ts'
import type { ToldContact } from '../wecom/contact-told.ts'
import type { ToldGroup } from '../wecom/group-told.ts'
import { together } from '../store/together.ts'
import { waits } from '../store/waits.ts'
import { addErrands } from './add.ts'
import type { Errand, Errands } from './effects.ts'
import { finishDone } from './finish-done.ts'
import { profileOf, storeProfiles } from './finish-profiles.ts'
import { gatherNotices, mayBeGathered } from './gather-notices.ts'
import { tellInbox } from './hand-over-end.ts'
import { hearersOf, lineFor, type Hearer } from './hearers.ts'
import { bookInvitation, inviteOf } from './invitation.ts'
import { mark } from './mark.ts'
import { storeQuota } from './quota.ts'
import { storeContact } from './read-contact.ts'
import { isDone, isSaid, type OutboxRow, type Result, type Succeeded, type Tried } from './row.ts'
import { bookWelcomeEnd } from './welcome.ts'

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
export type FinishMeans = {
  /** Finds out whether the bank knows him by that name, and makes the two one; in this transaction. */
  join: (tx: PoolClient, said: SaidUnionid) => Promise<unknown>
  /** Make the books what WeCom tells of these friendships, and of a customers' group; in this transaction. */
  noteContacts: (tx: PoolClient, told: readonly ToldContact[], now: Date) => Promise<unknown>
  noteGroup: (tx: PoolClient, told: ToldGroup, now: Date) => Promise<unknown>
}
type Ended = Tried & { result: Exclude<Result, { end: 'again' }> }

/** True when a success is booked as `finishDone` does it, with nothing more to it. */
export const isPlain = (it: Tried): boolean =>
  isDone(it) && /^(kf\/(trans|send_msg|send_msg_on_event)|message\/.*)$/.test(it.row.kind) && !inviteOf(it.row)

/**
 * Books what came of one try, in one transaction: the row's end, what was said to the customer, what follows. A try whose
 * lease was lost meanwhile books nothing (somebody else does); answers false then.
 */
export const finish = async (tx: PoolClient, it: Tried, means: FinishMeans): Promise<boolean> => {
  const { row, result } = it
  if (result.end === 'again') {
    if (isCrowded(it)) await gatherNotices(tx, row)
    return postpone(tx, row, result)
  }
  const ended = { ...it, result }
  const [ours, hearer] = await together(tx, () => [
    isDone(it) ? finishDone(tx, [it]) : mark(tx, [ended]),
    hearersOf(tx, isSaid(row) || inviteOf(row) || row.kind === 'contact/welcome' ? [row] : []),
  ])
  if (!ours.has(row.id)) return false
  if (result.end === 'expired' && result.instead) {
    await addErrands(tx, [{ errands: [result.instead], conversationId: row.conversation_id, inboxId: row.inbox_id }])
    return true
  }
  if (isDone(it)) await bookAnswer(tx, it, means)
  else await tellFailure(tx, ended, hearer(row))
  await bookSpecial(tx, ended, hearer(row))
  return true
}

/** One that waits because he has had many: what waits behind it comes along. One that may have been sent stays as it is. */
const isCrowded = ({ row, result }: Tried): boolean =>
  mayBeGathered(row) && result.end === 'again' && result.crowded === true && !row.uncertain

type Again = Extract<Result, { end: 'again' }>
const postpone = async (tx: Conn, row: OutboxRow, { afterMs, uncertain, reason }: Again): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update outbox set lease_until = null, reported = attempts, uncertain = uncertain or $3, error = $4,
       due_at = now() + make_interval(secs => $5::float8 / 1000)
     where id = $1 and fence = $2 and ${waits()}`,
    [row.id, row.fence, uncertain, reason.slice(0, 500), afterMs],
  )
  return rowCount === 1
}

/** What was asked of WeCom, and what it answered. */
const bookAnswer = async (tx: PoolClient, it: Succeeded, means: FinishMeans): Promise<void> => {
  const { kind } = it.row
  const { answer, group } = it.result
  if (kind === 'contact/quota') await storeQuota(tx, answer, it.now)
  if (kind === 'contact/read') await storeContact(tx, it, { ...means, answer })
  if (group) await means.noteGroup(tx, group, it.now)
  if (kind === 'kf/profile') await joinProfile(tx, it, means)
}

const bookSpecial = async (tx: PoolClient, { row, result, now }: Ended, who: Hearer): Promise<void> => {
  const invite = inviteOf(row)
  if (invite)
    await bookInvitation(tx, {
      row,
      result,
      invite,
      now,
      line: (kind, data) => lineFor(row, who, { at: now, kind, rm: invite.rm, data }),
    })
  if (row.kind === 'contact/welcome')
    await bookWelcomeEnd(tx, { row: row as OutboxRow<'contact/welcome'>, result, now, customer: who })
}

const tellFailure = async (tx: PoolClient, it: Ended, who: Hearer): Promise<void> => {
  if (it.result.end === 'refused') await tellInbox(tx, it, it.result)
  // An invitation without a link: nothing was to be said.
  const nothingToSay = it.result.end === 'expired' && it.result.trouble !== undefined
  if (isSaid(it.row) && !nothingToSay) await recordFailure(tx, it, who)
  await tellAuthor(tx, it.row)
  if (it.row.kind === 'kf/profile') await askAgainLater(tx, it.row as OutboxRow<'kf/profile'>)
}

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
  await addErrands(tx, [{ errands: [told], conversationId: conversation_id, inboxId: inbox_id }])
}

const recordFailure = async (tx: Conn, { row, result, now }: Ended, who: Hearer): Promise<void> => {
  const data = { reason: result.end, ...('errcode' in result && { errcode: result.errcode }) }
  const { by } = row.payload as Partial<Errands['kf/send_msg']>
  await record(tx, [lineFor(row, who, { at: now, kind: 'message.failed', data, ...(by && { rm: by.rm }) })])
}

const joinProfile = async (tx: PoolClient, it: Succeeded, { join }: FinishMeans): Promise<void> => {
  const told = profileOf(it)
  const [stored] = await storeProfiles(tx, [{ ...told, unionid: null }])
  if (!stored || !told.unionid) return
  const said = { customerId: stored.id, kind: 'unionid' as const, value: told.unionid, via: 'profile' as const }
  await join(tx, { ...said, at: it.now, sourceId: `outbox:${it.row.id}` })
}

/** No profile came: his next contact asks for it again. */
const askAgainLater = (tx: Conn, { payload }: OutboxRow<'kf/profile'>) =>
  tx.query('update customers set profile_asked_at = null where external_userid = $1', [payload.externalUserId])
