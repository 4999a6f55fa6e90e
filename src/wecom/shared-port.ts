/**
 * What several processes of one corp keep in common: the token, budgets, pauses. All of it may be lost at any time.
 * The promises of each method are those of the shared store that the process was given.
 */
export type WecomShared = {
  get(key: string): Promise<string | null>
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Deletes only while the value is still the given one. */
  forget(key: string, value: string): Promise<void>
  /** One caller across all processes makes the value, the others wait for it. */
  once(key: string, make: () => Promise<{ value: string; ttlMs: number }>): Promise<string>
  /** Takes one from a budget; answers 0, or how many milliseconds until there is one (then nothing was taken). */
  spend(budget: string, limit: number, windowMs: number): Promise<number>
}
