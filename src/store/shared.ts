/**
 * What several processes share and may lose at any time: cached tokens, API budgets, wake-ups, the live line.
 * Two implementations keep one promise (the same contract test runs on both): memory for one process, Redis for many.
 * No method throws or hangs when Redis is down, frozen or flushed: `get` answers null, `spend` falls back to this
 * process's own count, `publish` is dropped. Everything stays right and only gets slower.
 */
export type Shared = {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Deletes only while the value is still the given one: a token that somebody renewed meanwhile stays. */
  forget(key: string, value: string): Promise<void>
  /** One caller across all processes makes the value, the others wait for it; then it is cached for the time that `make` returns. */
  once(key: string, make: () => Promise<{ value: string; ttlMs: number }>): Promise<string>
  /**
   * Takes one from a budget of `limit` per `windowMs` and answers 0 (go), or takes nothing and answers how many milliseconds
   * to wait before asking again.
   */
  spend(budget: string, limit: number, windowMs: number): Promise<number>
  publish(channel: string, message: string): void
  /** Returns the way to stop listening. A message sent while Redis is away is not delivered: poll as well. */
  subscribe(channel: string, heard: (message: string) => void): () => void
  /** True when the shared store answers; memory always does. */
  healthy(): Promise<boolean>
  close(): Promise<void>
}
