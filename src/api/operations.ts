import { setTimeout as after } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Middleware } from 'koa'
import Router from 'koa-router'
import type { Registry } from 'prom-client'
import type { Db } from '../store/open.ts'
import type { Shared } from '../store/shared.ts'
import { securityHeaders } from './http/security-headers.ts'

type Deps = {
  db: Db
  shared: Shared
  /** Whether WeCom gives us an access token (cached, so that asking often costs nothing). */
  token: () => Promise<boolean>
  registry: Registry
  /** How long a part may take to answer before it counts as failing. */
  patienceMs?: number
}
type State = 'ok' | 'failing'

/**
 * For operators and their probes, without a key: `/healthz` (this process runs), `/readyz` (200 when database,
 * Redis and token answer, else 503 and which does not), `/metrics` (Prometheus). They say nothing about customers.
 */
export const createOperations = ({ db, shared, token, registry, patienceMs = 1000 }: Deps): Middleware => {
  const within = async (check: () => Promise<boolean>): Promise<State> => {
    const cancel = new AbortController()
    const late = after(patienceMs, false, { signal: cancel.signal }).catch(() => false)
    const ok = await Promise.race([check().catch(() => false), late])
    cancel.abort()
    return ok ? 'ok' : 'failing'
  }
  const database = async () => (await sql<{ one: number }>`select 1 as one`.execute(db)).rows.length === 1

  const router = new Router()
  router.use(securityHeaders())
  // Whoever opens the address that the start prints finds something to read.
  router.get('/', (ctx) => ctx.redirect('/api/docs'))
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/readyz', async (ctx) => {
    const [postgres, redis, wecom] = await Promise.all([
      within(database),
      within(() => shared.healthy()),
      within(token),
    ])
    const checks = { database: postgres, redis, token: wecom }
    const ready = Object.values(checks).every((state) => state === 'ok')
    ctx.status = ready ? 200 : 503
    ctx.body = { status: ready ? 'ready' : 'not-ready', checks }
  })
  router.get('/metrics', async (ctx) => {
    ctx.body = await registry.metrics()
    ctx.set('Content-Type', registry.contentType)
  })
  return router.routes() as unknown as Middleware
}
