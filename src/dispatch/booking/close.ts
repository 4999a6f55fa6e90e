import type { Effect } from '../effects.ts'
import { greyCards } from './cards.ts'
import { common, leave, matter, planFollowUp, stopTimers, timerKinds, type Draft } from './draft.ts'
import { endSession } from './hand-over.ts'
import { bookInvite, unstored } from './invite.ts'
import { bookCode, bookReply } from './reply.ts'

type Close = Extract<Effect, { effect: 'close' }>

/** Ends the conversation: the RM is free, timers stop, the customer may hear closing words. */
export const bookClose = (draft: Draft, { reason, tellWecom, words, code, invitation }: Close): void => {
  const it = matter(draft)
  if (it.status === 'closed') return
  // A session that the bot has cannot be ended in WeCom: it runs out by itself, and the words go as a message.
  const between = it.relay
  if (between && words) bookReply(draft, words, true)
  if (between && invitation) bookInvite(draft, { effect: 'invite', invitation })
  if (it.rm) leave(draft, it.rm)
  if (it.routedAt) draft.errands.push(greyCards(draft, { rm: null, text: '会话已结束' }))
  draft.touchpoints.push({ ...common(draft), kind: 'conversation.closed', data: { reason } })
  Object.assign(it, { status: 'closed', closedAt: draft.ground.now, waitingReason: null })
  // A message that nobody has answered yet has its follow-up since it was left.
  if (!it.leftMessage || it.answeredAt) planFollowUp(draft, it.rule, it.rm)
  stopTimers(draft, ...timerKinds)
  if (between) return
  // Only the closing words can carry an invitation: nothing else may be said once a session has ended.
  if (words) draft.invitation = invitation ?? null
  const invite = invitation && unstored(invitation)
  if (words && code) bookCode(draft, { code, words, lifeMs: 20_000, invite })
  if (tellWecom) draft.errands.push(endSession(it, words, invite))
}
