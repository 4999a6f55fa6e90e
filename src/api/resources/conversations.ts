import { z } from 'zod'
import { getRm } from '../../crm/rms.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf, type Caller } from '../caller.ts'
import type { Commands } from '../commands.ts'
import {
  decisionsOn,
  getConversation,
  listConversations,
  messagesOf,
  type ConversationRow,
  type MessageRow,
} from '../conversation-store.ts'
import { DecisionAnswer, decisionAnswer } from '../decision-answer.ts'
import { ExternalUserid, Reason, RowId, time, Time, timeOrNull, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../page.ts'
import { invalid, notFound } from '../problem.ts'
import { json, route, type Route } from '../route.ts'

const Status = z.enum(['bot', 'queued', 'offered', 'assigned', 'closed'])
const WaitingReason = z.enum(['nobody-on-duty', 'all-full', 'no-member', 'no-licence', 'outside-hours', 'wecom-refused'])

const ConversationAnswer = z
  .object({
    id: z.string(),
    openKfId: z.string(),
    externalUserId: z.string(),
    customerId: z.string(),
    status: Status,
    rm: z.string().nullable(),
    channel: z.string().nullable(),
    rule: z.string().nullable(),
    waitingReason: WaitingReason.nullable(),
    openedAt: Time,
    assignedAt: Time.nullable(),
    firstReplyAt: Time.nullable(),
    closedAt: Time.nullable(),
  })
  .meta({ id: 'Conversation' })

const MessageAnswer = z
  .object({
    id: z.string().meta({ description: "WeCom's msgid" }),
    at: Time,
    from: z.enum(['customer', 'rm', 'bot', 'system']),
    rm: z.string().nullable(),
    type: z.string(),
    text: z.string().nullable(),
    status: z.enum(['received', 'accepted', 'failed', 'recalled']),
  })
  .meta({ id: 'Message' })

const WholeConversation = ConversationAnswer.extend({
  messages: z.array(MessageAnswer),
  decisions: z.array(DecisionAnswer),
}).meta({ id: 'WholeConversation', description: 'With its newest 1,000 messages and 200 decisions, the oldest first' })

const answerOf = (row: ConversationRow): z.input<typeof ConversationAnswer> => ({
  id: row.id,
  openKfId: row.open_kfid,
  externalUserId: row.external_userid,
  customerId: row.customer_id,
  status: row.status,
  rm: row.rm,
  channel: row.channel,
  rule: row.rule,
  waitingReason: row.waiting_reason as z.input<typeof WaitingReason> | null,
  openedAt: time(row.opened_at),
  assignedAt: timeOrNull(row.assigned_at),
  firstReplyAt: timeOrNull(row.first_reply_at),
  closedAt: timeOrNull(row.closed_at),
})

const messageAnswer = ({ sender, ...row }: MessageRow): z.input<typeof MessageAnswer> => ({ ...row, from: sender, at: time(row.at) })

const tag = '会话'
const readers = ['admin', 'supervisor', 'rm', 'auditor'] as const
const actors = ['admin', 'supervisor', 'rm'] as const
const params = z.object({ id: RowId })
const place = { list: 'conversations', schema: z.tuple([RowId]) }
const Why = z.strictObject({ reason: Reason })

type Deps = { db: Db; commands: Commands }

/** Conversations. A supervisor sees those of his branch's RMs and customers, an RM his own; both may act on what they see. */
export const conversationRoutes = ({ db, commands }: Deps): Route[] => {
  const seen = async (id: string, caller: Caller): Promise<ConversationRow> => {
    const row = await getConversation(db, id, scopeOf(caller))
    if (!row) throw notFound('会话')
    return row
  }
  /** After a hand-over it may be out of the caller's sight; he still gets to see what he did. */
  const after = async (id: string) => {
    const row = await getConversation(db, id)
    if (!row) throw notFound('会话')
    return answerOf(row)
  }

  return [
    route({
      method: 'GET',
      path: '/conversations',
      roles: readers,
      doc: { tag, summary: 'List conversations, the newest first' },
      query: z.object({
        ...pageQuery,
        status: Status.optional(),
        rm: Userid.optional(),
        externalUserId: ExternalUserid.optional(),
      }),
      answer: pageOf(ConversationAnswer),
      run: async ({ query: { limit, cursor, ...filter }, caller }) => {
        const before = placeIn(place, cursor)?.[0] ?? null
        const found = await listConversations(db, { scope: scopeOf(caller), filter, before, limit: limit + 1 })
        const { rows, nextCursor } = page({ list: 'conversations', rows: found, limit, place: (one) => [one.id] })
        return { items: rows.map(answerOf), nextCursor }
      },
    }),
    route({
      method: 'GET',
      path: '/conversations/{id}',
      roles: readers,
      doc: { tag, summary: 'One conversation with its messages and decisions' },
      params,
      answer: WholeConversation,
      run: async ({ params: { id }, caller }) => {
        const row = await seen(id, caller)
        const [messages, decisions] = await Promise.all([messagesOf(db, id, 1000), decisionsOn(db, id, 200)])
        return {
          ...answerOf(row),
          messages: messages.map(messageAnswer),
          decisions: decisions.map((one) => decisionAnswer(one, caller)),
        }
      },
    }),
    route({
      method: 'POST',
      path: '/conversations/{id}/assign',
      roles: actors,
      doc: { tag, summary: 'Give a conversation to an RM', description: 'Outside the rules; a supervisor chooses among the RMs of his branch.' },
      params,
      body: json(z.strictObject({ rm: Userid, reason: Reason })),
      answer: ConversationAnswer,
      run: async ({ params: { id }, body, caller }) => {
        await seen(id, caller)
        const reachable = { branch: caller.branch, rm: null }
        if (!(await getRm(db, body.rm, reachable))) throw invalid([{ path: 'rm', message: '没有这位客户经理，或不在您的机构' }])
        await commands.assign({ conversationId: id, ...body, by: caller.name })
        return after(id)
      },
    }),
    route({
      method: 'POST',
      path: '/conversations/{id}/close',
      roles: actors,
      doc: { tag, summary: 'End a conversation' },
      params,
      body: json(Why),
      answer: ConversationAnswer,
      run: async ({ params: { id }, body, caller }) => {
        await seen(id, caller)
        await commands.close({ conversationId: id, ...body, by: caller.name })
        return after(id)
      },
    }),
    route({
      method: 'POST',
      path: '/conversations/{id}/reroute',
      roles: actors,
      doc: { tag, summary: 'Let the rules decide again, without the RM who has it' },
      params,
      body: json(Why),
      answer: ConversationAnswer,
      run: async ({ params: { id }, body, caller }) => {
        await seen(id, caller)
        await commands.reroute({ conversationId: id, ...body, by: caller.name })
        return after(id)
      },
    }),
  ]
}
