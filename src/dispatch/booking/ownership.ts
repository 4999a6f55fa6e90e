import type { RoutingWords } from '../effects.ts'
import { common, leave, matter, stopTimers, watchFirstReply, type Draft } from './draft.ts'
import { greyCards } from './cards.ts'
import { handOver } from './hand-over.ts'

/** WeCom says who has the session: our books follow, whatever our rules would have said. */
export const bookAdoption = (draft: Draft, rm: string, why: string): void => {
  const it = matter(draft)
  if (it.status === 'assigned' && it.rm === rm && !it.relay) return
  const from = it.rm
  if (from) leave(draft, from)
  if (from && from !== rm) draft.errands.push(greyCards(draft, { rm: from, text: '已由同事接待' }))
  own(draft, rm)
  draft.claim = { rm, units: it.units, work: it.work, openKfId: it.openKfId, exceed: 'always' }
  draft.touchpoints.push({ ...common(draft), kind: 'conversation.transferred', rm, data: { from, reason: why } })
}

/** The RM took the offer: his place was kept, now WeCom hands the session over. */
export const bookAcceptance = (draft: Draft, words: RoutingWords): void => {
  const it = matter(draft)
  const rm = it.rm as string
  own(draft, rm)
  // He has just tapped a card about it: what follows comes as plain words.
  const manager = typeof words.manager === 'object' ? words.manager.text : words.manager
  draft.errands.push(handOver(it, rm, { ...words, manager, now: draft.ground.now, atOnce: rm }))
  draft.touchpoints.push({
    ...common(draft),
    kind: 'conversation.routed',
    rm,
    data: { outcome: 'assigned', rule: it.rule, accepted: true },
  })
}

const own = (draft: Draft, rm: string): void => {
  const it = matter(draft)
  const { now } = draft.ground
  Object.assign(it, { status: 'assigned', rm, relay: false, assignedAt: now, firstReplyAt: null, waitingReason: null })
  stopTimers(draft, 'clock/step_over', 'clock/offer_over')
  watchFirstReply(draft, rm)
  draft.chat = { ...draft.chat, openKfId: it.openKfId, externalUserId: it.externalUserId, lastRm: rm }
}

/** The RM's first answer stops the clock, and whatever he missed before is forgiven. */
export const bookManagerReply = (draft: Draft): void => {
  const it = matter(draft)
  if (it.firstReplyAt || it.status !== 'assigned' || !it.rm) return
  it.firstReplyAt = draft.ground.now
  if (!it.answeredAt) Object.assign(it, { answeredAt: draft.ground.now, answeredBy: it.rm })
  draft.answeredBy = it.rm
  stopTimers(draft, 'clock/first_reply_remind', 'clock/first_reply_reassign')
  draft.attention.push({ rm: it.rm, change: 'forgiven' })
}
