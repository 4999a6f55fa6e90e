import type { NewTouchpoint } from '../ledger/touchpoint.ts'
import type { Errand } from '../outbox/effects.ts'
import type { InviteTrouble } from '../outbox/invite-ended.ts'
import type { Decision } from '../routing/model.ts'
import type { OpenKfId, UserId } from '../wecom/ids.ts'
import type { Contact } from './contact.ts'
import type { Membership } from './arrival/group-step.ts'
import type { Invitation } from './booking/invite.ts'
import type { NewTask, TaskOutcome } from '../tasks/task.ts'
import type { Conversation } from './conversation.ts'
import type { EventKind, OrderKind, RmOrder } from './events.ts'

export type NewMessage = {
  id: string
  openKfId: string
  externalUserId: string
  at: Date
  sender: 'customer' | 'rm' | 'bot' | 'system'
  rm: string | null
  type: string
  text: string | null
  payload: object
  status: 'received' | 'accepted'
}
export type NewTimer = { key: string; kind: EventKind; subject: string; dueAt: Date; payload: object }

/** Somebody says that this customer of WeCom is the bank's client of this number. `sourceId`: the event that said so. */
export type SaidIdentity = {
  customerId: string
  kind: 'client_no'
  value: string
  via: 'entry'
  at: Date
  sourceId: string
}

/** An RM's reception at an account, as of `at`. */
export type SeenReception = {
  openKfId: OpenKfId
  userid: UserId
  status: 'receiving' | 'stopped' | 'suspended'
  at: Date
}
/** Without `externalUserId` it concerns the turn's customer and conversation. */
export type PlannedTask = Omit<NewTask, 'conversationId'>
export type TaskStep =
  | { step: 'finish'; id: string; outcome: TaskOutcome; by: string; note: string | null }
  | { step: 'snooze'; id: string; until: Date; by: 'rm' | 'clock' }
  | { step: 'pass'; id: string; rm: string; by: string; limited: boolean }
  | { step: 'search'; id: string; search: object | null; alarm: boolean }
  | { step: 'reminded'; id: string }

export type StaffChange =
  | { change: 'duty'; rm: string; onDuty: boolean }
  | { change: 'focus'; rm: string }
  | { change: 'greeted'; rm: string }
  | { change: 'note'; rm: string; text: string }
  | { change: 'order'; kind: OrderKind; order: RmOrder }

/** A customers' group as it shall be. */
export type GroupChange = {
  chatId: string
  /** What the books hold from now on; null when they hold what they held. */
  version: string | null
  toldVersion: string | null
  toldAt: Date | null
  dismissedAt: Date | null
  createdAt: Date | null
  /** Those who came, left, or of whom more is known. */
  members: Membership[]
}

/** All that one turn changes, to be written in one transaction or not at all. */
export type Changes = {
  /** The conversation as it shall be; null when the turn has none. `version` is still the one it was prepared on. */
  conversation: Conversation | null
  /** False when the turn left an already stored conversation as it was. */
  conversationChanged: boolean
  /**
   * An RM's capacity to take, checked again in the transaction. `once`: one above the limit; `ordered`: a person decided, so that only
   * what WeCom would refuse is checked; `always`: WeCom itself has decided.
   */
  claim: {
    rm: string
    units: number
    work: string | null
    openKfId: string
    exceed: 'no' | 'once' | 'ordered' | 'always'
    isNew?: boolean
    relay?: boolean
  } | null
  release: { rm: string; units: number; work: string | null } | null
  decision: Decision | null
  messages: NewMessage[]
  messageStatus: { id: string; status: 'failed' | 'recalled'; openKfId: string; externalUserId: string; at: Date }[]
  touchpoints: NewTouchpoint[]
  errands: Errand[]
  timers: NewTimer[]
  /** Keys of timers to stop. */
  stopped: string[]
  presence: SeenReception[]
  /** An RM let a customer wait (`missed`) or is there again (`forgiven`). */
  attention: { rm: string; change: 'missed' | 'forgiven' }[]
  tasks: PlannedTask[]
  taskSteps: TaskStep[]
  /** The RM who has answered: the customer's messages and call-backs that waited for that are done. */
  answeredBy: string | null
  chat: {
    openKfId: string
    externalUserId: string
    customerWroteAt?: Date
    enteredAt?: Date
    entry?: object
    sent?: number
    lastRm?: string
  } | null
  channel: { customerId: string; channel: string } | null
  /** The relation with an RM as it shall be. */
  contact: { customerId: string; contact: Contact; addWay: number | null; invitationId: string | null } | null
  /** The customer's own RM from now on, unless the one whom the turn saw (`from`) was replaced meanwhile. */
  owner: { customerId: string; rm: string; from: string | null } | null
  group: GroupChange | null
  /** Lists of WeCom that are read again. */
  resync: ('tags' | 'contacts')[]
  /** Tags, or groups with all their tags, that are not in the corp's library any more. */
  tagsGone: { id: string; group: boolean }[]
  /** An RM whom the customer is invited to add, if he may be. */
  invitation: Invitation | null
  /** An invitation that somebody asked for and that cannot be sent, and why. */
  notInvited: { rm: string; by: Invitation['by']; trouble: InviteTrouble; since?: string | null } | null
  /** A welcome code that is being answered; `rule` of config/welcome.yaml. */
  welcome: { externalUserId: string; rm: string; half: boolean; rule: string; codeAt: Date } | null
  /** Acquisition links that are gone. */
  linksGone: string[]
  /** A customer who wants no invitations. */
  declined: string | null
  identity: SaidIdentity | null
  /** The customer whose profile is asked for with this turn's errands: once is enough. */
  profileOf: string | null
  /** What RMs did in the app's chat: on duty or off it, whom they answer, what they noted, what they ordered. */
  staff: StaffChange[]
  /** Why the order that this event is was not carried out, for whoever gave it. */
  refusal: string | null
  /** Somebody may be free now: the waiting are looked at again. */
  lookAgain: boolean
}

export const noChanges = (): Changes => ({
  conversation: null,
  conversationChanged: false,
  claim: null,
  release: null,
  decision: null,
  messages: [],
  messageStatus: [],
  touchpoints: [],
  errands: [],
  timers: [],
  stopped: [],
  presence: [],
  attention: [],
  tasks: [],
  taskSteps: [],
  answeredBy: null,
  chat: null,
  channel: null,
  contact: null,
  owner: null,
  group: null,
  resync: [],
  tagsGone: [],
  invitation: null,
  notInvited: null,
  declined: null,
  linksGone: [],
  welcome: null,
  identity: null,
  profileOf: null,
  staff: [],
  refusal: null,
  lookAgain: false,
})
