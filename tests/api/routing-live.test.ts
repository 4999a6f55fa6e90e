import { Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readRoster } from '../../src/crm/roster.ts'
import { compile } from '../../src/routing/compile.ts'
import { decide } from '../../src/routing/decide.ts'
import { hash } from '../../src/routing/hash.ts'
import type { Decision, Roster } from '../../src/routing/model.ts'
import { askedAgain } from '../../src/routing/question.ts'
import type { Ruleset } from '../../src/routing/ruleset/schema.ts'
import type { Db } from '../../src/store/open.ts'
import type { Tables } from '../../src/store/tables.ts'
import { smallBank } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const second = 1_000
const when = (word: string) => ({ fact: 'message.text', contains: [word] })
const rules: Ruleset = {
  calendars: { branch: { hours: { 'mon-fri': ['09:00-12:00', '13:30-17:30'] } } },
  opening: 'branch',
  pools: {
    'sme-desk': { name: '小微专席', members: { skills: { sme: 2 } }, strategy: 'least-loaded' },
    general: { name: '综合客服', members: {}, strategy: 'round-robin' },
  },
  rules: [
    {
      key: 'complaint',
      name: '投诉',
      when: when('投诉'),
      priority: 60,
      units: 2,
      steps: [{ to: 'pool:general', stay: '5m' }],
      otherwise: 'queue',
    },
    {
      key: 'trial',
      name: '试点',
      when: when('理财'),
      canary: { percent: 50 },
      steps: [{ to: 'rm:zhao.lei', stay: '1m' }, { to: 'pool:general' }],
      otherwise: 'leave-message',
    },
    {
      key: 'loan',
      name: '贷款',
      when: { all: [when('贷款'), { fact: 'time.open', is: true }] },
      steps: [
        { to: 'owner', stay: '60s' },
        { to: 'deputy', stay: '60s' },
        { to: 'pool:sme-desk', stay: '5m' },
      ],
      otherwise: 'leave-message',
    },
    {
      key: 'known',
      name: '老客户',
      when: { fact: 'customer.known', is: true },
      steps: [{ to: 'owner' }, { to: 'last' }, { to: 'pool:general', stay: '2m' }],
      otherwise: 'leave-message',
    },
  ],
  fallback: { steps: [{ to: 'pool:general', stay: '2m' }], otherwise: 'leave-message' },
  firstReply: { remind: '20m', reassign: '60m' },
}

let world: World
let db: Db
const compiled = compile(rules)
beforeAll(async () => {
  const fresh = ['wm_t1', 'wm_t2', 'wm_t3', 'wm_late', ...Array.from({ length: 12 }, (_, n) => `wm_s${n}`)]
  const visitors = fresh.map((externalUserId) => ({ externalUserId, nickname: '访客', gender: 0 as const }))
  world = await createWorld({ rules, people: smallBank({ customers: [...smallBank().customers, ...visitors] }) })
  db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: world.pool }) })
})
afterAll(() => world.stop())

type Recorded = {
  id: string
  conversation_id: string
  rule: string
  outcome: string
  rm: string | null
  explanation: Decision
}
const decisionsAfter = async (id: string): Promise<Recorded[]> =>
  (await world.pool.query<Recorded>('select * from decisions where id > $1 order by id', [id])).rows
const lastDecision = async () =>
  (await world.pool.query<{ id: string }>('select coalesce(max(id), 0) as id from decisions')).rows[0]?.id ?? '0'

/** What else a decision moves beside the loads: whose turn it is, and who served the chat last. */
const turns = async () => ({
  rms: (await world.pool.query('select userid, last_assigned_at from rms')).rows,
  chats: (await world.pool.query('select open_kfid, external_userid, last_rm, last_rm_at from kf_chats')).rows,
})
const putBack = async ({ rms, chats }: Awaited<ReturnType<typeof turns>>) => {
  for (const one of rms)
    await world.pool.query('update rms set last_assigned_at = $2 where userid = $1', [one.userid, one.last_assigned_at])
  await world.pool.query('update kf_chats set last_rm = null, last_rm_at = null')
  for (const one of chats)
    await world.pool.query(
      'update kf_chats set last_rm = $3, last_rm_at = $4 where open_kfid = $1 and external_userid = $2',
      [one.open_kfid, one.external_userid, one.last_rm, one.last_rm_at],
    )
}
const momentOf = ({ explanation }: Recorded) => explanation.facts['time.now'] as string
const outcomeOf = ({ rule, outcome, rm }: { rule: string | null; outcome: string; rm: string | null }) => ({
  rule,
  outcome,
  rm,
})

