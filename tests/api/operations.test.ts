import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { Counter, Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { createOperations } from '../../src/api/operations.ts'
import { memoryShared } from '../../src/store/memory.ts'
import { freshStore } from '../ground/fresh-store.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

type Options = Partial<Parameters<typeof createOperations>[0]>
const start = async (options: Options = {}) => {
  const store = await freshStore()
  const registry = new Registry()
  new Counter({ name: 'yinqiao_test_total', help: 'test', registers: [registry] }).inc(3)
  const app = new Koa()
  app.use(createOperations({ db: store.db, shared: memoryShared(), token: async () => true, registry, ...options }))
  const server = createServer(app.callback())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  ends.push(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await store.stop()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { get: (path: string, how: RequestInit = {}) => fetch(url + path, how), pool: store.pool }
}

test('a process that runs and reaches everything says so, without a key', async () => {
  const { get } = await start()
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' })
  const ready = await get('/readyz')
  expect(ready.status).toBe(200)
  expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', redis: 'ok', token: 'ok' } })
  expect(ready.headers.get('x-content-type-options')).toBe('nosniff')
})

test('the address itself leads to the pages of the API', async () => {
  const { get } = await start()
  const answer = await get('/', { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/api/docs'])
})

test.each([
  [
    'Redis is away',
    { shared: { ...memoryShared(), healthy: async () => false } },
    { database: 'ok', redis: 'failing', token: 'ok' },
  ],
  ['there is no token', { token: async () => false }, { database: 'ok', redis: 'ok', token: 'failing' }],
  [
    'asking for the token fails',
    { token: () => Promise.reject(new Error('secret')) },
    { database: 'ok', redis: 'ok', token: 'failing' },
  ],
  [
    'asking for the token takes for ever',
    { token: () => new Promise<boolean>(() => {}), patienceMs: 50 },
    { database: 'ok', redis: 'ok', token: 'failing' },
  ],
])('when %s it is healthy and not ready', async (_, options: Options, checks) => {
  const { get } = await start(options)
  expect((await get('/healthz')).status).toBe(200)
  const ready = await get('/readyz')
  expect(ready.status).toBe(503)
  expect(await ready.json()).toEqual({ status: 'not-ready', checks })
})

test('a database that hangs makes it not ready within the patience', async () => {
  const { get, pool } = await start({ patienceMs: 100 })
  const holders = await Promise.all(Array.from({ length: pool.options.max ?? 0 }, () => pool.connect()))
  const begun = performance.now()
  expect(await (await get('/readyz')).json()).toMatchObject({ checks: { database: 'failing' } })
  expect(performance.now() - begun).toBeLessThan(2000)
  for (const holder of holders) holder.release()
  await expect.poll(async () => (await get('/readyz')).status).toBe(200)
})

test('the metrics are those of the registry, in the format of Prometheus', async () => {
  const { get } = await start()
  const metrics = await get('/metrics')
  expect(metrics.headers.get('content-type')).toContain('text/plain')
  expect(await metrics.text()).toContain('yinqiao_test_total 3')
})
