import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { endpoint } from '../../src/wecom/endpoint.ts'
import { listServicers, sendKfMessage, syncKfMessages, transServiceState } from '../../src/wecom/endpoints/kf.ts'
import { sendAppMessage } from '../../src/wecom/endpoints/message.ts'
import type { Seen } from '../../src/wecom/exchange.ts'
import type { World } from './loopback.ts'
import { failure, tokenWord, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const hello = { touser: 'wm1', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: '你好' } }
const sent = () => it.server.on('kf/send_msg', () => ({ errcode: 0, errmsg: 'ok', msgid: 'M1' }))

describe('a call', () => {
  test('POST: the token in the query, the body in JSON, the answer parsed', async () => {
    sent()
    expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M1' })
    const [post] = it.server.to('kf/send_msg')
    expect(post).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(post?.body ?? '')).toEqual(hello)
    expect([...(post?.query ?? [])]).toEqual([['access_token', `${tokenWord}-1`]])
  })

  test('GET: everything in the query', async () => {
    it.server.on('kf/servicer/list', () => ({ servicer_list: [{ userid: 'Li', status: 0 }] })) // no errcode: WeCom leaves it out sometimes
    expect(await it.client().call(listServicers, { open_kfid: 'wk&1' })).toMatchObject({
      servicer_list: [{ userid: 'li' }],
    })
    const [get] = it.server.to('kf/servicer/list')
    expect(get?.method).toBe('GET')
    expect(Object.fromEntries(get?.query ?? [])).toEqual({ open_kfid: 'wk&1', access_token: `${tokenWord}-1` })
  })

  test('a path in the base URL stays', async () => {
    const client = it.client({ baseUrl: `${it.server.url}/wecom/` })
    await failure(client.call(listServicers, { open_kfid: 'wk1' }))
    expect(it.server.heard[0]?.path).toBe('/wecomgettoken')
  })

  test('one token serves all calls', async () => {
    sent()
    const client = it.client()
    await Promise.all(Array.from({ length: 20 }, () => client.call(sendKfMessage, hello)))
    expect(it.server.to('gettoken')).toHaveLength(1)
    expect(it.server.to('kf/send_msg')).toHaveLength(20)
  })

  test('a wrong request names its field and is not sent', async () => {
    const error = await failure(it.client().call(sendKfMessage, { ...hello, text: { content: '身份证'.repeat(400) } }))
    expect(error).toMatchObject({ name: 'WecomError', errcode: 0, failure: 'bad_request', path: 'kf/send_msg' })
    expect(error.message).toBe('kf/send_msg was not called: text.content: must have 1 to 2048 bytes in UTF-8')
    expect(it.server.heard).toEqual([])
  })

  test('each try is told to whoever counts', async () => {
    const calls: Seen[] = []
    let times = 0
    it.server.on('kf/send_msg', () => (++times === 1 ? { errcode: -1 } : { errcode: 0, msgid: 'M' }))
    await it.client({ seen: (call) => void calls.push(call) }).call(sendKfMessage, hello)
    expect(calls.map(({ path, result }) => `${path} ${result}`)).toEqual([
      'gettoken ok',
      'kf/send_msg retry',
      'kf/send_msg ok',
    ])
  })
})

describe('refusals', () => {
  const noisy =
    'not allow, hint: [1767225600_9_ab], from ip: 203.0.113.7, more info at https://open.work.weixin.qq.com/devtool/query?e=60020'

  test('the class, the advice, the hint for support and the address to trust', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: 60020, errmsg: noisy }))
    const warned: object[] = []
    const client = it.client({ log: { warn: (fields) => void warned.push(fields) } })
    const error = await failure(client.call(sendKfMessage, hello))
    expect(error).toMatchObject({
      errcode: 60020,
      failure: 'wrong_setup',
      hint: '1767225600_9_ab',
      fromIp: '203.0.113.7',
    })
    expect(warned).toMatchObject([{ path: 'kf/send_msg', errcode: 60020, fromIp: '203.0.113.7' }])
    expect(it.server.to('kf/send_msg')).toHaveLength(1)
  })

  test('words of WeCom that look like code do not get through', async () => {
    it.server.on('kf/send_msg', () => ({
      errcode: 40058,
      errmsg: '<script>x</script>\r\n{"level":60}, hint: [<b>], from ip: evil.example',
    }))
    const error = await failure(it.client().call(sendKfMessage, hello))
    expect(error).toMatchObject({ failure: 'bad_request', hint: undefined, fromIp: undefined })
    expect(`${error.message}${JSON.stringify(error)}`).not.toMatch(/script|level|evil|\r/)
  })

  test.each([
    [95013, 'state_changed'],
    [95014, 'person'],
    [95016, 'state_changed'],
  ])('%i: %s, asked once', async (errcode, kind) => {
    it.server.on('kf/service_state/trans', () => ({ errcode, errmsg: '' }))
    const ask = { open_kfid: 'wk1', external_userid: 'wm1', service_state: 3 as const, servicer_userid: 'li' }
    expect(await failure(it.client().call(transServiceState, ask))).toMatchObject({ errcode, failure: kind })
    expect(it.server.to('kf/service_state/trans')).toHaveLength(1)
  })

  test('an endpoint may read a code in its own way', async () => {
    const own = endpoint({
      post: 'kf/send_msg',
      doc: sendKfMessage.doc,
      ask: sendKfMessage.ask,
      answer: sendKfMessage.answer,
      fails: { 95013: 'already_done' },
    })
    it.server.on('kf/send_msg', () => ({ errcode: 95013 }))
    expect(await failure(it.client().call(own, hello))).toMatchObject({ failure: 'already_done' })
  })

  test('an errcode in quotes is read', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: '0', msgid: 'M' }))
    expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
    it.server.on('kf/send_msg', () => ({ errcode: '95018' }))
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ errcode: 95018 })
  })
})

