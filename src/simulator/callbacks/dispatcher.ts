import http from 'node:http'
import type { Push, World } from '../model/world.ts'
import { deliver } from './deliver.ts'
import type { Delivery, Line } from './deliver.ts'
import { doorbell } from './doorbell.ts'
import { defaultKnobs } from './knobs.ts'
import type { Knobs } from './knobs.ts'
import { makeLane } from './lane.ts'
import { seal } from './seal.ts'

export type Dispatcher = {
  knobs: Knobs
  push(push: Push): void
  /** An account has news. */
  ring(openKfId: string): void
  /** Resolves when nothing is queued, delayed, merged or waiting for its next try. */
  idle(): Promise<void>
  deliveries: Delivery[]
  close(): void
}

const kept = 5000
const eventOf = (push: Push): string => String(push.nodes.find(([name]) => name === 'Event')?.[1] ?? 'message')

/** Brings callbacks to the app's URL, as unreliably as the knobs say. `world` is asked late: both need each other. */
export const makeDispatcher = (parts: {
  world(): World
  url(): string | null
  log(line: string): void
}): Dispatcher => {
  const { world } = parts
  const knobs = defaultKnobs()
  const lane = makeLane(() => knobs.parallel)
  const deliveries: Delivery[] = []
  let closed = false
  const agent = new http.Agent({ keepAlive: true, maxSockets: 256 })
  const line: Line = { agent, knobs, url: parts.url, closed: () => closed, log: parts.log }

  const note = (push: Push): Delivery => {
    const delivery: Delivery = {
      at: world().now(),
      about: push.about,
      event: eventOf(push),
      outcome: 'lost',
      tries: [],
    }
    deliveries.push(delivery)
    if (deliveries.length > kept) deliveries.shift()
    return delivery
  }
  const push = (sent: Push): void => {
    if (closed || parts.url() === null) return
    const delivery = note(sent)
    if (knobs.stopped || world().chance.percent(knobs.dropPercent)) return
    const sealed = seal(world(), sent)
    lane.run(() => deliver(line, delivery, sealed), delayOf(world(), knobs))
    if (!world().chance.percent(knobs.duplicatePercent)) return
    lane.run(() => deliver(line, note(sent), sealed), delayOf(world(), knobs))
  }
  const ring = merged(knobs, lane.hold, (openKfId) => {
    const bell = doorbell(world(), openKfId)
    if (bell) push(bell)
  })
  const close = (): void => {
    closed = true
    agent.destroy()
  }
  return { knobs, push, ring, deliveries, idle: lane.idle, close }
}

const delayOf = ({ chance }: World, knobs: Knobs): number => {
  const [least, most] = knobs.delayMs
  const late = chance.percent(knobs.reorderPercent) ? chance.int(knobs.reorderMs) : 0
  return least + chance.int(Math.max(1, most - least)) + late
}

/** With `mergeMs`, rings for one account within that time become one. */
const merged = (knobs: Knobs, hold: () => () => void, ring: (openKfId: string) => void) => {
  const merging = new Set<string>()
  return (openKfId: string): void => {
    if (knobs.mergeMs <= 0) return ring(openKfId)
    if (merging.has(openKfId)) return
    merging.add(openKfId)
    const release = hold()
    setTimeout(() => {
      merging.delete(openKfId)
      ring(openKfId)
      release()
    }, knobs.mergeMs)
  }
}
