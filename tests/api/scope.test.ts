import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'
import { smallHouse } from './bank.ts'

let it: ApiGround
let house: Awaited<ReturnType<typeof smallHouse>>
const keys = {} as Record<'rm' | 'security', string>
beforeAll(async () => {
  it = await startApi()
  house = await smallHouse(it.db)
  keys.rm = await it.key('rm', { rm: 'li.wei' })
  keys.security = await it.key('security')
})
afterAll(() => it.stop())

type List = { items: { userid?: string; externalUserId?: string; rm?: string }[] }
const seen = async (key: string, list: string, field: 'userid' | 'externalUserId' | 'rm') =>
  (await it.call<List>('GET', list, { key })).body.items.map((one) => one[field]).toSorted()

test('an RM: himself, his customers, his conversations, and nothing of others by any id', async () => {
  const key = keys.rm
  expect(await seen(key, '/rms', 'userid')).toEqual(['li.wei'])
  expect(await seen(key, '/customers', 'externalUserId')).toEqual(['wm_li'])
  expect(await seen(key, '/conversations', 'rm')).toEqual(['li.wei'])
  expect(await seen(key, '/touchpoints', 'rm')).toEqual(['li.wei'])
  expect(await seen(key, '/conversations?rm=wang.fang', 'rm')).toEqual([])
  expect(await seen(key, '/touchpoints?externalUserId=wm_wang', 'rm')).toEqual([])
  for (const path of [
    `/rms/wang.fang`,
    `/customers/wm_wang`,
    `/conversations/${house.wang.conversation}`,
    `/decisions/${house.wang.decision}`,
  ])
    expect((await it.call('GET', path, { key })).status, path).toBe(404)
  for (const action of ['close', 'reroute'])
    expect(
      (await it.call('POST', `/conversations/${house.wang.conversation}/${action}`, { key, body: { reason: 'x' } }))
        .status,
    ).toBe(404)
  expect(
    (
      await it.call('POST', `/conversations/${house.wang.conversation}/assign`, {
        key,
        body: { rm: 'li.wei', reason: 'x' },
      })
    ).status,
  ).toBe(404)
  expect((await it.call('GET', `/conversations/${house.li.conversation}`, { key })).status).toBe(200)
  expect((await it.call('GET', `/decisions/${house.li.decision}`, { key })).status).toBe(200)
})

test('an RM also sees a customer in his contact list, for as long as he is there', async () => {
  const key = keys.rm
  const { id } = (await it.call('GET', '/customers/wm_zhou')).body as { id: string }
  await it.db
    .insertInto('contacts')
    .values({ customer_id: id, rm: 'li.wei', state: 'active', since: new Date() })
    .execute()
  expect((await it.call('GET', '/customers/wm_zhou', { key })).status).toBe(200)
  await it.db.updateTable('contacts').set({ state: 'lost' }).where('customer_id', '=', id).execute()
  expect((await it.call('GET', '/customers/wm_zhou', { key })).status).toBe(404)
})

test('a supervisor: his branch and those below it, to read and to act', async () => {
  const shanghai = await it.key('supervisor', { branch: 'shanghai' })
  expect(await seen(shanghai, '/rms', 'userid')).toEqual(['li.wei', 'wang.fang'])
  expect(await seen(shanghai, '/customers', 'externalUserId')).toEqual(['wm_li', 'wm_wang'])
  expect(await seen(shanghai, '/conversations', 'rm')).toEqual(['li.wei', 'wang.fang'])
  expect(await seen(shanghai, '/touchpoints', 'rm')).toEqual(['li.wei', 'wang.fang'])
  const pudong = await it.key('supervisor', { branch: 'shanghai/pudong' })
  expect(await seen(pudong, '/rms', 'userid')).toEqual(['wang.fang'])
  expect(await seen(pudong, '/customers', 'externalUserId')).toEqual(['wm_wang'])
  expect((await it.call('GET', '/customers/wm_li', { key: pudong })).status).toBe(404)
  const away = { rm: 'zhou.jie', reason: '跨行转交' }
  expect(
    await it.call('POST', `/conversations/${house.li.conversation}/assign`, { key: shanghai, body: away }),
  ).toMatchObject({ status: 422, body: { errors: [{ path: 'rm' }] } })
  expect(
    (
      await it.call('POST', `/conversations/${house.zhou.conversation}/close`, {
        key: shanghai,
        body: { reason: 'x' },
      })
    ).status,
  ).toBe(404)
  const lookalike = await it.key('supervisor', { branch: 'shang' })
  expect(await seen(lookalike, '/rms', 'userid')).toEqual([])
})

