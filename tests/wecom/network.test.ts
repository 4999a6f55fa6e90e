import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sendKfMessage, syncKfMessages } from '../../src/wecom/endpoints/kf.ts'
import type { Reply, World } from './loopback.ts'
import { failure, loopback, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const hello = { touser: 'wm1', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: 'x' } }
const pull = { open_kfid: 'wk1', token: 't' }
const tries = (path = 'kf/send_msg') => it.server.to(path).length
const sends = (reply: Reply) => it.server.on('kf/send_msg', () => reply)

const page =
  (status: number, body: string, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body)

describe('an answer that is none', () => {
  const answers: [string, Reply, object][] = [
    ['500', page(500, '<h1>error</h1>'), { outcome: 'unknown', code: 'HTTP 500' }],
    ['502 with JSON', page(502, '{"errcode":0,"msgid":"M"}'), { outcome: 'unknown', code: 'HTTP 502' }],
    ['200 with an HTML page', page(200, '<html></html>'), { outcome: 'unknown', code: 'not JSON' }],
    ['half an object', page(200, '{"errcode":0,"msgid":"M'), { outcome: 'unknown', code: 'not JSON' }],
    ['nothing', page(200, ''), { outcome: 'unknown', code: 'not JSON' }],
    ['a list', page(200, '[]'), { outcome: 'unknown', code: 'not JSON' }],
    ['null', page(200, 'null'), { outcome: 'unknown', code: 'not JSON' }],
    ['an errcode that is no number', page(200, '{"errcode":"ok"}'), { outcome: 'unknown', code: 'not JSON' }],
    ['an errcode that is half a number', page(200, '{"errcode":0.5}'), { outcome: 'unknown', code: 'not JSON' }],
    [
      'a connection cut after the request',
      (response) => response.destroy(),
      { outcome: 'unknown', code: 'ECONNRESET' },
    ],
    [
      'a body cut short',
      (response) => response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      { outcome: 'unknown' },
    ],
    [
      'a packed body',
      page(200, gzipSync('{"errcode":0,"msgid":"M"}') as unknown as string, { 'content-encoding': 'gzip' }),
      { outcome: 'unknown', code: 'not JSON' },
    ],
  ]

  test.each(answers)('%s: a message is not repeated, its outcome is unknown', async (_, reply, fields) => {
    sends(reply)
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({
      name: 'NetworkError',
      failure: 'retry',
      path: 'kf/send_msg',
      ...fields,
    })
    expect(tries()).toBe(1)
  })

  test.each(answers)('%s: a pull is repeated', async (_, reply) => {
    it.server.on('kf/sync_msg', () => (tries('kf/sync_msg') < 3 ? reply : { next_cursor: 'c' }))
    expect(await it.client().call(syncKfMessages, pull)).toMatchObject({ next_cursor: 'c' })
    expect(tries('kf/sync_msg')).toBe(3)
  })
})

describe('a request that did not get out', () => {
  test('nobody listens: tried four times, and known not to have arrived', async () => {
    await it
      .client()
      .call(syncKfMessages, pull)
      .catch(() => {}) // the token is there
    const client = it.client()
    await it.server.close()
    const began = performance.now()
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({
      outcome: 'not_sent',
      code: 'ECONNREFUSED',
    })
    expect(performance.now() - began).toBeGreaterThan(300) // 50 + 100 + 200 ms between the tries
  })

  test('a name that does not exist', async () => {
    const client = it.client({ baseUrl: 'http://qyapi.invalid' })
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ outcome: 'not_sent', path: 'gettoken' })
  })

  test('a server that takes the connection but never proves who it is', async () => {
    const mute = createTcpServer((socket) => socket.resume().on('error', () => {}))
    await new Promise<void>((done) => mute.listen(0, '127.0.0.1', done))
    const port = (mute.address() as AddressInfo).port
    const client = it.client({ baseUrl: `https://127.0.0.1:${port}`, timeoutMs: 100 })
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ outcome: 'not_sent', path: 'gettoken' })
    client.close()
    await new Promise((done) => mute.close(done))
  })

  test('a server that speaks no TLS', async () => {
    const client = it.client({ baseUrl: it.server.url.replace('http:', 'https:') })
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ outcome: 'not_sent', path: 'gettoken' })
  })

  test('it waited for one of the 32 connections of its API until its time was over', async () => {
    const held: (() => void)[] = []
    it.server.on('kf/send_msg', () => (response) => void held.push(() => response.end('{"errcode":0,"msgid":"M"}')))
    const client = it.client()
    const first = Array.from({ length: 32 }, () => client.call(sendKfMessage, hello))
    await expect.poll(() => held.length).toBe(32)
    expect(await failure(client.call(sendKfMessage, hello, { deadlineMs: 50 }))).toMatchObject({ outcome: 'not_sent' })
    for (const release of held) release()
    expect(await Promise.all(first)).toHaveLength(32)
    expect(tries()).toBe(32)
  })

  test('an API that hangs does not hold up another', async () => {
    it.server.on('kf/send_msg', () => () => {})
    it.server.on('kf/sync_msg', () => ({ next_cursor: 'c' }))
    const client = it.client()
    const stuck = Array.from({ length: 64 }, () => failure(client.call(sendKfMessage, hello)))
    await expect.poll(() => tries()).toBe(32)
    expect(await client.call(syncKfMessages, pull, { deadlineMs: 2000 })).toMatchObject({ next_cursor: 'c' })
    client.close()
    await Promise.all(stuck)
  })
})

test('two WeComs do not mix', async () => {
  const second = await loopback()
  second.on('gettoken', () => ({ access_token: 'other' }))
  second.on('kf/send_msg', () => ({ msgid: 'theirs' }))
  sends({ msgid: 'ours' })
  expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'ours' })
  expect(await it.client({ baseUrl: second.url, corpId: 'ww2' }).call(sendKfMessage, hello)).toMatchObject({
    msgid: 'theirs',
  })
  await second.close()
})
