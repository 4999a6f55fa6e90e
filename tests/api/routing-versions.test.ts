import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { activateDue } from '../../src/api/routing/activate-due.ts'
import { putRm } from '../../src/crm/rms.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts } from './bank.ts'

let it: ApiGround
let now = new Date('2026-11-23T02:00:00Z')
let author: string
let second: string
beforeAll(async () => {
  it = await startApi({ now: () => now })
  author = await it.key('admin', { name: '王经理' })
  second = await it.key('admin', { name: '李主任' })
  await putRm(it.db, 'li.wei', rmFacts({ skills: { sme: 3 } }))
})
afterAll(() => it.stop())

const rules = (name: string, more: object = {}) => ({
  pools: { general: { name, members: {} } },
  fallback: { steps: [{ to: 'pool:general' }], otherwise: 'leave-message' },
  ...more,
})
type Version = { version: number; state: string; author: string; note: string | null; approvedBy: string | null }
const put = (name: string, query = '', key = author) =>
  it.call<{ version: number; state: string; activateAt: string | null; warnings: { path: string; message: string }[] }>(
    'PUT',
    `/routing${query}`,
    { body: rules(name), key },
  )
const post = (version: number, what: string, key = second) =>
  it.call<Version>('POST', `/routing/versions/${version}/${what}`, { key })
const stateOf = async (version: number) => (await it.call<Version>('GET', `/routing/versions/${version}`)).body.state
const activeName = async () =>
  (await it.call<{ ruleset: ReturnType<typeof rules> }>('GET', '/routing')).body.ruleset.pools.general.name
const settings = (approval: string) => it.call('PUT', '/routing/settings', { body: { approval } })
const at = (time: string) => `?activateAt=${encodeURIComponent(time)}`

test('the history says who, why and when; each version can be read again', async () => {
  const first = (await put('第一版', `?note=${encodeURIComponent('开业')}`)).body.version
  const next = (await put('第二版')).body.version
  const { items } = (await it.call<{ items: object[] }>('GET', '/routing/versions')).body
  expect(items).toMatchObject([
    { version: next, state: 'active', active: true, note: null, activatedBy: expect.stringContaining('王经理') },
    { version: first, state: 'retired', active: false, note: '开业', author: expect.stringContaining('王经理') },
  ])
  expect((await it.call('GET', `/routing/versions/${first}`)).body).toMatchObject({
    ruleset: rules('第一版'),
    createdAt: now.toISOString(),
    approvedBy: null,
  })
  expect((await it.call('GET', '/routing/versions/999')).status).toBe(404)
})

describe('a time to go live', () => {
  test('the version waits, the active one is untouched, and its time brings it', async () => {
    await put('今天')
    const told = it.changed.length
    const { status, body } = await put('明天', at('2026-11-24T01:00:00Z'))
    expect([status, body.state, body.activateAt]).toEqual([202, 'scheduled', '2026-11-24T01:00:00.000Z'])
    expect(await activeName()).toBe('今天')
    expect(it.changed).toHaveLength(told)

    expect(await activateDue(it.db, { by: 'schedule', now: new Date('2026-11-24T00:59:59Z') })).toEqual({
      activated: [],
      unreadable: [],
    })
    const due = () => activateDue(it.db, { by: 'schedule', now: new Date('2026-11-24T01:00:00Z') })
    const both = await Promise.all([due(), due()])
    expect(both.flatMap(({ activated }) => activated)).toEqual([body.version])
    expect(await activeName()).toBe('明天')
    expect(await due()).toEqual({ activated: [], unreadable: [] })
  })

  test('whoever puts rules meanwhile is told that they will be replaced; taking it back prevents that', async () => {
    const planned = (await put('计划', at('2026-11-25T01:00:00Z'))).body.version
    expect((await put('临时')).body.warnings).toContainEqual({
      path: '',
      message: expect.stringContaining(`版本 ${planned} 将于 2026-11-25T01:00:00.000Z`),
    })
    expect((await post(planned, 'withdraw')).body.state).toBe('draft')
    expect((await put('又改')).body.warnings).toEqual([])
    expect((await activateDue(it.db, { by: 'schedule', now: new Date('2027-01-01') })).activated).toEqual([])
    expect((await post(planned, 'withdraw')).status).toBe(409)
  })

  test('a time that is over, or none at all, is a mistake', async () => {
    for (const bad of ['2026-11-23T02:00:00Z', '2020-01-01T00:00:00Z', 'tomorrow', '2026-12-01'])
      expect(await put('错', at(bad)), bad).toMatchObject({
        status: 422,
        body: { errors: [{ path: 'activateAt' }] },
      })
  })

  test('one that nobody can read by then is taken back, and the active one stays', async () => {
    const { version } = (await put('坏', at('2026-11-26T01:00:00Z'))).body
    await it.pool.query(`update rulesets set ruleset = '{"rules": 1}' where version = $1`, [version])
    const before = await activeName()
    const later = await activateDue(it.db, { by: 'schedule', now: new Date('2026-11-27T00:00:00Z') })
    expect(later).toEqual({ activated: [], unreadable: [version] })
    expect([await activeName(), await stateOf(version)]).toEqual([before, 'draft'])
  })
})

