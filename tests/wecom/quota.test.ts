import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sendKfMessage, syncKfMessages } from '../../src/wecom/endpoints/kf.ts'
import { sendAppMessage } from '../../src/wecom/endpoints/message.ts'
import { createQuota, officialBudgets } from '../../src/wecom/quota.ts'
import { memoryShared } from '../../src/store/memory.ts'
import type { World } from './loopback.ts'
import { failure, world } from './loopback.ts'

let it: World
beforeEach(async () => {
  it = await world()
})
afterEach(() => it.close())

const hello = { touser: 'wm1', open_kfid: 'wk1', msgtype: 'text' as const, text: { content: 'x' } }
const second = 1000
const minute = 60 * second
const hour = 60 * minute
const sends = () => it.server.to('kf/send_msg').length
const answer = (errcode: number) => it.server.on('kf/send_msg', () => ({ errcode, msgid: 'M' }))

describe('an API over its limit (45009)', () => {
  test('is left alone for a minute, by every process, and then works again', async () => {
    answer(45009)
    const [one, two] = [it.client(), it.client()]
    expect(await failure(one.call(sendKfMessage, hello))).toMatchObject({
      errcode: 45009,
      failure: 'back_off',
      retryAfterMs: minute,
    })
    answer(0)
    it.pass(59 * second)
    for (const client of [one, two]) {
      expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({
        errcode: 0,
        failure: 'back_off',
        retryAfterMs: second,
      })
    }
    expect(sends()).toBe(1)
    it.pass(second)
    expect(await two.call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  })

  test('refused again after the minute: an hour', async () => {
    answer(45009)
    const client = it.client()
    await failure(client.call(sendKfMessage, hello))
    it.pass(minute)
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ errcode: 45009, retryAfterMs: hour })
    it.pass(59 * minute)
    expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({ errcode: 0, retryAfterMs: minute })
    expect(sends()).toBe(2)
  })

  test('a day later it is a first time again', async () => {
    answer(45009)
    await failure(it.client().call(sendKfMessage, hello))
    it.pass(24 * hour)
    expect(await failure(it.client().call(sendKfMessage, hello))).toMatchObject({ retryAfterMs: minute })
  })

  test('many refused in one moment count as once', async () => {
    answer(45009)
    const client = it.client()
    await Promise.all(Array.from({ length: 30 }, () => failure(client.call(sendKfMessage, hello))))
    it.pass(minute)
    answer(0)
    expect(await client.call(sendKfMessage, hello)).toMatchObject({ msgid: 'M' })
  })

  test('so do those that another process had under way', async () => {
    const answers: (() => void)[] = []
    it.server.on('kf/send_msg', () => (response) => void answers.push(() => response.end('{"errcode":45009}')))
    const [one, two] = [it.client(), it.client()]
    const calls = [one, two].map((client) => failure(client.call(sendKfMessage, hello)))
    await expect.poll(() => answers.length).toBe(2)
    answers[0]?.()
    await Promise.race(calls)
    it.pass(20)
    answers[1]?.()
    const waits = (await Promise.all(calls)).map((error) => Number(error['retryAfterMs']))
    expect(Math.max(...waits)).toBe(minute)
  })

  test('other APIs go on', async () => {
    answer(45009)
    const client = it.client()
    await failure(client.call(sendKfMessage, hello))
    it.server.on('kf/sync_msg', () => ({ next_cursor: 'c' }))
    expect(await client.call(syncKfMessages, { open_kfid: 'wk1', token: 't' })).toMatchObject({ next_cursor: 'c' })
  })

  test('pulls without a token have a limit of their own: pulls with one go on', async () => {
    it.server.on('kf/sync_msg', ({ body }) => (body.includes('"token"') ? { next_cursor: 'c' } : { errcode: 45009 }))
    const client = it.client()
    expect(await failure(client.call(syncKfMessages, { open_kfid: 'wk1' }))).toMatchObject({ retryAfterMs: minute })
    expect(await client.call(syncKfMessages, { open_kfid: 'wk1', token: 't' })).toMatchObject({ next_cursor: 'c' })
    it.pass(minute)
    expect(await failure(client.call(syncKfMessages, { open_kfid: 'wk2' }))).toMatchObject({
      errcode: 45009,
      retryAfterMs: minute,
    })
  })

  test('too many at the same time (45033) never costs an hour', async () => {
    answer(45033)
    const client = it.client()
    for (let i = 0; i < 3; i++) {
      expect(await failure(client.call(sendKfMessage, hello))).toMatchObject({
        errcode: 45033,
        failure: 'back_off',
        retryAfterMs: minute,
      })
      it.pass(minute)
    }
  })
})

