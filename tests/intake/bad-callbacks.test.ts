import { once } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'
import { goodGet, goodPost, path, type Lab } from './bad/lab.ts'
import { badCases } from './bad-callbacks.cases.ts'
import { envelope, plainBlocks, queryOf, sealBlocks, signature } from './envelope.ts'
import { ask, requestBytes, withoutDate, type RawAnswer } from './raw-http.ts'

const secretWords = '面包房老板的手机号是13800138000'
const corp = {
  token: 'TokenOfTheSmallBank',
  aesKey: 'SecretSecretSecretSecretSecretSecretSecret1',
  secret: 'appSecretOfTheSmallBank-0123456789abcdefghi',
}

let world: World
let lab: Lab
let port = 0
let log = ''
const answers = new Map<string, RawAnswer>()
let knocks = 0
const canary = createServer((socket) => {
  knocks += 1
  socket.destroy()
})
let slow: Promise<RawAnswer[]>

beforeAll(async () => {
  canary.listen(0, '127.0.0.1')
  await once(canary, 'listening')
  const sink = { write: (line: string) => void (log += line) }
  world = await createWorld({ log: pino({ level: 'trace' }, sink), simulator: { corp } })
  port = Number(new URL(world.app.url).port)
  const now = Math.floor(world.clock.now() / 1000)
  lab = {
    keys: { ...corp, receiveId: world.wecom.corp.corpId },
    now,
    xml: anEvent(now),
    canary: (canary.address() as AddressInfo).port,
  }
  slow = dawdle(port)
})
afterAll(async () => {
  canary.close()
  await world.stop()
})

const anEvent = (at: number, more = ''): string =>
  `<xml><ToUserName><![CDATA[corp]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>${at}</CreateTime>` +
  `<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[nobody_knows_this]]></Event><Remark><![CDATA[${secretWords}]]></Remark>${more}</xml>`

/** Sends one byte every 100 ms as long as it may: half of them of the head, half of the body. */
const dawdle = (to: number): Promise<RawAnswer[]> => {
  const head = Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nX-Slow: `)
  const start = Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4000\r\n\r\n`)
  return Promise.all(Array.from({ length: 40 }, (_, n) => drip(to, n % 2 ? head : start)))
}
const drip = (to: number, first: Buffer): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const began = performance.now()
    let text = ''
    let more: NodeJS.Timeout
    const socket = connect(to, '127.0.0.1', () => {
      socket.write(first)
      more = setInterval(() => socket.write('a'), 100)
    })
    socket.on('data', (part) => (text += part.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(more)
      resolve({
        status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]) || null,
        head: text,
        body: '',
        closedAfterMs: performance.now() - began,
      })
    })
  })

const inboxRows = async (): Promise<{ kind: string; state: string }[]> =>
  (await world.pool.query("select kind, state from inbox where key like 'callback:%'")).rows

test('there are enough bad inputs to mean something, each with a name of its own', () => {
  expect(badCases.length).toBeGreaterThanOrEqual(130)
  expect(new Set(badCases.map(({ name }) => name)).size).toBe(badCases.length)
})

test.each(badCases)('$name → $status', async ({ name, status, make }) => {
  const answer = await ask(port, make(lab))
  answers.set(name, answer)
  expect(answer.status).toBe(status)
})

test('whatever the cause, all refusals look the same: head and body, byte for byte', () => {
  const looks = (status: number, from: string): Set<string> =>
    new Set(
      [...answers]
        .filter(([name, answer]) => answer.status === status && name.startsWith(from))
        .map(([, answer]) => `${withoutDate(answer.head)}|${answer.body}`),
    )
  expect(looks(403, '').size).toBe(1)
  expect([...looks(403, '')][0]).toMatch(/\|$/) // an empty body
  expect(looks(400, 'xml').size).toBe(1)
  expect(looks(400, 'sealed')).toEqual(looks(400, 'xml'))
  for (const answer of answers.values()) expect(answer.body + answer.head).not.toMatch(/Error|stack|node_modules|\.ts/)
})

test('a padding oracle learns nothing: 256 variants of a byte, one answer', async () => {
  const plain = plainBlocks(lab.xml, lab.keys)
  const bytes = Buffer.from(sealBlocks(plain, lab.keys), 'base64')
  const at = bytes.length - 17
  const seen = new Set<string>()
  for (let value = 0; value < 256; value += 1) {
    if (bytes.readUInt8(at) === value) continue
    const changed = Buffer.from(bytes)
    changed.writeUInt8(value, at)
    const encrypted = changed.toString('base64')
    const stamp = { timestamp: String(lab.now), nonce: `9${value}` }
    const query = queryOf({ msg_signature: signature(lab.keys.token, stamp, encrypted), ...stamp })
    const { head, body } = await ask(port, { target: `${path}?${query}`, body: envelope(encrypted) })
    seen.add(`${withoutDate(head)}|${body}`)
  }
  const forged = answers.get('signature: first digit flipped')
  expect([...seen]).toEqual([`${withoutDate(forged?.head ?? '')}|`])
})

