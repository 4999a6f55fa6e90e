import { z } from 'zod'
import type { Db } from '../../store/open.ts'
import { scopeOf } from '../access/caller.ts'
import {
  ConversationAnswer,
  conversationAnswer,
  ConversationStatus,
  messageAnswer,
  WholeConversation,
} from '../conversations/conversation-answer.ts'
import { decisionsOn, getConversation, listConversations, messagesOf } from '../conversations/conversation-store.ts'
import { decisionAnswer } from '../conversations/decision-answer.ts'
import { ExternalUserid, RowId, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { route, type Route } from '../http/route.ts'

const tag = '会话'
const readers = ['admin', 'supervisor', 'rm', 'auditor'] as const
const place = { list: 'conversations', schema: z.tuple([RowId]) }

/** Conversations. A supervisor sees those of his branch's RMs and customers, an RM his own. */
export const conversationRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'GET',
    path: '/conversations',
    roles: readers,
    doc: { tag, summary: 'List conversations, the newest first' },
    query: z.object({
      ...pageQuery,
      status: ConversationStatus.optional(),
      rm: Userid.optional(),
      externalUserId: ExternalUserid.optional(),
    }),
    answer: pageOf(ConversationAnswer),
    run: async ({ query: { limit, cursor, ...filter }, caller }) => {
      const before = placeIn(place, cursor)?.[0] ?? null
      const found = await listConversations(db, { scope: scopeOf(caller), filter, before, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'conversations', rows: found, limit, place: (one) => [one.id] })
      return { items: rows.map(conversationAnswer), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/conversations/{id}',
    roles: readers,
    doc: { tag, summary: 'One conversation with its messages and decisions' },
    params: z.object({ id: RowId }),
    answer: WholeConversation,
    run: async ({ params: { id }, caller }) => {
      const row = await getConversation(db, id, scopeOf(caller))
      if (!row) throw notFound('会话')
      const [messages, decisions] = await Promise.all([messagesOf(db, id, 1000), decisionsOn(db, id, 200)])
      return {
        ...conversationAnswer(row),
        messages: messages.map(messageAnswer),
        decisions: decisions.map((one) => decisionAnswer(one, caller)),
      }
    },
  }),
]
