import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Log } from '../../src/store/log.ts'
import { redisShared } from '../../src/store/redis.ts'
import type { Shared } from '../../src/store/shared.ts'
import { freePort, ownRedis } from '../ground/ground.ts'
import type { RedisServer } from '../ground/redis.ts'

describe('Redis that fails', () => {
  let server: RedisServer
  let shared: Shared
  let warnings: object[]
  const log: Log = {
    info: () => {},
    warn: (fields) => void warnings.push(fields),
    error: (fields) => void warnings.push(fields),
  }

  beforeEach(async () => {
    warnings = []
    server = await ownRedis()
    shared = await redisShared({ url: server.url, prefix: 'test:', log })
  })
  afterEach(async () => {
    await shared.close()
    await server.stop()
  })

  const back = () => vi.waitUntil(() => shared.healthy(), { timeout: 8000, interval: 20 })

  /** Every method, one after the other: none rejects; answers how long the slowest took. */
  const useAll = async (): Promise<number> => {
    let slowest = 0
    const timed = async <T>(call: () => Promise<T>): Promise<T> => {
      const began = performance.now()
      const answer = await call()
      slowest = Math.max(slowest, performance.now() - began)
      return answer
    }
    expect(await timed(() => shared.get('token'))).toBeNull()
    await timed(() => shared.set('token', 'lost', 60_000))
    await timed(() => shared.forget('token', 'other'))
    shared.publish('inbox', 'lost')
    expect(await timed(() => shared.healthy())).toBe(false)
    let made = 0
    const make = async () => ({ value: `made ${(made += 1)}`, ttlMs: 60_000 })
    const key = randomUUID()
    expect(await timed(() => Promise.all([shared.once(key, make), shared.once(key, make)]))).toEqual([
      'made 1',
      'made 1',
    ])
    expect(await timed(() => shared.once(key, make))).toBe('made 1')
    await shared.forget(key, 'made 1')
    expect(await shared.once(key, make)).toBe('made 2')
    const budget = randomUUID()
    const waits = [
      await timed(() => shared.spend(budget, 2, 60_000)),
      await shared.spend(budget, 2, 60_000),
      await shared.spend(budget, 2, 60_000),
    ]
    expect(waits.map((wait) => wait > 0)).toEqual([false, false, true])
    return slowest
  }

  test('killed: everything answers at once, and a new server on the same port is used by itself', async () => {
    await server.signal('SIGKILL')
    expect(await useAll()).toBeLessThan(300)
    const again = await ownRedis(Number(new URL(server.url).port))
    await back()
    await shared.set('token', 'kept', 60_000)
    expect(await shared.get('token')).toBe('kept')
    await again.stop()
  })

  test('frozen: the first call waits its 200 ms, nothing hangs, and it goes on when the server wakes', async () => {
    await shared.set('token', 'kept', 60_000)
    await server.signal('SIGSTOP')
    expect(await useAll()).toBeLessThan(500)
    await sleep(1200) // the rest is over and the socket has timed out: frozen servers still accept connections
    expect(await useAll()).toBeLessThan(500)
    await server.signal('SIGCONT')
    await back()
    expect(await shared.get('token')).toBe('kept')
  })

  test('frozen under constant traffic: writes do not keep the dead connection alive', async () => {
    await server.signal('SIGSTOP')
    const until = performance.now() + 2500
    while (performance.now() < until) {
      await shared.get('token')
      await sleep(5)
    }
    await server.signal('SIGCONT')
    const began = performance.now()
    await back()
    expect(performance.now() - began).toBeLessThan(3000)
  })

  test('flushed in the middle: values are gone, the next caller makes them anew, listeners still hear', async () => {
    const admin = await createClient({ url: server.url })
      .on('error', () => {})
      .connect()
    const heard: string[] = []
    shared.subscribe('inbox', (message) => heard.push(message))
    expect(await shared.once('token', async () => ({ value: 'first', ttlMs: 60_000 }))).toBe('first')
    const making = shared.once('slow', async () => {
      await admin.flushAll()
      return { value: 'made', ttlMs: 60_000 }
    })
    expect(await making).toBe('made')
    expect(await shared.get('slow')).toBe('made')
    expect(await shared.get('token')).toBeNull()
    expect(await shared.once('token', async () => ({ value: 'second', ttlMs: 60_000 }))).toBe('second')
    shared.publish('inbox', 'still here')
    await vi.waitUntil(() => heard.length > 0)
    expect(heard).toEqual(['still here'])
    admin.destroy()
  })

  test('restarted: listeners hear again, and each message once', async () => {
    const heard: string[] = []
    shared.subscribe('inbox', (message) => heard.push(message))
    await server.signal('SIGKILL')
    const again = await ownRedis(Number(new URL(server.url).port))
    await back()
    await vi.waitUntil(
      async () => {
        shared.publish('inbox', 'probe')
        await sleep(20)
        return heard.length > 0
      },
      { timeout: 8000, interval: 20 },
    )
    const before = heard.length
    shared.publish('inbox', 'once')
    await vi.waitUntil(() => heard.includes('once'))
    await sleep(50)
    expect(heard.slice(before).filter((message) => message === 'once')).toHaveLength(1)
    await again.stop()
  })

  test('its absence is reported, but not with every call', async () => {
    await server.signal('SIGKILL')
    for (let i = 0; i < 500; i += 1) await shared.get('token')
    await sleep(300)
    expect(warnings.length).toBeGreaterThan(0)
    expect(warnings.length).toBeLessThanOrEqual(4) // one per connection and ten seconds
  })
})

describe('Redis that was never there', () => {
  test('opening takes no longer than a second, and it is used once it comes', async () => {
    const port = await freePort()
    const began = performance.now()
    const shared = await redisShared({ url: `redis://127.0.0.1:${port}`, prefix: 'test:' })
    expect(performance.now() - began).toBeLessThan(1500)
    expect(await shared.get('token')).toBeNull()
    const heard: string[] = []
    shared.subscribe('inbox', (message) => heard.push(message))
    const server = await ownRedis(port)
    await vi.waitUntil(
      async () => {
        shared.publish('inbox', 'hello')
        await sleep(20)
        return heard.length > 0
      },
      { timeout: 8000 },
    )
    await shared.close()
    await server.stop()
  })

  test('an address that is none is refused without repeating it', async () => {
    const refused = redisShared({ url: 'http://user:geheim@host' })
    await expect(refused).rejects.toThrow('REDIS_URL')
    await expect(refused).rejects.not.toThrow('geheim')
  })
})
