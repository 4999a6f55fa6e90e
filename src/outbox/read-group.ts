import { getGroupChat } from '../wecom/endpoints/contact.ts'
import { WecomError } from '../wecom/error.ts'
import { toldGroupOf } from '../wecom/group-told.ts'
import type { Delivery } from './deliver.ts'
import type { OutboxRow, Result } from './row.ts'

/** Reads a customers' group. One that is dissolved, or whose owner the app does not see, is nobody's mistake: the nightly walk finds out which. */
export const readGroup = async (row: OutboxRow<'group/read'>, { call, now }: Delivery): Promise<Result> => {
  const askedAt = now()
  try {
    const { group_chat: chat } = await call(getGroupChat, { chat_id: row.payload.chatId })
    const group = toldGroupOf(chat, askedAt)
    return { end: 'done', answer: { version: group.version, members: group.members.length }, group }
  } catch (error) {
    if (error instanceof WecomError && error.failure === 'person') return { end: 'expired', reason: error.message }
    throw error
  }
}
