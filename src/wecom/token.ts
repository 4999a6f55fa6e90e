import { createHash } from 'node:crypto'
import { getToken } from './endpoints/token.ts'
import { WecomError } from './error.ts'
import { failureOf } from './failures.ts'
import type { WecomShared } from './shared-port.ts'

export type Tokens = {
  /** Runs a call with the token; when WeCom does not take it, once more with a new one. `inTime` bounds the wait for one. */
  use<Result>(
    call: (token: string) => Promise<Result>,
    inTime: (token: Promise<string>) => Promise<string>,
  ): Promise<Result>
}

type Parts = {
  corpId: string
  secret: string
  shared: WecomShared
  /** gettoken itself; throws as every call does. */
  fetch: () => Promise<{ access_token: string; expires_in: number }>
  now: () => number
}

/** A new token this long before the old one runs out, in ms. */
const margin = 300_000
/** A process asks the others at least this often whether the token is still the same, in ms. */
const trust = 60_000
/** A secret that WeCom refused with one of these is not tried again for so many ms: our address would be blocked. */
const secretRefused = new Set([40001, 40013, 40014, 40091, 41002, 41004, 42001, 45031])
const penalty = 300_000
/** When WeCom gives out the token that it has just refused, it is not asked again for this long. */
const stubborn = 5_000

/** One access token for all processes that share a corp and a secret; two apps of one corp do not meet. */
export const createTokens = ({ corpId, secret, shared, fetch, now }: Parts): Tokens => {
  const name = `${corpId}:${createHash('sha256').update(secret).digest('hex').slice(0, 16)}`
  const [tokenKey, blockKey] = [`wecom:token:${name}`, `wecom:token-refused:${name}`]
  let mine: { token: string; until: number } | null = null
  let same: { token: string; until: number } | null = null
  let blocked: { errcode: number; until: number } | null = null

  const refuseBlocked = async () => {
    if (blocked && blocked.until <= now()) blocked = null
    const errcode = blocked?.errcode ?? Number(await shared.get(blockKey))
    if (errcode) throw new WecomError({ errcode, ...failureOf(errcode, getToken.fails), path: getToken.path })
  }

  const block = async (error: unknown): Promise<never> => {
    if (error instanceof WecomError && secretRefused.has(error.errcode)) {
      blocked = { errcode: error.errcode, until: now() + penalty }
      await shared.set(blockKey, String(error.errcode), penalty)
    }
    throw error
  }

  const make = async () => {
    await refuseBlocked()
    const { access_token, expires_in } = await fetch().catch(block)
    const life = expires_in * 1000
    return { value: access_token, ttlMs: Math.max(life - margin, life / 2) }
  }

  const current = async (): Promise<string> => {
    if (mine && mine.until > now()) return mine.token
    const token = await shared.once(tokenKey, make)
    mine = { token, until: now() + trust }
    return token
  }

  const renew = async (stale: string): Promise<string> => {
    if (same?.token === stale && same.until > now()) return stale
    if (mine?.token === stale) mine = null
    await shared.forget(tokenKey, stale)
    const fresh = await current()
    if (fresh === stale) same = { token: stale, until: now() + stubborn }
    return fresh
  }

  return {
    use: async (call, inTime) => {
      const token = await inTime(current())
      try {
        return await call(token)
      } catch (error) {
        if (!(error instanceof WecomError) || error.failure !== 'refresh_token') throw error
        const fresh = await inTime(renew(token))
        if (fresh === token) throw error
        return call(fresh)
      }
    },
  }
}