test('a supervisor neither takes people from another branch nor sends them there', async () => {
  const key = await it.key('supervisor', { branch: 'shanghai' })
  const facts = { name: 'x', branch: 'shanghai', capacity: 1, onDuty: true }
  expect((await it.call('PUT', '/rms/zhou.jie', { key, body: facts })).status).toBe(404)
  expect(await it.call('PUT', '/rms/li.wei', { key, body: { ...facts, branch: 'beijing' } })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'branch' }] },
  })
  expect(await it.call('PUT', '/rms/li.wei', { key, body: { ...facts, supervises: 'beijing' } })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'supervises' }] },
  })
  expect((await it.call('PUT', '/rms/new.one', { key, body: { ...facts, branch: 'shanghai/puxi' } })).status).toBe(200)
  expect(
    (await it.call('PUT', '/customers/wm_zhou', { key, body: { kind: 'person', branch: 'shanghai' } })).status,
  ).toBe(404)
  expect(
    (
      await it.call('PUT', '/customers/wm_li', {
        key,
        body: { kind: 'person', branch: 'beijing', owner: 'zhou.jie' },
      })
    ).status,
  ).toBe(422)
  expect((await it.call('GET', '/customers/wm_li')).body).toMatchObject({ branch: 'shanghai', owner: 'li.wei' })
  await it.db.insertInto('customers').values({ client_no: 'C_BJ', branch: 'beijing', known: true }).execute()
  expect(
    (
      await it.call('PUT', '/customers/wm_li', {
        key,
        body: { kind: 'person', branch: 'shanghai', owner: 'li.wei', clientNo: 'C_BJ' },
      })
    ).status,
  ).toBe(409)
  await it.call('DELETE', '/rms/new.one')
})

test('an auditor may be limited to a branch, too', async () => {
  const key = await it.key('auditor', { branch: 'beijing' })
  expect(await seen(key, '/customers', 'externalUserId')).toContain('wm_zhou')
  expect((await it.call('GET', '/customers/wm_li', { key })).status).toBe(404)
})

test('security reads decisions and the ledger without any message text', async () => {
  const key = keys.security
  const { body } = await it.call('GET', `/decisions/${house.li.decision}`, { key })
  expect(body['facts']).toEqual({ 'customer.kind': 'sme' })
  expect((await it.call('GET', `/decisions/${house.li.decision}`)).body['facts']).toHaveProperty(['message.text'])
  expect(JSON.stringify((await it.call('GET', '/touchpoints', { key })).body)).not.toContain('贷款')
  expect((await it.call('GET', `/conversations/${house.li.conversation}`, { key })).status).toBe(403)
})

test('security makes no admin of itself and withdraws no admin', async () => {
  const key = keys.security
  expect((await it.call('POST', '/keys', { key, body: { name: 'me', role: 'admin' } })).status).toBe(403)
  const { items } = (await it.call<{ items: { id: string; role: string }[] }>('GET', '/keys', { key })).body
  const admin = items.find((one) => one.role === 'admin')
  expect((await it.call('DELETE', `/keys/${admin?.id}`, { key })).status).toBe(403)
  expect((await it.call('POST', '/keys', { key, body: { name: 'app', role: 'app' } })).status).toBe(201)
})

test('a key of the role rm that names nobody sees nothing', async () => {
  const key = await it.key('rm')
  for (const list of ['/rms', '/customers', '/conversations', '/touchpoints'])
    expect(await seen(key, list, 'rm'), list).toEqual([])
})
