import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sendKfMessage } from '../../src/wecom/endpoints/kf.ts'
import type { World } from './loopback.ts'
import { failure, tokenWord, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const hello = { touser: 'wm1', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: 'x' } }
const minutes = 60_000
const gettokens = () => it.server.to('gettoken').length
const accept = (errcode?: number) =>
  it.server.on(
    'kf/send_msg',
    it.desk.guard(() => ({ errcode: 0, msgid: 'M' }), errcode),
  )

describe('a token that WeCom does not take any more', () => {
  test.each([42001, 40014, 40001])('%i: 200 calls at once fetch one new token and all succeed', async (errcode) => {
    accept(errcode)
    const client = it.client()
    await client.call(sendKfMessage, hello)
    it.desk.revoke()
    const answers = await Promise.all(Array.from({ length: 200 }, () => client.call(sendKfMessage, hello)))
    expect(answers).toHaveLength(200)
    expect(gettokens()).toBe(2) // one at the start, one for all 200
  })

  test('two processes of one corp fetch one between them', async () => {
    accept()
    const [one, two] = [it.client(), it.client()]
    await Promise.all([one, two].map((client) => client.call(sendKfMessage, hello)))
    expect(gettokens()).toBe(1)
    it.desk.revoke()
    await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? one : two).call(sendKfMessage, hello)))
    expect(gettokens()).toBe(2)
  })

  test('the call is replayed once, not for ever', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: 42001 }))
    it.server.on('gettoken', () => ({ errcode: 0, access_token: `${tokenWord}-${gettokens()}`, expires_in: 7200 }))
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({
      errcode: 42001,
      failure: 'refresh_token',
    })
    expect(it.server.to('kf/send_msg')).toHaveLength(2)
    expect(gettokens()).toBe(2)
  })

  test('a WeCom that keeps giving the token it refuses is not asked by every call', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: 40014 }))
    it.server.on('gettoken', () => ({ errcode: 0, access_token: tokenWord, expires_in: 7200 }))
    const client = it.client()
    for (let i = 0; i < 50; i++)
      expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ errcode: 40014 })
    expect(gettokens()).toBe(2)
    expect(it.server.to('kf/send_msg')).toHaveLength(50)
  })

  test('a WeCom that refuses every new token is asked at most 60 times a minute', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: 42001 }))
    it.server.on('gettoken', () => ({ errcode: 0, access_token: `${tokenWord}-${gettokens()}`, expires_in: 7200 }))
    const client = it.client()
    const errors = []
    for (let i = 0; i < 100; i++)
      errors.push((await failure(client.call(sendKfMessage, hello, { deadlineMs: 50 })))['failure'])
    expect(gettokens()).toBeLessThanOrEqual(60)
    expect(errors).toContain('back_off')
  })
})

describe('a token that grows old', () => {
  test('is replaced 5 minutes before it runs out, not earlier', async () => {
    accept()
    const client = it.client()
    await client.call(sendKfMessage, hello)
    it.pass(114 * minutes)
    await client.call(sendKfMessage, hello)
    expect(gettokens()).toBe(1)
    it.pass(2 * minutes)
    await client.call(sendKfMessage, hello)
    expect(gettokens()).toBe(2)
  })

  test('a token of short life is used for half of it', async () => {
    it.server.on('gettoken', () => ({ errcode: 0, access_token: tokenWord, expires_in: 100 }))
    it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
    await it.client().call(sendKfMessage, hello)
    await it.client().call(sendKfMessage, hello)
    expect(gettokens()).toBe(1)
    it.pass(51_000)
    await it.client().call(sendKfMessage, hello)
    expect(gettokens()).toBe(2)
  })
})

describe('a wrong secret', () => {
  test.each([40001, 40013, 40091])('%i: one try, then nobody asks for five minutes', async (errcode) => {
    it.server.on('gettoken', () => ({ errcode, errmsg: 'invalid credential' }))
    const [one, two] = [it.client(), it.client()]
    for (let i = 0; i < 100; i++) {
      expect(await failure((i % 2 ? one : two).call(sendKfMessage, hello))).toMatchObject({
        errcode,
        failure: 'wrong_setup',
        path: 'gettoken',
      })
    }
    expect(gettokens()).toBe(1)
    it.pass(5 * minutes)
    await failure(one.call(sendKfMessage, hello))
    expect(gettokens()).toBe(2)
  })

  test('once the secret is right, all is well', async () => {
    it.server.on('gettoken', () => ({ errcode: 40001 }))
    const client = it.client()
    await failure(client.call(sendKfMessage, hello))
    it.server.on('gettoken', () => ({ errcode: 0, access_token: tokenWord, expires_in: 7200 }))
    it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
    it.pass(5 * minutes)
    expect(await client.call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  })

  test('another secret, as after a correction and a restart, is tried at once', async () => {
    it.server.on('gettoken', ({ query }) =>
      query.get('corpsecret') === 'right' ? { errcode: 0, access_token: tokenWord } : { errcode: 40001 },
    )
    it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
    await failure(it.client().call(sendKfMessage, hello))
    expect(await it.client({ secret: 'right' }).call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  })
})

test("two apps of one corp do not use each other's token", async () => {
  it.server.on('gettoken', ({ query }) => ({
    errcode: 0,
    access_token: `token of ${query.get('corpsecret')}`,
    expires_in: 7200,
  }))
  it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
  for (const secret of ['one', 'two', 'one']) await it.client({ secret }).call(sendKfMessage, hello)
  expect(it.server.to('kf/send_msg').map(({ query }) => query.get('access_token'))).toEqual([
    'token of one',
    'token of two',
    'token of one',
  ])
})

test('a caller whose time is over does not wait for the token; the others get it', async () => {
  let answer = () => {}
  it.server.on('gettoken', () => (response) => {
    answer = () => response.end(JSON.stringify({ errcode: 0, access_token: tokenWord, expires_in: 7200 }))
  })
  it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
  const client = it.client()
  const patient = client.call(sendKfMessage, hello)
  const hasty = await failure(client.call(sendKfMessage, hello, { deadlineMs: 30 }))
  expect(hasty).toMatchObject({ name: 'NetworkError', outcome: 'not_sent', path: 'kf/send_msg' })
  answer()
  expect(await patient).toMatchObject({ msgid: 'M' })
  expect(gettokens()).toBe(1)
})

test('gettoken over a bad line is repeated', async () => {
  it.server.on('gettoken', () =>
    gettokens() < 3 ? (response) => response.destroy() : { errcode: 0, access_token: tokenWord },
  )
  it.server.on('kf/send_msg', () => ({ errcode: 0, msgid: 'M' }))
  expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  expect(gettokens()).toBe(3)
})
