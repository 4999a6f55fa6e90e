import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putRm } from '../../src/crm/rms.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts, smallHouse } from './bank.ts'

let it: ApiGround
let house: Awaited<ReturnType<typeof smallHouse>>
beforeAll(async () => {
  it = await startApi()
  house = await smallHouse(it.db)
  await putRm(it.db, 'chen.jun', rmFacts({ name: '陈军', skills: { fund: 2 } }))
  const receiving = ['li.wei', 'wang.fang', 'chen.jun'].map((userid) => ({
    open_kfid: 'wk1',
    userid,
    status: 'receiving' as const,
  }))
  await it.db.insertInto('servicers').values(receiving).execute()
  await it.db.insertInto('servicers').values({ open_kfid: 'wk2', userid: 'zhou.jie', status: 'receiving' }).execute()
  await it.db
    .insertInto('firms')
    .values({ firm_no: 'F1', name: '麦香', lead_rm: 'wang.fang', co_rms: ['chen.jun'] })
    .execute()
})
afterAll(() => it.stop())

type Tried = {
  id: null
  at: string
  conversationId: string | null
  rulesetVersion: number | null
  rule: string
  outcome: string
  rm: string | null
  waitingReason: string | null
  steps: { to: string; result: string }[]
  rules: { key: string; matched: boolean; failed: string[] }[]
  candidates: { rm: string; eligible: boolean; excludedBy: string | null }[]
  facts: Record<string, unknown>
  warnings: { path: string; message: string }[]
}
const steps = (...to: string[]) => to.map((one) => ({ to: one }))
const rules = (first: string[], more: object = {}) => ({
  pools: { fund: { name: '理财', members: { skills: { fund: 2 } } } },
  rules: [
    {
      key: 'loan',
      name: '贷款',
      when: { fact: 'message.text', contains: ['贷款'] },
      steps: steps(...first),
      otherwise: 'queue',
    },
  ],
  fallback: { steps: steps('pool:fund'), otherwise: 'leave-message' },
  ...more,
})
const attempt = (body: object, key?: string) => it.call<Tried>('POST', '/routing/try', { body, ...(key && { key }) })
const loan = { 'message.text': '想贷款', 'customer.kind': 'sme' }

describe('facts', () => {
  test('the answer is a decision that was not made, with its whole explanation; nothing is changed', async () => {
    const before = await it.pool.query(
      'select (select count(*) from decisions) as decisions, (select sum(load) from rms) as load',
    )
    const { status, body } = await attempt({
      ruleset: rules(['owner']),
      facts: { ...loan, 'customer.owner': 'LI.WEI' },
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: null,
      conversationId: null,
      rulesetVersion: null,
      rule: 'loan',
      outcome: 'assigned',
      rm: 'li.wei',
    })
    expect(body.steps).toMatchObject([{ to: 'owner', result: expect.stringContaining('li.wei') }])
    expect(body.facts).toMatchObject({ ...loan, 'time.open': true })
    const after = await it.pool.query(
      'select (select count(*) from decisions) as decisions, (select sum(load) from rms) as load',
    )
    expect(after.rows).toEqual(before.rows)
  })

  test('without a draft the active version is tried; without one at all there is nothing to try', async () => {
    expect((await attempt({ facts: loan })).status).toBe(404)
    const { version } = (await it.call<{ version: number }>('PUT', '/routing', { body: rules(['pool:fund']) })).body
    expect((await attempt({ facts: loan })).body).toMatchObject({
      rulesetVersion: version,
      rule: 'loan',
      rm: 'chen.jun',
    })
  })

  test('an account that is named decides who can be reached; without one, whoever receives anywhere', async () => {
    const away = { ruleset: rules(['rm:zhou.jie']), facts: loan }
    expect((await attempt(away)).body.rm).toBe('zhou.jie')
    expect((await attempt({ ...away, openKfId: 'wk1' })).body).toMatchObject({ rm: null, outcome: 'queued' })
    const named = await attempt({ ...away, facts: { ...loan, 'account.openKfId': 'wk2' } })
    expect(named.body.rm).toBe('zhou.jie')
    const rule = {
      key: 'wk2',
      name: 'wk2',
      when: { fact: 'account.openKfId', is: 'wk2' },
      steps: steps('rm:zhou.jie'),
      otherwise: 'bot',
    }
    expect((await attempt({ ruleset: { ...rules([]), rules: [rule] }, facts: {}, openKfId: 'wk2' })).body.rule).toBe(
      'wk2',
    )
    expect((await attempt({ ruleset: { ...rules([]), rules: [rule] }, facts: {} })).body.rule).toBe('fallback')
  })

  test('the people of a firm are those of its number', async () => {
    const firm = { ruleset: rules(['firm-lead']), facts: { ...loan, 'entry.firm': 'F1' } }
    expect((await attempt(firm)).body.rm).toBe('wang.fang')
    expect((await attempt({ ...firm, facts: { ...loan, 'entry.firm': 'F9' } })).body).toMatchObject({ rm: null })
  })

  test('another time: rules see that moment', async () => {
    const calendars = { branch: { hours: { 'mon-fri': ['09:00-17:00'] } } }
    const open = { key: 'open', name: '营业', when: { fact: 'time.open', is: true }, steps: [], otherwise: 'bot' }
    const draft = { ...rules([]), calendars, opening: 'branch', rules: [open] }
    const at = (time: string) => attempt({ ruleset: draft, facts: {}, at: time })
    expect((await at('2026-06-03T10:00:00+08:00')).body).toMatchObject({ rule: 'open', at: '2026-06-03T02:00:00.000Z' })
    expect((await at('2026-06-03T20:00:00+08:00')).body.rule).toBe('fallback')
  })

  test('null is unknown, and a rule that was not met says why', async () => {
    const { body } = await attempt({ ruleset: rules(['owner']), facts: { 'message.text': null } })
    expect(body).toMatchObject({
      rule: 'fallback',
      rules: [{ key: 'loan', matched: false, failed: [expect.any(String)] }, {}],
    })
  })

  test('a rule on trial takes its share of the conversations, each of them always', async () => {
    const trial = (percent: number) => ({
      ...rules([]),
      rules: [
        {
          key: 'trial',
          name: '试点',
          when: { fact: 'customer.kind', is: 'sme' },
          canary: { percent },
          steps: [],
          otherwise: 'bot',
        },
      ],
    })
    const taken = async (percent: number) => {
      const seeds = Array.from({ length: 36 }, (_, n) => `wm_${n}@2026-11-23T02:00:00.000Z`)
      const answers = await Promise.all(
        seeds.map((seed) => attempt({ ruleset: trial(percent), facts: { 'customer.kind': 'sme' }, seed })),
      )
      return new Set(seeds.filter((_, n) => answers[n]?.body.rule === 'trial'))
    }
    const [third, again, half] = [await taken(33), await taken(33), await taken(50)]
    expect(again).toEqual(third)
    expect([...third].every((seed) => half.has(seed))).toBe(true)
    expect(third.size).toBeGreaterThan(5)
    expect(half.size).toBeLessThan(30)
    expect(half.size).toBeGreaterThan(third.size)
  })

  test('warnings come with the trial', async () => {
    const { body } = await attempt({
      ruleset: {
        ...rules(['pool:fx']),
        pools: { fund: rules([]).pools.fund, fx: { name: '外汇', members: { skills: { fx: 5 } } } },
      },
      facts: loan,
    })
    expect(body.warnings).toContainEqual({ path: 'pools.fx', message: expect.stringContaining('没有人') })
  })
})

