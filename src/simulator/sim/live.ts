import { setTimeout as pause } from 'node:timers/promises'
import type { PassThrough } from 'node:stream'
import type Koa from 'koa'
import type { Live } from '../control/control.ts'
import { eventStream } from './events.ts'

const again = 1500
/** So many lines of what was done before does a page show that is opened or loaded anew. */
const remembered = 50

type Line = { live(): Live | null; begun: number }
type Following = Line & { stream: PassThrough; stop: AbortController; since: string | null }

/**
 * Yinqiao's live line, passed on as it comes; the key stays here. A page that is new begins with the latest lines since `begun`
 * (the simulator's start), one that comes back goes on after its last one. When Yinqiao is away it is asked again.
 */
export const passLive = (ctx: Koa.Context, line: Line): void => {
  const stream = eventStream(ctx)
  const stop = new AbortController()
  stream.on('close', () => stop.abort())
  void follow({ ...line, stream, stop, since: ctx.get('Last-Event-ID') || null })
}

const follow = async (following: Following): Promise<void> => {
  const { stream, stop } = following
  while (!stop.signal.aborted) {
    await passOn(following).catch(() => undefined)
    if (stop.signal.aborted) return
    stream.write('event: away\ndata: {}\n\n')
    await pause(again, undefined, { signal: stop.signal }).catch(() => undefined)
  }
}

const passOn = async (following: Following): Promise<void> => {
  const { stream, stop, live, begun } = following
  const at = live()
  if (!at) return
  following.since ??= await beginning(at, begun)
  const headers = {
    ...asReader(at),
    Accept: 'text/event-stream',
    ...(following.since ? { 'Last-Event-ID': following.since } : {}),
  }
  const response = await fetch(`${at.url}/api/v1/live`, { headers, signal: stop.signal })
  if (!response.ok || !response.body) return
  stream.write('event: here\ndata: {}\n\n')
  let cut = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const come = cut + text
    const end = come.lastIndexOf('\n\n') + 2
    const whole = end > 1 ? come.slice(0, end) : ''
    cut = come.slice(whole.length)
    // Only whole events are passed on: after a break the rest would be glued to what comes next, and asked for again.
    stream.write(whole)
    following.since = [...whole.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1] ?? following.since
  }
}

const asReader = ({ key }: Live) => ({ Authorization: `Bearer ${key}` })

/** The place in the ledger before the latest lines; what is older than the simulator itself is left out. Null: what comes from now on. */
const beginning = async (live: Live, begun: number): Promise<string | null> => {
  const response = await fetch(`${live.url}/api/v1/touchpoints?limit=${remembered}`, { headers: asReader(live) })
  if (!response.ok) return null
  const { items } = (await response.json()) as { items: { id: string; at: string }[] }
  const ids = (of: typeof items) => of.map(({ id }) => BigInt(id)).toSorted((one, other) => (one < other ? -1 : 1))
  // WeCom tells whole seconds.
  const [first] = ids(items.filter(({ at }) => Date.parse(at) > begun - 1000))
  const place = first === undefined ? ids(items).at(-1) : first - 1n
  return place === undefined ? null : String(place)
}

/** One decision with its whole explanation, or null when Yinqiao does not give it. */
export const readDecision = async (live: Live | null, id: string): Promise<unknown> => {
  if (!live) return null
  const response = await fetch(`${live.url}/api/v1/decisions/${encodeURIComponent(id)}`, {
    headers: asReader(live),
  }).catch(() => null)
  return response?.ok ? response.json() : null
}
