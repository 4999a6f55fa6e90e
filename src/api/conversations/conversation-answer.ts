import { z } from 'zod'
import type { ConversationRow, MessageRow } from './conversation-store.ts'
import { DecisionAnswer } from './decision-answer.ts'
import { Time, time, timeOrNull } from '../fields.ts'

export const ConversationStatus = z.enum(['bot', 'queued', 'offered', 'assigned', 'closed'])
const WaitingReason = z.enum([
  'nobody-on-duty',
  'all-full',
  'no-member',
  'no-licence',
  'outside-hours',
  'wecom-refused',
])

export const ConversationAnswer = z
  .object({
    id: z.string(),
    openKfId: z.string(),
    externalUserId: z.string(),
    customerId: z.string(),
    status: ConversationStatus,
    rm: z.string().nullable(),
    channel: z.string().nullable(),
    rule: z.string().nullable(),
    waitingReason: WaitingReason.nullable(),
    openedAt: Time,
    assignedAt: Time.nullable(),
    firstReplyAt: Time.nullable().meta({
      description:
        'When the customer first got an answer from an RM in this conversation; it stays when another RM takes over',
    }),
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

export const WholeConversation = ConversationAnswer.extend({
  messages: z.array(MessageAnswer),
  decisions: z.array(DecisionAnswer),
}).meta({ id: 'WholeConversation', description: 'With its newest 1,000 messages and 200 decisions, the oldest first' })

export const conversationAnswer = (row: ConversationRow): z.input<typeof ConversationAnswer> => ({
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
  firstReplyAt: timeOrNull(row.answered_at),
  closedAt: timeOrNull(row.closed_at),
})

export const messageAnswer = ({ sender, ...row }: MessageRow): z.input<typeof MessageAnswer> => ({
  ...row,
  from: sender,
  at: time(row.at),
})
