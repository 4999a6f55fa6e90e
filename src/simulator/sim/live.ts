import { setTimeout as pause } from 'node:timers/promises'
import type { PassThrough } from 'node:stream'
import type Koa from 'koa'
import type { Live } from '../control/control.ts'
import { eventStream } from './events.ts'

const again = 1500

/** Yinqiao's live line, passed on as it comes; the key stays here. When Yinqiao is away it is asked again. */
export const passLive = (ctx: Koa.Context, live: () => Live | null): void => {
  const stream = eventStream(ctx)
  const stop = new AbortController()
  stream.on('close', () => stop.abort())
  void follow({ stream, stop, live, since: ctx.get('Last-Event-ID') })
}

type Following = { stream: PassThrough; stop: AbortController; live(): Live | null; since: string }

const follow = async (following: Following): Promise<void> => {
  const { stream, stop } = following
  while (!stop.signal.aborted) {
    await passOn(following).catch(() => undefined)
    if (stop.signal.aborted) return
    stream.write('event: away\ndata: {}\n\n')
    await pause(again, undefined, { signal: stop.signal }).catch(() => undefined)
  }
}

const passOn = async ({ stream, stop, live, since }: Following): Promise<void> => {
  const at = live()
  if (!at) return
  const headers = {
    Authorization: `Bearer ${at.key}`,
    Accept: 'text/event-stream',
    ...(since ? { 'Last-Event-ID': since } : {}),
  }
  const response = await fetch(`${at.url}/api/v1/live`, { headers, signal: stop.signal })
  if (!response.ok || !response.body) return
  stream.write('event: here\ndata: {}\n\n')
  for await (const chunk of response.body) stream.write(chunk)
}

/** One decision with its whole explanation, or null when Yinqiao does not give it. */
export const readDecision = async (live: Live | null, id: string): Promise<unknown> => {
  if (!live) return null
  const headers = { Authorization: `Bearer ${live.key}` }
  const response = await fetch(`${live.url}/api/v1/decisions/${encodeURIComponent(id)}`, { headers }).catch(() => null)
  return response?.ok ? response.json() : null
}
