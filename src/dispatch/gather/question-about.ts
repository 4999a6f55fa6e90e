import type { Pool } from 'pg'
import type { Question } from '../../routing/model.ts'
import { conversationFromRow, type Conversation } from '../conversation.ts'
import type { MessageFacts } from './facts.ts'
import { createGather } from './gather.ts'
import { questionIn } from './question.ts'

/** `holder`: the RM who has the conversation, and how much of his load it is. */
export type QuestionAbout = { question: Question; holder: { rm: string; units: number; work: string | null } | null }

/** The question that a live decision about this conversation would ask now; null when there is no such conversation. */
export const questionAbout = async (pool: Pool, conversationId: string): Promise<QuestionAbout | null> => {
  const conversation = await conversationOf(pool, conversationId)
  if (!conversation) return null
  const { openKfId, externalUserId, rm, units, work, status } = conversation
  const gathered = await createGather(pool)({ openKfId, externalUserId })
  const undecided = Object.keys(conversation.facts).length === 0
  const message = undecided ? await lastMessage(pool, conversationId) : null
  const held = rm !== null && (status === 'assigned' || status === 'offered')
  return {
    question: questionIn({ gathered, conversation, openKfId, message }),
    holder: held ? { rm, units, work } : null,
  }
}

const conversationOf = async (pool: Pool, id: string): Promise<Conversation | null> => {
  const { rows } = await pool.query<{ row: Record<string, unknown> }>(
    'select to_jsonb(v) as row from conversations v where id = $1',
    [id],
  )
  return rows[0] ? conversationFromRow(rows[0].row) : null
}

type Body = { content?: string; menu_id?: string }

/** What the customer's last message is to the rules: of a conversation that no rule has seen yet. */
const lastMessage = async (pool: Pool, conversationId: string): Promise<MessageFacts> => {
  const { rows } = await pool.query<{ type: string; payload: Body }>(
    `select type, payload from messages where conversation_id = $1 and sender = 'customer' and status <> 'recalled'
     order by at desc, seq desc limit 1`,
    [conversationId],
  )
  const [last] = rows
  if (!last) return { type: '', text: null, menuId: null }
  const { type, payload } = last
  return { type, text: type === 'text' ? (payload.content ?? '') : null, menuId: payload.menu_id ?? null }
}