const customers = ['wm_bakery', 'wm_chen', 'wm_stranger', ...Array.from({ length: 12 }, (_, n) => `wm_s${n}`)]
const words = ['想贷款', '我要投诉', '问问理财', '你好', '贷款利率多少', '在吗']
const rms = ['li.wei', 'wang.fang', 'zhao.lei']
const pick = <Item>(list: readonly Item[], seed: string): Item => list[hash(seed) % list.length] as Item

/** Something that changes who could be taken: somebody stops receiving or comes back, or a conversation ends. */
const disturb = async (round: number): Promise<void> => {
  const rm = pick(rms, `rm ${round}`)
  if (hash(`what ${round}`) % 3 === 0) {
    const { rows } = await world.pool.query('select status from servicers where userid = $1', [rm])
    if (rows[0]?.status === 'receiving') world.rm(rm).stops(world.account)
    else world.rm(rm).resumes(world.account)
    return world.advance(second)
  }
  const { rows } = await world.pool.query(
    "select external_userid from conversations where rm = $1 and status = 'assigned' limit 1",
    [rm],
  )
  if (rows[0]) world.rm(rm).ends(world.account, rows[0].external_userid)
  await world.advance(20 * second)
}

describe('what was decided live', () => {
  let checked = 0
  const outcomes = new Set<string>()

  test(
    'is decided by a trial and from the record alone, too, when the people are as they were',
    { timeout: 180_000 },
    async () => {
      for (let round = 0; round < 40; round += 1) {
        if (round % 2 === 1) await disturb(round)
        await world.advance(second)
        const roster: Roster = await readRoster(db, { now: new Date(world.clock.now()) })
        const [before, from] = [await turns(), await lastDecision()]
        const who = pick(customers, `who ${round}`)
        world.customer(who).writes(pick(words, `words ${round}`), `m_${round}`)
        await world.settle()
        const [made] = await decisionsAfter(from)
        if (!made) continue

        const { asked, facts } = made.explanation
        const question = askedAgain(asked!, facts)
        const again = decide({ question, roster, rules: compiled, now: new Date(momentOf(made)) })
        expect(outcomeOf(again), `round ${round}`).toEqual(outcomeOf(made))

        const present = await turns()
        await putBack(before)
        const body = { conversationId: made.conversation_id, at: momentOf(made) }
        const tried = await world.api('POST', '/routing/try', body)
        await putBack(present)
        expect(tried.status).toBe(200)
        expect(outcomeOf(tried.body as never), `round ${round} ${JSON.stringify(tried.body['steps'])}`).toEqual(
          outcomeOf(made),
        )
        expect(tried.body['facts']).toEqual(facts)
        checked += 1
        outcomes.add(made.outcome)
      }
      expect(checked).toBeGreaterThan(12)
      expect([...outcomes]).toEqual(expect.arrayContaining(['assigned', 'queued']))
    },
  )

  test('is repeated by a back-test with the same rules: nobody moves', { timeout: 60_000 }, async () => {
    const report = await replay(rules)
    expect(report.conversations).toBeGreaterThan(10)
    expect(report).toMatchObject({ moved: 0, ruleChanged: 0, moves: [], notReplayed: { byHand: 0, rmGone: 0 } })
    expect(report.fidelity.repeated / report.fidelity.decisions).toBeGreaterThan(0.9)
    expect(report.estimates.length).toBeGreaterThan(3)
  })

  test(
    'moves where a draft decides otherwise, and the numbers agree with the record',
    { timeout: 60_000 },
    async () => {
      const draft = { ...rules, rules: [], fallback: { steps: [{ to: 'rm:wang.fang' }], otherwise: 'queue' as const } }
      const report = await replay(draft)
      const { rows } = await world.pool.query<{ rm: string; n: string }>(
        `select rm, count(*) as n from (select distinct on (conversation_id) conversation_id, rm from decisions where rm is not null
         order by conversation_id, id) first group by rm`,
      )
      const given = Object.fromEntries(rows.map(({ rm, n }) => [rm, Number(n)]))
      expect(
        Object.fromEntries(report.rms.filter((one) => one.recorded > 0).map((one) => [one.rm, one.recorded])),
      ).toEqual(given)
      const fromLi = report.moves.filter(({ from }) => from === 'li.wei')
      expect(fromLi.reduce((sum, { conversations }) => sum + conversations, 0)).toBe(given['li.wei'])
      expect(report.unmatched).toBe(report.conversations)
      expect(report.moved).toBe(report.moves.reduce((sum, { conversations }) => sum + conversations, 0))
    },
  )
})

