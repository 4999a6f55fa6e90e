import type { PoolClient } from 'pg'
import { Conflict } from '../conflict.ts'
import type { Conversation } from '../conversation.ts'
import type { ReadyTurn } from './ready-turn.ts'

/**
 * Stores the conversations that are new or changed; answers each turn's number, null for a turn without one. An unchanged
 * conversation is not written: a message more for the RM who has it costs no version. Throws `Conflict` when somebody changed
 * one of them since it was read.
 */
export const storeConversations = async (tx: PoolClient, turns: readonly ReadyTurn[]): Promise<(string | null)[]> => {
  const theirs = turns.map(({ changes }) => changes.conversation)
  const changed = turns.flatMap(({ changes: { conversation, conversationChanged } }) =>
    conversation?.id && conversationChanged ? [conversation] : [],
  )
  const begun = theirs.filter((it): it is Conversation => it !== null && it.id === null)
  const [updated, inserted] = await Promise.all([write(tx, update, changed), write(tx, insert, begun)])
  if (updated.length !== changed.length || inserted.length !== begun.length)
    throw new Conflict('the conversation has changed meanwhile')
  const ids = new Map(inserted.map(({ id, open_kfid, external_userid }) => [`${open_kfid} ${external_userid}`, id]))
  return theirs.map((it) => it && (it.id ?? ids.get(`${it.openKfId} ${it.externalUserId}`) ?? null))
}

type Stored = { id: string; open_kfid: string; external_userid: string }
type Statement = { name: string; text: string }

const write = async (tx: PoolClient, statement: Statement, all: readonly Conversation[]): Promise<Stored[]> => {
  if (all.length === 0) return []
  return (await tx.query<Stored>({ ...statement, values: [JSON.stringify(all.map(rowOf))] })).rows
}

const fields = [
  'status',
  'rm',
  'channel',
  'rule',
  'step',
  'step_since',
  'waiting_reason',
  'units',
  'priority',
  'routed_at',
  'assigned_at',
  'first_reply_at',
  'answered_at',
  'answered_by',
  'closed_at',
  'excluded',
  'facts',
  'left_message',
  'work',
  'ageing',
  'respond_by',
  'relay',
] as const
const keys = ['open_kfid', 'external_userid', 'customer_id', 'opened_at'] as const

const rowOf = (it: Conversation): Record<(typeof fields | typeof keys)[number] | 'id' | 'version', unknown> => ({
  id: it.id,
  version: it.version,
  open_kfid: it.openKfId,
  external_userid: it.externalUserId,
  customer_id: it.customerId,
  opened_at: it.openedAt,
  status: it.status,
  rm: it.rm,
  channel: it.channel,
  rule: it.rule,
  step: it.step,
  step_since: it.stepSince,
  waiting_reason: it.waitingReason,
  units: it.units,
  priority: it.priority,
  routed_at: it.routedAt,
  assigned_at: it.assignedAt,
  first_reply_at: it.firstReplyAt,
  answered_at: it.answeredAt,
  answered_by: it.answeredBy,
  closed_at: it.closedAt,
  excluded: it.excluded,
  facts: it.facts,
  left_message: it.leftMessage,
  work: it.work,
  ageing: it.ageing,
  respond_by: it.respondBy,
  relay: it.relay,
})

const rows = 'jsonb_populate_recordset(null::conversations, $1) as n'
const insert = {
  name: 'conversation-insert',
  text: `insert into conversations (${[...fields, ...keys].join(', ')})
         select ${[...fields, ...keys].join(', ')} from ${rows}
         on conflict (open_kfid, external_userid) where status <> 'closed' do nothing
         returning id, open_kfid, external_userid`,
}
const update = {
  name: 'conversation-update',
  text: `update conversations v set ${fields.map((field) => `${field} = n.${field}`).join(', ')}, version = v.version + 1
         from ${rows} where v.id = n.id and v.version = n.version
         returning v.id, v.open_kfid, v.external_userid`,
}
