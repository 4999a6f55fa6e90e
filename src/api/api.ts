import type { Context, Middleware } from 'koa'
import Router from 'koa-router'
import type { Duration } from '../routing/calendar/durations.ts'
import type { Log } from '../store/log.ts'
import type { Db } from '../store/open.ts'
import type { Shared } from '../store/shared.ts'
import type { TaskDesk } from '../tasks/desk.ts'
import { answerProblems } from './http/answer-problems.ts'
import { authenticator, type Authenticate, type Way } from './access/auth.ts'
import { bearer } from './access/bearer.ts'
import type { FigureDesk } from '../figures/figures.ts'
import type { ChannelDesk } from './channel-desk.ts'
import type { Commands } from './commands.ts'
import { addDocs } from './docs-page.ts'
import type { IntegrityReport } from './integrity-report.ts'
import { openapiOf, type OpenapiDocument } from './openapi.ts'
import { Problem } from './http/problem.ts'
import { backtestRoutes } from './resources/backtest.ts'
import { channelLinkRoutes } from './resources/channel-links.ts'
import { channelRoutes } from './resources/channels.ts'
import { conversationActionRoutes } from './resources/conversation-actions.ts'
import { conversationRoutes } from './resources/conversations.ts'
import { customerImportRoutes } from './resources/customer-import.ts'
import { customerRoutes } from './resources/customers.ts'
import { decisionRoutes } from './resources/decisions.ts'
import { figureRoutes } from './resources/figures.ts'
import { firmRoutes } from './resources/firms.ts'
import { integrityRoutes } from './resources/integrity.ts'
import { invitationRoutes } from './resources/invitations.ts'
import { keyRoutes } from './resources/keys.ts'
import { liveRoutes } from './resources/live.ts'
import { mergeRoutes } from './resources/merges.ts'
import { rmRoutes } from './resources/rms.ts'
import { routingRoutes } from './resources/routing.ts'
import { routingSettingsRoutes } from './resources/routing-settings.ts'
import { routingTryRoutes } from './resources/routing-try.ts'
import { routingVersionRoutes } from './resources/routing-versions.ts'
import { taskRoutes } from './resources/tasks.ts'
import { touchpointIngestRoutes } from './resources/touchpoints-ingest.ts'
import { touchTokenRoutes } from './resources/touch-tokens.ts'
import { touchpointRoutes } from './resources/touchpoints.ts'
import type { Route } from './http/route.ts'
import type { RoutingDesk } from './routing/routing-desk.ts'
import { securityHeaders } from './http/security-headers.ts'

export type ApiDeps = {
  db: Db
  shared: Shared
  commands: Commands
  channels: ChannelDesk
  figures: FigureDesk
  integrity: () => Promise<IntegrityReport>
  tasks: TaskDesk
  /** Business time by the rules that are active. */
  later: (from: Date, duration: Duration) => Date
  /** What a customer added by a paid link costs, in yuan, by the active rules; null when the bank has not said. */
  linkPrice: () => number | null
  /** What dry runs share with the live decisions. */
  routing: RoutingDesk
  /** Called after another version became active and is committed: every process has to load it. */
  routingChanged: (version: number) => void | Promise<void>
  now: () => Date
  log: Log
  version: string
  /** Further ways to prove who asks, before the bearer key; a session cookie is one with `ambient: true`. */
  ways?: readonly Way[]
  /** For tests: how often the live line looks by itself, and pings. */
  live?: { pollMs?: number; pingMs?: number }
}

export type Api = {
  /** Answers everything under /api, and nothing else. */
  middleware: Middleware
  openapi: OpenapiDocument
  routes: readonly Route[]
  /** Ends the open live streams, so that the server can stop. */
  close: () => void
}

/** The API of CONTRACT section 4. Its document and its authorisation come from the same descriptions as its router. */
export const createApi = (deps: ApiDeps): Api => {
  const live = liveRoutes({ ...deps, ...deps.live })
  const changing = { ...deps, routingChanged: telling(deps) }
  const routes = [
    ...rmRoutes(deps),
    ...customerRoutes(deps),
    ...customerImportRoutes(deps),
    ...mergeRoutes(deps),
    ...firmRoutes(deps),
    ...channelRoutes(deps),
    ...channelLinkRoutes(deps),
    ...touchTokenRoutes(deps),
    ...routingRoutes(changing),
    ...routingVersionRoutes(changing),
    ...routingSettingsRoutes(deps),
    ...routingTryRoutes(changing),
    ...backtestRoutes(deps),
    ...conversationRoutes(deps),
    ...conversationActionRoutes(deps),
    ...decisionRoutes(deps),
    ...taskRoutes(deps),
    ...touchpointRoutes(deps),
    ...invitationRoutes(deps),
    ...touchpointIngestRoutes(deps),
    ...figureRoutes(deps),
    ...live.routes,
    ...keyRoutes(deps),
    ...integrityRoutes(deps),
  ]
  const openapi = openapiOf(routes, deps.version)
  const authenticate = authenticator({ ways: [...(deps.ways ?? []), bearer(deps)], shared: deps.shared })
  const router = routerOf({ routes, authenticate, openapi })
  return {
    middleware: underApi(stack([answerProblems(deps.log), securityHeaders(), router])),
    openapi,
    routes,
    close: live.close,
  }
}

/** The version is stored and active by now: a process that cannot be told makes no difference to that, and looks by itself. */
const telling =
  ({ routingChanged, log }: ApiDeps) =>
  async (version: number): Promise<void> => {
    try {
      await routingChanged(version)
    } catch (error) {
      log.error({ version, name: (error as Error).name }, 'not every process could be told of the new rule set')
    }
  }

type Parts = { routes: readonly Route[]; authenticate: Authenticate; openapi: object }

const routerOf = ({ routes, authenticate, openapi }: Parts): Middleware => {
  const router = new Router()
  addDocs(router, openapi)
  for (const route of routes) {
    const path = `/api/v1${route.path.replace(/\{(\w+)\}/g, ':$1')}`
    router.register(path, [route.method], async (ctx) => answer(ctx, route, authenticate))
  }
  const dispatch = router.routes() as unknown as Middleware
  return (ctx) => dispatch(ctx, async () => unmatched(router, ctx))
}

const answer = async (ctx: Context, route: Route, authenticate: Authenticate): Promise<void> => {
  const caller = await authenticate(ctx)
  if (!route.roles.includes(caller.role)) throw new Problem(403, `角色 ${caller.role} 无权执行此操作`)
  const stillAllowed = async () => {
    const now = await authenticate(ctx).catch(() => null)
    return now !== null && now.role === caller.role && now.branch === caller.branch
  }
  await route.respond(ctx, { caller, stillAllowed })
}

/** A path without a route, or a route without the method. */
const unmatched = (router: Router, ctx: Context): void => {
  const { path } = router.match(ctx.path, ctx.method)
  const allowed = [...new Set(path.flatMap((layer) => layer.methods))]
  if (allowed.length === 0) throw new Problem(404, '没有这个地址，请查看 /api/docs')
  ctx.set('Allow', allowed.join(', '))
  if (ctx.method !== 'OPTIONS') throw new Problem(405, `这个地址只支持 ${allowed.join('、')}`)
  ctx.status = 204
}

const underApi =
  (handle: Middleware): Middleware =>
  (ctx, next) =>
    ctx.path === '/api' || ctx.path.startsWith('/api/') ? handle(ctx, next) : next()

const stack = ([first, ...others]: Middleware[]): Middleware => {
  if (!first) return (_, next) => next()
  const inner = stack(others)
  return (ctx, next) => first(ctx, () => inner(ctx, next))
}