describe('two persons', () => {
  beforeAll(async () => void (await settings('required')))
  afterAll(async () => void (await settings('none')))

  test('a version waits until another admin approves it; its author cannot, nor go around it', async () => {
    const before = await activeName()
    const told = it.changed.length
    const { status, body } = await put('两人')
    expect([status, body.state]).toEqual([202, 'waiting-approval'])
    for (const what of ['approve', 'activate'] as const)
      expect((await post(body.version, what, author)).status).toBe(409)
    expect((await post(body.version, 'activate')).status).toBe(409)
    expect([await activeName(), it.changed.length]).toEqual([before, told])

    expect(await post(body.version, 'approve')).toMatchObject({
      status: 200,
      body: { state: 'active', approvedBy: expect.stringContaining('李主任'), approvedAt: now.toISOString() },
    })
    expect([await activeName(), it.changed.at(-1)]).toEqual(['两人', body.version])
    expect((await post(body.version, 'approve')).status).toBe(409)
  })

  test('approval and a time: both are waited for, in either order', async () => {
    const early = (await put('先批', at('2026-11-28T01:00:00Z'))).body.version
    expect((await activateDue(it.db, { by: 'schedule', now: new Date('2026-12-01') })).activated).toEqual([])
    expect((await post(early, 'approve')).body.state).toBe('scheduled')
    expect((await activateDue(it.db, { by: 'schedule', now: new Date('2026-12-01') })).activated).toEqual([early])

    const late = (await put('后批', at('2026-12-02T01:00:00Z'))).body.version
    now = new Date('2026-12-02T03:00:00Z')
    expect((await post(late, 'approve')).body.state).toBe('active')
    expect(await activeName()).toBe('后批')
  })

  test('what was live before may be rolled back to by one; what nobody approved stays out even when the rule is lifted', async () => {
    const { version } = (await put('未批')).body
    const { items } = (await it.call<{ items: Version[] }>('GET', '/routing/versions')).body
    const old = items.find(({ state }) => state === 'retired') as Version
    expect((await post(old.version, 'activate', author)).status).toBe(200)

    await settings('none')
    expect((await post(version, 'activate', author)).status).toBe(409)
    expect((await put('一人')).status).toBe(200)
    await settings('required')
    expect((await post(version, 'approve')).status).toBe(200)
  })

  test('an approved version that a key withdrew is a draft, and cannot be approved', async () => {
    const { version } = (await put('撤回')).body
    expect((await post(version, 'withdraw', author)).body.state).toBe('draft')
    expect((await post(version, 'approve')).status).toBe(409)
    expect((await post(version, 'activate')).status).toBe(409)
  })

  test('the settings say who changed them', async () => {
    expect((await it.call('GET', '/routing/settings')).body).toEqual({
      approval: 'required',
      changedBy: expect.stringContaining('test admin'),
      changedAt: now.toISOString(),
    })
    expect(await it.call('PUT', '/routing/settings', { body: { approval: 'maybe' } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'approval' }] },
    })
    expect((await it.call('PUT', '/routing/settings', { body: { approval: 'none', by: 'me' } })).status).toBe(422)
  })
})

test('what is valid and hardly meant is answered as warnings, seen with the real people and the real date', async () => {
  const leaf = { fact: 'customer.kind', is: 'sme' }
  const rule = (key: string) => ({ key, name: key, when: leaf, steps: [{ to: 'pool:fx' }], otherwise: 'queue' })
  const body = {
    ...rules('提示'),
    calendars: { branch: { hours: { 'mon-fri': ['09:00-17:00'] }, holidays: 'cn' } },
    pools: { fx: { name: '外汇', members: { skills: { fx: 3 } } }, general: { name: '综合', members: {} } },
    rules: [rule('first'), rule('second')],
  }
  const { warnings } = (await it.call<{ warnings: { path: string; message: string }[] }>('PUT', '/routing', { body }))
    .body
  expect(warnings.map(({ path }) => path)).toEqual(expect.arrayContaining(['rules[1]', 'pools.fx', 'calendars.branch']))
  expect(warnings.find(({ path }) => path === 'calendars.branch')?.message).toContain('2027')
})
