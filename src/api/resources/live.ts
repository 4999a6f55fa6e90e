import type { ServerResponse } from 'node:http'
import type { Context } from 'koa'
import { isWithin } from '../../crm/scope.ts'
import type { Log } from '../../store/log.ts'
import type { Db } from '../../store/open.ts'
import type { Shared } from '../../store/shared.ts'
import type { Caller } from '../access/caller.ts'
import type { LiveEvent } from '../live/line.ts'
import { createLiveTail, type LiveTail } from '../live/tail.ts'
import { formatPosition, parsePosition, type LivePosition } from '../live/position.ts'
import type { LiveRow } from '../live/row.ts'
import { liveWords } from '../live/words.ts'
import { invalid } from '../http/problem.ts'
import { events, type Asking, type Route } from '../http/route.ts'
import { withoutTexts } from '../without-texts.ts'

type Deps = { db: Db; shared: Shared; now: () => Date; log: Log; pollMs?: number; pingMs?: number }

/** A client that does not read is cut off at this many bytes; it comes back and resumes. */
const mostUnread = 1_048_576

/**
 * New touchpoints as they are recorded, for a supervisor's screen. `close` ends the open streams, for the process
 * to stop.
 */
export const liveRoutes = (deps: Deps): { routes: Route[]; close: () => void } => {
  const tail = createLiveTail(deps)
  const open = new Set<() => void>()
  const stream = async (ctx: Context, { caller, stillAllowed }: Asking) => {
    const from = resumeFrom(ctx, deps.now())
    await listen({ ctx, caller, stillAllowed, from, tail, open, pingMs: deps.pingMs ?? 15_000 })
  }
  const live = events({
    method: 'GET',
    path: '/live',
    roles: ['admin', 'supervisor', 'auditor'],
    doc: {
      tag: '触点',
      summary: 'New touchpoints as server-sent events',
      description:
        'Each event is a touchpoint as JSON with `title` and `detail` in Chinese, and never a message text. `Last-Event-ID` resumes ' +
        'without a gap. A supervisor sees his branch.',
    },
    stream,
  })
  return { routes: [live], close: () => [...open].forEach((end) => end()) }
}

const resumeFrom = (ctx: Context, now: Date): LivePosition | null => {
  const id = ctx.get('last-event-id')
  if (id === '') return null
  const from = parsePosition(id, now.getTime())
  if (!from) throw invalid([{ path: 'Last-Event-ID', message: '不是这个接口给出的编号' }])
  return from
}

type Listening = Asking & {
  ctx: Context
  from: LivePosition | null
  tail: LiveTail
  open: Set<() => void>
  pingMs: number
}

const listen = async ({ ctx, caller, stillAllowed, from, tail, open, pingMs }: Listening): Promise<void> => {
  const { res } = ctx
  const closed = new Promise<void>((done) => res.once('close', done))
  const end = () => void res.end()
  let ping: NodeJS.Timeout | undefined
  const ready = (): void => {
    open.add(end)
    beginStream(ctx)
    ping = setInterval(() => {
      write(res, ': ping\n\n')
      stillAllowed().then((allowed) => allowed || end(), end)
    }, pingMs)
  }
  const heard = ({ row, position }: LiveEvent): void => {
    if (isFor(caller, row)) write(res, `id: ${formatPosition(position)}\ndata: ${JSON.stringify(shown(row))}\n\n`)
  }
  try {
    const leave = await tail.join({ from, ready, heard })
    await closed
    leave()
  } finally {
    clearInterval(ping)
    // Before `ready` the answer is still to be a problem; afterwards the stream is ours to end.
    if (open.delete(end)) end()
  }
}

const beginStream = (ctx: Context): void => {
  ctx.respond = false
  ctx.set({
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'Content-Type': 'text/event-stream; charset=utf-8',
  })
  ctx.res.writeHead(200)
  write(ctx.res, 'retry: 2000\n\n')
}

const write = (res: ServerResponse, text: string): void => {
  if (res.writableEnded || res.destroyed) return
  res.write(text)
  if (res.writableLength > mostUnread) res.destroy()
}

const isFor = ({ branch }: Caller, { branches }: LiveRow): boolean =>
  branch === null || branches.some((one) => isWithin(branch, one))

const shown = (row: LiveRow) => ({
  id: row.id,
  at: row.at.toISOString(),
  kind: row.kind,
  externalUserId: row.externalUserId,
  customerId: row.customerId,
  channel: row.channel,
  rm: row.rm,
  conversationId: row.conversationId,
  sourceId: row.sourceId,
  data: withoutTexts(row),
  ...liveWords(row),
})