test('a conversation stays in its trial, or out of it, at every look', { timeout: 60_000 }, async () => {
  await world.pool.query("update rms set on_duty = userid = 'zhao.lei', capacity = 20")
  await world.advance(second)
  for (const customer of ['wm_t1', 'wm_t2', 'wm_t3']) {
    world.customer(customer).writes('理财')
    await world.settle()
    const { id, rule } = await world.conversation(customer)
    for (let look = 0; look < 3; look += 1) {
      const tried = await world.api('POST', '/routing/try', { conversationId: id })
      expect([customer, tried.body['rule']]).toEqual([customer, rule])
    }
  }
})

test(
  'a version that has its time comes live by itself, and who waits is served by it',
  { timeout: 60_000 },
  async () => {
    await world.pool.query("update rms set on_duty = userid = 'zhao.lei', capacity = 20")
    const nobody = {
      ...rules,
      rules: [],
      fallback: { steps: [{ to: 'rm:li.wei', stay: '2h' }], otherwise: 'queue' as const },
    }
    expect((await world.api('PUT', '/routing', nobody)).status).toBe(200)
    const somebody = { ...nobody, fallback: { steps: [{ to: 'rm:zhao.lei' }], otherwise: 'queue' as const } }
    const at = new Date(world.clock.now() + 600 * second).toISOString()
    const put = await world.api('PUT', `/routing?activateAt=${encodeURIComponent(at)}`, somebody)
    expect(put).toMatchObject({ status: 202, body: { state: 'scheduled', activateAt: at } })
    world.customer('wm_late').writes('有人吗')
    await world.settle()
    expect(await world.conversation('wm_late')).toMatchObject({ status: 'queued' })

    await world.advance(601 * second)
    await expect
      .poll(async () => (await world.api('GET', '/routing')).body['version'], { timeout: 20_000, interval: 50 })
      .toBe(put.body['version'])
    await expect
      .poll(async () => world.conversation('wm_late'), { timeout: 20_000, interval: 50 })
      .toMatchObject({ status: 'assigned', rm: 'zhao.lei' })
    expect((await world.api('GET', `/routing/versions/${put.body['version']}`)).body).toMatchObject({
      state: 'active',
      activatedBy: 'schedule',
    })
  },
)

test('a back-test is bounded, and says so', async () => {
  const ask = (body: object) => world.api('POST', '/routing/backtest', body)
  const period = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
  const bad: [object, string][] = [
    [{ ...period, ruleset: rules, to: period.from }, 'to'],
    [{ ...period, ruleset: rules, from: '2024-01-01T00:00:00Z' }, 'to'],
    [{ ...period, ruleset: { ...rules, rulez: 1 } }, 'ruleset.rulez'],
    [{ ...period }, 'ruleset'],
    [{ ...period, ruleset: rules, rms: [] }, 'rms'],
  ]
  for (const [body, path] of bad)
    expect(await ask(body), path).toMatchObject({ status: 422, body: { errors: [{ path }] } })
  const empty = await ask({ ruleset: rules, from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' })
  expect(empty).toMatchObject({
    status: 200,
    body: { conversations: 0, moved: 0, neverMatched: ['complaint', 'trial', 'loan', 'known'] },
  })
})

type Report = {
  conversations: number
  moved: number
  unmatched: number
  moves: { from: string | null; to: string | null; conversations: number }[]
  rms: { rm: string; recorded: number; draft: number }[]
  fidelity: { decisions: number; repeated: number }
  estimates: string[]
}
const replay = async (ruleset: Ruleset): Promise<Report> => {
  const [from, to] = ['2026-11-22T00:00:00Z', '2026-11-25T00:00:00Z']
  const { status, body } = await world.api('POST', '/routing/backtest', { ruleset, from, to })
  expect(status).toBe(200)
  return body as unknown as Report
}