describe('budgets', () => {
  test.each([
    ['an API', { path: 'kf/send_msg', members: [] }, { 'kf/send_msg': [{ limit: 20, windowMs: minute }] }, 20],
    ['a member', { path: 'message/send', members: ['li'] }, officialBudgets, 30],
  ])('%s: no minute ever holds more than its limit', async (_, what, budgets, limit) => {
    let time = 0
    const shared = memoryShared({ now: () => time })
    const pause = () => Promise.reject(new Error('out of time'))
    const quota = createQuota({ shared, corpId: 'ww1', budgets, now: () => time, pause })
    const entered: number[] = []
    const refusal = { failure: 'back_off', retryAfterMs: expect.any(Number) }
    for (; time < 10 * minute; time += 100) {
      const enter = quota.enter({ lane: what.path, ...what }, new AbortController().signal)
      await enter.then(
        () => entered.push(time),
        (error: unknown) => expect(error).toMatchObject(refusal),
      )
    }
    const inMinuteFrom = (from: number) => entered.filter((at) => at >= from && at < from + minute).length
    expect(Math.max(...entered.map(inMinuteFrom))).toBeLessThanOrEqual(limit)
    expect(entered.length).toBeGreaterThan(10 * limit * 0.6)
  })

  test('a short wait is sat out inside the call', async () => {
    answer(0)
    // The store's own clock, so that time passes while the call waits.
    const client = it.client({ shared: memoryShared(), budgets: { 'kf/send_msg': [{ limit: 10, windowMs: 1000 }] } })
    const began = performance.now()
    await client.call(sendKfMessage, hello)
    await client.call(sendKfMessage, hello)
    expect(performance.now() - began).toBeGreaterThan(100)
    expect(sends()).toBe(2)
  })

  test('a long wait is told instead', async () => {
    answer(0)
    const client = it.client({ budgets: { 'kf/send_msg': [{ limit: 2, windowMs: hour }] } })
    await client.call(sendKfMessage, hello)
    const error = await failure(client.call(sendKfMessage, hello))
    expect(error).toMatchObject({ errcode: 0, failure: 'back_off', path: 'kf/send_msg' })
    expect(error['retryAfterMs']).toBeGreaterThan(50 * minute)
    expect(sends()).toBe(1)
  })

  test('messages to one member are counted by person; others still get theirs', async () => {
    it.server.on('message/send', () => ({ errcode: 0, msgid: 'M' }))
    const client = it.client()
    const tell = (touser: string) =>
      client.call(sendAppMessage, { touser, agentid: 1, msgtype: 'text', text: { content: 'x' } })
    for (let i = 0; i < 10; i++) await tell(i % 2 ? 'Li' : 'li')
    expect(await failure(tell('wang|LI'))).toMatchObject({ errcode: 0, failure: 'back_off', retryAfterMs: 3000 })
    expect(await tell('wang')).toMatchObject({ msgid: 'M' })
    it.pass(3000)
    expect(await tell('li')).toMatchObject({ msgid: 'M' })
    expect(it.server.to('message/send')).toHaveLength(12)
  })
})
