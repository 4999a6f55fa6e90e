import type { CompiledInvitation } from '../../routing/ruleset/invitation.ts'
import type { Decision } from '../../routing/model.ts'
import type { Words } from '../../outbox/effects.ts'
import type { Contact, Step } from '../contact.ts'
import type { ContactOrigin } from '../contact-origin.ts'
import type { Task } from '../../tasks/task.ts'
import type { Conversation } from '../conversation.ts'
import type { Effect } from '../effects.ts'
import type { EventKind, Events } from '../events.ts'
import type { LastEntry } from '../gather/gather-contact.ts'
import type { Barrier } from './obstacle.ts'
import type { Staff } from '../staff/staff.ts'
import type { PlaceholderValues } from '../words/words.ts'
import type { Greeting } from '../welcome/welcome-choice.ts'
import type { WordsKey } from '../words/words-file.ts'

/** Who he is, as far as the bank knows. */
export type Customer = {
  id: string
  externalUserId: string
  name: string | null
  kind: 'person' | 'sme'
  tier: string | null
  owner: string | null
  branch: string | null
  tags: string[]
  firmNo: string | null
  firmName: string | null
  channel: string | null
  /** True when the institution knows who this is (imported, or matched), false for a stranger. */
  known: boolean
  /** RMs whom he shall not get. */
  avoid: string[]
}

/** An RM, as people call him. */
export type Manager = { userid: string; name: string; branch: string }

/**
 * One event with the facts about it: all that a handler may know. It was gathered before the transaction; when something it
 * relied on changes before the commit (the RM is full by then), it is gathered and handled again.
 */
export type Turn<Kind extends EventKind = EventKind> = {
  kind: Kind
  event: Events[Kind]
  msgid: string
  /** When it happened. */
  at: Date
  /** When it is handled. */
  now: Date
  customer: Customer
  account: { openKfId: string; name: string }
  /** The open conversation; for a customer's message there always is one (it may just begin). */
  conversation: Conversation
  /** Of an event in the app's chat: who it is, what he wants, and what his answer needs. */
  staff: Staff
  /** False for events outside any open conversation (he only looked in). */
  inConversation: boolean
  /** The task that the event is about (its time has come, its card was tapped); null when there is none. */
  task: TurnTask | null
  /** What the RM of a day's list has to do today, the most urgent first. */
  todo: { tasks: Task[]; count: number }
  /** The bank's next opening while it is closed; null while it is open. */
  closedUntil: Date | null
  /** Messages that the bot may still send until the customer writes again. */
  repliesLeft: number
  /** Until when, in words: 11月25日 10:00. */
  repliesUntil: string
  /** The message is older than half an hour (after an outage): route it, but no small talk. */
  late: boolean
  /** Of a contact event: the relation with the RM whom it is about, as it is after the event; null elsewhere. */
  contact: Contact | null
  /** Of a contact event: everybody in whose contact list the customer is or was, after the event. */
  contacts: readonly Contact[]
  /** Of a contact event: what it changed. Null when it told nothing new, so that nobody is told twice. */
  change: Step['change']
  /** Of an add whose `state` is known: the channel or invitation that it belongs to. */
  origin: ContactOrigin | null
  /** Of a contact event with a welcome code: what to say; null elsewhere. */
  greeting: Greeting | null
  /** Of a contact event: this RM's welcome has reached him within a day, or is on its way. */
  welcomed: boolean
  /** Of an event about a customers' group: what our books had of it before; null elsewhere. */
  group: TurnGroup | null
  /** Of a contact event: how the customer last came in by a kf link. */
  entry: LastEntry | null
  /** Who should have it, with the whole explanation; asked once, the same answer every time. */
  route(extra?: { excluded?: Record<string, string> }): Decision
  /** Decides for a named RM by an admin's word, outside the rules. Ask `barrierTo` first: what cannot be given is never written. */
  routeTo(rm: string, reason: string): Decision
  /** Who is called so; whoever is no RM (any more) goes by his userid. */
  manager(userid: string): Manager
  /** Why this RM could not take the conversation now, in words; null when he could. */
  obstacleOf(userid: string): string | null
  /** Why not even an order can give it to this RM, because WeCom would refuse him; null when it can. */
  barrierTo(userid: string): Barrier | null
  /** Who supervises this RM's branch; null when nobody is named. */
  supervisorOf(userid: string): Manager | null
  /** Whom matters of the whole bank are told: those who supervise most. Empty when nobody supervises. */
  overseers(): Manager[]
  /** When an RM who gets the customer now by this rule is reminded, and when he loses him; null when nothing is promised. */
  firstReply(rule: string | null): { remindAt: Date; reassignAt: Date } | null
  /** The customer's last message in one line: his text, or 「[图片]」 and the like. */
  content: string
  /** The message of this event as a line of its whole length. */
  message: string
  /** How long the customer has waited for an answer, in words. */
  waited: string
  /** How many conversations wait in front of this one. */
  ahead: number
  /** How long he has to wait by this decision: until a step with somebody free, else at the pace of the last half hour. Empty: unknown. */
  expected(decision: Decision): string
  /** Why this RM, in one line for people. */
  reason(decision: Decision): string
  /** When and how customers are invited to add an RM. */
  invitation: CompiledInvitation
  /** When somebody can be expected, in words. */
  opening(decision: Decision): string
  /** Words from config/messages.yaml with their placeholders filled. */
  say(key: WordsKey, values?: PlaceholderValues): Words
  /** The same as plain text, for people of the bank. */
  tell(key: WordsKey, values?: PlaceholderValues): string
}

/** `stale`: reading the group may tell more than the books have. */
export type TurnGroup = { chatId: string; owner: string | null; dismissed: boolean; stale: boolean }

/** Who should have a task that has nobody; `limited`: as far as his `profile` allows. `why`: who was considered, when the rules were asked. */
export type Sought = { rm: string | null; limited: boolean; why: object | null }
export type TurnTask = Task & {
  sought: Sought
  /** It has had nobody for a business day since it was due. */
  unownedTooLong: boolean
  /** A business day from now. */
  nextDay: Date
  /** The deputy has as many open tasks as his `profile` allows. */
  deputyIsFull: boolean
}

export type Handle<Kind extends EventKind> = (turn: Turn<Kind>) => Effect[] | Promise<Effect[]>

/** A handler: the kind of event it is for, and what it makes of one. The file's path must be the kind. */
export type Handler<Kind extends EventKind = EventKind> = { kind: Kind; handle: Handle<Kind> }

/** Declares a handler; the kind gives the event's type. */
export const on = <Kind extends EventKind>(kind: Kind, handle: Handle<Kind>): Handler<Kind> => ({ kind, handle })
