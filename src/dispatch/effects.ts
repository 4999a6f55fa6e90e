import type { TouchpointKind } from '../ledger/touchpoint.ts'
import type { Words } from '../outbox/effects.ts'
import type { Decision } from '../routing/model.ts'
import type { Task, TaskOutcome } from '../tasks/task.ts'
import type { PlannedTask, TaskStep } from './changes.ts'
import type { CardMatter, CardWords, Notice } from './booking/cards.ts'
import type { TimerKind } from './booking/draft.ts'
import type { TaskWords } from './booking/task-card.ts'
import type { Invitation } from './booking/invite.ts'
import type { EventKind, Events, OrderKind, RmOrder } from './events.ts'
import type { Greeting } from './welcome/welcome-choice.ts'

/**
 * What a handler wants to happen. It is a list of data: stored in the transaction that ends the event and carried out
 * afterwards, once each. A handler has no other way to act.
 */
export type Effect =
  | { effect: 'reply'; words: Words; lastSlot: boolean }
  | { effect: 'replyWithCode'; code: string; words: Words; lifeMs: number }
  | { effect: 'settle'; decision: Decision; words: RoutingWords; change: RoutingChange }
  | { effect: 'accept'; words: RoutingWords }
  | { effect: 'adopt'; rm: string; why: string }
  | { effect: 'notify'; rm: string; text: string }
  | { effect: 'refuse'; words: string }
  | { effect: 'managerReplied' }
  | {
      effect: 'close'
      reason: string
      tellWecom: boolean
      words: Words | null
      code: string | null
      invitation?: Invitation | undefined
    }
  | { effect: 'invite'; invitation: Invitation }
  | { effect: 'declineInvitations' }
  | { effect: 'readQuota' }
  | { effect: 'forgetLink'; linkId: string }
  | { effect: 'welcome'; code: string; half: boolean; greeting: Greeting }
  | { effect: 'record'; kind: TouchpointKind; data: Record<string, unknown>; rm: string | null }
  | { effect: 'exclude'; rm: string; reason: string }
  | { effect: 'presence'; rm: string; status: 'receiving' | 'stopped' | 'suspended' }
  | { effect: 'attention'; rm: string; change: 'missed' | 'forgiven' }
  | { effect: 'later'; kind: TimerKind; at: Date; payload: object }
  | { effect: 'sendCard'; rm: string; words: CardWords }
  | { effect: 'relay'; rm: string; text: string; failed: string }
  | { effect: 'focus'; rm: string }
  | { effect: 'duty'; rm: string; onDuty: boolean }
  | { effect: 'note'; rm: string; text: string }
  | { effect: 'order'; kind: OrderKind; order: RmOrder }
  | { effect: 'greet'; rm: string }
  | { effect: 'greyCard'; rm: string; code: string; text: string }
  | { effect: 'stillWaiting'; reason: string | null }
  | { effect: 'task'; task: PlannedTask }
  | { effect: 'taskStep'; step: TaskStep }
  | { effect: 'taskCard'; rm: string; task: Task; words: TaskWords }
  | { effect: 'leaveMessage' }
  | { effect: 'messageStatus'; msgid: string; status: 'failed' | 'recalled' }
  | { effect: 'remind'; key: string; kind: EventKind; at: Date; payload: object }
  | { effect: 'forget'; key: string }
  | { effect: 'own'; rm: string; why: string }
  | { effect: 'refreshContact' }
  | { effect: 'readContact' }
  | { effect: 'refreshGroup' }
  | { effect: 'readGroup' }
  | { effect: 'resync'; list: 'tags' | 'contacts' }
  | { effect: 'dropTags'; id: string; group: boolean }

/** Words that go with a decision; each is used only where the decision needs it. */
export type RoutingWords = {
  customer?: Words | undefined
  manager?: Notice | undefined
  formerManager?: string | undefined
}
/** `route`: a first decision; `taken`: the RM himself has asked for it. `transfer`: away from the RM who has it, for this reason. */
export type RoutingChange = { kind: 'route'; taken?: true } | { kind: 'transfer'; reason: string }