describe('a conversation', () => {
  beforeAll(async () => {
    const facts = JSON.stringify({ 'message.text': '想了解经营贷款', 'customer.kind': 'sme', 'time.open': false })
    await it.db.updateTable('conversations').set({ facts }).execute()
    await it.pool.query("update rms set load = 1, capacity = 1 where userid = 'li.wei'")
  })

  test('is asked as the live system would ask, by its facts; who has it does not stand in its own way', async () => {
    const { body } = await attempt({ ruleset: rules(['owner']), conversationId: house.li.conversation })
    expect(body).toMatchObject({
      id: null,
      conversationId: house.li.conversation,
      rule: 'loan',
      rm: 'li.wei',
      outcome: 'assigned',
    })
    expect(body.facts).toMatchObject({ 'message.text': '想了解经营贷款', 'time.open': true })
    expect(
      (await attempt({ ruleset: rules(['rm:li.wei']), conversationId: house.wang.conversation })).body,
    ).toMatchObject({
      rm: null,
      waitingReason: 'all-full',
    })
  })

  test('that no rule has seen is asked by its last message', async () => {
    await it.db.updateTable('conversations').set({ facts: '{}' }).where('id', '=', house.zhou.conversation).execute()
    await it.db
      .updateTable('messages')
      .set({ payload: JSON.stringify({ content: '贷款要什么材料' }) })
      .where('id', '=', 'm_zhou')
      .execute()
    const { body } = await attempt({ ruleset: rules(['pool:fund']), conversationId: house.zhou.conversation })
    expect(body).toMatchObject({ rule: 'loan', rm: 'chen.jun' })
    expect(body.facts).toMatchObject({
      'message.text': '贷款要什么材料',
      'customer.owner': 'zhou.jie',
      'account.openKfId': 'wk1',
    })
  })

  test('of another branch is none; a supervisor tries those of his own', async () => {
    const key = await it.key('supervisor', { branch: 'shanghai' })
    const draft = { ruleset: rules(['owner']) }
    expect((await attempt({ ...draft, conversationId: house.zhou.conversation }, key)).status).toBe(404)
    expect((await attempt({ ...draft, conversationId: house.li.conversation }, key)).status).toBe(200)
    expect((await attempt({ ...draft, conversationId: '999999' })).status).toBe(404)
  })
})

test.each([
  ['neither facts nor a conversation', {}, 'facts'],
  ['both', { facts: {}, conversationId: '1' }, 'facts'],
  ['an unknown field', { facts: {}, dryRun: true }, 'dryRun'],
  ['a fact that is none', { facts: { 'customer.tags': { a: 1 } } }, 'facts.customer.tags'],
  ['a wrong time', { facts: {}, at: 'now' }, 'at'],
  ['a wrong conversation', { conversationId: 'x' }, 'conversationId'],
  ['a draft with a mistake', { facts: {}, ruleset: { ...rules([]), rulez: 1 } }, 'ruleset.rulez'],
  ['a draft that is none', { facts: {}, ruleset: [] }, 'ruleset'],
  [
    'a draft with a mistake deep inside',
    { facts: {}, ruleset: rules(['pool:nowhere']) },
    'ruleset.rules[0].steps[0].to',
  ],
])('%s is a 422 that names the place', async (_, body, path) => {
  const answer = await it.call<{ errors: { path: string }[] }>('POST', '/routing/try', { body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toContain(path)
})
