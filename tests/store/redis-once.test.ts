import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { redisShared } from '../../src/store/redis.ts'
import type { Shared } from '../../src/store/shared.ts'
import { redisUrl } from '../ground/ground.ts'

describe('one maker among processes', () => {
  const open = (options: { lockMs?: number; waitMs?: number } = {}) =>
    redisShared({ url: redisUrl(), prefix, ...options })
  let prefix: string
  let opened: Shared[]

  beforeEach(() => {
    prefix = `test:${randomUUID()}:`
    opened = []
  })
  afterEach(async () => {
    await Promise.all(opened.map((shared) => shared.close()))
  })

  test('a maker who dies holds the others up only until his lock ends', async () => {
    const [dead, alive] = (opened = [await open({ lockMs: 300 }), await open({ lockMs: 300 })]) as [Shared, Shared]
    void dead.once('token', () => new Promise(() => {}))
    await sleep(100)
    await dead.close() // prolongs no more, as if killed
    const began = performance.now()
    expect(await alive.once('token', async () => ({ value: 'made by the living', ttlMs: 1000 }))).toBe(
      'made by the living',
    )
    expect(performance.now() - began).toBeLessThan(1000)
  })

  test('a slow maker keeps his lock for as long as he works', async () => {
    const [slow, other] = (opened = [await open({ lockMs: 200 }), await open({ lockMs: 200 })]) as [Shared, Shared]
    const first = slow.once('token', async () => {
      await sleep(900)
      return { value: 'slow', ttlMs: 5000 }
    })
    await sleep(50)
    const second = other.once('token', async () => ({ value: 'must not be made', ttlMs: 5000 }))
    expect(await Promise.all([first, second])).toEqual(['slow', 'slow'])
  })

  test('who has waited long enough makes the value himself; the late one does not overwrite it', async () => {
    const [stuck, other] = (opened = [await open(), await open({ waitMs: 300 })]) as [Shared, Shared]
    let finish = () => {}
    const late = stuck.once('token', async () => {
      await new Promise<void>((done) => (finish = done))
      return { value: 'late', ttlMs: 5000 }
    })
    await sleep(100)
    expect(await other.once('token', async () => ({ value: 'own', ttlMs: 5000 }))).toBe('own')
    expect(await other.get('token')).toBe('own')
    await other.set('lock:token', 'somebody else', 5000) // the stuck one's lock has ended meanwhile
    finish()
    expect(await late).toBe('late')
    expect(await other.get('token')).toBe('own')
  })
})
