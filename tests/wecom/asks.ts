import { expect } from 'vitest'
import type { z } from 'zod'

/** What a schema has against a request, one line each. */
export const problems = (schema: z.ZodType, ask: unknown): string[] =>
  schema.safeParse(ask).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []
export const accepted = (schema: z.ZodType, ask: unknown) => expect(problems(schema, ask)).toEqual([])
export const refused = (schema: z.ZodType, ask: unknown, at: string) =>
  expect(problems(schema, ask).join('\n')).toContain(at)

/** So many bytes of Chinese characters, of three bytes each, filled up with letters. */
export const wide = (bytes: number) => '好'.repeat(Math.floor(bytes / 3)) + 'a'.repeat(bytes % 3)
