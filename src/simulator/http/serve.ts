import type { z } from 'zod'
import type { Endpoint } from '../../wecom/endpoint.ts'
import type { Tokens } from '../model/tokens.ts'
import type { World } from '../model/world.ts'

export type Caller = { world: World; tokens: Tokens; ip: string }

/** What the simulator answers to one described API. `ask` has passed the same schema that the client uses. */
export type Served = {
  endpoint: Endpoint
  answer(caller: Caller, ask: unknown): Record<string, unknown>
  /** Lists that stand in a refusal, too, as WeCom has them there. */
  refused: Record<string, unknown>
}

export const serve = <Ask extends z.ZodType, Answer extends z.ZodType>(
  endpoint: Endpoint<Ask, Answer>,
  answer: (caller: Caller, ask: z.output<Ask>) => z.input<Answer> & Record<string, unknown>,
  refused: Record<string, unknown> = {},
): Served => ({
  endpoint,
  answer: (caller, ask) => answer(caller, ask as z.output<Ask>),
  refused,
})
