import type { z } from 'zod'

/**
 * What a refusal means for us:
 * `retry` try again soon · `refresh_token` fetch a new token, repeat once · `back_off` this API is over its limit ·
 * `already_done` the effect is there · `state_changed` read `service_state/get` and decide again ·
 * `unreachable` this customer cannot be written to now · `person` this staff member cannot be used ·
 * `expired` the code or window is gone · `wrong_setup` an admin must act · `bad_request` our request is wrong.
 */
export type FailureClass =
  | 'retry'
  | 'refresh_token'
  | 'back_off'
  | 'already_done'
  | 'state_changed'
  | 'unreachable'
  | 'person'
  | 'expired'
  | 'wrong_setup'
  | 'bad_request'

/** One WeCom API, described once and read by client, simulator, tests and docs. */
export type Endpoint<Ask extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> = {
  method: 'GET' | 'POST'
  /** Without `/cgi-bin/`. */
  path: string
  /** The official page. */
  doc: string
  ask: Ask
  answer: Answer
  /** Only what differs from the common table in failures.ts. */
  fails: Readonly<Record<number, FailureClass>>
  /** Codes with which WeCom says "nothing here": an answer with nothing in it, not a refusal. */
  empty: readonly number[]
}

type Spec<Ask extends z.ZodType, Answer extends z.ZodType> = {
  doc: string
  ask: Ask
  answer: Answer
  fails?: Record<number, FailureClass>
  empty?: number[]
} & ({ post: string } | { get: string })

export const endpoint = <Ask extends z.ZodType, Answer extends z.ZodType>(
  spec: Spec<Ask, Answer>,
): Endpoint<Ask, Answer> => ({
  method: 'post' in spec ? 'POST' : 'GET',
  path: 'post' in spec ? spec.post : spec.get,
  doc: spec.doc,
  ask: spec.ask,
  answer: spec.answer,
  fails: spec.fails ?? {},
  empty: spec.empty ?? [],
})
