import type { ClaimedEvent } from '../../inbox/events.ts'
import { readKfItem } from '../../wecom/kf-items.ts'
import { cardMatters } from '../booking/cards.ts'
import type { MessageFacts } from '../gather/facts.ts'

/**
 * A claimed event as a turn meets it. `message`: a customer wrote. `answer`: an RM wrote in his WeCom. `event`: something else
 * about one customer's chat. `account`: about an account or an RM, no customer. `contact`: about a customer and an RM who is, was or
 * becomes his contact. `group`: about a customers' group. `own`: from our clock, outbox or console.
 */
export type Arrival = {
  sort: 'message' | 'answer' | 'event' | 'account' | 'contact' | 'group' | 'own'
  kind: string
  msgid: string
  at: Date
  openKfId: string | null
  externalUserId: string | null
  conversationId: string | null
  event: unknown
  /** Of a message or an answer: its type, its body as WeCom sent it, and what the rules may know of it. */
  type: string | null
  body: unknown
  facts: MessageFacts
  /** From before this installation first read the account: recorded, never answered. */
  history: boolean
  /** Taken back by the customer in the same page: recorded, never acted upon. */
  recalled: boolean
}

const noFacts: MessageFacts = { type: '', text: null, menuId: null }

/** Reads what intake, clock, outbox or console have stored. */
export const readArrival = (claimed: ClaimedEvent): Arrival => {
  const payload = claimed.payload
  if ('callback' in payload) return staffArrival(claimed, payload as StaffPayload)
  if ('change' in payload) return changeArrival(claimed, payload['change'] as Change)
  if (!('item' in payload)) return ownArrival(claimed)
  const raw = (payload['item'] ?? {}) as { msgtype?: string; origin?: number } & Record<string, unknown>
  const item = readKfItem(raw)
  const type = raw.msgtype ?? null
  const body = type ? raw[type] : null
  const sort = sortOf(item.externalUserId, raw.origin, type)
  const text = body as { content?: string; menu_id?: string } | null
  return {
    sort,
    kind: item.kind,
    msgid: item.msgid ?? claimed.key,
    at: item.at ?? claimed.occurred_at,
    openKfId: item.openKfId,
    externalUserId: item.externalUserId,
    conversationId: null,
    event: item.kind === 'unknown' ? raw : item.event,
    type,
    body,
    facts:
      sort === 'message'
        ? { type: type ?? '', text: type === 'text' ? (text?.content ?? '') : null, menuId: text?.menu_id ?? null }
        : noFacts,
    history: payload['history'] === true,
    recalled: payload['recalled'] === true,
  }
}

/** Origin 3 is a customer, 5 an RM in his WeCom client; a message of a type that we do not know is still a message. */
const sortOf = (externalUserId: string | null, origin: number | undefined, type: string | null): Arrival['sort'] => {
  if (!externalUserId) return 'account'
  if (type === 'event') return 'event'
  return origin === 5 ? 'answer' : 'message'
}

type StaffPayload = { callback: { TaskId?: string } & Record<string, unknown>; rm: string }

/** Somebody of the staff wrote or tapped. A card's task names the chat it is about: `offer@<account>@<customer>@…`. */
const staffArrival = (claimed: ClaimedEvent, { callback }: StaffPayload): Arrival => {
  const [what, openKfId, externalUserId] = (callback.TaskId ?? '').split('@')
  const about =
    cardMatters.some((matter) => matter === what) && openKfId && externalUserId
      ? { openKfId, externalUserId }
      : { openKfId: null, externalUserId: null }
  return { ...ownArrival(claimed), sort: about.openKfId ? 'own' : 'account', event: callback, ...about }
}

type Change = { ExternalUserID?: string; ChatId?: string }

/** Something happened in 客户联系. */
const changeArrival = (claimed: ClaimedEvent, change: Change): Arrival => ({
  ...ownArrival(claimed),
  sort: change.ExternalUserID ? 'contact' : change.ChatId ? 'group' : 'account',
  event: change,
  externalUserId: change.ExternalUserID ?? null,
})
/** Our own events that are about an RM's work, whether or not a customer is behind it. */
const aboutStaff: readonly string[] = ['clock/task_due', 'clock/day_list']

const ownArrival = (claimed: ClaimedEvent): Arrival => ({
  sort: aboutStaff.includes(claimed.kind) ? 'account' : 'own',
  kind: claimed.kind,
  msgid: claimed.key,
  at: claimed.occurred_at,
  openKfId: (claimed.payload['openKfId'] as string | undefined) ?? null,
  externalUserId: (claimed.payload['externalUserId'] as string | undefined) ?? null,
  conversationId: (claimed.payload['conversationId'] as string | undefined) ?? null,
  event: claimed.payload,
  type: null,
  body: null,
  facts: noFacts,
  history: false,
  recalled: false,
})
