import { isDeepStrictEqual } from 'node:util'
import { bookAcceptance, bookAdoption, bookManagerReply } from './ownership.ts'
import { cardLine, cardOf } from './cards.ts'
import { bookClose } from './close.ts'
import { bookDecision } from './decision.ts'
import { common, matter, setTimer, subjectOf, type Draft, type Ground } from './draft.ts'
import { bookOwner } from './owner.ts'
import { bookInvite } from './invite.ts'
import { bookGroupRead, bookGroupRefresh, bookRead, bookRefresh } from './refresh.ts'
import { bookCode, bookRelay, bookReply, tellManager } from './reply.ts'
import { bookWelcome } from './welcome.ts'
import type { OpenKfId, UserId } from '../../wecom/ids.ts'
import { reminderCard } from './task-card.ts'
import { quotaErrand } from '../../outbox/quota.ts'
import { noChanges, type Changes } from '../changes.ts'
import type { Effect } from '../effects.ts'

export type { Ground } from './draft.ts'

/** Turns a handler's effects into changes. Pure: it decides nothing new, it only books. */
export const plan = (effects: readonly Effect[], ground: Ground): Changes => {
  const { conversation } = ground
  const draft: Draft = {
    ...noChanges(),
    conversation: conversation && { ...conversation, excluded: { ...conversation.excluded } },
    ground,
    sent: 0,
  }
  for (const effect of effects) book(draft, effect)
  const { ground: _, sent, ...changes } = draft
  changes.conversationChanged = conversation?.id === null || !isDeepStrictEqual(changes.conversation, conversation)
  if (sent > 0 && conversation) {
    const { openKfId, externalUserId } = conversation
    changes.chat = { ...changes.chat, openKfId, externalUserId, sent }
  }
  return changes
}

type Booking = { [Kind in Effect['effect']]: (draft: Draft, effect: Extract<Effect, { effect: Kind }>) => void }

const bookings: Booking = {
  reply: (draft, { words, lastSlot }) => bookReply(draft, words, lastSlot),
  replyWithCode: bookCode,
  settle: bookDecision,
  accept: (draft, { words }) => bookAcceptance(draft, words),
  adopt: (draft, { rm, why }) => bookAdoption(draft, rm, why),
  notify: (draft, { rm, text }) => void draft.errands.push(tellManager(rm, text)),
  refuse: (draft, { words }) => {
    draft.refusal = words
  },
  managerReplied: bookManagerReply,
  close: bookClose,
  invite: bookInvite,
  welcome: bookWelcome,
  readQuota: (draft) => void draft.errands.push(quotaErrand),
  forgetLink: (draft, { linkId }) => void draft.linksGone.push(linkId),
  declineInvitations: (draft) => {
    draft.declined = matter(draft).customerId
  },
  record: (draft, { kind, data, rm }) =>
    void draft.touchpoints.push({ ...common(draft), kind, data, ...(rm && { rm }) }),
  exclude: (draft, { rm, reason }) => {
    matter(draft).excluded[rm] = reason
  },
  attention: (draft, { rm, change }) => {
    draft.attention.push({ rm, change })
    draft.lookAgain ||= change === 'forgiven'
  },
  presence: (draft, { rm, status }) => {
    const { openKfId, at } = draft.ground
    draft.presence.push({ openKfId: openKfId as OpenKfId, userid: rm as UserId, status, at })
    // Who waits may be served now, or waits for another reason than before.
    draft.lookAgain = true
  },
  messageStatus: (draft, { msgid, status }) => {
    const { openKfId, externalUserId } = matter(draft)
    draft.messageStatus.push({ id: msgid, status, openKfId, externalUserId, at: draft.ground.now })
  },
  later: (draft, { kind, at, payload }) => setTimer(draft, { kind, dueAt: at, payload }),
  greyCard: (draft, { rm, code, text }) =>
    void draft.errands.push({
      kind: 'message/update_card',
      subject: cardLine(rm),
      lane: 1,
      payload: { rm, code, replaceName: text },
    }),
  sendCard: (draft, { rm, words }) =>
    void draft.errands.push(cardOf(matter(draft), rm, { words, now: draft.ground.now })),
  relay: bookRelay,
  focus: (draft, { rm }) => void draft.staff.push({ change: 'focus', rm }),
  greet: (draft, { rm }) => void draft.staff.push({ change: 'greeted', rm }),
  order: (draft, { kind, order }) => void draft.staff.push({ change: 'order', kind, order }),
  duty: (draft, { rm, onDuty }) => {
    draft.staff.push({ change: 'duty', rm, onDuty })
    if (onDuty) draft.attention.push({ rm, change: 'forgiven' })
    draft.lookAgain ||= onDuty
  },
  note: (draft, { rm, text }) => {
    draft.staff.push({ change: 'note', rm, text })
    draft.touchpoints.push({ ...common(draft), kind: 'note.added', rm, data: {} })
  },
  remind: (draft, { key, kind, at, payload }) =>
    void draft.timers.push({ key, kind, subject: subjectOf(draft), dueAt: at, payload }),
  forget: (draft, { key }) => void draft.stopped.push(key),
  refreshContact: bookRefresh,
  readContact: bookRead,
  refreshGroup: bookGroupRefresh,
  readGroup: bookGroupRead,
  resync: (draft, { list }) => void draft.resync.push(list),
  own: (draft, { rm, why }) => bookOwner(draft, rm, why),
  dropTags: (draft, { id, group }) => void draft.tagsGone.push({ id, group }),
  stillWaiting: (draft, { reason }) => {
    matter(draft).waitingReason = reason
  },
  task: (draft, { task }) =>
    void draft.tasks.push({
      ...task,
      externalUserId: task.externalUserId ?? draft.ground.person?.externalUserId ?? null,
    }),
  taskStep: (draft, { step }) => void draft.taskSteps.push(step),
  taskCard: (draft, { rm, task, words }) => {
    draft.errands.push(reminderCard(task, rm, { words, now: draft.ground.now }))
    draft.taskSteps.push({ step: 'reminded', id: task.id })
  },
  leaveMessage: (draft) => {
    Object.assign(matter(draft), { status: 'bot', leftMessage: true, waitingReason: null })
  },
}

const book = <Kind extends Effect['effect']>(draft: Draft, effect: Extract<Effect, { effect: Kind }>): void =>
  (bookings[effect.effect] as (draft: Draft, effect: Effect) => void)(draft, effect)