/** Time that passes in the waits between tries alone, however slow the machine is. */
const clockOfWaits = () => {
  let time = 0
  const ends: { at: number; over: () => void }[] = []
  return {
    after: (ms: number, over: () => void) => {
      ends.push({ at: time + ms, over })
      return () => {}
    },
    pause: async (ms: number, signal: AbortSignal): Promise<void> => {
      time += ms
      for (const { at, over } of ends) if (at <= time) over()
      signal.throwIfAborted()
    },
  }
}

describe('a busy WeCom', () => {
  const busy = (times: number, errcode = -1) => {
    let left = times
    it.server.on('kf/send_msg', () => (left-- > 0 ? { errcode, errmsg: 'system busy' } : { errcode: 0, msgid: 'M' }))
  }

  test.each([1, 2, 3])('%i times -1, then it works', async (times) => {
    busy(times)
    expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
    expect(it.server.to('kf/send_msg')).toHaveLength(times + 1)
  })

  test('a fourth -1 is left to the caller', async () => {
    busy(4)
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ errcode: -1, failure: 'retry' })
    expect(it.server.to('kf/send_msg')).toHaveLength(4)
  })

  test('6000 too', async () => {
    busy(1, 6000)
    expect(await it.client().call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  })

  test('a call whose time is over stops repeating', async () => {
    busy(4)
    // The waits are 50 and 100 ms: the first ends in time, the second does not.
    const error = await failure(it.client(clockOfWaits()).call(sendKfMessage, hello, { deadlineMs: 80 }))
    expect(error).toMatchObject({ errcode: -1, failure: 'retry' })
    expect(it.server.to('kf/send_msg')).toHaveLength(2)
  })
})

describe('what a database cannot keep is replaced at this edge', () => {
  test('NUL and half a surrogate pair; whole emoji stay', async () => {
    const raw =
      '{"errcode":0,"next_cursor":"c","msg_list":[{"text":{"content":"a\\u0000b\\ud83d c \\ud83d\\ude00","\\u0000k":1}}]}'
    it.server.on('kf/sync_msg', () => (response) => response.setHeader('content-type', 'application/json').end(raw))
    const page = await it.client().call(syncKfMessages, { open_kfid: 'wk1', token: 't' })
    expect(page.msg_list).toEqual([{ text: { content: 'a\uFFFDb\uFFFD c 😀', '\uFFFDk': 1 } }])
  })
})

describe('answers of the wrong shape', () => {
  test('WeCom took it but did not say what we need: the outcome is unknown, so it is not repeated', async () => {
    it.server.on('kf/send_msg', () => ({ errcode: 0 }))
    const error = await failure(it.client().call(sendKfMessage, hello))
    expect(error).toMatchObject({ name: 'NetworkError', outcome: 'unknown', code: 'answer without a valid msgid' })
    expect(it.server.to('kf/send_msg')).toHaveLength(1)
  })

  test('message/send without its lists is fine', async () => {
    it.server.on('message/send', () => ({ errcode: 0, msgid: 'M' }))
    const ask = { touser: 'li', agentid: 1, msgtype: 'text' as const, text: { content: 'x' } }
    expect(await it.client().call(sendAppMessage, ask)).toMatchObject({ invaliduser: '' })
  })
})
