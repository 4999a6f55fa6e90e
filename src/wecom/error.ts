import type { FailureClass } from './endpoint.ts'

type Refusal = {
  errcode: number
  failure: FailureClass
  advice: string
  path: string
  hint?: string | undefined
  fromIp?: string | undefined
  retryAfterMs?: number | undefined
}

/**
 * WeCom said no (or would have: `errcode` 0 means that we did not even ask). `advice` is for operators. Built from our own
 * words and WeCom's number: it holds no URL, token, secret, request or answer, so it may be logged as it is.
 */
export class WecomError extends Error {
  readonly errcode: number
  readonly failure: FailureClass
  readonly advice: string
  /** Without `/cgi-bin/` and without a query. */
  readonly path: string
  /** WeCom's support asks for it. */
  readonly hint?: string | undefined
  /** Where WeCom saw us come from: the address to trust after 60020. */
  readonly fromIp?: string | undefined
  /** With `back_off`: when it makes sense to ask again. */
  readonly retryAfterMs?: number | undefined

  constructor({ errcode, failure, advice, path, hint, fromIp, retryAfterMs }: Refusal) {
    super(
      errcode === 0
        ? `${path} was not called: ${advice}`
        : `${path} was refused with ${errcode}: ${advice} ${lookUp(errcode)}`,
    )
    this.name = 'WecomError'
    this.errcode = errcode
    this.failure = failure
    this.advice = advice
    this.path = path
    this.hint = hint
    this.fromIp = fromIp
    this.retryAfterMs = retryAfterMs
  }
}

const lookUp = (errcode: number) => `(https://open.work.weixin.qq.com/devtool/query?e=${errcode})`

/**
 * No answer that can be trusted. `not_sent`: WeCom has not got it, repeat at will. `unknown`: it may have taken effect, so
 * only what is harmless when repeated may be repeated. Holds no URL, token, secret, request or answer.
 */
export class NetworkError extends Error {
  readonly failure = 'retry' as const
  readonly outcome: 'unknown' | 'not_sent'
  readonly path: string
  /** Node's or axios's code, or what was wrong with the answer: `ECONNREFUSED`, `HTTP 502`, `not JSON`. */
  readonly code: string

  constructor({ outcome, path, code }: { outcome: 'unknown' | 'not_sent'; path: string; code: string }) {
    super(`${path}: ${outcome === 'not_sent' ? 'not sent' : 'sent, but the outcome is unknown'} (${code})`)
    this.name = 'NetworkError'
    this.outcome = outcome
    this.path = path
    this.code = code
  }
}
