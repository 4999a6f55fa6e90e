import type { Errand, Invite, Words } from '../../outbox/effects.ts'
import type { Effect } from '../effects.ts'
import { common, matter, type Draft } from './draft.ts'

/** A message to the customer while one of the five is left; the last only for words that tell him what happens now. */
export const bookReply = (draft: Draft, words: Words, lastSlot: boolean): void => {
  const { openKfId, externalUserId } = matter(draft)
  const left = draft.ground.repliesLeft - draft.sent
  if (left < (lastSlot ? 1 : 2)) {
    draft.touchpoints.push({ ...common(draft), kind: 'message.failed', data: { reason: 'no-reply-left' } })
    return
  }
  draft.sent += 1
  draft.errands.push({
    kind: 'kf/send_msg',
    subject: externalUserId,
    lane: 1,
    payload: { openKfId, to: externalUserId, words },
  })
}

/** The RM's words through the bot. That none is left was looked at before; should it have come about since, he is told so. */
export const bookRelay = (draft: Draft, { rm, text, failed }: Extract<Effect, { effect: 'relay' }>): void => {
  const { openKfId, externalUserId } = matter(draft)
  draft.sent += 1
  draft.errands.push({
    kind: 'kf/send_msg',
    subject: externalUserId,
    lane: 1,
    payload: { openKfId, to: externalUserId, words: { text }, by: { rm, failed } },
  })
}

/** WeCom counts a code's life from the event that brought it, however late we hear of it. */
type Coded = { code: string; words: Words; lifeMs: number; invite?: Invite | undefined }
export const bookCode = (draft: Draft, { code, words, lifeMs, invite }: Coded): void => {
  const { openKfId, externalUserId } = matter(draft)
  draft.errands.push({
    kind: 'kf/send_msg_on_event',
    subject: externalUserId,
    lane: 0,
    payload: { openKfId, to: externalUserId, code, words, ...(invite && { invite }) },
    notAfter: new Date(draft.ground.at.getTime() + lifeMs),
  })
}

export const tellManager = (rm: string, text: string): Errand => ({
  kind: 'message/send',
  subject: `rm:${rm}`,
  lane: 1,
  payload: { rm, text },
})