test('fifty clients that leave in the middle of their body harm nobody', async () => {
  const bytes = requestBytes(goodPost(lab)).subarray(0, -100)
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(bytes)
      socket.resetAndDestroy()
      await once(socket, 'close')
    }),
  )
  expect((await ask(port, { method: 'GET', target: path })).status).toBe(403)
})

describe('after all of them', () => {
  test('nothing is half stored, nothing was fetched', async () => {
    expect(await inboxRows()).toEqual([])
    expect(knocks).toBe(0)
  })

  test('the URL check is answered with the very bytes, also when a proxy turned + into a blank', async () => {
    const words = '5927782489442352469'
    const answer = await ask(port, goodGet(lab, words))
    expect([answer.status, answer.body]).toEqual([200, words])
    const request = goodGet(lab, words)
    expect(await ask(port, { ...request, target: request.target.replaceAll('%2B', '+') })).toMatchObject({
      status: 200,
      body: words,
    })
    expect(await world.wecom.callbacks.verify()).toEqual({ ok: true, reason: '' })
  })

  test('a good callback is taken, repeated a hundred times it is still one', async () => {
    const many = async (count: number) => Promise.all(Array.from({ length: count }, () => ask(port, goodPost(lab))))
    const first = await ask(port, goodPost(lab))
    expect([first.status, first.body]).toEqual([200, 'success'])
    const repeats = [...(await many(50)), ...(await many(50))]
    expect(new Set(repeats.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['200 success']))
    // Sealed anew, as a retry may be: other bytes on the wire, the same event.
    const again = await ask(port, goodPost({ ...lab, now: lab.now + 1 }))
    expect(again.status).toBe(200)
    expect(await inboxRows()).toEqual([{ kind: 'callback/nobody_knows_this', state: 'ignored' }])
  })

  test('values are kept as they were written, not as numbers', async () => {
    const odd = '<MsgId>12345678901234567890</MsgId><AgentID>00123</AgentID><Size>1e5</Size><Tag>a</Tag><Tag>b</Tag>'
    expect((await ask(port, goodPost({ ...lab, xml: anEvent(lab.now, odd) }))).status).toBe(200)
    const { rows } = await world.pool.query(
      "select payload -> 'raw' as raw from inbox where payload -> 'raw' ->> 'MsgId' is not null",
    )
    expect(rows[0].raw).toMatchObject({ MsgId: '12345678901234567890', AgentID: '00123', Size: '1e5', Tag: ['a', 'b'] })
  })

  test('an event with a time that no calendar has is taken all the same', async () => {
    for (const at of [999_999_999_999, 253_402_300_800, 0]) {
      expect((await ask(port, goodPost({ ...lab, xml: anEvent(at) }))).status).toBe(200)
    }
    const { rows } = await world.pool.query(
      "select max(occurred_at) < now() + interval '1 year' as sane from inbox where key like 'callback:%'",
    )
    expect(rows).toEqual([{ sane: true }])
  })

  test('while the database cannot store it, the answer is 503 within 5 s; then the same callback is taken', async () => {
    const rows = (await inboxRows()).length
    const late = goodPost({ ...lab, xml: anEvent(lab.now, '<Late>1</Late>') })
    const holder = await world.pool.connect()
    await holder.query('begin; lock table inbox in access exclusive mode')
    const refused = await ask(port, late)
    await holder.query('rollback')
    holder.release()
    expect(refused.status).toBe(503)
    expect(refused.head).toMatch(/Retry-After: 1/)
    expect(refused.body).toBe('')
    expect(refused.closedAfterMs).toBeLessThan(4_900)
    expect((await ask(port, late)).status).toBe(200)
    expect(await inboxRows()).toHaveLength(rows + 1)
  })

  test('who dawdles is cut off within 15 s, and nobody else waits for him', async () => {
    const began = performance.now()
    const good = await ask(port, goodPost(lab))
    expect([good.status, performance.now() - began < 1_000]).toEqual([200, true])
    for (const { closedAfterMs, status } of await slow) {
      expect(status).toBe(408)
      expect(closedAfterMs).toBeLessThan(15_000)
    }
  })

  test('the log at its most talkative holds no secret, no token and no word of a message', async () => {
    const { corpId, secret } = world.wecom.corp
    const token = await fetch(`${world.app.simulator?.url}/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`)
    const { access_token } = (await token.json()) as { access_token: string }
    world.customer('wm_bakery').writes(secretWords)
    await world.settle()
    expect(log).toMatch(/callback refused/)
    expect(log).toMatch(/callback could not be stored/)
    for (const word of [
      corp.token,
      corp.aesKey,
      corp.secret,
      access_token,
      secretWords,
      '13800138000',
      'msg_signature',
      'access_token',
    ])
      expect(log.includes(word), word.slice(0, 4)).toBe(false)
    for (const line of log.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  })
})
