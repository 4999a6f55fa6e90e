import type { Context, Middleware } from 'koa'
import type { Log } from '../../store/log.ts'
import { Problem, type ProblemDetails } from './problem.ts'
import { Refused } from './refused.ts'

/**
 * Answers whatever is thrown below as problem+json. What was not foreseen is a 500 that says nothing, and a line in
 * the log.
 */
export const answerProblems =
  (log: Log): Middleware =>
  async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const problem = problemOf(error)
      if (problem.details.status >= 500) log.error(traceable(error, ctx), 'a request failed')
      if (!ctx.headerSent) answer(ctx, problem)
    }
  }

const answer = (
  ctx: Context,
  { details, headers }: { details: ProblemDetails; headers: Record<string, string> },
): void => {
  ctx.set(headers)
  ctx.status = details.status
  ctx.body = JSON.stringify(details)
  ctx.type = 'application/problem+json'
}

const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof Refused) return new Problem(error.status, error.detail, { title: error.title })
  const code = codeOf(error)
  if (code === '23505') return new Problem(409, '别人刚刚保存了相同的标识，请刷新后重试')
  if (isAway(code, error))
    return new Problem(503, '数据库暂时没有响应，请稍后重试', { headers: { 'Retry-After': '5' } })
  return new Problem(500, '服务内部错误，请联系管理员查看日志')
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '')

const awayMessages = new Set([
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'Connection terminated unexpectedly',
])

/** The database is restarting, frozen or out of connections: not the request's fault, and soon over. */
const isAway = (code: string, error: unknown): boolean =>
  /^(08|53|57P0|55P03|40001|40P01|57014|ECONN|ENOENT|EPIPE|ETIMEDOUT)/.test(code) ||
  (error instanceof Error && awayMessages.has(error.message))

/** What a log may hold of an error: PostgreSQL puts a row's content into its message and detail, so neither is kept. */
const traceable = (error: unknown, ctx: Context) => ({
  method: ctx.method,
  route: (ctx as Context & { _matchedRoute?: string })._matchedRoute ?? 'none',
  name: error instanceof Error ? error.name : typeof error,
  code: codeOf(error),
  constraint: String((error as { constraint?: unknown } | null)?.constraint ?? ''),
  at:
    error instanceof Error
      ? (error.stack ?? '')
          .split('\n')
          .filter((line) => /^\s+at /.test(line))
          .slice(0, 8)
      : [],
})
