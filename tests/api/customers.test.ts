import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idsOf } from '../../src/crm/absorb.ts'
import { firstTouch, getCustomer } from '../../src/crm/customers.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { addConversation, addTouchpoint } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

const clientOnly = async (clientNo: string, rest: Record<string, unknown> = {}) => {
  const { id } = await it.db
    .insertInto('customers')
    .values({ client_no: clientNo, known: true, ...rest })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

test('a customer is created, read back under all his names, and replaced', async () => {
  const facts = {
    name: '陈静怡',
    kind: 'sme',
    tier: 'gold',
    owner: 'Li.Wei',
    branch: 'shanghai/pudong',
    tags: ['理财', '房贷'],
    clientNo: 'C1',
    firm: '麦香面包房',
    firmNo: 'F9',
  }
  const created = await it.call('PUT', '/customers/wm_1', { body: facts })
  expect(created.body).toMatchObject({
    ...facts,
    owner: 'li.wei',
    externalUserId: 'wm_1',
    known: true,
    channel: null,
    contacts: [],
    identities: [
      { kind: 'external_userid', value: 'wm_1' },
      { kind: 'client_no', value: 'C1' },
    ],
  })
  expect((await it.call('GET', '/customers/wm_1')).body).toEqual(created.body)
  const replaced = await it.call('PUT', '/customers/wm_1', { body: { kind: 'person', tags: [] } })
  expect(replaced.body).toMatchObject({
    id: created.body['id'],
    name: null,
    kind: 'person',
    tier: null,
    owner: null,
    tags: [],
    clientNo: null,
    firm: null,
    firmNo: null,
  })
})

test('ids with every allowed character survive the path', async () => {
  const id = 'wm/客户 %?#&+ü'
  const path = `/customers/${encodeURIComponent(id)}`
  expect((await it.call('PUT', path, { body: { kind: 'person' } })).body['externalUserId']).toBe(id)
  expect((await it.call('GET', path)).body['externalUserId']).toBe(id)
})

test('contacts are shown with their state', async () => {
  const { id } = (await it.call('PUT', '/customers/wm_contacts', { body: { kind: 'person' } })).body as { id: string }
  const since = new Date('2026-01-02T03:04:05.678Z')
  await it.db
    .insertInto('contacts')
    .values([
      { customer_id: id, rm: 'li.wei', state: 'active', since },
      { customer_id: id, rm: 'gone', state: 'lost', since },
    ])
    .execute()
  expect((await it.call('GET', '/customers/wm_contacts')).body['contacts']).toEqual([
    { rm: 'gone', state: 'lost', since: since.toISOString() },
    { rm: 'li.wei', state: 'active', since: since.toISOString() },
  ])
})

describe('one person, several names', () => {
  test('a client number of another customer of WeCom is refused and nothing changes', async () => {
    await it.call('PUT', '/customers/wm_first', { body: { kind: 'person', clientNo: 'C_TAKEN' } })
    await it.call('PUT', '/customers/wm_second', { body: { kind: 'sme' } })
    const refused = await it.call('PUT', '/customers/wm_second', { body: { kind: 'person', clientNo: 'C_TAKEN' } })
    expect(refused.status).toBe(409)
    expect((await it.call('GET', '/customers/wm_second')).body).toMatchObject({ kind: 'sme', clientNo: null })
  })

  test('a customer known by his client number alone becomes one with the one from WeCom, ledger included', async () => {
    const bankId = await clientOnly('C_APP', { tier: 'gold', unionid: 'u_app', channel: 'app-home' })
    await it.db
      .insertInto('contacts')
      .values({ customer_id: bankId, rm: 'li.wei', state: 'active', since: new Date() })
      .execute()
    await addTouchpoint(it.db, { kind: 'app.viewed', customerId: bankId })
    const { id } = await firstTouch(it.db, { externalUserId: 'wm_app' })
    const merged = await it.call('PUT', '/customers/wm_app', { body: { kind: 'person', clientNo: 'C_APP' } })
    expect(merged.body).toMatchObject({ id, clientNo: 'C_APP', channel: 'app-home', contacts: [{ rm: 'li.wei' }] })
    expect(merged.body['identities']).toContainEqual({ kind: 'unionid', value: 'u_app' })
    expect(await idsOf(it.db, id)).toEqual([id, bankId])
    for (const filter of [`customerId=${id}`, 'clientNo=C_APP']) {
      const { items } = (await it.call('GET', `/touchpoints?${filter}`)).body as { items: { kind: string }[] }
      expect(items.map((one) => one.kind)).toEqual(['identity.joined', 'app.viewed'])
    }
    const { items } = (await it.call('GET', '/customers?clientNo=C_APP')).body as { items: { id: string }[] }
    expect(items.map((one) => one.id)).toEqual([id])
  })

  test('two at once with the same client number: one gets it, the other a conflict', async () => {
    const put = (who: string) =>
      it.call('PUT', `/customers/wm_race_${who}`, { body: { kind: 'person', clientNo: 'C_RACE' } })
    const statuses = (await Promise.all(['a', 'b', 'c', 'd'].map(put))).map((one) => one.status).toSorted()
    expect(statuses).toEqual([200, 409, 409, 409])
  })
})

describe('first touch', () => {
  test('many at once make one customer', async () => {
    const touches = await Promise.all(
      Array.from({ length: 12 }, () => firstTouch(it.db, { externalUserId: 'wm_storm', channel: 'app' })),
    )
    expect(new Set(touches.map((one) => one.id)).size).toBe(1)
    expect(touches.filter((one) => one.created)).toHaveLength(1)
  })

  test('the first channel stays; one that was unknown is filled', async () => {
    await firstTouch(it.db, { externalUserId: 'wm_channel' })
    await firstTouch(it.db, { externalUserId: 'wm_channel', channel: 'branch-qr' })
    await firstTouch(it.db, { externalUserId: 'wm_channel', channel: 'sms' })
    expect((await getCustomer(it.db, 'wm_channel'))?.channel).toBe('branch-qr')
  })
})

test('the list can be asked for an owner, a branch or a client number', async () => {
  await it.call('PUT', '/customers/wm_f1', { body: { kind: 'person', owner: 'filter.rm', branch: 'suzhou' } })
  await it.call('PUT', '/customers/wm_f2', { body: { kind: 'person', owner: 'filter.rm', clientNo: 'C_F2' } })
  const found = async (query: string) =>
    ((await it.call('GET', `/customers?${query}`)).body as { items: { externalUserId: string }[] }).items.map(
      (one) => one.externalUserId,
    )
  expect(await found('owner=Filter.RM')).toEqual(['wm_f2', 'wm_f1'])
  expect(await found('branch=suzhou')).toEqual(['wm_f1'])
  expect(await found('clientNo=C_F2')).toEqual(['wm_f2'])
  expect(await found(`clientNo=${encodeURIComponent("' or 1=1--")}`)).toEqual([])
})

test('a conversation hangs on the customer who absorbed another', async () => {
  const bankId = await clientOnly('C_KEEP')
  const { id } = await firstTouch(it.db, { externalUserId: 'wm_keep' })
  const conversation = await addConversation(it.db, {
    externalUserId: 'wm_keep',
    customerId: id,
    rm: null,
    status: 'queued',
  })
  await it.call('PUT', '/customers/wm_keep', { body: { kind: 'person', clientNo: 'C_KEEP' } })
  expect((await it.call('GET', `/conversations/${conversation}`)).body['customerId']).toBe(id)
  expect(bankId).not.toBe(id)
})