/** A message of the bot to the customer (states 0 and 1 only, 5 in 48 hours). The fifth is kept for `lastWords`. */
export const reply = (words: Words): Effect => ({ effect: 'reply', words, lastSlot: false })
/** As `reply`, but may use the last of the five: the line that tells the customer what happens now. */
export const lastWords = (words: Words): Effect => ({ effect: 'reply', words, lastSlot: true })
/** A message bound to a code: the welcome (20 s) or the closing words (20 s). */
export const replyWithCode = (code: string, words: Words, lifeMs = 20_000): Effect => ({
  effect: 'replyWithCode',
  code,
  words,
  lifeMs,
})
/** Carries out a routing decision: gives the conversation to its RM, queues it, or keeps the message. */
export const settle = (
  decision: Decision,
  words: RoutingWords = {},
  change: RoutingChange = { kind: 'route' },
): Effect => ({ effect: 'settle', decision, words, change })
/** The RM has taken the offer: WeCom hands the session over to him. */
export const accept = (words: RoutingWords): Effect => ({ effect: 'accept', words })
/** `missed`: the RM let a customer wait too long; after `firstReply.pauseAfter` times in a row he gets no more. `forgiven`: he is back. */
export const attention = (rm: string, change: 'missed' | 'forgiven'): Effect => ({ effect: 'attention', rm, change })
/** This conversation's timer of that kind rings at `at`; one per kind, a new one replaces the old. */
export const later = (kind: TimerKind, at: Date, payload: object = {}): Effect => ({
  effect: 'later',
  kind,
  at,
  payload,
})
/** A card about this conversation: its first line becomes the title, its buttons are those of the matter. With a digest it may come in a list. */
export const sendCard = (rm: string, card: CardMatter, words: string | Omit<CardWords, 'card'>): Effect => ({
  effect: 'sendCard',
  rm,
  words: typeof words === 'string' ? { card, text: words } : { card, ...words },
})
/** Words of an RM who is no servicer, said to the customer by the bot: one of the five. `failed`: what he is told when they do not arrive. */
export const relay = (rm: string, text: string, failed: string): Effect => ({ effect: 'relay', rm, text, failed })
/** From now on this conversation is the one that the RM's plain words go to. */
export const focusOn = (rm: string): Effect => ({ effect: 'focus', rm })
/** The RM goes off duty or comes back; coming back forgives what he missed, and who waits is looked at again. */
export const duty = (rm: string, onDuty: boolean): Effect => ({ effect: 'duty', rm, onDuty })
/** An RM's note on this customer; the ledger learns that there is one, not what it says. */
export const addNote = (rm: string, text: string): Effect => ({ effect: 'note', rm, text })
/** What an RM wants done about a customer takes its place in that customer's line, as an event of its own. */
export const order = (kind: OrderKind, rmOrder: RmOrder): Effect => ({ effect: 'order', kind, order: rmOrder })
/** He has been told how to use the chat: not again today. */
export const greet = (rm: string): Effect => ({ effect: 'greet', rm })
/** Greys the buttons of the card that was tapped and says on it what came of it. */
export const greyCard = (rm: string, code: string, text: string): Effect => ({ effect: 'greyCard', rm, code, text })
type AskedTask = Pick<PlannedTask, 'kind' | 'title' | 'dueAt'> & Partial<PlannedTask>
/**
 * Work for an RM; without `rm` for the customer's owner, or else whoever gets the conversation. The customer is the turn's own
 * unless `externalUserId` names one. He is reminded by card at `dueAt`, in business time.
 */
