import type { Context } from 'koa'
import type { Shared } from '../../store/shared.ts'
import type { Caller } from './caller.ts'
import { clientAddress } from '../http/client-address.ts'
import { Problem, tooMany } from '../http/problem.ts'
import { isFromElsewhere } from '../http/same-origin.ts'

/**
 * One way to prove who asks. `none`: this request does not use it, ask the next way; `wrong`: it does, and the
 * proof is no good. `ambient`: the browser sends the proof by itself (a session cookie), so a request from another
 * site must be refused.
 */
export type Way = { ambient: boolean; identify(ctx: Context): Promise<Caller | 'none' | 'wrong'> }

/** A person may mistype; 10 wrong keys a minute from one address are somebody who tries. */
const wrongKeysPerMinute = 10

/**
 * Answers who asks, or throws: 401 without a proof or with a wrong one, 429 once too many wrong ones came from an
 * address, 403 for a cookie that another site made the browser send. A right key passes even then: many share an
 * address behind a proxy.
 */
export const authenticator = ({ ways, shared }: { ways: readonly Way[]; shared: Shared }) => {
  return async (ctx: Context): Promise<Caller> => {
    for (const way of ways) {
      const caller = await way.identify(ctx)
      if (caller === 'none') continue
      if (caller === 'wrong') return refuse(ctx)
      if (way.ambient && isFromElsewhere(ctx)) throw new Problem(403, '请求来自其他网站，已拒绝')
      return caller
    }
    throw unauthorized('请在 Authorization: Bearer 中给出密钥')
  }

  async function refuse(ctx: Context): Promise<never> {
    const wait = await shared.spend(`wrong-key:${clientAddress(ctx.ip)}`, wrongKeysPerMinute, 60_000)
    if (wait > 0) throw tooMany(wait, '无效密钥尝试过多，请稍后再试')
    throw unauthorized('密钥无效或已停用')
  }
}

export type Authenticate = ReturnType<typeof authenticator>

const unauthorized = (detail: string): Problem =>
  new Problem(401, detail, { headers: { 'WWW-Authenticate': 'Bearer realm="yinqiao"' } })
