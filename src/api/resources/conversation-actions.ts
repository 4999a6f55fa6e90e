import { z } from 'zod'
import { getRm } from '../../crm/rms.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import type { Commands } from '../commands.ts'
import { ConversationAnswer, conversationAnswer } from '../conversations/conversation-answer.ts'
import { getConversation } from '../conversations/conversation-store.ts'
import { Reason, RowId, Userid } from '../fields.ts'
import { invalid, notFound } from '../http/problem.ts'
import { json, route, type Doc, type Route } from '../http/route.ts'

type Order = { conversationId: string; reason: string; by: string }
type Action<Body extends z.ZodType<{ reason: string }>> = {
  name: string
  doc: Omit<Doc, 'tag'>
  body: Body
  carryOut: (order: Order, body: z.output<Body>, caller: Caller) => Promise<void>
}

const Why = z.strictObject({ reason: Reason })

/** What a person may do to a conversation that he sees. The core does it; the answer is the conversation as it then is. */
export const conversationActionRoutes = ({ db, commands }: { db: Db; commands: Commands }): Route[] => {
  const action = <Body extends z.ZodType<{ reason: string }>>({
    name,
    doc,
    body: schema,
    carryOut,
  }: Action<Body>): Route =>
    route({
      method: 'POST',
      path: `/conversations/{id}/${name}`,
      roles: ['admin', 'supervisor', 'rm'],
      doc: { tag: '会话', ...doc },
      params: z.object({ id: RowId }),
      body: json(schema),
      answer: ConversationAnswer,
      run: async ({ params: { id }, body, caller }) => {
        if (!(await getConversation(db, id, scopeOf(caller)))) throw notFound('会话')
        await carryOut({ conversationId: id, reason: body.reason, by: caller.name }, body, caller)
        // After a hand-over it may be out of the caller's sight; he still gets to see what he did.
        const after = await getConversation(db, id)
        if (!after) throw notFound('会话')
        return conversationAnswer(after)
      },
    })

  return [
    action({
      name: 'assign',
      doc: {
        summary: 'Give a conversation to an RM',
        description:
          'Outside the rules; a supervisor chooses among the RMs of his branch. That the RM is full, off duty, paused, or that his pool ' +
          'is closed does not count. Answered when our books have changed; should WeCom refuse the hand-over all the same, the ledger ' +
          'says `conversation.refused`, and the RM who has the session keeps it, or else the rules decide again.',
        means: {
          409:
            'Nothing was changed: WeCom would refuse this RM. He is no servicer of the conversation’s kf account and cannot be reached ' +
            'by relay (no pool of his has `handover: relay`, or somebody has the session in WeCom already); he has stopped receiving ' +
            'there; or he is no RM any more. `detail` says which, and what to do. Also when the conversation is closed, or ' +
            'when the order is stored but not carried out yet.',
        },
      },
      body: z.strictObject({ rm: Userid, reason: Reason }),
      carryOut: async (order, { rm }, { branch }) => {
        if (!(await getRm(db, rm, { branch, rm: null })))
          throw invalid([{ path: 'rm', message: '没有这位客户经理，或不在您的机构' }])
        await commands.assign({ ...order, rm })
      },
    }),
    action({ name: 'close', doc: { summary: 'End a conversation' }, body: Why, carryOut: commands.close }),
    action({
      name: 'reroute',
      doc: {
        summary: 'Let the rules decide again, without the RM who has it',
        means: {
          409:
            'Nothing was changed: an RM has the session in WeCom, from where it cannot go back to the bot, and the rules find nobody ' +
            'else. Also when the conversation is closed, or when the order is stored but not carried out yet.',
        },
      },
      body: Why,
      carryOut: commands.reroute,
    }),
  ]
}
