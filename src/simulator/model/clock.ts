/** Milliseconds since 1970, as `Date.now()` gives them. */
export type Clock = { now(): number }

export type VirtualClock = Clock & {
  /** Moves to this time; the clock runs on from there unless it is frozen. */
  set(at: number): void
  /** Moves forward by milliseconds. */
  advance(ms: number): void
  /** Stands still (or runs again): a test then decides every second. */
  freeze(frozen?: boolean): void
}

/** WeCom's time: everything of the simulator reads it, so 48 hours pass in one call. `moved` hears of each jump. */
export const virtualClock = (base: Clock, moved: () => void = () => undefined): VirtualClock => {
  let offset = 0
  let stopped: number | null = null
  const now = (): number => stopped ?? base.now() + offset
  const set = (at: number): void => {
    if (stopped === null) offset = at - base.now()
    else stopped = at
    moved()
  }
  const freeze = (frozen = true): void => {
    const at = now()
    stopped = frozen ? at : null
    set(at)
  }
  return { now, set, freeze, advance: (ms) => set(now() + ms) }
}

/** WeCom counts in whole seconds. */
export const seconds = (ms: number): number => Math.floor(ms / 1000)
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
