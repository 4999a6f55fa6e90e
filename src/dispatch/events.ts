import type { CallbackEvents, HandledCallback } from '../wecom/events.ts'
import type { InviteEnd } from '../outbox/invite-ended.ts'
import type { ToldMember } from '../wecom/group-told.ts'
import type { KfEvents } from '../wecom/kf-items.ts'

/** What our own clock, outbox and console send into the inbox, beside what WeCom sends. */
export type OwnEvents = {
  /** WeCom refused to hand the session over; `state` is the true one, read afterwards. `told`: who believes that `rm` has him. */
  'kf/trans_refused': {
    conversationId: string
    rm: string | null
    told?: string | null
    errcode: number
    state: number | null
    servicer: string | null
  }
  /** The RM who got the customer has not answered yet. */
  'clock/first_reply_remind': { conversationId: string; rm: string }
  /** `again`: nobody else could take it before; the supervisor knows already. */
  'clock/first_reply_reassign': { conversationId: string; rm: string; again?: boolean }
  /** The step (ring) at which the conversation waits is over. */
  'clock/step_over': { conversationId: string }
  /** An RM did not accept the offer in time. */
  'clock/offer_over': { conversationId: string; rm: string }
  /** A task is due, or its reminder was put off until now. */
  'clock/task_due': { taskId: string }
  /** The bank has opened, and this RM has something to do until then (ISO 8601): his day's list. */
  'clock/day_list': { rm: string; until: string }
  /** The customer's contacts are to be read in WeCom: an event said that something changed. */
  'clock/contact_refresh': { ExternalUserID: string }
  /** A friendship that WeCom lists and we had not heard of; dated as WeCom dates it. */
  'contact/found': { UserID: string; ExternalUserID: string; State?: string; addWay: number }
  /** A friendship of our books that WeCom, asked by name, does not know any more. */
  'contact/gone': { UserID: string; ExternalUserID: string }
  /** A customers' group is to be read in WeCom: an event said that something changed. */
  'clock/group_refresh': { ChatId: string }
  /** What reading a group showed of its members and our books did not have: who is seen, who is missing (`askedAt` as ISO 8601). */
  'group/found': { ChatId: string; askedAt: string; version: string | null; seen: FoundMember[]; missing: string[] }
  /** A group of our books that WeCom, asked by name, does not know any more, although its owner is in sight. */
  'group/gone': { ChatId: string }
  /** 48 hours without a word from the customer: WeCom has ended the session without an event. */
  'clock/session_over': { conversationId: string }
  /** The welcome did not reach a new contact: its code had run out (`missed`), or WeCom refused it. */
  'contact/not_welcomed': { UserID: string; ExternalUserID: string; outcome: 'missed' | 'refused' }
  /** An invitation that an RM or the customer himself asked for was sent (`via`), or was not (`trouble`). */
  'kf/invite_ended': InviteEnd
  'admin/assign': { conversationId: string; rm: string; reason: string; by: string }
  'admin/close': { conversationId: string; reason: string; by: string }
  'admin/reroute': { conversationId: string; reason: string; by: string }
  /** An RM who is no servicer answers the customer through the bot. */
  'rm/reply': RmOrder
  /** An RM hands his customer to the colleague `to`. */
  'rm/transfer': RmOrder
  /** An RM notes something about his customer. */
  'rm/note': RmOrder
  /** An RM ends the conversation with his customer. */
  'rm/close': RmOrder
  /** An RM asks his customer to add him. */
  'rm/invite': RmOrder
}

/** Somebody in a group; the time as ISO 8601. */
export type FoundMember = Omit<ToldMember, 'joinedAt'> & { joinedAt: string }

/** What 客户联系 tells. */
type ContactEvents = { [Kind in Exclude<HandledCallback, `app/${string}`>]: CallbackEvents[Kind] }

/** What an RM has ordered in the app's chat; `text`: his words, his reason or his note. */
export type RmOrder = { openKfId: string; externalUserId: string; rm: string; text: string; to?: string }
export type OrderKind = 'rm/reply' | 'rm/transfer' | 'rm/note' | 'rm/close' | 'rm/invite'

/** Every kind of event that a handler can be written for, with what it carries. The kind is the handler's path. */
export type Events = KfEvents & AppEvents & CardEvents & ContactEvents & OwnEvents

/** What staff do in the app's chat: their messages and taps. */
type AppEvents = { [Kind in Extract<HandledCallback, `app/${string}`>]: CallbackEvents[Kind] }

/** Taps on our cards, by what the card's task begins with: `offer@…` is `card/offer`. */
type CardEvents = {
  /** A button of the card that offers a customer. */
  'card/offer': CardTap
  /** A button of the card that tells an RM that he is paused. */
  'card/duty': CardTap
  /** A button of the card that reminds of a task. */
  'card/task': CardTap
  /** A button of the card that tells an RM of his new customer. */
  'card/new': CardTap
  /** A button of the card that reminds an RM of his first answer. */
  'card/remind': CardTap
  /** A button of the card that tells an RM of somebody who waits. */
  'card/queue': CardTap
  /** A button of the card that tells a supervisor that nobody answers. */
  'card/watch': CardTap
  /** A button of the card that gives an RM a customer whom he answers through the bot. */
  'card/relay': CardTap
}
type CardTap = CallbackEvents['app/template_card_event']
export type EventKind = keyof Events

export const ownKinds = [
  'card/offer',
  'card/duty',
  'card/task',
  'card/new',
  'card/remind',
  'card/queue',
  'card/watch',
  'card/relay',
  'kf/trans_refused',
  'kf/invite_ended',
  'clock/first_reply_remind',
  'clock/first_reply_reassign',
  'clock/step_over',
  'clock/offer_over',
  'clock/session_over',
  'clock/task_due',
  'clock/day_list',
  'clock/contact_refresh',
  'contact/found',
  'contact/gone',
  'contact/not_welcomed',
  'clock/group_refresh',
  'group/found',
  'group/gone',
  'admin/assign',
  'admin/close',
  'admin/reroute',
  'rm/reply',
  'rm/transfer',
  'rm/note',
  'rm/close',
  'rm/invite',
] as const satisfies readonly (keyof OwnEvents | keyof CardEvents)[]
