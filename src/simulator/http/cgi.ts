import type Koa from 'koa'
import type { z } from 'zod'
import { setTimeout as pause } from 'node:timers/promises'
import getRawBody from 'raw-body'
import type { Endpoint } from '../../wecom/endpoint.ts'
import { getMedia, uploadMedia } from '../../wecom/endpoints/media.ts'
import { getToken } from '../../wecom/endpoints/token.ts'
import type { Fault, Faults } from '../model/faults.ts'
import { Refused, refuseIf } from '../model/refused.ts'
import type { Tokens } from '../model/tokens.ts'
import type { Payload, World } from '../model/world.ts'
import type { Calls } from './calls.ts'
import type { CallLimits } from './call-limits.ts'
import { contactCode } from './contact-refusal.ts'
import { noisy } from './errmsg.ts'
import { giveMedia, mediaPaths, takeUpload } from './media.ts'
import { codeOfIssue, placeOfIssue } from './refusal.ts'
import type { Served } from './serve.ts'

export type Cgi = {
  world: World
  tokens: Tokens
  faults: Faults
  calls: Calls
  limits: CallLimits
  served: ReadonlyMap<string, Served>
}
type Asked = { path: string; ip: string; body: Payload }

const prefix = '/cgi-bin/'

/** `/cgi-bin/*`: the same paths, checks and refusals as WeCom's, made from the endpoint descriptions. */
export const cgi = (parts: Cgi): Koa.Middleware => {
  const handle = async (ctx: Koa.Context): Promise<void> => {
    const asked: Asked = { path: ctx.path.slice(prefix.length), ip: ctx.ip.replace('::ffff:', ''), body: {} }
    const faults = parts.faults.strike(asked.path)
    if (await spoiled(ctx, { parts, asked, faults })) return
    await answer(ctx, parts, asked)
    if (faults.some((fault) => fault.does === 'drop')) cutOff(ctx)
  }
  const counted = async (ctx: Koa.Context): Promise<void> => {
    const done = parts.limits.enter(ctx.path.slice(prefix.length))
    await handle(ctx).finally(done)
  }
  return async (ctx, next) => (ctx.path.startsWith(prefix) ? counted(ctx) : next())
}

/** Breaks the connection without an answer. */
const cutOff = (ctx: Koa.Context): void => {
  ctx.respond = false
  ctx.req.socket.destroy()
}

type Struck = { parts: Cgi; asked: Asked; faults: Fault[] }

/** True when a fault took the call: nothing of it was done. */
const spoiled = async (ctx: Koa.Context, { parts, asked, faults }: Struck): Promise<boolean> => {
  for (const fault of faults) if (fault.does === 'slow') await pause(fault.ms ?? 1000)
  const fault = faults.find(({ does }) => does !== 'slow' && does !== 'drop')
  if (!fault) return false
  asked.body = await readBody(ctx).catch(() => ({}))
  record(parts, { ctx, asked, answer: { errcode: fault.errcode ?? -1 }, fault: fault.does })
  if (fault.does === 'errcode') reply(ctx, parts, { asked, refused: new Refused(fault.errcode ?? -1, 'injected') })
  else if (fault.does === 'html') gateway(ctx, fault.status ?? 502)
  else if (fault.does === 'reset') cutOff(ctx)
  else ctx.respond = false
  return true
}

const gateway = (ctx: Koa.Context, status: number): void => {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = `<html><body><h1>${status}</h1></body></html>`
}

type Recorded = { ctx: Koa.Context; asked: Asked; answer: Payload; fault?: string }

const record = ({ calls, world }: Cgi, { ctx, asked, answer, fault }: Recorded): void => {
  const { corpsecret: _, ...body } = asked.body
  const { access_token: __, ...shown } = answer
  calls.add({
    at: world.now(),
    method: ctx.method,
    path: asked.path,
    body,
    errcode: Number(answer['errcode'] ?? 0),
    answer: shown,
    ...(fault === undefined ? {} : { fault }),
  })
}

