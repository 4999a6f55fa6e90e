import { PassThrough } from 'node:stream'
import type Koa from 'koa'
import type { Change } from '../model/world.ts'

const together = 25
const heartbeat = 15_000

/** Opens a server-sent event stream on the answer. */
export const eventStream = (ctx: Koa.Context): PassThrough => {
  const stream = new PassThrough()
  ctx.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' })
  ctx.req.socket.setNoDelay(true)
  ctx.body = stream
  stream.write(': hello\n\n')
  const beat = setInterval(() => stream.write(': beat\n\n'), heartbeat)
  stream.on('close', () => clearInterval(beat))
  ctx.res.on('close', () => stream.destroy())
  return stream
}

/** Tells a page what changed, several changes of a moment at once; the page asks for what it shows. */
export const tellChanges = (ctx: Koa.Context, listeners: Set<(change: Change) => void>): void => {
  const stream = eventStream(ctx)
  let waiting: Change[] = []
  const flush = (): void => {
    const changes = waiting
    waiting = []
    if (!stream.destroyed) stream.write(`data: ${JSON.stringify(changes)}\n\n`)
  }
  const hear = (change: Change): void => {
    if (waiting.length === 0) setTimeout(flush, together)
    waiting.push(change)
  }
  listeners.add(hear)
  stream.on('close', () => listeners.delete(hear))
}
