import { z } from 'zod'
import { getRm } from '../../crm/rms.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf, type Caller } from '../caller.ts'
import type { Commands } from '../commands.ts'
import { ConversationAnswer, conversationAnswer } from '../conversation-answer.ts'
import { getConversation } from '../conversation-store.ts'
import { Reason, RowId, Userid } from '../fields.ts'
import { invalid, notFound } from '../problem.ts'
import { json, route, type Doc, type Route } from '../route.ts'

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
        description: 'Outside the rules; a supervisor chooses among the RMs of his branch.',
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
      doc: { summary: 'Let the rules decide again, without the RM who has it' },
      body: Why,
      carryOut: commands.reroute,
    }),
  ]
}
