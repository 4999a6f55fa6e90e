import { randomInt } from 'node:crypto'
import Koa from 'koa'
import { makeDispatcher } from './callbacks/dispatcher.ts'
import { makeControl } from './control/control.ts'
import type { Control, Live } from './control/control.ts'
import type { ExampleCorp } from './example-corp.ts'
import { makeCallLimits } from './http/call-limits.ts'
import { makeCalls } from './http/calls.ts'
import { cgi } from './http/cgi.ts'
import { listen } from './http/listen.ts'
import type { Listening } from './http/listen.ts'
import { served } from './http/served.ts'
import { makeChance } from './model/chance.ts'
import { virtualClock } from './model/clock.ts'
import type { Clock } from './model/clock.ts'
import { makeFaults } from './model/faults.ts'
import { makeWorld } from './model/make-world.ts'
import type { Settings } from './model/settings.ts'
import { makeTokens } from './model/tokens.ts'
import { sweepTransfers } from './model/transfers.ts'
import type { Change, Corp, World } from './model/world.ts'
import { newCorp } from './new-corp.ts'
import { settle } from './settle.ts'
import { guard } from './sim/guard.ts'
import { login } from './sim/login.ts'
import { pages } from './sim/pages.ts'
import { simRoutes } from './sim/routes.ts'

export type SimulatorOptions = {
  /** 0, the default, finds a free port. */
  port?: number
  host?: string
  /** Secrets that are not given are made anew. */
  corp?: Partial<Corp>
  /** Who works and banks there; nobody unless told. */
  people?: ExampleCorp
  /** Where callbacks go; none until told. */
  callbackUrl?: string
  /** The same seed gives the same ids and the same luck. */
  seed?: number
  clock?: Clock
  /** The app under test reads `control.clock`, too: the page may then move time while it is connected. */
  sharedClock?: boolean
  mode?: Settings['mode']
  settings?: Partial<Settings>
  /** Yinqiao's own address and keys, for the live line of the phones page and the bank's demo app. */
  live?: Live
  log?(line: string): void
}

export type Simulator = { url: string; port: number; control: Control; close(): Promise<void> }

/** A WeCom for one laptop: the same paths, the same refusals, with people who do as they are told. */
export const createSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const host = options.host ?? '127.0.0.1'
  const parts = assemble(options)
  let server: Listening | null = null
  const network = { refuse: async () => server?.refuse(), again: async () => server?.again() }
  const control = makeControl({ ...parts, network })
  control.live = options.live ?? null
  control.sharedClock = options.sharedClock ?? false
  const app = new Koa()
  app.on('error', (error: Error) => options.log?.(`simulator: ${error.message}`))
  app.use(cgi({ ...parts, served }))
  app.use(guard(host))
  app.use(simRoutes({ ...parts, control }))
  app.use(login(parts.world, control))
  app.use(pages(() => control.live?.url ?? null))
  const answer = app.callback()
  server = await listen((request, response) => void answer(request, response), { host, port: options.port ?? 0 })
  const close = async (): Promise<void> => {
    parts.dispatcher.close()
    await server?.close()
  }
  const name = host === '0.0.0.0' ? '127.0.0.1' : host
  return { url: `http://${name}:${server.port}`, port: server.port, control, close }
}

const assemble = (options: SimulatorOptions) => {
  const listeners = new Set<(change: Change) => void>()
  const changed = (change: Change): void => listeners.forEach((heard) => heard(change))
  const moved = (): void => {
    sweepTransfers(world)
    changed({ kind: 'clock' })
  }
  const clock = virtualClock(options.clock ?? { now: () => Date.now() }, moved)
  const chance = makeChance(options.seed ?? randomInt(2 ** 32))
  let callbackUrl = options.callbackUrl ?? null
  const url = (): string | null => callbackUrl
  const setUrl = (next: string | null): void => void (callbackUrl = next)
  const dispatcher = makeDispatcher({ world: () => world, url, log: options.log ?? (() => undefined) })
  const settings = { ...options.settings, ...(options.mode ? { mode: options.mode } : {}) }
  const ends = { push: dispatcher.push, ring: dispatcher.ring, changed }
  const world: World = makeWorld(newCorp(options.corp), { clock, chance, ends, settings })
  if (options.people) settle(world, options.people)
  const [faults, calls, tokens] = [makeFaults(chance), makeCalls(), makeTokens(world)]
  const limits = makeCallLimits(world)
  return { world, clock, faults, calls, tokens, limits, dispatcher, url, setUrl, listeners }
}
