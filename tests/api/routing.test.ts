import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

const ruleset = (name: string) => ({
  calendars: { branch: { hours: { 'mon-fri': ['09:00-12:00', '13:30-17:30'] }, holidays: 'cn' } },
  pools: { general: { name, members: {}, strategy: 'round-robin', calendar: 'branch' } },
  rules: [
    {
      key: 'sme-loan',
      name: '小微贷款',
      when: {
        all: [
          { fact: 'customer.kind', is: 'sme' },
          { fact: 'message.text', contains: ['贷款'] },
        ],
      },
      priority: 20,
      steps: [{ to: 'owner', stay: '60s' }],
      otherwise: 'leave-message',
    },
  ],
  fallback: { steps: [{ to: 'pool:general' }], otherwise: 'leave-message' },
  firstReply: { remind: '60s', reassign: '180s' },
})
const put = (body: unknown) => it.call('PUT', '/routing', { body })

test('without a rule set there is none', async () => {
  expect((await it.call('GET', '/routing')).status).toBe(404)
})

test('a rule set is stored as it was put, becomes active, and everybody is told', async () => {
  const { status, body } = await put(ruleset('综合客服'))
  expect(status).toBe(200)
  expect(body).toEqual({
    version: expect.any(Number),
    ruleset: ruleset('综合客服'),
    state: 'active',
    activateAt: null,
    warnings: expect.any(Array),
  })
  expect((await it.call('GET', '/routing')).body).toEqual({ version: body['version'], ruleset: body['ruleset'] })
  expect(it.changed).toEqual([body['version']])
})

test('one that does not check names every place, and the active one is untouched', async () => {
  const before = (await it.call('GET', '/routing')).body
  const told = it.changed.length
  for (const [broken, path] of [
    [{ ...ruleset('x'), rulez: [] }, 'rulez'],
    [{ ...ruleset('x'), fallback: undefined }, 'fallback'],
    [{ ...ruleset('x'), fallback: { steps: [{ to: 'pool:nowhere' }], otherwise: 'queue' } }, 'fallback.steps[0].to'],
    [
      { ...ruleset('x'), rules: [{ ...ruleset('x').rules[0], when: { fact: 'message.text', matches: '(' } }] },
      'rules[0].when.matches',
    ],
    [[], ''],
    ['rules', ''],
  ] as const) {
    const answer = await it.call<{ errors: { path: string; message: string }[] }>('PUT', '/routing', { body: broken })
    expect(answer.status).toBe(422)
    expect(answer.body.errors.map((one) => one.path)).toContain(path)
  }
  expect((await it.call('GET', '/routing')).body).toEqual(before)
  expect(it.changed).toHaveLength(told)
})

test('an earlier version can be made active again; the history tells', async () => {
  const first = ((await it.call('GET', '/routing')).body as { version: number }).version
  const second = ((await put(ruleset('新名字'))).body as { version: number }).version
  expect((await it.call('POST', `/routing/versions/${first}/activate`)).body).toEqual({
    version: first,
    ruleset: ruleset('综合客服'),
  })
  expect(it.changed.slice(-2)).toEqual([second, first])
  const { items } = (
    await it.call<{ items: { version: number; active: boolean; author: string; origin: string }[] }>(
      'GET',
      '/routing/versions',
    )
  ).body
  expect(items.map(({ version, active }) => [version, active])).toEqual([
    [second, false],
    [first, true],
  ])
  expect(items[0]).toMatchObject({ origin: 'api', author: expect.stringContaining('test admin') })
})

test('a stored version that is no longer valid is not activated', async () => {
  const { version } = await it.db
    .insertInto('rulesets')
    .values({ ruleset: '{"rules": "all of them"}', origin: 'old', author: 'old' })
    .returning('version')
    .executeTakeFirstOrThrow()
  const before = (await it.call('GET', '/routing')).body
  const answer = await it.call('POST', `/routing/versions/${version}/activate`)
  expect(answer).toMatchObject({
    status: 409,
    body: { errors: expect.arrayContaining([expect.objectContaining({ path: expect.any(String) })]) },
  })
  expect((await it.call('GET', '/routing')).body).toEqual(before)
})

test('many at once leave exactly one active, and every one has its version', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put(ruleset(`同时 ${n}`))))
  expect(answers.map((one) => one.status)).toEqual(Array(8).fill(200))
  expect(new Set(answers.map((one) => one.body['version'])).size).toBe(8)
  const active = await it.db.selectFrom('rulesets').select('version').where('active', '=', true).execute()
  expect(active).toHaveLength(1)
  expect(((await it.call('GET', '/routing')).body as { version: number }).version).toBe(active[0]?.version)
})

test('a process that cannot be told does not undo what is stored', async () => {
  const own = await startApi({ routingChanged: () => Promise.reject(new Error('deaf')) })
  const { status, body } = await own.call('PUT', '/routing', { body: ruleset('x') })
  expect(status).toBe(200)
  expect(body).toMatchObject((await own.call('GET', '/routing')).body)
  expect(own.logged).toMatchObject([{ version: body['version'] }])
  await own.stop()
})
