import { createClient } from 'redis'
import type { Log } from '../log.ts'

type LinkOptions = { url: string; log: Log; now: () => number }
export type RedisClient = ReturnType<typeof newClient>
export type Link = Awaited<ReturnType<typeof openLink>>

/** How long one call may take, and how long Redis is left alone after it did not answer in that time. */
const DEADLINE_MS = 200
const REST_MS = 1000

/**
 * A connection that can be away. `within` answers `otherwise` at once while Redis is down, after 200 ms when it is frozen,
 * and never rejects. It comes back by itself.
 */
export const openLink = async ({ url, log, now }: LinkOptions) => {
  const client = newClient(url)
  const complain = seldom(log, now)
  let restUntil = 0
  let closed = false
  client.on('error', complain)

  const within = async <T, Else>(call: (client: RedisClient) => Promise<T>, otherwise: Else): Promise<T | Else> => {
    if (closed || !client.isReady || now() < restUntil) return otherwise
    try {
      return await beforeDeadline(call(client))
    } catch (error) {
      if (error instanceof TooSlow) restUntil = now() + REST_MS
      complain(error)
      return otherwise
    }
  }
  const close = () => {
    closed = true
    if (client.isOpen) client.destroy()
  }
  await firstTry(client)
  return { client, within, close, complain }
}

const newClient = (url: string) => {
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new Error('REDIS_URL is not the address of a Redis: it looks like redis://user:password@host:6379/0')
  }
  return createClient({
    url,
    // Without these three a Redis that is down or frozen makes its callers wait for ever.
    disableOfflineQueue: true,
    socket: {
      connectTimeout: 1000,
      socketTimeout: 500,
      reconnectStrategy: (retries: number) => Math.min(50 * 2 ** retries, 1000),
    },
    // An idle connection must say something now and then, or socketTimeout ends it.
    pingInterval: 200,
    commandsQueueMaxLength: 50_000,
  })
}

/** The first connection is given a moment; a Redis that is away now may come later. */
const firstTry = (client: RedisClient): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, 1000)
    const settled = () => {
      clearTimeout(timer)
      done()
    }
    client.once('error', settled)
    client.connect().then(settled, settled)
  })

class TooSlow extends Error {
  override message = `Redis did not answer within ${DEADLINE_MS} ms`
}

const beforeDeadline = <T>(call: Promise<T>): Promise<T> =>
  new Promise((done, failed) => {
    // One round of the event loop more: an answer that lies in the socket since our own process was busy is still read.
    const timer = setTimeout(() => setImmediate(() => failed(new TooSlow())), DEADLINE_MS)
    call.then(done, failed).finally(() => clearTimeout(timer))
  })

/** One line per ten seconds, with the number of those that were kept back. */
const seldom = (log: Log, now: () => number) => {
  let quietUntil = 0
  let kept = 0
  return (error: unknown): void => {
    if (now() < quietUntil) return void (kept += 1)
    log.warn(
      { reason: error instanceof Error ? error.message || error.name : String(error), kept },
      'Redis is away; working without it',
    )
    quietUntil = now() + 10_000
    kept = 0
  }
}
