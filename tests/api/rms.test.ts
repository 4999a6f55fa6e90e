import { afterAll, beforeAll, expect, test } from 'vitest'
import { noteServicers, noteStatus } from '../../src/crm/presence.ts'
import { readRoster } from '../../src/crm/roster.ts'
import type { OpenKfId, UserId } from '../../src/wecom/ids.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { addConversation, rmFacts } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

const wk = 'wk1' as OpenKfId
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 8, minute))

test('an RM is created, read back, replaced and deleted; upper and lower case are one', async () => {
  const { deputy: _, ...facts } = rmFacts()
  const created = await it.call('PUT', '/rms/Li.Wei', { body: facts })
  expect(created.status).toBe(200)
  expect(created.body).toMatchObject({
    ...facts,
    userid: 'li.wei',
    deputy: null,
    load: 0,
    presence: { kf: 'unknown', onDuty: true },
  })
  expect((await it.call('GET', '/rms/LI.WEI')).body).toEqual(created.body)

  const replaced = await it.call('PUT', '/rms/li.wei', {
    body: { name: '李伟', branch: '', capacity: 2.5, onDuty: false, deputy: 'Wang.Fang' },
  })
  expect(replaced.body).toMatchObject({
    branch: '',
    skills: {},
    lines: [],
    licences: [],
    capacity: 2.5,
    deputy: 'wang.fang',
    onDuty: false,
  })

  expect((await it.call('DELETE', '/rms/li.wei')).status).toBe(204)
  expect((await it.call('GET', '/rms/li.wei')).status).toBe(404)
  expect((await it.call('DELETE', '/rms/li.wei')).status).toBe(404)
})

test('duty has a beginning that a change of anything else leaves alone', async () => {
  const since = async (facts: object) =>
    ((await it.call('PUT', '/rms/duty', { body: { ...rmFacts(), ...facts } })).body['presence'] as { since: string })
      .since
  const first = await since({})
  expect(await since({ name: '改名' })).toBe(first)
  const off = await since({ onDuty: false })
  expect(Date.parse(off)).toBeGreaterThan(Date.parse(first))
})

test('whoever missed too many customers and was paused is back once he is put on duty anew', async () => {
  await it.call('PUT', '/rms/paused', { body: rmFacts() })
  await it.db
    .updateTable('rms')
    .set({ paused_at: at(0), missed: 3 })
    .where('userid', '=', 'paused')
    .execute()
  expect((await it.call('PUT', '/rms/paused', { body: rmFacts({ name: '改名' }) })).body['pausedAt']).toBe(
    at(0).toISOString(),
  )
  expect((await readRoster(it.db, { now: new Date() })).rms.get('paused')?.onDuty).toBe(false)
  await it.call('PUT', '/rms/paused', { body: rmFacts({ onDuty: false }) })
  expect((await it.call('PUT', '/rms/paused', { body: rmFacts({ supervises: 'shanghai' }) })).body).toMatchObject({
    pausedAt: null,
    supervises: 'shanghai',
  })
  expect((await readRoster(it.db, { now: new Date() })).rms.get('paused')).toMatchObject({
    onDuty: true,
    supervises: 'shanghai',
  })
})

test('an RM with open conversations stays until they are handed over', async () => {
  await it.call('PUT', '/rms/busy', { body: rmFacts() })
  await it.call('PUT', '/customers/wm_busy', { body: { kind: 'person' } })
  const { id } = (await it.call('GET', '/customers/wm_busy')).body as { id: string }
  const conversation = await addConversation(it.db, { externalUserId: 'wm_busy', customerId: id, rm: 'busy' })
  const refused = await it.call('DELETE', '/rms/busy')
  expect(refused).toMatchObject({ status: 409, body: { title: 'Conflict', status: 409 } })
  await it.call('POST', `/conversations/${conversation}/close`, { body: { reason: '测试' } })
  expect((await it.call('DELETE', '/rms/busy')).status).toBe(204)
})

test('a load alone keeps an RM too: an assignment may have committed a moment ago', async () => {
  await it.call('PUT', '/rms/loaded', { body: rmFacts() })
  await it.db.updateTable('rms').set({ load: 1 }).where('userid', '=', 'loaded').execute()
  expect((await it.call('DELETE', '/rms/loaded')).status).toBe(409)
})

