import type { Db } from '../../store/open.ts'
import { everything, seesConversation, type Scope } from '../../crm/scope.ts'

const columns = [
  'conversations.id',
  'conversations.open_kfid',
  'conversations.external_userid',
  'conversations.customer_id',
  'conversations.status',
  'conversations.rm',
  'conversations.channel',
  'conversations.rule',
  'conversations.waiting_reason',
  'conversations.opened_at',
  'conversations.assigned_at',
  'conversations.answered_at',
  'conversations.closed_at',
] as const

const select = (db: Db) => db.selectFrom('conversations').select(columns)
export type ConversationRow = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

export type ConversationFilter = {
  status?: ConversationRow['status'] | undefined
  rm?: string | undefined
  externalUserId?: string | undefined
}
type Page = { scope: Scope; filter: ConversationFilter; before: string | null; limit: number }

/** The newest first, before the given id. */
export const listConversations = async (db: Db, { scope, filter, before, limit }: Page): Promise<ConversationRow[]> => {
  let query = select(db).orderBy('conversations.id', 'desc').limit(limit)
  for (const condition of seesConversation(scope)) query = query.where(condition)
  if (before !== null) query = query.where('conversations.id', '<', before)
  if (filter.status !== undefined) query = query.where('conversations.status', '=', filter.status)
  if (filter.rm !== undefined) query = query.where('conversations.rm', '=', filter.rm)
  if (filter.externalUserId !== undefined)
    query = query.where('conversations.external_userid', '=', filter.externalUserId)
  return query.execute()
}

/** Null when there is none, or it is out of scope. */
export const getConversation = async (
  db: Db,
  id: string,
  scope: Scope = everything,
): Promise<ConversationRow | null> => {
  let query = select(db).where('conversations.id', '=', id)
  for (const condition of seesConversation(scope)) query = query.where(condition)
  return (await query.executeTakeFirst()) ?? null
}

/** The newest `most` messages of a conversation, in their order. */
export const messagesOf = async (db: Db, conversationId: string, most: number) => {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'at', 'sender', 'rm', 'type', 'text', 'status'])
    .where('conversation_id', '=', conversationId)
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(most)
    .execute()
  return rows.toReversed()
}
export type MessageRow = Awaited<ReturnType<typeof messagesOf>>[number]

const decisionColumns = [
  'id',
  'at',
  'conversation_id',
  'ruleset_version',
  'rule',
  'outcome',
  'rm',
  'explanation',
] as const
const selectDecisions = (db: Db) => db.selectFrom('decisions').select(decisionColumns)
export type DecisionRow = Awaited<ReturnType<ReturnType<typeof selectDecisions>['executeTakeFirstOrThrow']>>

/** The newest `most` decisions on a conversation, in their order. */
export const decisionsOn = async (db: Db, conversationId: string, most: number): Promise<DecisionRow[]> => {
  const rows = await selectDecisions(db)
    .where('conversation_id', '=', conversationId)
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.toReversed()
}

export const getDecision = async (db: Db, id: string): Promise<DecisionRow | null> =>
  (await selectDecisions(db).where('id', '=', id).executeTakeFirst()) ?? null
