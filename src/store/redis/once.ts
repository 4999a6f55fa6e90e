import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Link } from './link.ts'
import { FORGET, KEEP, PROLONG } from './scripts.ts'

export type Made = { value: string; ttlMs: number }

export type OnceOptions = {
  link: Link
  now: () => number
  /** A lock that nobody prolongs ends after this: a maker who died holds the others up so long. */
  lockMs: number
  /** How long to wait for another process before making the value oneself. */
  waitMs: number
}

/** `away` when Redis cannot say; the caller then makes the value for this process alone. */
export type Answer = { kind: 'value'; value: string } | { kind: 'made'; made: Made } | { kind: 'away' }

/** One process makes, the others look every 50 ms. `keys`: where the value and its lock are. */
export const onceAcross = ({ link, now, lockMs, waitMs }: OnceOptions) => {
  const make = async (keys: Keys, token: string, maker: () => Promise<Made>): Promise<Answer> => {
    const holding = setInterval(
      () =>
        void link.within(
          (redis) => redis.eval(PROLONG, { keys: [keys.lock], arguments: [token, String(lockMs)] }),
          null,
        ),
      lockMs / 3,
    )
    try {
      const made = await maker()
      const args = [token, made.value, String(Math.max(1, Math.round(made.ttlMs)))]
      await link.within((redis) => redis.eval(KEEP, { keys: [keys.lock, keys.value], arguments: args }), null)
      return { kind: 'made', made }
    } catch (error) {
      await link.within((redis) => redis.eval(FORGET, { keys: [keys.lock], arguments: [token] }), null)
      throw error
    } finally {
      clearInterval(holding)
    }
  }

  return async (keys: Keys, maker: () => Promise<Made>): Promise<Answer> => {
    const until = now() + waitMs
    const token = randomUUID()
    while (now() < until) {
      const found = await look(link, keys, { token, lockMs })
      if (found.kind === 'mine') return make(keys, token, maker)
      if (found.kind !== 'wait') return found
      await sleep(50)
    }
    return make(keys, token, maker)
  }
}

type Keys = { value: string; lock: string }
type Found = { kind: 'value'; value: string } | { kind: 'away' } | { kind: 'wait' } | { kind: 'mine' }

/** The value or, in the same breath, the right to make it: between two calls somebody could finish and be missed. */
const look = async (link: Link, keys: Keys, { token, lockMs }: { token: string; lockMs: number }): Promise<Found> => {
  const answer = await link.within(
    (redis) => redis.eval(LOOK, { keys: [keys.value, keys.lock], arguments: [token, String(lockMs)] }),
    AWAY,
  )
  if (answer === AWAY || !Array.isArray(answer)) return { kind: 'away' }
  const [word, value] = answer.map(String)
  if (word === 'value' && value !== undefined) return { kind: 'value', value }
  return { kind: word === 'mine' ? 'mine' : 'wait' }
}

const AWAY = Symbol('away')

const LOOK = `
local value = redis.call('GET', KEYS[1])
if value then return {'value', value} end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {'mine', ''} end
return {'wait', ''}`