test('presence is the best status of all the accounts he serves', async () => {
  const userid = 'multi' as UserId
  await it.call('PUT', '/rms/multi', { body: rmFacts() })
  const kf = async () => ((await it.call('GET', '/rms/multi')).body['presence'] as { kf: string }).kf
  await noteStatus(it.db, { openKfId: 'wk_a' as OpenKfId, userid, status: 'stopped', at: at(1) })
  expect(await kf()).toBe('stopped')
  await noteStatus(it.db, { openKfId: 'wk_b' as OpenKfId, userid, status: 'suspended', at: at(1) })
  expect(await kf()).toBe('suspended')
  await noteStatus(it.db, { openKfId: 'wk_c' as OpenKfId, userid, status: 'receiving', at: at(1) })
  expect(await kf()).toBe('receiving')
})

test('a status event counts once, and an older one not at all', async () => {
  const note = (status: 'receiving' | 'stopped', minute: number) =>
    noteStatus(it.db, { openKfId: wk, userid: 'events' as UserId, status, at: at(minute) })
  expect(await note('receiving', 10)).toBe(true)
  expect(await note('receiving', 11)).toBe(false)
  expect(await note('stopped', 5)).toBe(false)
  expect(await note('stopped', 12)).toBe(true)
  const row = await it.db.selectFrom('servicers').selectAll().where('userid', '=', 'events').executeTakeFirstOrThrow()
  expect(row).toMatchObject({ status: 'stopped', since: at(12) })
})

test('a snapshot of the servicers replaces what is older than itself, and only that', async () => {
  const account = 'wk_list' as OpenKfId
  const [stays, goes, changes, newer] = ['stays', 'goes', 'changes', 'newer'] as UserId[]
  for (const userid of [stays, goes, changes] as UserId[])
    await noteStatus(it.db, { openKfId: account, userid, status: 'receiving', at: at(0) })
  await noteStatus(it.db, { openKfId: account, userid: newer as UserId, status: 'receiving', at: at(30) })
  await noteStatus(it.db, { openKfId: account, userid: 'newcomer' as UserId, status: 'receiving', at: at(30) })
  const listed = [
    { userid: stays as UserId, status: 'receiving' as const },
    { userid: changes as UserId, status: 'stopped' as const },
    { userid: newer as UserId, status: 'stopped' as const },
  ]
  const changed = await noteServicers(it.db, { openKfId: account, at: at(20), servicers: listed })
  expect(changed.toSorted()).toEqual(['changes', 'goes'])
  const rows = await it.db
    .selectFrom('servicers')
    .select(['userid', 'status'])
    .where('open_kfid', '=', account)
    .orderBy('userid')
    .execute()
  expect(rows).toEqual([
    { userid: 'changes', status: 'stopped' },
    { userid: 'newcomer', status: 'receiving' },
    { userid: 'newer', status: 'receiving' },
    { userid: 'stays', status: 'receiving' },
  ])
  expect(await noteServicers(it.db, { openKfId: account, at: at(40), servicers: [] })).toHaveLength(4)
})

test('the roster has everybody with numbers as numbers and his status at each account', async () => {
  await it.call('PUT', '/rms/roster', { body: rmFacts({ capacity: 2.5, deputy: 'li.wei' }) })
  await noteStatus(it.db, { openKfId: wk, userid: 'roster' as UserId, status: 'receiving', at: at(1) })
  const { rms } = await readRoster(it.db, { now: new Date() })
  expect(rms.get('roster')).toMatchObject({
    ...rmFacts({ capacity: 2.5, deputy: 'li.wei' }),
    userid: 'roster',
    load: 0,
    lastAssignedAt: null,
    supervises: null,
    newLeft: null,
    kf: { wk1: 'receiving' },
  })
  expect(rms.get('duty')?.kf).toEqual({})
})

test('the roster of 5,000 RMs with two accounts each is read well within a second', async () => {
  await it.pool.query(
    `insert into rms (userid, name, branch, skills) select 'many' || n, 'n', 'shanghai/' || n % 50, '{"sme": 3}' from generate_series(1, 5000) n`,
  )
  await it.pool.query(
    `insert into servicers (open_kfid, userid, status) select 'wk' || a, 'many' || n, 'receiving' from generate_series(1, 5000) n, generate_series(1, 2) a`,
  )
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    const begun = performance.now()
    expect((await readRoster(it.db, { now: new Date() })).rms.size).toBeGreaterThan(5000)
    times.push(performance.now() - begun)
  }
  expect(Math.min(...times)).toBeLessThan(1000)
  console.log(`readRoster, 5,000 RMs: ${times.map(Math.round).join(', ')} ms`)
  await it.pool.query("delete from rms where userid like 'many%'")
})
