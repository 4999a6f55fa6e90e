import { buckets } from './bucket.ts'
import { channels } from './channels.ts'
import { silent, type Log } from './log.ts'
import type { Shared } from './shared.ts'
import { singleFlight } from './single-flight.ts'

type Options = {
  log?: Log
  /** Milliseconds that only go forward. */
  now?: () => number
}

/** The port `Shared` for one process: exact, and gone when the process ends. */
export const memoryShared = ({ log = silent, now = () => performance.now() }: Options = {}): Shared => {
  const values = expiring(now)
  const take = buckets(now)
  const flight = singleFlight<string>()
  const { deliver, listen } = channels((error) => log.error({ err: error }, 'a listener failed'))

  return {
    get: async (key) => values.get(key),
    set: async (key, value, ttlMs) => values.set(key, value, ttlMs),
    forget: async (key, value) => {
      if (values.get(key) === value) values.delete(key)
    },
    once: async (key, make) =>
      values.get(key) ??
      flight(key, async () => {
        const { value, ttlMs } = await make()
        values.set(key, value, ttlMs)
        return value
      }),
    spend: async (budget, limit, windowMs) => take(budget, limit, windowMs),
    publish: (channel, message) => queueMicrotask(() => deliver(channel, message)),
    subscribe: listen,
    healthy: async () => true,
    close: async () => {},
  }
}

const expiring = (now: () => number) => {
  const entries = new Map<string, { value: string; until: number }>()
  const get = (key: string): string | null => {
    const entry = entries.get(key)
    if (entry && entry.until > now()) return entry.value
    entries.delete(key)
    return null
  }
  const set = (key: string, value: string, ttlMs: number): void => {
    if (entries.size > 10_000) for (const old of [...entries.keys()]) get(old)
    entries.set(key, { value, until: now() + ttlMs })
  }
  return { get, set, delete: (key: string) => void entries.delete(key) }
}
