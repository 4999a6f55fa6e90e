import type { ToldGroup } from '../wecom/group-told.ts'
import type { Errand, ErrandKind, Errands, Said } from './effects.ts'
import type { InviteTrouble } from './invite-ended.ts'
import type { Lane } from './lanes.ts'

/** A claimed row of the outbox: ours until the lease ends, as long as the fence is the same. */
export type OutboxRow<Kind extends ErrandKind = ErrandKind> = {
  id: string
  kind: Kind
  subject: string
  lane: Lane
  payload: Errands[Kind] & { then?: Errand[] }
  conversation_id: string | null
  inbox_id: string | null
  created_at: Date
  not_after: Date | null
  attempts: number
  /** Tries whose outcome was written down. */
  reported: number
  fence: string
  /** An earlier try may have reached WeCom although no answer came back. */
  uncertain: boolean
}

export type SaidNext = { said: Said; msgid: string }

/** What came of one try. */
export type Result =
  /**
   * It has happened; `code` opens what follows (a message bound to it), `said` is what it came to, `saidNext` a second message; `group`
   * was read and is booked, but not kept with the row.
   */
  | { end: 'done'; answer: object; code?: string | undefined; said?: Said; saidNext?: SaidNext; group?: ToldGroup }
  /** Its code or window is gone, or the customer cannot be written to: final, and nobody's mistake. `refused`: WeCom said no in time; `instead`: what takes its place; `trouble`: of an invitation. */
  | { end: 'expired'; reason: string; refused?: true; instead?: Errand; trouble?: InviteTrouble }
  /** It will never work. */
  | { end: 'failed'; reason: string }
  /** WeCom's session is not what we thought: what is true was read and goes back into the inbox as an event. */
  | { end: 'refused'; errcode: number; state: number | null; servicer: string | null; reason: string }
  /** Try again; `uncertain` when it may have happened all the same; `crowded` when a limit of calls is reached. */
  | { end: 'again'; afterMs: number; uncertain: boolean; crowded?: true; reason: string }

/** The reason of an errand whose time was over before it was carried out. */
export const timeOver = 'its time was over'

/** Kinds whose words the customer reads. */
export const isSaid = ({ kind }: OutboxRow): boolean =>
  ['kf/send_msg', 'kf/send_msg_on_event', 'kf/invite'].includes(kind)

/** Ours, the same at every try, unlike any of another installation's: a message that WeCom has already is not sent twice. */
export const ownMsgid = (installation: string, id: string): string => `o_${installation}_${id}`
/** Of a second message of the same errand; WeCom takes 32 bytes. */
export const secondMsgid = (first: string): string => `${first}_2`

/** One try of an errand, with what came of it: to be booked. */
export type Tried = { row: OutboxRow; result: Result; now: Date; msgid: string }
type Done = Extract<Result, { end: 'done' }>
export type Succeeded = Tried & { result: Done }
export const isDone = (it: Tried): it is Succeeded => it.result.end === 'done'
