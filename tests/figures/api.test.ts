import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putRm } from '../../src/crm/rms.ts'
import { createCounter } from '../../src/figures/counter.ts'
import { readDefinitions } from '../../src/figures/definitions.ts'
import { zoneOf } from '../../src/routing/calendar/zone.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { startApi, type ApiGround } from '../api/api-ground.ts'
import { rmFacts } from '../api/bank.ts'
import { write, type NewLine } from './random-ledger.ts'

let it: ApiGround
const now = new Date('2026-05-10T03:00:00Z')
beforeAll(async () => {
  it = await startApi({ now: () => now })
  await putRm(it.db, 'li.wei', rmFacts({ name: '=李伟', branch: 'shanghai' }))
  await putRm(it.db, 'wang.fang', rmFacts({ name: '王芳', branch: 'shanghai/pudong' }))
  await putRm(it.db, 'zhou.jie', rmFacts({ name: '周杰', branch: 'beijing' }))
  await write(it.pool, [
    ...served(1, 'li.wei'),
    ...served(2, 'wang.fang'),
    ...served(3, 'zhou.jie'),
    line(4, 'app.viewed', '2026-04-01T08:00', { channel: '=sum(A1)' }),
    ...Array.from({ length: 40 }, (_, index) =>
      line(100 + index, 'app.viewed', '2026-03-20T08:00', { channel: 'app' }),
    ),
    line(100, 'app.deposit', '2026-04-10T08:00'),
  ])
  const counter = createCounter({
    pool: it.pool,
    inTransaction,
    definitions: readDefinitions('config/figures.yaml'),
    zone: zoneOf('Asia/Shanghai'),
    now: () => now,
  })
  while ((await counter.catchUp()) !== 'done');
})
afterAll(() => it.stop())

const line = (customer: number, kind: string, at: string, rest: Partial<NewLine> = {}): NewLine => ({
  at: new Date(`${at}+08:00`),
  kind,
  customer,
  channel: null,
  rm: null,
  data: {},
  ...rest,
})
/** From the app to the deposit, with one RM; of the second customer the bank knows nothing. */
const served = (customer: number, rm: string): NewLine[] => [
  line(customer, 'customer.described', '2026-03-20T08:00', { data: { client: customer !== 2, segment: 'person' } }),
  line(customer, 'app.viewed', '2026-03-20T09:00'),
  line(customer, 'app.viewed', '2026-03-31T08:00', { channel: 'app', data: { campaign: 'spring' } }),
  line(customer, 'entry.opened', '2026-03-31T09:00', { channel: 'app', data: { campaign: 'spring' } }),
  line(customer, 'message.received', '2026-03-31T09:01'),
  line(customer, 'conversation.routed', '2026-03-31T09:01', { rm }),
  line(customer, 'message.replied', '2026-03-31T09:05', { rm }),
  line(customer, 'contact.invited', '2026-03-31T10:00', { rm }),
  line(customer, 'contact.added', '2026-03-31T10:30', { rm }),
  line(customer, 'app.deposit', '2026-04-12T10:30'),
]
const days = 'from=2026-03-30&to=2026-04-12'

type Stages = { stage: string; persons: number; fromPrevious: number }[]
type FunnelBody = { total: Stages; rows: { key: string | null; name: string | null; stages: Stages }[] }
const funnel = async (query: string, key?: string) => {
  const { status, body } = await it.call<FunnelBody>(
    'GET',
    `/figures/funnel?${days}${query}`,
    key === undefined ? {} : { key },
  )
  expect(status).toBe(200)
  return { total: body.total.map(({ persons }) => persons), rows: body.rows }
}

