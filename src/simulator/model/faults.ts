import type { Chance } from './chance.ts'

/**
 * What goes wrong on the way to or from an API:
 * `errcode` refused · `slow` answered late · `hang` never answered, nothing done · `drop` done, but the answer is lost ·
 * `html` a gateway's page instead of JSON, nothing done · `reset` the connection breaks, nothing done.
 */
export type FaultKind = 'errcode' | 'slow' | 'hang' | 'drop' | 'html' | 'reset'

export type Fault = {
  /** Without `/cgi-bin/`; `*` is every API. */
  path: string
  does: FaultKind
  errcode?: number | undefined
  /** `slow`: milliseconds of real time. */
  ms?: number | undefined
  /** `html`: the HTTP status, 502 unless told. */
  status?: number | undefined
  /** Begins with this matching call, counted from 1. */
  nth?: number | undefined
  /** Strikes so often, then never again; with `nth` once unless told. */
  times?: number | undefined
  /** Strikes in so many of 100 calls. */
  percent?: number | undefined
}

export type Faults = {
  add(fault: Fault): number
  remove(id: number): void
  clear(): void
  list(): (Fault & { id: number; struck: number })[]
  /** The faults that strike this call. */
  strike(path: string): Fault[]
}

type Held = Fault & { id: number; seen: number; struck: number }

export const makeFaults = (chance: Chance): Faults => {
  const held = new Map<number, Held>()
  let last = 0
  const strikes = (fault: Held): boolean => {
    fault.seen += 1
    const times = fault.times ?? (fault.nth === undefined ? Infinity : 1)
    if (fault.seen < (fault.nth ?? 1) || fault.struck >= times) return false
    if (fault.percent !== undefined && !chance.percent(fault.percent)) return false
    fault.struck += 1
    return true
  }
  return {
    add: (fault) => {
      last += 1
      held.set(last, { ...fault, id: last, seen: 0, struck: 0 })
      return last
    },
    remove: (id) => void held.delete(id),
    clear: () => held.clear(),
    list: () => [...held.values()].map(({ seen: _, ...fault }) => fault),
    strike: (path) => [...held.values()].filter(({ path: own }) => own === '*' || own === path).filter(strikes),
  }
}
