import { hash } from 'node:crypto'
import type { Draft } from './draft.ts'

/** Within this time however many edits of one customer are one reading. */
const spreadMs = 30_000

const customerOf = (draft: Draft): string => {
  const id = draft.ground.person?.externalUserId
  if (!id) throw new Error('this effect needs the customer of a contact event')
  return id
}

/**
 * Each customer has moments of his own, half a minute apart: a storm over thousands of customers is spread, and edits that go on
 * and on do not put the reading off for ever.
 */
export const bookRefresh = (draft: Draft): void => {
  const externalUserId = customerOf(draft)
  const moment = parseInt(hash('sha256', externalUserId).slice(0, 8), 16) % spreadMs
  const now = draft.ground.now.getTime()
  const wait = spreadMs - ((((now - moment) % spreadMs) + spreadMs) % spreadMs)
  draft.timers.push({
    key: `contact_refresh:${externalUserId}`,
    kind: 'clock/contact_refresh',
    subject: externalUserId,
    dueAt: new Date(now + wait),
    payload: { change: { ExternalUserID: externalUserId } },
  })
}

export const bookRead = (draft: Draft): void => {
  const externalUserId = customerOf(draft)
  draft.errands.push({
    kind: 'contact/read',
    subject: `contact:${externalUserId}`,
    lane: 2,
    payload: { externalUserId },
  })
}
