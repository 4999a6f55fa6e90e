import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { After } from './deadline.ts'
import { withDeadline } from './deadline.ts'
import type { Endpoint } from './endpoint.ts'
import type { MediaType } from './endpoints/media.ts'
import { getToken } from './endpoints/token.ts'
import { NetworkError, WecomError } from './error.ts'
import type { Received, Seen, Sending } from './exchange.ts'
import { createExchange } from './exchange.ts'
import type { MediaFile } from './files.ts'
import { createFiles } from './files.ts'
import type { Budgets } from './quota.ts'
import { createQuota, officialBudgets } from './quota.ts'
import type { WecomShared } from './shared-port.ts'
import { createTokens } from './token.ts'
import { createTransport } from './transport.ts'

export type WecomOptions = {
  /** Origin of the API; `/cgi-bin/` is added. */
  baseUrl: string
  corpId: string
  secret: string
  shared: WecomShared
  log?: { warn(fields: object, message: string): void }
  /** Told of every try, for counters. */
  seen?: (call: Seen) => void
  /** Budgets per API path that differ from the official ones. */
  budgets?: Budgets
  /** Of one try, in ms. */
  timeoutMs?: number
  now?: () => number
  random?: () => number
  /** How a wait between two tries passes, and what says that a call's time is over: real time unless told otherwise. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
  after?: After
}

/** `deadlineMs` is for the whole call with its waits and repeats, 20 s unless told otherwise. */
export type CallOptions = {
  signal?: AbortSignal
  deadlineMs?: number
  /** A message to staff that may wait for others: it leaves them part of each member's budget. */
  notice?: boolean
}

/**
 * The one way to call WeCom as one app. Throws `WecomError` when WeCom refuses (or the request would be refused) and
 * `NetworkError` when there was no answer; both are free of tokens, secrets and contents.
 */
export type WecomClient = {
  call<Ask extends z.ZodType, Answer extends z.ZodType>(
    endpoint: Endpoint<Ask, Answer>,
    ask: z.input<Ask>,
    options?: CallOptions,
  ): Promise<z.output<Answer>>
  /** A customer's file, up to 20 MB; ids live for 3 days. */
  download(mediaId: string, options?: CallOptions): Promise<MediaFile>
  /** Answers the media_id. */
  upload(type: MediaType, file: { name: string; bytes: Uint8Array }, options?: CallOptions): Promise<string>
  /** Ends what is under way; later calls fail. */
  close(): void
}

const reallyPause = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal })

export const createWecom = (options: WecomOptions): WecomClient => {
  const { corpId, secret, shared, now = Date.now, random = Math.random } = options
  const { pause = reallyPause, after } = options
  const closing = new AbortController()
  const transport = createTransport({ baseUrl: options.baseUrl, timeoutMs: options.timeoutMs ?? 10_000 })
  const quota = createQuota({ shared, corpId, budgets: { ...officialBudgets, ...options.budgets }, now, pause })
  const exchange = createExchange({ transport, quota, now, random, pause, log: options.log, seen: options.seen })

  const fetch = async () => {
    const query = { corpid: corpId, corpsecret: secret }
    const cost = { path: getToken.path, lane: getToken.path, members: [] }
    // Not the signal of the caller who happens to be first: others wait for the same token.
    const { body } = await exchange({ endpoint: getToken, cost, query, signal: closing.signal })
    return readable(getToken, body)
  }
  const tokens = createTokens({ corpId, secret, shared, fetch, now })

  const send = async (
    sending: Omit<Sending, 'signal'>,
    { signal, deadlineMs = 20_000 }: CallOptions,
  ): Promise<Received> => {
    const limits = { ms: deadlineMs, signals: signal ? [closing.signal, signal] : [closing.signal], after }
    const late = () => new NetworkError({ outcome: 'not_sent', path: sending.endpoint.path, code: 'ABORTED' })
    return withDeadline(limits, (total) => {
      const run = (access_token: string) =>
        exchange({ ...sending, query: { ...sending.query, access_token }, signal: total })
      return tokens.use(run, (token) => inTime(token, total, late))
    })
  }

  return {
    call: async (endpoint, ask, callOptions = {}) => {
      const checked = check(endpoint, ask)
      const sending = wire(endpoint, checked)
      const cost = { ...sending.cost, notice: callOptions.notice }
      const { body } = await send({ ...sending, cost }, callOptions)
      return readable(endpoint, body)
    },
    ...createFiles({ send, check, readable }),
    close: () => {
      closing.abort()
      transport.close()
    },
  }
}

/** Our own request is checked before it is sent: the answer to a wrong one would be less helpful. */
const check = <Ask extends z.ZodType>({ path, ask: schema }: Endpoint<Ask>, ask: unknown): z.output<Ask> => {
  const read = schema.safeParse(ask)
  if (read.success) return read.data
  const advice = read.error.issues
    .map(({ path: at, message }) => `${at.join('.') || 'the request'}: ${message}`)
    .join('; ')
  throw new WecomError({ errcode: 0, failure: 'bad_request', advice, path })
}

const readable = <Answer extends z.ZodType>(
  { path, answer }: Endpoint<z.ZodType, Answer>,
  body: unknown,
): z.output<Answer> => {
  const read = answer.safeParse(body)
  if (read.success) return read.data
  const at = read.error.issues[0]?.path.join('.') ?? ''
  throw new NetworkError({ outcome: 'unknown', path, code: `answer without a valid ${at}` })
}

const wire = (endpoint: Endpoint, ask: unknown): Omit<Sending, 'signal'> => {
  const fields = ask as Record<string, unknown>
  const cost = { path: endpoint.path, lane: laneOf(endpoint.path, fields), members: membersOf(endpoint.path, fields) }
  if (endpoint.method === 'POST') return { endpoint, cost, query: {}, body: JSON.stringify(fields) }
  const pairs = Object.entries(fields).filter(([, value]) => value !== undefined)
  return { endpoint, cost, query: Object.fromEntries(pairs.map(([key, value]) => [key, String(value)])) }
}

/** Pulling without a token has a stricter limit of its own: reaching it must not stop the pulls that have one. */
const laneOf = (path: string, ask: Record<string, unknown>): string =>
  path === 'kf/sync_msg' && ask['token'] === undefined ? `${path} without token` : path

/** Only small groups are counted by person: mass messages have their own rules. */
const membersOf = (path: string, ask: Record<string, unknown>): string[] => {
  const users = path === 'message/send' && typeof ask['touser'] === 'string' ? ask['touser'].split('|') : []
  return users.length <= 20 ? users.filter((userid) => userid !== '@all') : []
}

/** A caller whose time is over does not wait for the token that is being fetched for everybody. */
const inTime = <Result>(work: Promise<Result>, signal: AbortSignal, late: () => NetworkError): Promise<Result> =>
  new Promise((resolve, reject) => {
    const refuse = () => reject(late())
    if (signal.aborted) refuse()
    signal.addEventListener('abort', refuse, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', refuse))
  })
