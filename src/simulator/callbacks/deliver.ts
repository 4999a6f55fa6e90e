import type { Agent } from 'node:http'
import type { Knobs } from './knobs.ts'
import { post } from './post.ts'
import type { Posted } from './post.ts'
import type { Sealed } from './seal.ts'

/** One callback that was meant for the app, and what became of it; `lost` never left. */
export type Delivery = {
  at: number
  about: string
  event: string
  outcome: 'delivered' | 'failed' | 'lost'
  tries: Posted[]
}

export type Line = { agent: Agent; knobs: Knobs; url(): string | null; closed(): boolean; log(line: string): void }

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Tries until the app answers 200, at most `knobs.tries` times, with the same body each time. */
export const deliver = async (line: Line, delivery: Delivery, sealed: Sealed): Promise<void> => {
  const { knobs, agent } = line
  for (let attempt = 0; attempt < knobs.tries; attempt += 1) {
    if (attempt > 0) await pause(knobs.retryAfterMs)
    const url = line.url()
    if (url === null || line.closed()) return
    const posted = await post(url, sealed, { timeoutMs: knobs.timeoutMs, agent })
    delivery.tries.push(posted)
    if (posted.status === 200) return void (delivery.outcome = 'delivered')
    line.log(`callback ${delivery.event} refused: ${posted.error ?? `HTTP ${posted.status}`}`)
  }
  delivery.outcome = 'failed'
}
