import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { endpoint } from '../../src/wecom/endpoint.ts'
import { sendKfMessage, syncKfMessages } from '../../src/wecom/endpoints/kf.ts'
import type { Reply, World } from './loopback.ts'
import { failure, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const hello = { touser: 'wm1', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: 'x' } }
const pull = { open_kfid: 'wk1', token: 't' }
const tries = (path = 'kf/send_msg') => it.server.to(path).length
const sends = (reply: Reply) => it.server.on('kf/send_msg', () => reply)

describe('time', () => {
  test('no answer: the try ends, the outcome is unknown', async () => {
    sends(() => {})
    expect(await failure(it.client({ timeoutMs: 150 }).call(sendKfMessage, hello))).toMatchObject({
      outcome: 'unknown',
    })
    expect(tries()).toBe(1)
  })

  test('an answer that drips in a byte at a time ends as well', async () => {
    let drip: NodeJS.Timeout | undefined
    sends((response) => {
      drip = setInterval(() => response.write(' '), 20)
    })
    const began = performance.now()
    expect(await failure(it.client({ timeoutMs: 200 }).call(sendKfMessage, hello))).toMatchObject({
      outcome: 'unknown',
    })
    clearInterval(drip)
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test('the caller gives up', async () => {
    sends(() => {})
    const patience = new AbortController()
    const call = failure(it.client().call(sendKfMessage, hello, { signal: patience.signal }))
    await expect.poll(() => tries()).toBe(1)
    patience.abort()
    expect(await call).toMatchObject({ name: 'NetworkError', outcome: 'unknown' })
  })

  test('the caller had given up before', async () => {
    expect(await failure(it.client().call(sendKfMessage, hello, { signal: AbortSignal.abort() }))).toMatchObject({
      outcome: 'not_sent',
    })
    expect(tries()).toBe(0)
  })

  test('close ends what is under way and what comes later', async () => {
    sends(() => {})
    const client = it.client()
    const call = failure(client.call(sendKfMessage, hello))
    await expect.poll(() => tries()).toBe(1)
    client.close()
    expect(await call).toMatchObject({ name: 'NetworkError' })
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ outcome: 'not_sent' })
    expect(tries()).toBe(1)
  })
})

describe('other places', () => {
  let other: Server
  let hits: string[]
  let otherUrl: string
  beforeEach(async () => {
    hits = []
    other = createServer((request, response) => {
      hits.push(`${request.method} ${request.url}`)
      response.end('{"errcode":0,"msgid":"M"}')
    })
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  })
  afterEach(() => new Promise<void>((done) => void other.close(() => done())))

  test.each([301, 302, 303, 307, 308])('a %i is not followed', async (status) => {
    sends((response) => response.writeHead(status, { location: `${otherUrl}/steal` }).end())
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ code: `HTTP ${status}` })
    expect(hits).toEqual([])
  })

  test('an absolute URL is only a strange path', async () => {
    for (const post of [`${otherUrl}/steal`, `//${otherUrl.slice(7)}/steal`, 'data:application/json,{"errcode":0}']) {
      const strange = endpoint({ post, doc: '', ask: z.strictObject({}), answer: z.looseObject({}) })
      await it
        .client()
        .call(strange, {})
        .catch(() => {})
    }
    expect(hits).toEqual([])
    expect(it.server.heard.length).toBeGreaterThan(0)
  })

  test('a proxy in the environment is not asked', async () => {
    for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, otherUrl)
    for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '')
    try {
      sends({ errcode: 0, msgid: 'M' })
      expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
    } finally {
      vi.unstubAllEnvs()
    }
    expect(hits).toEqual([])
  })
})

describe('size', () => {
  test('a body without end is cut at 10 MB and the connection closed', async () => {
    const chunk = Buffer.alloc(64 * 1024, 32)
    let written = 0
    let closed = false
    sends((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const pour = () => {
        while (!closed && response.write(chunk)) written += chunk.length
        written += chunk.length
      }
      response.on('drain', pour).on('close', () => {
        closed = true
      })
      pour()
    })
    const before = process.memoryUsage().rss
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({
      name: 'NetworkError',
      outcome: 'unknown',
    })
    await expect.poll(() => closed).toBe(true)
    expect(written).toBeLessThan(40 * 1024 * 1024)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
  })

  test('a body that announces 1 GB is not read', async () => {
    let closed = false
    sends((response) => {
      response.writeHead(200, { 'content-length': String(1024 ** 3) }).write('{')
      response.on('close', () => {
        closed = true
      })
      const more = () => !closed && response.write(Buffer.alloc(1024 * 1024, 32), more)
      more()
    })
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ name: 'NetworkError' })
    await expect.poll(() => closed).toBe(true)
  })

  test('a page of a thousand long messages fits', async () => {
    const msg_list = Array.from({ length: 1000 }, (_, i) => ({ msgid: `m${i}`, text: { content: '好'.repeat(682) } }))
    it.server.on('kf/sync_msg', () => ({ next_cursor: 'c', msg_list }))
    expect((await it.client().call(syncKfMessages, pull)).msg_list).toHaveLength(1000)
  })
})
