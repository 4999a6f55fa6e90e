import { sql } from 'kysely'
import { putCustomer } from '../../src/crm/customers.ts'
import { putRm, type RmFacts } from '../../src/crm/rms.ts'
import type { Db } from '../../src/store/open.ts'

export const rmFacts = (facts: Partial<RmFacts> = {}): RmFacts => ({
  name: '李伟',
  branch: 'shanghai',
  skills: { sme: 3 },
  lines: ['corporate'],
  licences: [{ code: 'fund', expiresOn: '2030-12-31' }],
  capacity: 5,
  deputy: null,
  onDuty: true,
  supervises: null,
  ...facts,
})

export const nobody = {
  name: null,
  kind: 'person' as const,
  tier: null,
  owner: null,
  branch: null,
  tags: [],
  clientNo: null,
  firm: null,
  firmNo: null,
}

/**
 * Two branches of a house, one below the other, and one apart; each with its RM, his customer and their
 * conversation.
 */
export const smallHouse = async (db: Db) => {
  const house = {} as Record<
    'li' | 'wang' | 'zhou',
    { rm: string; externalUserId: string; conversation: string; decision: string }
  >
  const people = [
    ['li', 'li.wei', 'shanghai', 'wm_li'],
    ['wang', 'wang.fang', 'shanghai/pudong', 'wm_wang'],
    ['zhou', 'zhou.jie', 'beijing', 'wm_zhou'],
  ] as const
  for (const [who, rm, branch, externalUserId] of people) {
    await putRm(db, rm, rmFacts({ name: rm, branch }))
    const customer = await db
      .transaction()
      .execute((trx) => putCustomer(trx, externalUserId, { ...nobody, owner: rm, branch }))
    if (customer === 'client-no-taken') throw new Error('unexpected')
    const conversation = await addConversation(db, { externalUserId, customerId: customer.id, rm })
    await db
      .insertInto('messages')
      .values({
        id: `m_${who}`,
        conversation_id: conversation,
        open_kfid: 'wk1',
        external_userid: externalUserId,
        at: new Date(),
        sender: 'customer',
        type: 'text',
        text: '想了解经营贷款',
        payload: '{}',
        status: 'received',
      })
      .execute()
    house[who] = { rm, externalUserId, conversation, decision: await addDecision(db, { conversation, rm }) }
    await addTouchpoint(db, {
      kind: 'conversation.routed',
      externalUserId,
      customerId: customer.id,
      rm,
      conversation,
      data: { decisionId: house[who].decision },
    })
  }
  return house
}

type NewConversation = {
  externalUserId: string
  customerId: string
  rm: string | null
  status?: 'assigned' | 'queued' | 'closed'
}
export const addConversation = async (
  db: Db,
  { externalUserId, customerId, rm, status = 'assigned' }: NewConversation,
) => {
  const { id } = await db
    .insertInto('conversations')
    .values({
      open_kfid: 'wk1',
      external_userid: externalUserId,
      customer_id: customerId,
      status,
      rm,
      opened_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

type NewDecision = { conversation: string; rm: string | null; explanation?: object; version?: number }
export const addDecision = async (db: Db, { conversation, rm, explanation, version = 1 }: NewDecision) => {
  const { id } = await db
    .insertInto('decisions')
    .values({
      at: new Date(),
      conversation_id: conversation,
      inbox_id: '1',
      ruleset_version: version,
      rule: 'sme-loan',
      outcome: rm ? 'assigned' : 'queued',
      rm,
      explanation: JSON.stringify(
        explanation ?? {
          ruleName: '小微贷款',
          waitingReason: null,
          pool: null,
          steps: [{ to: 'owner', result: '李伟接待', waitedSeconds: 0, code: 'assigned', excluded: {} }],
          rules: [{ key: 'sme-loan', matched: true, failed: [] }],
          candidates: [{ rm, eligible: true, excludedBy: null, load: 2, capacity: 5 }],
          facts: { 'customer.kind': 'sme', 'message.text': '想了解经营贷款' },
        },
      ),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

type NewTouchpoint = {
  kind: string
  at?: Date
  externalUserId?: string | null
  customerId?: string | null
  rm?: string | null
  channel?: string | null
  conversation?: string | null
  data?: object
}
export const addTouchpoint = async (db: Db, one: NewTouchpoint): Promise<string> => {
  const { rows } = await sql<{
    id: string
  }>`insert into touchpoints (at, kind, external_userid, customer_id, rm, channel, conversation_id, data)
    values (${one.at ?? new Date()}, ${one.kind}, ${one.externalUserId ?? null}, ${one.customerId ?? null}, ${one.rm ?? null},
      ${one.channel ?? null}, ${one.conversation ?? null}, ${JSON.stringify(one.data ?? {})}) returning id`.execute(db)
  return rows[0]?.id as string
}
