import type { Errand, Errands, Invite, Words } from '../../outbox/effects.ts'
import type { Conversation } from '../conversation.ts'
import { cardOf, type Notice } from './cards.ts'
import { tellManager } from './reply.ts'

type Told = {
  customer?: Words | undefined
  manager?: Notice | undefined
  /** Who hears at once that the RM has him: the RM before, or he himself, because he has asked for it. */
  atOnce?: string | null
  now: Date
  then?: Errand[]
}

/** WeCom first: the RM's phone rings only once the session is really his, and the customer is told with the code that this gives. */
export const handOver = (it: Conversation, rm: string, told: Told): Errand => ({
  ...trans(it, 3, { rm, ...(told.atOnce && { told: told.atOnce }) }),
  then: [
    ...(told.customer ? [withCode(it, { words: told.customer }, 1)] : []),
    ...(told.manager ? [noticeOf(it, rm, { words: told.manager, now: told.now })] : []),
    ...(told.then ?? []),
  ],
})

/** Plain words as a text, others as their card. */
export const noticeOf = (it: Conversation, rm: string, { words, now }: { words: Notice; now: Date }): Errand =>
  typeof words === 'string' ? tellManager(rm, words) : cardOf(it, rm, { words, now })

/** Ends the session in WeCom; the closing words use the code that this gives (20 s). */
export const endSession = (it: Conversation, words: Words | null, invite?: Invite): Errand => ({
  ...trans(it, 4, { rm: null }),
  then: words ? [withCode(it, { words, ...(invite && { invite }) }, 0)] : [],
})

const trans = (it: Conversation, state: 3 | 4, to: Pick<Errands['kf/trans'], 'rm' | 'told'>) => ({
  kind: 'kf/trans' as const,
  subject: it.externalUserId,
  lane: 1 as const,
  payload: { openKfId: it.openKfId, externalUserId: it.externalUserId, state, ...to },
})

const withCode = (it: Conversation, said: { words: Words; invite?: Invite }, lane: 0 | 1): Errand => ({
  kind: 'kf/send_msg_on_event',
  subject: it.externalUserId,
  lane,
  payload: { openKfId: it.openKfId, to: it.externalUserId, code: '', ...said },
})
