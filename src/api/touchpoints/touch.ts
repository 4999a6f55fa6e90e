import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Context, Middleware } from 'koa'
import Router from 'koa-router'
import getRawBody from 'raw-body'
import { z } from 'zod'
import { ingest, type AppTouchpoint } from '../../crm/ingest.ts'
import { readTouch, type TouchSays } from '../../crm/touch-token.ts'
import type { Log } from '../../store/log.ts'
import type { Db } from '../../store/open.ts'
import type { Shared } from '../../store/shared.ts'
import { answerProblems } from '../http/answer-problems.ts'
import { readAppTouchpoint } from './app-touchpoint.ts'
import { clientAddress } from '../http/client-address.ts'
import { inputWords, mistakesOf } from '../http/input-words.ts'
import { unsound } from '../http/plain-text.ts'
import { invalid, Problem, tooMany } from '../http/problem.ts'
import { securityHeaders } from '../http/security-headers.ts'

const mostBytes = 64 * 1024
const snippet = new URL('../../web/touch.js', import.meta.url)

const Told = z.strictObject({
  token: z.string().max(512),
  events: z
    .array(
      z.strictObject({
        key: z.string().regex(/^[0-9A-Za-z_-]{8,64}$/, '应为 8-64 个字母、数字或 _ -'),
        kind: z.string().regex(/^app\.(page|tap)\./, '网页只能上报 app.page.… 和 app.tap.…，其余由服务器上报'),
        at: z.unknown().optional(),
        data: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(50),
})

type Deps = { db: Db; shared: Shared; secretKey: string; now: () => Date; log: Log }

/**
 * For pages of the bank's app, without a key: `GET /touch.js` (the snippet) and `POST /touch`. A token from the bank's own server
 * says whose page it is (docs/bank-app.md); it lets the page tell what its client saw and tapped, and read nothing.
 */
export const createTouchDoor = (deps: Deps): Middleware => {
  const router = new Router()
  const take = async (ctx: Context): Promise<void> => {
    ctx.body = await tell(deps, ctx)
    deps.shared.publish('live', '')
  }
  const problems = answerProblems(deps.log)
  const headers = securityHeaders()
  // Any page may call: the token is the proof, no cookie is read.
  const open: Middleware = async (ctx, next) => {
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' })
    await next()
  }
  router.post('/touch', headers, open, problems, take)
  router.options('/touch', headers, open, (ctx) => {
    ctx.set({
      'Access-Control-Allow-Methods': 'POST',
      'Access-Control-Allow-Headers': 'content-type',
      'Access-Control-Max-Age': '86400',
    })
    ctx.status = 204
  })
  router.get('/touch.js', headers, open, async (ctx) => {
    ctx.set('Cache-Control', 'public, max-age=3600')
    ctx.type = 'text/javascript; charset=utf-8'
    ctx.body = await readFile(snippet)
  })
  return router.routes() as unknown as Middleware
}

const tell = async (deps: Deps, ctx: Context) => {
  const { token, events } = await readTold(ctx)
  const says = readTouch(deps.secretKey, token, deps.now())
  if (says === null || says === 'expired') throw await refused(deps, ctx, says)
  const wait = await deps.shared.spend(`touch:${says.clientNo}`, 60, 60_000)
  if (wait > 0) throw tooMany(wait, '上报过于频繁，请稍后再试')
  const read = events.map((event) => readAppTouchpoint(asTouchpoint(event, says), deps.now()))
  const good = read.filter((one): one is AppTouchpoint => 'key' in one)
  const rejected = read.flatMap((one, index) => ('message' in one ? [{ index, message: one.message }] : []))
  return { ...(await ingest(deps.db, good)), rejected }
}

type Event = z.output<typeof Told>['events'][number]

/** Keys are the page's own: under its client's mark they cannot take those of anybody else. */
const asTouchpoint = ({ key, kind, at, data }: Event, { channel, clientNo, campaign }: TouchSays): object => ({
  key: `page:${hash('sha256', clientNo, 'base64url').slice(0, 16)}:${key}`,
  kind,
  at,
  clientNo,
  channel,
  data: isRecord(data) || data === undefined ? { ...data, ...(campaign && { campaign }), via: 'page' } : data,
})

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whoever tries tokens is slowed down like whoever tries keys. */
const refused = async ({ shared }: Deps, ctx: Context, why: 'expired' | null): Promise<Problem> => {
  const wait = await shared.spend(`wrong-token:${clientAddress(ctx.ip)}`, 60, 60_000)
  if (wait > 0) return tooMany(wait, '请求过于频繁，请稍后再试')
  return new Problem(403, why === 'expired' ? '令牌已过期，请向行内服务器重新获取' : '令牌无效')
}

/** `sendBeacon` sends text/plain, which needs no question beforehand; the type is not looked at. */
const readTold = async (ctx: Context): Promise<z.output<typeof Told>> => {
  const text = await getRawBody(ctx.req, {
    limit: mostBytes,
    length: ctx.request.length ?? null,
    encoding: 'utf-8',
  }).catch((error: { type?: string }) => {
    throw error.type === 'entity.too.large'
      ? new Problem(413, '一次上报不超过 64 KiB', { headers: { Connection: 'close' } })
      : new Problem(400, '请求正文没有传完')
  })
  const value = parsed(text)
  const mistake = unsound(value)
  if (mistake) throw invalid([mistake])
  const read = Told.safeParse(value, { error: inputWords })
  if (!read.success) throw invalid(mistakesOf(read.error))
  return read.data
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem(400, '请求正文不是有效的 JSON（UTF-8）')
  }
}
