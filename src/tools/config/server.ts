import { z } from 'zod'
import type { Ruleset } from '../../routing/ruleset/schema.ts'

/** The server could not be asked, or said no: one sentence that says what to do. Never holds the key. */
export class ServerRefused extends Error {
  override name = 'ServerRefused'
  readonly errors: { path: string; message: string }[]

  constructor(message: string, errors: { path: string; message: string }[] = []) {
    super(message)
    this.errors = errors
  }
}

const Mistakes = z.array(z.object({ path: z.string(), message: z.string() }))
const Problem = z.object({ detail: z.string(), errors: Mistakes.default([]) })
const Active = z.object({ version: z.number(), ruleset: z.custom<Ruleset>() })
const Put = Active.extend({ state: z.string(), activateAt: z.string().nullable(), warnings: Mistakes })
export type Put = z.output<typeof Put>

/** A running Yinqiao, where `YINQIAO_URL` says, asked with the admin key in `YINQIAO_KEY`. Throws `ServerRefused`. */
export const serverOf = (environment: Record<string, string | undefined>) => {
  const url = (environment['YINQIAO_URL'] || 'http://127.0.0.1:3000').replace(/\/+$/, '')
  const key = environment['YINQIAO_KEY']
  if (!key) throw new ServerRefused('请在环境变量 YINQIAO_KEY 中给出管理密钥（POST /api/v1/keys 发放，角色 admin）')

  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> => {
    const headers = { authorization: `Bearer ${key}`, ...(init.body && { 'content-type': 'application/json' }) }
    // A redirect would carry the key to somebody else.
    const options = { ...init, headers, redirect: 'error' as const, signal: AbortSignal.timeout(60_000) }
    const response = await fetch(`${url}/api/v1${path}`, options).catch((error: Error) => {
      throw new ServerRefused(`连不上 ${url}：${reasonOf(error)}；请确认服务已启动，或用 YINQIAO_URL 指明地址`)
    })
    const body: unknown = await response.json().catch(() => null)
    if (response.ok) return body
    const problem = Problem.safeParse(body)
    const { detail, errors } = problem.success ? problem.data : { detail: '没有说明原因', errors: [] }
    throw new ServerRefused(`${url} 拒绝了请求（${response.status}）：${detail}`, errors)
  }

  return {
    url,
    /** The rule set in force. */
    active: async () => Active.parse(await ask('/routing')),
    /** Stores a new version; `query` as PUT /routing takes it. */
    put: async (ruleset: Ruleset, query: Record<string, string>): Promise<Put> => {
      const text = new URLSearchParams(query).toString()
      const body = await ask(`/routing${text === '' ? '' : `?${text}`}`, {
        method: 'PUT',
        body: JSON.stringify(ruleset),
      })
      return Put.parse(body)
    },
  }
}

const reasonOf = ({ cause, message }: Error): string =>
  cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.message) : message
