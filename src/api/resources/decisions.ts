import { z } from 'zod'
import type { Db } from '../../store/open.ts'
import { scopeOf } from '../access/caller.ts'
import { getConversation, getDecision } from '../conversations/conversation-store.ts'
import { DecisionAnswer, decisionAnswer } from '../conversations/decision-answer.ts'
import { RowId } from '../fields.ts'
import { notFound } from '../http/problem.ts'
import { route, type Route } from '../http/route.ts'

/**
 * Why a conversation went where it went; seen by whoever sees the conversation, and by security without the
 * message's text.
 */
export const decisionRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'GET',
    path: '/decisions/{id}',
    roles: ['admin', 'security', 'supervisor', 'rm', 'auditor'],
    doc: { tag: '会话', summary: 'One routing decision with its whole explanation' },
    params: z.object({ id: RowId }),
    answer: DecisionAnswer,
    run: async ({ params, caller }) => {
      const decision = await getDecision(db, params.id)
      const visible = decision && (await getConversation(db, decision.conversation_id, scopeOf(caller)))
      if (!decision || !visible) throw notFound('决策')
      return decisionAnswer(decision, caller)
    },
  }),
]
