import { WecomError } from './error.ts'
import type { WecomShared } from './shared-port.ts'

/** At most `limit` calls in any `windowMs`, `atOnce` of them in one go (a tenth unless told otherwise). */
export type Budget = { limit: number; windowMs: number; atOnce?: number }
export type Budgets = Readonly<Record<string, readonly Budget[]>>

const minute = 60_000
const hour = 60 * minute

/** Official limits per corp and API; `*` is every API that is not named. */
export const officialBudgets: Budgets = {
  '*': [
    { limit: 10_000, windowMs: minute },
    { limit: 150_000, windowMs: hour },
  ],
  gettoken: [{ limit: 60, windowMs: minute }],
  get_jsapi_ticket: [{ limit: 100, windowMs: hour }],
  'ticket/get': [{ limit: 100, windowMs: hour }],
  /** What passes this is dropped by WeCom without a word. */
  member: [
    { limit: 30, windowMs: minute, atOnce: 10 },
    { limit: 1000, windowMs: hour },
  ],
  /** Ours: notices leave room for what must ring at once (a new customer, an offer); what passes this is gathered into one message. */
  notice: [{ limit: 20, windowMs: minute, atOnce: 6 }],
}

/** What one call counts against: `lane` is suspended when WeCom says so, `members` are the few people it is sent to, `notice` when it may wait. */
export type Cost = { path: string; lane: string; members: readonly string[]; notice?: boolean | undefined }

export type Quota = {
  /** Waits a little when that is enough. Throws `WecomError` `back_off` with `retryAfterMs` otherwise. */
  enter(cost: Cost, signal: AbortSignal): Promise<void>
  /** After 45009 or 45033: nobody calls this API for a minute; when that happens again, for an hour. */
  suspend(cost: Cost, errcode: number): Promise<number>
}

type Parts = {
  shared: WecomShared
  corpId: string
  budgets: Budgets
  now: () => number
  pause: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The longest wait for a budget that is sat out inside a call. */
const patience = 2000

export const createQuota = ({ shared, corpId, budgets, now, pause }: Parts): Quota => {
  const suspended = new Map<string, number>()
  const key = (word: string, name: string) => `wecom:${word}:${corpId}:${name}`

  const suspendedElsewhere = async (lane: string) => Number(await shared.get(key('suspended', lane))) || 0
  const suspendedHere = (lane: string) => suspended.get(lane) ?? 0

  const take = async (name: string, budget: Budget, { path, signal }: { path: string; signal: AbortSignal }) => {
    const spend = () => shared.spend(key(`budget:${budget.windowMs}`, name), ...bucket(budget))
    let left = patience
    for (let wait = await spend(); wait > 0; wait = await spend()) {
      if (wait > left) throw backOff(path, wait)
      left -= wait
      await pause(wait, signal).catch(() => Promise.reject(backOff(path, wait)))
    }
  }

  return {
    enter: async ({ path, lane, members, notice = false }, signal) => {
      const wait = Math.max(suspendedHere(lane), await suspendedElsewhere(lane)) - now()
      if (wait > 0) throw backOff(path, wait)
      for (const userid of members) {
        for (const budget of (notice && budgets['notice']) || [])
          await take(`notice:${userid}`, budget, { path, signal })
        for (const budget of budgets['member'] ?? []) await take(`member:${userid}`, budget, { path, signal })
      }
      for (const budget of budgets[path] ?? budgets['*'] ?? []) await take(path, budget, { path, signal })
    },
    suspend: async ({ path, lane }, errcode) => {
      // Of many calls that are refused at once, the first suspends and the others see it.
      if (suspendedHere(lane) > now()) return suspendedHere(lane) - now()
      suspended.set(lane, now() + minute)
      const elsewhere = await suspendedElsewhere(lane)
      if (elsewhere > now()) return elsewhere - now()
      const again = errcode === 45009 && lane === path && (await shared.get(key('struck', lane))) !== null
      const ms = again ? hour : minute
      suspended.set(lane, now() + ms)
      await shared.set(key('suspended', lane), String(now() + ms), ms)
      await shared.set(key('struck', lane), '1', ms + 10 * minute)
      return ms
    },
  }
}

/**
 * A bucket gives its whole content at once and then fills evenly. Only what is left after the content may flow in during
 * a window: a bucket of `limit` would let twice as many pass.
 */
const bucket = ({ limit, windowMs, atOnce = limit / 10 }: Budget): [limit: number, windowMs: number] => {
  const content = Math.max(1, Math.floor(atOnce))
  return [content, Math.ceil((content * windowMs) / Math.max(1, limit - content))]
}

const backOff = (path: string, retryAfterMs: number) =>
  new WecomError({
    errcode: 0,
    failure: 'back_off',
    advice: `the limit of calls is reached; go on in ${Math.ceil(retryAfterMs / 1000)} s.`,
    path,
    retryAfterMs: Math.ceil(retryAfterMs),
  })