export const task = (asked: AskedTask): Effect => ({
  effect: 'task',
  task: { rm: null, externalUserId: null, note: null, createdBy: 'handler', creator: null, ...asked },
})
type Finish = { outcome: TaskOutcome; by: string; note?: string | null }
/** The task is done; one that has ended meanwhile makes the turn be handled again. */
export const finishTask = (id: string, { outcome, by, note = null }: Finish): Effect => ({
  effect: 'taskStep',
  step: { step: 'finish', id, outcome, by, note },
})
/** The next reminder comes at `until`; `clock` when nobody asked for that (it is night). When it is due stays the same. */
export const snoozeTask = (id: string, until: Date, by: 'rm' | 'clock' = 'rm'): Effect => ({
  effect: 'taskStep',
  step: { step: 'snooze', id, until, by },
})
type Pass = { to: string; by: string; limited?: boolean }
/** The task is this RM's from now on, and he is reminded of it. `limited`: unless he has as many as his `profile` allows. */
export const passTask = (id: string, { to, by, limited = true }: Pass): Effect => ({
  effect: 'taskStep',
  step: { step: 'pass', id, rm: to, by, limited },
})
/** Nobody was found for the task; `alarm`: that is told now, and never again. */
export const soughtInVain = (id: string, search: object | null, alarm: boolean): Effect => ({
  effect: 'taskStep',
  step: { step: 'search', id, search, alarm },
})
/** Reminds an RM of a task by card: done with one of the outcomes, later, or to his deputy. */
export const taskCard = (rm: string, words: TaskWords, it: Task): Effect => ({
  effect: 'taskCard',
  rm,
  words,
  task: it,
})
/** It waits on, perhaps for another reason than before. */
export const stillWaiting = (reason: string | null): Effect => ({ effect: 'stillWaiting', reason })
/** The customer would rather leave a message than wait: he leaves the queue, an RM gets back to him. */
export const leaveMessage = (): Effect => ({ effect: 'leaveMessage' })
/** WeCom says that this RM has the session: our books follow. */
export const adopt = (rm: string, why: string): Effect => ({ effect: 'adopt', rm, why })
/** A text to an RM in WeCom. */
export const notify = (rm: string, text: string): Effect => ({ effect: 'notify', rm, text })
/** An order from the console or the API is not carried out; whoever gave it is answered with these words. */
export const refuse = (words: string): Effect => ({ effect: 'refuse', words })
/** The RM has answered: the first answer stops the first-reply clock. */
export const managerReplied = (): Effect => ({ effect: 'managerReplied' })
type End = { tellWecom?: boolean; words?: Words; code?: string; invitation?: Invitation | undefined }
/** Ends the conversation and frees the RM; `tellWecom` also ends the session there (state 4). The words may carry an invitation. */
export const close = (reason: string, end: End = {}): Effect => ({
  effect: 'close',
  reason,
  tellWecom: end.tellWecom ?? false,
  words: end.words ?? null,
  code: end.code ?? null,
  ...(end.invitation && { invitation: end.invitation }),
})
/** Invites the customer to add an RM, in the way that the session allows now. See `invitationTo`. */
export const invite = (invitation: Invitation): Effect => ({ effect: 'invite', invitation })
/** Answers the welcome code of a contact event, in the RM's name, before everything else that waits. `half`: of the half add. */
export const welcome = (ask: { code: string; half: boolean; greeting: Greeting }): Effect => ({
  effect: 'welcome',
  ...ask,
})
/** WeCom is asked what is left of the paid acquisition links. */
export const readQuota = (): Effect => ({ effect: 'readQuota' })
/** An acquisition link is gone: another one is made when its RM needs one. */
export const forgetLink = (linkId: string): Effect => ({ effect: 'forgetLink', linkId })
/** He wants no invitations: none is sent any more, whatever the rules say. */
export const declineInvitations = (): Effect => ({ effect: 'declineInvitations' })
/** A line for the ledger beside those that the engine writes by itself. */
export const record = (kind: TouchpointKind, data: Record<string, unknown> = {}, rm: string | null = null): Effect => ({
  effect: 'record',
  kind,
  data,
  rm,
})
/** This RM is not considered for this conversation again, for the reason that the explanation will show. */
export const exclude = (rm: string, reason: string): Effect => ({ effect: 'exclude', rm, reason })
/** The RM's reception status at this kf account. */
export const presence = (rm: string, status: 'receiving' | 'stopped' | 'suspended'): Effect => ({
  effect: 'presence',
  rm,
  status,
})
/** What became of a message: WeCom did not deliver it, or whoever wrote it took it back. */
export const messageStatus = (msgid: string, status: 'failed' | 'recalled'): Effect => ({
  effect: 'messageStatus',
  msgid,
  status,
})
type Reminder<Kind extends EventKind> = { key: string; kind: Kind; at: Date; payload: Events[Kind] & object }
/** Time as an event: at `at` an event of this kind arrives. The same key replaces an earlier reminder. */
export const remind = <Kind extends EventKind>(reminder: Reminder<Kind>): Effect => ({ effect: 'remind', ...reminder })
/** The customer's own RM from now on: he comes first when the rules say `owner`. */
export const own = (rm: string, why: string): Effect => ({ effect: 'own', rm, why })
/** Within half a minute the customer's contacts are read in WeCom; however many events ask for it, once. */
export const refreshContact = (): Effect => ({ effect: 'refreshContact' })
/** The customer's contacts are read in WeCom now: remarks, tags, how they met, and whoever is missing in our books. */
export const readContact = (): Effect => ({ effect: 'readContact' })
/** Within half a minute the event's group is read in WeCom; however many events ask for it, once. */
export const refreshGroup = (): Effect => ({ effect: 'refreshGroup' })
/** The event's group is read in WeCom now: its name and owner, and whoever came or left without an event. */
export const readGroup = (): Effect => ({ effect: 'readGroup' })
/** The whole list is read in WeCom again, soon. */
export const resync = (list: 'tags' | 'contacts'): Effect => ({ effect: 'resync', list })
/** A corp tag is gone from the library; with a group all its tags. */
export const dropTags = (id: string, group: boolean): Effect => ({ effect: 'dropTags', id, group })
/** The reminder with this key does not come. */
export const forget = (key: string): Effect => ({ effect: 'forget', key })
