import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey, deleteKey } from '../../src/api/access/key-store.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await it.call('PUT', '/rms/li.wei', { body: rmFacts() })
})
afterAll(() => it.stop())

type Key = { id: string; name: string; role: string; lastUsedAt: string | null; key?: string }
const keys = async () => (await it.call<{ items: Key[] }>('GET', '/keys')).body.items

test('a key is shown once, kept as a hash, and works', async () => {
  const { status, body } = await it.call<Key>('POST', '/keys', { body: { name: '报表', role: 'auditor' } })
  expect(status).toBe(201)
  expect(body).toMatchObject({ name: '报表', role: 'auditor', branch: null, rm: null, lastUsedAt: null })
  expect(body.key).toMatch(/^yq_[\w-]{43}$/)
  const listed = await keys()
  expect(JSON.stringify(listed)).not.toContain(body.key)
  expect(listed.find((one) => one.id === body.id)).not.toHaveProperty('key')
  const row = await it.db.selectFrom('api_keys').selectAll().where('id', '=', body.id).executeTakeFirstOrThrow()
  expect(row.hash).toBe(
    createHash('sha256')
      .update(body.key as string)
      .digest('hex'),
  )
  expect((await it.call('GET', '/rms', { key: body.key as string })).status).toBe(200)
})

test('two keys are never alike', async () => {
  const made = await Promise.all(
    Array.from({ length: 10 }, () => it.call<Key>('POST', '/keys', { body: { name: 'same', role: 'app' } })),
  )
  expect(new Set(made.map((one) => one.body.key)).size).toBe(10)
})

test('its last use is noted, at most once a minute', async () => {
  const { body } = await it.call<Key>('POST', '/keys', { body: { name: 'used', role: 'auditor' } })
  const used = async () => (await keys()).find((one) => one.id === body.id)?.lastUsedAt ?? null
  await it.call('GET', '/rms', { key: body.key as string })
  const first = await used()
  expect(Date.parse(first as string)).toBeGreaterThan(Date.now() - 60_000)
  await it.call('GET', '/rms', { key: body.key as string })
  expect(await used()).toBe(first)
  await it.db
    .updateTable('api_keys')
    .set({ last_used_at: new Date(Date.now() - 61_000) })
    .where('id', '=', body.id)
    .execute()
  await it.call('GET', '/rms', { key: body.key as string })
  expect(Date.parse((await used()) as string)).toBeGreaterThan(Date.now() - 30_000)
})

test.each([
  [{ name: 'x' }, 'role'],
  [{ name: 'x', role: 'root' }, 'role'],
  [{ role: 'app' }, 'name'],
  [{ name: 'x', role: 'rm' }, 'rm'],
  [{ name: 'x', role: 'rm', rm: 'nobody' }, 'rm'],
  [{ name: 'x', role: 'app', rm: 'li.wei' }, 'rm'],
  [{ name: 'x', role: 'admin', branch: 'shanghai' }, 'branch'],
  [{ name: 'x', role: 'app', hash: 'x' }, 'hash'],
  [{ name: 'x', role: 'app', key: 'mine' }, 'key'],
])('%j is a 422 for %s, and no key is made', async (body, place) => {
  const before = (await keys()).length
  const answer = await it.call<{ errors: { path: string }[] }>('POST', '/keys', { body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toEqual([place])
  expect(await keys()).toHaveLength(before)
})

test('an RM in capitals and a supervisor of a branch', async () => {
  expect((await it.call('POST', '/keys', { body: { name: 'x', role: 'rm', rm: 'Li.Wei' } })).body).toMatchObject({
    rm: 'li.wei',
  })
  expect(
    (await it.call('POST', '/keys', { body: { name: 'x', role: 'supervisor', branch: 'shanghai' } })).body,
  ).toMatchObject({ branch: 'shanghai' })
})

test('the last admin key stays, even when eight admins withdraw each other at once', async () => {
  const own = await startApi()
  for (let n = 0; n < 7; n++) await createKey(own.db, { name: `admin ${n}`, role: 'admin', branch: null, rm: null })
  const ids = (await own.db.selectFrom('api_keys').select('id').execute()).map((one) => one.id)
  // Connections that are open already, so that the eight really meet.
  await Promise.all(ids.map(() => own.pool.query('select pg_sleep(0.05)')))
  const outcomes = await Promise.all(ids.map((id) => deleteKey(own.db, id)))
  expect(outcomes.toSorted()).toEqual([...Array<string>(7).fill('deleted'), 'last-admin'])
  await own.stop()
})

test('the API says so', async () => {
  const own = await startApi()
  const { items } = (await own.call<{ items: Key[] }>('GET', '/keys')).body
  expect(await own.call('DELETE', `/keys/${items[0]?.id}`)).toMatchObject({ status: 409, body: { title: 'Conflict' } })
  expect((await own.call('GET', '/keys')).status).toBe(200)
  await own.stop()
})
