import type Koa from 'koa'
import Router from 'koa-router'
import getRawBody from 'raw-body'
import type { z } from 'zod'
import type { Control } from '../control/control.ts'
import { conversationView } from '../control/view.ts'
import { Impossible, Refused } from '../model/refused.ts'
import type { Change, Media, World } from '../model/world.ts'
import type { Act } from './act.ts'
import { bankSession } from './bank.ts'
import { contactActs } from './contact-acts.ts'
import { contactFateActs } from './contact-fate-acts.ts'
import { contactViews } from './contacts.ts'
import { customerActs } from './customer-acts.ts'
import { desk } from './desk.ts'
import { readFunnel } from './funnel.ts'
import { tellChanges } from './events.ts'
import { fateActs } from './fate-acts.ts'
import { passLive, readDecision } from './live.ts'
import { overview } from './overview.ts'
import { servicerActs } from './servicer-acts.ts'

export type SimParts = { world: World; control: Control; listeners: Set<(change: Change) => void> }

/** Every act by the name under which `POST /sim/<name>` carries it out. */
export const acts: readonly Act[] = [...customerActs, ...servicerActs, ...contactActs, ...fateActs, ...contactFateActs]

const query = (ctx: Koa.Context, name: string): string => String(ctx.query[name] ?? '')

/** `/sim/*`: the control for programs, and what the phones page shows. */
export const simRoutes = ({ world, control, listeners }: SimParts): Koa.Middleware => {
  const router = new Router({ prefix: '/sim' })
  const begun = world.now()
  for (const one of acts) router.post(`/${one.name}`, (ctx) => carryOut(ctx, control, one))
  router.get(
    '/overview',
    (ctx) =>
      void (ctx.body = {
        ...overview(world),
        begun,
        live: control.live !== null,
        movable: control.sharedClock || control.live === null,
      }),
  )
  router.get('/chat', (ctx) => {
    ctx.body = conversationView(world, query(ctx, 'openKfId'), query(ctx, 'customer'))
  })
  contactViews(router, world)
  router.get('/desk', (ctx) => answer(ctx, () => desk(world, query(ctx, 'userid'))))
  router.get('/bank', (ctx) => answer(ctx, () => bankSession(world, control.live, query(ctx, 'customer'))))
  router.get('/media/:id', (ctx) => giveFile(ctx, world.media.get(ctx.params['id'] ?? '')))
  router.get('/events', (ctx) => tellChanges(ctx, listeners))
  router.get('/live', (ctx) => passLive(ctx, { live: () => control.live, begun }))
  router.get('/funnel', async (ctx) => {
    const funnel = await readFunnel(control.live)
    if (funnel === null) ctx.throw(404, 'Yinqiao does not answer with its figures')
    ctx.body = funnel
  })
  router.get('/decision/:id', async (ctx) => {
    const decision = await readDecision(control.live, ctx.params['id'] ?? '')
    if (decision === null) ctx.throw(404, 'Yinqiao does not answer with this decision')
    ctx.body = decision
  })
  return router.routes() as unknown as Koa.Middleware
}

/** For the bubbles of the page: pictures as such, everything else to be saved. */
const giveFile = (ctx: Koa.Context, media: Media | undefined): void => {
  if (!media) return ctx.throw(404, 'no such file')
  ctx.set({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'private, max-age=3600' })
  ctx.type = media.type === 'image' ? 'image/png' : 'application/octet-stream'
  ctx.body = media.bytes
}

const carryOut = async (ctx: Koa.Context, control: Control, one: Act): Promise<void> => {
  const text = await getRawBody(ctx.req, { limit: '4mb', encoding: 'utf-8' })
  const body = one.ask.safeParse(parsed(ctx, text))
  if (!body.success) return problem(ctx, 422, body.error.issues)
  await answer(ctx, () => one.run(control, body.data))
}

const parsed = (ctx: Koa.Context, text: string): unknown => {
  try {
    return JSON.parse(text || '{}')
  } catch {
    return ctx.throw(400, 'the body is not JSON')
  }
}

/** What could not be done is 409 with the reason; done is `{result}`. */
const answer = async (ctx: Koa.Context, run: () => unknown): Promise<void> => {
  try {
    ctx.body = { result: (await run()) ?? null }
  } catch (error) {
    if (!(error instanceof Impossible) && !(error instanceof Refused)) throw error
    ctx.status = 409
    ctx.body = { error: error.message }
  }
}

const problem = (ctx: Koa.Context, status: number, issues: z.core.$ZodIssue[]): void => {
  ctx.status = status
  ctx.body = { errors: issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })) }
}