const reply = (ctx: Koa.Context, parts: Cgi, { asked, refused }: { asked: Asked; refused: Refused }): Payload => {
  const { errcode, message: text } = refused
  const errmsg = noisy(parts.world, { errcode, text, ip: asked.ip })
  const answer = { errcode, errmsg, ...parts.served.get(asked.path)?.refused }
  ctx.body = answer
  return answer
}

const answer = async (ctx: Koa.Context, parts: Cgi, asked: Asked): Promise<void> => {
  try {
    asked.body = mediaPaths.includes(asked.path) ? queryOf(ctx) : await readBody(ctx)
    const result = await carryOut(ctx, parts, asked)
    if (result) ctx.body = { errcode: 0, errmsg: 'ok', ...result }
    record(parts, { ctx, asked, answer: { errcode: 0, ...result } })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (error.errcode === 404) ctx.status = 404
    record(parts, { ctx, asked, answer: reply(ctx, parts, { asked, refused: error }) })
  }
}

const carryOut = async (ctx: Koa.Context, parts: Cgi, asked: Asked): Promise<Payload | null> => {
  const { world, tokens } = parts
  const served = parts.served.get(asked.path)
  if (!served && !mediaPaths.includes(asked.path)) throw new Refused(404, 'this api is not simulated')
  if (asked.path !== getToken.path) admit(parts, asked, one(ctx.query['access_token']))
  if (asked.path === getMedia.path) {
    giveMedia(ctx, world)
    return null
  }
  if (!served || asked.path === uploadMedia.path) return takeUpload(ctx, world)
  refuseIf(
    ctx.method !== served.endpoint.method,
    served.endpoint.method === 'GET' ? 43001 : 43002,
    'require another method',
  )
  return served.answer({ world, tokens, ip: asked.ip }, readAsk(served.endpoint, asked.body, world))
}

/** Token first, then the caller's address, then whether the app may use this family at all, then how often. */
const admit = ({ world, tokens, limits }: Cgi, { path, ip }: Asked, token: string | undefined): void => {
  tokens.check(token)
  const { trustedIps, kfApi, contactApi } = world.corp
  refuseIf(trustedIps.length > 0 && !trustedIps.includes(ip), 60020, `not allow to access from your ip ${ip}`)
  refuseIf(path.startsWith('kf/') && !kfApi, 48002, 'api forbidden')
  refuseIf(path.startsWith('externalcontact/') && !contactApi, 48002, 'api forbidden')
  limits.check(path)
}

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

const queryOf = (ctx: Koa.Context): Payload => {
  const { access_token: _, ...query } = ctx.query
  return Object.fromEntries(Object.entries(query).map(([key, value]) => [key, one(value)]))
}

const readBody = async (ctx: Koa.Context): Promise<Payload> => {
  if (ctx.method === 'GET') return queryOf(ctx)
  const text = await getRawBody(ctx.req, { limit: '2mb', encoding: 'utf-8' })
  try {
    const body: unknown = JSON.parse(text || '{}')
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Payload
  } catch {
    // The refusal below says it.
  }
  throw new Refused(47001, 'data format error. Warning: wrong json format.')
}

/** What the client's schema refuses is refused here, too, with WeCom's number for it. */
const readAsk = (endpoint: Endpoint, body: Payload, world: World): unknown => {
  const read = endpoint.ask.safeParse(body)
  if (read.success) return read.data
  const again = endpoint.method === 'GET' ? endpoint.ask.safeParse(withNumbers(body, read.error.issues)) : read
  if (again.success) return again.data
  const [issue] = again.error.issues
  if (!issue) throw new Refused(40058, 'invalid')
  const code = contactCode(endpoint.path, issue, body) ?? codeOfIssue(issue, world.settings)
  throw new Refused(code, placeOfIssue(issue))
}

/** A query has only strings: those that should have been numbers become numbers. */
const withNumbers = (body: Payload, issues: z.core.$ZodIssue[]): Payload => {
  const wanted = issues.filter((issue) => issue.code === 'invalid_type').map((issue) => String(issue.path[0]))
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, wanted.includes(key) ? Number(value) : value]),
  )
}
