import { buckets } from './bucket.ts'
import { channels } from './channels.ts'
import { silent, type Log } from './log.ts'
import { memoryShared } from './memory.ts'
import { openLink, type Link } from './redis/link.ts'
import { onceAcross } from './redis/once.ts'
import { FORGET, TAKE } from './redis/scripts.ts'
import type { Shared } from './shared.ts'
import { singleFlight } from './single-flight.ts'

type Options = {
  url: string
  log?: Log
  /** Before every key and channel; tests have their own. */
  prefix?: string
  /** Milliseconds that only go forward. */
  now?: () => number
  lockMs?: number
  waitMs?: number
}

/**
 * The port `Shared` for many processes. Resolves also when Redis is away (after at most a second) and uses it as soon as it
 * comes; rejects only for an address that is none. While Redis is away `once` keeps what it made for this process.
 */
export const redisShared = async (options: Options): Promise<Shared> => {
  const {
    url,
    log = silent,
    prefix = 'yinqiao:',
    now = () => performance.now(),
    lockMs = 3000,
    waitMs = 10_000,
  } = options
  const link = await openLink({ url, log, now })
  const line = await openLine({ url, log, now, channel: `${prefix}line` })
  const inside: Inside = { link, now, at: (key) => `${prefix}${key}`, alone: memoryShared({ log, now }) }
  return {
    ...values(inside),
    once: once(inside, onceAcross({ link, now, lockMs, waitMs })),
    spend: spend(inside),
    publish: (channel, message) =>
      void link.within((redis) => redis.publish(`${prefix}line`, JSON.stringify([channel, message])), null),
    subscribe: line.listen,
    healthy: async () => (await link.within((redis) => redis.ping(), null)) === 'PONG',
    close: async () => {
      line.close()
      link.close()
    },
  }
}

/** `at`: a key's name in Redis; `alone`: what this process knows when Redis is away. */
type Inside = { link: Link; now: () => number; at: (key: string) => string; alone: Shared }

const values = ({ link, at, alone }: Inside): Pick<Shared, 'get' | 'set' | 'forget'> => ({
  get: (key) => link.within((redis) => redis.get(at(key)), null),
  set: async (key, value, ttlMs) => {
    const expiration = { type: 'PX', value: Math.max(1, Math.round(ttlMs)) } as const
    await link.within((redis) => redis.set(at(key), value, { expiration }), null)
  },
  forget: async (key, value) => {
    await alone.forget(key, value)
    await link.within((redis) => redis.eval(FORGET, { keys: [at(key)], arguments: [value] }), null)
  },
})

const once = ({ at, alone }: Inside, across: ReturnType<typeof onceAcross>): Shared['once'] => {
  const flight = singleFlight<string>()
  return (key, make) =>
    flight(key, async () => {
      const answer = await across({ value: at(key), lock: at(`lock:${key}`) }, make)
      if (answer.kind === 'away') return alone.once(key, make)
      if (answer.kind === 'value') return answer.value
      await alone.set(key, answer.made.value, answer.made.ttlMs)
      return answer.made.value
    })
}

const spend = ({ link, at, now }: Inside): Shared['spend'] => {
  const take = buckets(now)
  return async (budget, limit, windowMs) => {
    const ask = { keys: [at(`budget:${budget}`)], arguments: [String(limit), String(windowMs)] }
    const wait = await link.within((redis) => redis.eval(TAKE, ask), null)
    return wait === null ? take(budget, limit, windowMs) : Number(wait)
  }
}

/** One connection hears everything that is published and hands it to this process's listeners. */
const openLine = async ({ url, log, now, channel }: { url: string; log: Log; now: () => number; channel: string }) => {
  const { deliver, listen } = channels((error) => log.error({ err: error }, 'a listener failed'))
  const { client, close, complain } = await openLink({ url, log, now })
  const hear = (text: string): void => {
    try {
      const [name, message] = JSON.parse(text) as [string, string]
      deliver(name, message)
    } catch (error) {
      complain(error) // somebody else's message on our channel
    }
  }
  // Asked for again after every reconnection: the first try may have met a Redis that was away.
  const tuneIn = () => void client.subscribe(channel, hear).catch(complain)
  client.on('ready', tuneIn)
  if (client.isReady) await client.subscribe(channel, hear).catch(complain)
  return { listen, close }
}
