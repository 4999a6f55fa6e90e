import { expect } from 'vitest'

export type Told = {
  id: string
  data: {
    id: string
    kind: string
    externalUserId: string | null
    title: string
    detail: string
    data: Record<string, unknown>
  }
}
export type Stream = {
  headers: Headers
  events: Told[]
  pings(): number
  /** Waits until so many events have come. */
  until(count: number): Promise<void>
  ended: Promise<void>
  close(): void
}

/** A client of server-sent events that keeps what it hears. Resolves once the stream is open. */
export const openStream = async (
  url: string,
  { key, lastEventId }: { key: string; lastEventId?: string },
): Promise<Stream> => {
  const cancel = new AbortController()
  const headers = { authorization: `Bearer ${key}`, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) }
  const response = await fetch(url, { headers, signal: cancel.signal })
  expect(response.status).toBe(200)
  const events: Told[] = []
  let pings = 0
  const hear = (block: string): void => {
    if (block.startsWith(':')) pings += 1
    const field = (name: string) =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2)
    const data = field('data')
    if (data !== undefined) events.push({ id: field('id') ?? '', data: JSON.parse(data) as Told['data'] })
  }
  const read = async (): Promise<void> => {
    let text = ''
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      const blocks = (text + chunk).split('\n\n')
      text = blocks.pop() ?? ''
      blocks.forEach(hear)
    }
  }
  const ended = read().catch((error: unknown) => {
    if (!cancel.signal.aborted) throw error
  })
  const until = async (count: number): Promise<void> => {
    await expect.poll(() => events.length, { timeout: 10_000, interval: 5 }).toBe(count)
  }
  return { headers: response.headers, events, pings: () => pings, until, ended, close: () => cancel.abort() }
}