describe('the funnel', () => {
  test('all of it, and by what one asks for, with names beside the ids', async () => {
    expect((await funnel('')).total).toEqual([4, 3, 3, 3, 3, 3, 3])
    const { rows } = await funnel('&by=rm')
    expect(rows.map(({ key, name }) => [key, name])).toEqual([
      ['li.wei', '=李伟'],
      ['wang.fang', '王芳'],
      ['zhou.jie', '周杰'],
      [null, null],
    ])
    expect((await funnel('&by=week')).rows.map(({ key }) => key)).toEqual(['2026-03-30'])
    expect((await funnel('&campaign=spring&channel=app')).total[0]).toBe(3)
  })

  test('a supervisor sees his branch and those below, an RM himself, whatever they ask for', async () => {
    const shanghai = await it.key('supervisor', { branch: 'shanghai' })
    expect((await funnel('', shanghai)).total[5]).toBe(2)
    expect((await funnel('&branch=beijing', shanghai)).total[5]).toBe(0)
    const li = await it.key('rm', { rm: 'li.wei' })
    expect((await funnel('&by=rm', li)).rows.map(({ key }) => key)).toEqual(['li.wei'])
    expect((await funnel('&rm=zhou.jie', li)).total[5]).toBe(0)
    expect((await funnel('', await it.key('rm'))).total[5]).toBe(0)
    expect((await funnel('', await it.key('auditor'))).total[5]).toBe(3)
    for (const role of ['app', 'security'] as const)
      expect((await it.call('GET', `/figures/funnel?${days}`, { key: await it.key(role) })).status).toBe(403)
  })

  test.each([
    ['from=2026-02-30', 'from'],
    ['from=2026-05-01&to=2026-04-01', 'from'],
    ['from=2000-01-01&to=2026-04-01', 'from'],
    ['by=moon', 'by'],
    ['format=xls', 'format'],
    ['sort=up', 'sort'],
  ])('%s is bad input', async (query, path) => {
    expect(await it.call('GET', `/figures/funnel?${query}`)).toMatchObject({
      status: 422,
      body: { errors: [{ path }] },
    })
  })
})

test('attribution: each conversion once in every model', async () => {
  const { body } = await it.call('GET', `/figures/attribution?${days}&by=campaign`)
  expect(body).toMatchObject({
    goal: 'contact',
    conversions: 3,
    untouched: 0,
    rows: [{ key: 'spring', conversions: 3, first: 3, last: 3, linear: 3 }],
  })
  expect((await it.call('GET', `/figures/attribution?${days}&goal=app.deposit`)).body).toMatchObject({
    conversions: 4,
    untouched: 1,
  })
  expect(await it.call('GET', `/figures/attribution?goal=app.viewed`)).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'goal' }] },
  })
})

test('connections: effective ones beside raw adds', async () => {
  const { body } = await it.call('GET', `/figures/connections?${days}&by=branch`)
  expect(body).toMatchObject({
    total: { raw: 3, first: 3, client: 2, kept: 3, spoke: 3, effective: 2 },
    rows: [{ key: 'beijing' }, { key: 'shanghai' }, { key: 'shanghai/pudong', effective: 0 }],
    flags: { quickLosses: [], manyManagers: [], bursts: [] },
  })
})

test('the comparison says how far it carries', async () => {
  const { body } = await it.call<{ warnings: string[]; weeks: string[] }>('GET', `/figures/comparison?${days}`)
  expect(body.weeks).toEqual(['2026-03-30'])
  expect(body).toMatchObject({ weeksTooYoung: 1, connected: { n: 3, converted: 3 } })
  expect(body.warnings.join()).toContain('样本太小')
  expect((await it.call('GET', `/figures/comparison?value=app.viewed`)).status).toBe(422)
})

describe('as CSV', () => {
  const csv = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${it.url}/api/v1/figures/${path}`, {
      headers: { authorization: `Bearer ${it.admin}`, ...headers },
    })
    return {
      type: response.headers.get('content-type'),
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer()),
    }
  }

  test('by format or by Accept, with a mark for Excel', async () => {
    const asked = await csv(`funnel?${days}&format=csv`)
    const accepted = await csv(`funnel?${days}`, { accept: 'text/csv' })
    expect(asked).toEqual(accepted)
    expect(asked.type).toBe('text/csv; charset=utf-8')
    expect(asked.text.startsWith('\uFEFF分组,名称,应用触点')).toBe(true)
    expect(asked.text.trimEnd().split('\r\n').at(-1)).toBe('合计,,4,0,3,3,3,3,3,3,3,3,3,3,3,3')
    expect((await csv(`funnel?${days}`, { accept: '*/*' })).type).toContain('json')
    expect((await csv(`funnel?${days}&format=json`, { accept: 'text/csv' })).type).toContain('json')
  })

  test('a cell that looks like a formula is a text, a negative number is a number', async () => {
    expect((await csv(`funnel?${days}&by=channel&format=csv`)).text).toContain("\r\n'=sum(A1),,1,")
    expect((await csv(`funnel?${days}&by=rm&format=csv`)).text).toContain("\r\nli.wei,'=李伟,")
    const comparison = (await csv(`comparison?${days}&format=csv`)).text
    expect(comparison).toContain('\r\nperson,')
    expect(comparison).toMatch(/\r\n差异,[\d.]+,95% 区间,-?[\d.]+,1/)
    for (const path of ['attribution', 'connections'])
      expect((await csv(`${path}?${days}&format=csv`)).text).toContain('合计')
  })
})
