import type { Payload } from '../model/world.ts'

/** One call of an API, with what came of it; `errcode` 0 is accepted. Tokens are not kept. */
export type Call = {
  at: number
  method: string
  path: string
  body: Payload
  errcode: number
  answer: Payload
  fault?: string
}

export type Calls = {
  add(call: Call): void
  /** All calls in their order, of one path when given. */
  list(path?: string): Call[]
  clear(): void
}

/** The last calls; old ones are forgotten so that a load test does not fill the memory. */
export const makeCalls = (kept = 200_000): Calls => {
  let calls: Call[] = []
  return {
    add: (call) => {
      calls.push(call)
      if (calls.length > kept) calls = calls.slice(-kept / 2)
    },
    list: (path) => calls.filter((call) => path === undefined || call.path === path),
    clear: () => {
      calls = []
    },
  }
}
