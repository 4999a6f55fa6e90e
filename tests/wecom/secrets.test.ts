import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sendKfMessage } from '../../src/wecom/endpoints/kf.ts'
import type { Reply, World } from './loopback.ts'
import { failure, secret, tokenWord, world } from './loopback.ts'

let it: World
const logged: unknown[] = []
beforeEach(async () => {
  logged.length = 0
  it = await world({ timeoutMs: 200, log: { warn: (...line) => void logged.push(line) } })
})
afterEach(() => it.close())

const words = '我的手机是13800138000'
const hello = { touser: 'wm-customer', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: words } }
const echo = `${tokenWord}-1 ${secret} ${words}`

const forced: [string, Reply][] = [
  ['500', (response) => response.writeHead(500).end(echo)],
  ['no answer', () => {}],
  ['a cut connection', (response) => response.destroy()],
  [
    'a redirect',
    (response) => response.writeHead(302, { location: `http://127.0.0.1:1/?access_token=${tokenWord}-1` }).end(),
  ],
  ['HTML', (response) => response.end(`<p>${echo}</p>`)],
  ['-1', { errcode: -1, errmsg: echo }],
  ['45009', { errcode: 45009, errmsg: echo }],
  ['60020', { errcode: 60020, errmsg: `${echo} from ip: 127.0.0.1` }],
  ['95018', { errcode: 95018, errmsg: echo }],
  ['42001', { errcode: 42001, errmsg: echo }],
  ['an answer of the wrong shape', { errcode: 0, msgid: { [echo]: echo } }],
  ['a huge body', (response) => void response.end(Buffer.alloc(11 * 1024 * 1024, `${echo} `))],
  [
    'a bad header',
    (response) => void response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${tokenWord}\r\nContent-Length: nonsense\r\n\r\n`),
  ],
]

/** Everything that a careless logger could print of an error. */
const printed = (error: Error): string => {
  const chain: unknown[] = []
  for (let each: unknown = error; each instanceof Error && chain.length < 10; each = each.cause) chain.push(each)
  const fields = chain.flatMap((each) =>
    Reflect.ownKeys(each as object).map((key) => Reflect.get(each as object, key) as unknown),
  )
  return [
    ...chain.map((each) => inspect(each, { depth: 30, showHidden: true, getters: true })),
    ...chain.map((each) => JSON.stringify(each)),
    ...chain.map((each) => (each as Error).stack),
    inspect(fields, { depth: 30 }),
    String(error),
    inspect(logged, { depth: 30 }),
  ].join('\n')
}

const expectClean = (text: string) => {
  for (const word of [tokenWord, secret, words, '13800138000', 'wm-customer', 'access_token=', 'corpsecret='])
    expect(text).not.toContain(word)
}

test.each(forced)('%s on a call: nothing secret in the error or the log', async (_, reply) => {
  it.server.on('kf/send_msg', () => reply)
  const error = await failure(it.client().call(sendKfMessage, hello))
  expect(['WecomError', 'NetworkError']).toContain(error.name)
  expectClean(printed(error))
  expect(it.server.to('kf/send_msg')[0]?.query.get('access_token')).toContain(tokenWord) // it was there to be leaked
})

test.each(forced)('%s on gettoken: nothing secret in the error or the log', async (_, reply) => {
  it.server.on('gettoken', () => reply)
  const error = await failure(it.client().call(sendKfMessage, hello))
  expect(error['path']).toBe('gettoken')
  expectClean(printed(error))
  expect(it.server.to('gettoken')[0]?.query.get('corpsecret')).toBe(secret)
})

test('nobody listens', async () => {
  const client = it.client({ baseUrl: 'http://127.0.0.1:1' })
  expectClean(printed(await failure(client.call(sendKfMessage, hello))))
})

test('a request that we refuse ourselves does not quote it', async () => {
  const error = await failure(it.client().call(sendKfMessage, { ...hello, text: { content: words.repeat(300) } }))
  expectClean(printed(error))
  expect(error.message).toContain('text.content')
})

test('the client itself can be printed', async () => {
  it.server.on('kf/send_msg', () => ({ msgid: 'M' }))
  const client = it.client()
  await client.call(sendKfMessage, hello)
  expectClean(inspect(client, { depth: 30, showHidden: true }) + JSON.stringify(client))
})
