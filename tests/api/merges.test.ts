import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimIdentity } from '../../src/crm/identity.ts'
import { startApi, type ApiGround } from './api-ground.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

type Merge = { id: string; outcome: string; explanation: string; undoneAt: string | null; undoneBy: string | null }
type List = { items: Merge[]; nextCursor: string | null }
const merges = async (path: string) => (await it.call<List>('GET', path)).body
const undo = (externalUserId: string, id: string) =>
  it.call<Merge>('POST', `/customers/${externalUserId}/merges/${id}/undo`)

const claim = async (externalUserId: string, value: string) => {
  const { body } = await it.call<{ id: string }>('PUT', `/customers/${externalUserId}`, { body: { kind: 'person' } })
  const said = { customerId: body.id, kind: 'client_no', value, via: 'entry', at: new Date(), sourceId: 'm' } as const
  await it.db.transaction().execute((trx) => claimIdentity(trx, said))
}

test('a merge is listed with its reason, taken back once, and then says by whom', async () => {
  await it.call('POST', '/touchpoints', {
    body: { key: 'k', kind: 'app.viewed', at: new Date().toISOString(), clientNo: 'C1' },
  })
  await claim('wm_1', 'C1')
  const [merge] = (await merges('/customers/wm_1/merges')).items
  expect(merge).toMatchObject({ outcome: 'merged', explanation: expect.stringContaining('带签名的入口链接') })
  expect((await it.call('GET', '/customers/wm_1')).body).toMatchObject({ clientNo: 'C1' })

  const undone = await undo('wm_1', merge?.id ?? '')
  expect(undone).toMatchObject({
    status: 200,
    body: { id: merge?.id, undoneBy: expect.stringContaining('test admin') },
  })
  expect(undone.body.explanation).toContain('撤销')
  expect((await it.call('GET', '/customers/wm_1')).body).toMatchObject({ clientNo: null })
  expect(await undo('wm_1', merge?.id ?? '')).toMatchObject({ status: 409, body: { detail: '这次合并已经撤销' } })
  const told = await it.call<{ items: { kind: string; data: object }[] }>('GET', '/touchpoints?externalUserId=wm_1')
  expect(told.body.items).toMatchObject([
    { kind: 'identity.undone', data: { by: 'client_no', claimId: merge?.id } },
    { kind: 'identity.joined', data: { by: 'client_no', via: 'entry' } },
  ])
})

test('a conflict is listed for both, and cannot be taken back', async () => {
  await it.call('PUT', '/customers/wm_owner', { body: { kind: 'person', clientNo: 'C2' } })
  await claim('wm_friend', 'C2')
  const [conflict] = (await merges('/customers/wm_owner/merges')).items
  expect(conflict).toMatchObject({ outcome: 'conflict', explanation: expect.stringContaining('可能被转发') })
  expect((await merges('/merges?outcome=conflict')).items).toEqual([conflict])
  expect((await undo('wm_friend', conflict?.id ?? '')).status).toBe(409)
})

test('somebody else’s, unknown ones and other roles are turned away', async () => {
  const [some] = (await merges('/merges')).items
  expect((await undo('wm_nobody', some?.id ?? '')).status).toBe(404)
  expect((await undo('wm_1', '999999')).status).toBe(404)
  expect((await undo('wm_1', 'x')).status).toBe(404)
  expect((await it.call('GET', '/customers/wm_nobody/merges')).status).toBe(404)
  const supervisor = await it.key('supervisor', { branch: 'beijing' })
  expect((await it.call('GET', '/customers/wm_1/merges', { key: supervisor })).status).toBe(404)
  expect((await it.call('GET', '/merges', { key: supervisor })).status).toBe(403)
})

test('many are read page by page', async () => {
  for (let n = 0; n < 5; n++) await claim(`wm_page_${n}`, `C_page_${n}`)
  const first = await merges('/merges?limit=3&outcome=set')
  const second = await merges(`/merges?limit=3&outcome=set&cursor=${first.nextCursor}`)
  expect([first.items.length, second.items.length, second.nextCursor]).toEqual([3, 2, null])
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(5)
})
