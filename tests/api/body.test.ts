import { createConnection } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await it.call('PUT', '/rms/li.wei', { body: rmFacts() })
})
afterAll(() => it.stop())

const put = (raw: string | Uint8Array, headers: Record<string, string> = {}, type = 'application/json') =>
  it.call('PUT', '/rms/li.wei', { raw, headers, type })

test.each([
  ['empty', ''],
  ['not JSON', '{"name": '],
  ['YAML', 'name: 李伟'],
  ['two documents', '{} {}'],
  ['not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
])('%s is 400', async (_, raw) => {
  expect(await put(raw)).toMatchObject({ status: 400, body: { title: 'Not readable', status: 400 } })
})

test('another content type is 415, and so is a compressed body', async () => {
  expect((await put('{}', {}, 'text/plain')).status).toBe(415)
  expect((await put('name=x', {}, 'application/x-www-form-urlencoded')).status).toBe(415)
  expect((await put('{}', { 'content-encoding': 'gzip' })).status).toBe(415)
  expect((await it.call('PUT', '/rms/li.wei')).status).toBe(415)
})

test('more than a megabyte is 413, whether announced or not', async () => {
  expect((await put(`"${'x'.repeat(1_048_577)}"`)).status).toBe(413)
  const stream = new ReadableStream({ pull: (controller) => controller.enqueue(Buffer.alloc(65_536, 32)) })
  const answer = await fetch(`${it.url}/api/v1/rms/li.wei`, {
    method: 'PUT',
    body: stream,
    duplex: 'half',
    headers: { authorization: `Bearer ${it.admin}`, 'content-type': 'application/json' },
  })
  expect(answer.status).toBe(413)
})

test('nesting without end is 422, and quickly', async () => {
  const depth = 200_000
  const begun = performance.now()
  expect((await put('['.repeat(depth) + ']'.repeat(depth))).status).toBe(422)
  expect(performance.now() - begun).toBeLessThan(1000)
})

test('__proto__ is an unknown field like any other', async () => {
  const answer = await put('{"__proto__": {"admin": true}, "name": "x", "branch": "", "capacity": 1, "onDuty": true}')
  expect(answer.body['errors']).toEqual([{ path: '__proto__', message: '没有这个字段' }])
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
})

test('a client that leaves in the middle does no harm', async () => {
  const socket = createConnection(Number(new URL(it.url).port), '127.0.0.1')
  socket.write(
    `PUT /api/v1/rms/li.wei HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${it.admin}\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"n`,
  )
  await new Promise((done) => setTimeout(done, 50))
  socket.destroy()
  expect((await it.call('GET', '/rms/li.wei')).status).toBe(200)
})
