import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { memoryShared } from '../../src/store/memory.ts'
import { redisShared } from '../../src/store/redis.ts'
import type { Shared } from '../../src/store/shared.ts'
import { redisUrl } from '../ground/ground.ts'

/** One promise, two implementations. `open` gives two handles on the same shared state (memory has but one). */
const implementations: Record<string, () => Promise<[Shared, Shared]>> = {
  memory: async () => {
    const shared = memoryShared()
    return [shared, shared]
  },
  redis: async () => {
    const prefix = `test:${randomUUID()}:`
    return Promise.all([redisShared({ url: redisUrl(), prefix }), redisShared({ url: redisUrl(), prefix })])
  },
}

describe.each(Object.entries(implementations))('shared state in %s', (_name, open) => {
  let here: Shared
  let there: Shared

  beforeEach(async () => {
    ;[here, there] = await open()
  })
  afterEach(async () => {
    await Promise.all([here.close(), there.close()])
  })

  test('a value is kept for its time and then gone', async () => {
    expect(await here.get('token')).toBeNull()
    await here.set('token', 'abc', 80)
    expect(await there.get('token')).toBe('abc')
    await vi.waitUntil(async () => (await there.get('token')) === null, { timeout: 2000, interval: 10 })
  })

  test('an empty value and 引桥 in 汉字 come back as they went in', async () => {
    await here.set('empty', '', 5000)
    await here.set('引桥', '“桥”\n🌉', 5000)
    expect([await there.get('empty'), await there.get('引桥')]).toEqual(['', '“桥”\n🌉'])
  })

  test('forget removes only the value that was meant', async () => {
    await here.set('token', 'renewed', 5000)
    await there.forget('token', 'expired')
    expect(await here.get('token')).toBe('renewed')
    await there.forget('token', 'renewed')
    expect(await here.get('token')).toBeNull()
  })

  test('many who want the same value have it made once', async () => {
    let made = 0
    const make = async () => {
      made += 1
      await sleep(60)
      return { value: `token ${made}`, ttlMs: 300 }
    }
    const answers = await Promise.all(
      [here, there, here, there, here, there].map((shared) => shared.once('token', make)),
    )
    expect(new Set(answers)).toEqual(new Set(['token 1']))
    expect(await there.once('token', make)).toBe('token 1')
    expect(await here.get('token')).toBe('token 1')
    await vi.waitUntil(async () => (await here.get('token')) === null, { timeout: 3000, interval: 10 })
    expect(await there.once('token', make)).toBe('token 2')
  })

  test('a maker that fails is told to those who waited in its process; the next caller tries again', async () => {
    const failing = () =>
      here.once('token', async () => {
        await sleep(20)
        throw new Error('no answer')
      })
    const results = await Promise.allSettled([failing(), failing()])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(await there.once('token', async () => ({ value: 'ok', ttlMs: 1000 }))).toBe('ok')
  })

  test('a budget gives its limit at once, then says how long to wait', async () => {
    const waits = await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 ? here : there).spend('send', 5, 1000)))
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5)
    const wait = Math.max(...waits)
    expect(wait).toBeGreaterThan(100)
    expect(wait).toBeLessThanOrEqual(200)
    expect(await here.spend('other', 5, 1000)).toBe(0)
    await sleep(wait + 5)
    expect(await here.spend('send', 5, 1000)).toBe(0)
    expect(await there.spend('send', 5, 1000)).toBeGreaterThan(0)
  })

  test('a budget never gives more than its limit plus what the time brought', async () => {
    const [limit, windowMs] = [20, 500]
    const began = performance.now()
    let given = 0
    const caller = async (shared: Shared) => {
      while (performance.now() - began < 600) {
        const wait = await shared.spend('send', limit, windowMs)
        if (wait === 0) given += 1
        else await sleep(wait)
      }
    }
    await Promise.all([here, there, here, there].map(caller))
    const brought = ((performance.now() - began) / windowMs) * limit
    expect(given).toBeLessThanOrEqual(limit + brought)
    expect(given).toBeGreaterThan(limit)
  })

  test('listeners hear what is published, in order, until they stop', async () => {
    const heard: string[] = []
    const stop = here.subscribe('inbox', (message) => heard.push(message))
    here.subscribe('outbox', (message) => heard.push(`outbox ${message}`))
    for (const n of [1, 2, 3]) there.publish('inbox', `message ${n}`)
    await vi.waitUntil(() => heard.length === 3)
    stop()
    there.publish('inbox', 'message 4')
    there.publish('outbox', 'last')
    await vi.waitUntil(() => heard.length === 4)
    expect(heard).toEqual(['message 1', 'message 2', 'message 3', 'outbox last'])
  })

  test('a listener that throws does not silence the others', async () => {
    const heard: string[] = []
    here.subscribe('inbox', () => {
      throw new Error('broken')
    })
    here.subscribe('inbox', (message) => heard.push(message))
    there.publish('inbox', 'hello')
    await vi.waitUntil(() => heard.length === 1)
  })

  test('it says that it is healthy', async () => {
    expect(await here.healthy()).toBe(true)
  })
})
