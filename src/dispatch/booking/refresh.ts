import { hash } from 'node:crypto'
import type { Draft } from './draft.ts'

/** Within this time however many changes of one customer, or of one group, are one reading. */
const spreadMs = 30_000

const customerOf = (draft: Draft): string => {
  const id = draft.ground.person?.externalUserId
  if (!id) throw new Error('this effect needs the customer of a contact event')
  return id
}
const groupOf = (draft: Draft): string => {
  const id = draft.ground.chatId
  if (!id) throw new Error("this effect needs an event about a customers' group")
  return id
}

/**
 * Each customer and each group has moments of its own, half a minute apart: a storm over thousands of them is spread, and changes
 * that go on and on do not put the reading off for ever.
 */
const momentAfter = (now: Date, whose: string): Date => {
  const moment = parseInt(hash('sha256', whose).slice(0, 8), 16) % spreadMs
  const past = (((now.getTime() - moment) % spreadMs) + spreadMs) % spreadMs
  return new Date(now.getTime() + spreadMs - past)
}

export const bookRefresh = (draft: Draft): void => {
  const externalUserId = customerOf(draft)
  draft.timers.push({
    key: `contact_refresh:${externalUserId}`,
    kind: 'clock/contact_refresh',
    subject: externalUserId,
    dueAt: momentAfter(draft.ground.now, externalUserId),
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

export const bookGroupRefresh = (draft: Draft): void => {
  const chatId = groupOf(draft)
  draft.timers.push({
    key: `group_refresh:${chatId}`,
    kind: 'clock/group_refresh',
    subject: `group:${chatId}`,
    dueAt: momentAfter(draft.ground.now, chatId),
    payload: { change: { ChatId: chatId } },
  })
}

export const bookGroupRead = (draft: Draft): void => {
  const chatId = groupOf(draft)
  draft.errands.push({ kind: 'group/read', subject: `group:${chatId}`, lane: 2, payload: { chatId } })
}
