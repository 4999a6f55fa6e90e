import { z } from 'zod'
import { Key, Word } from '../ruleset/names.ts'

const Scalar = z.union([z.string().max(500), z.number(), z.boolean()], '须为文字、数字或 true/false')
const Fact = z
  .string()
  .regex(/^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)*$/, '事实的名称写作 customer.kind')
  .max(100)

export type Leaf = {
  fact: string
  is?: string | number | boolean
  in?: (string | number | boolean)[]
  exists?: boolean
  contains?: string[]
  matches?: string
  gte?: number
  lte?: number
  within?: string
}
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | Leaf
export const OPERATORS = ['is', 'in', 'exists', 'contains', 'matches', 'gte', 'lte', 'within'] as const

const LeafSchema = z
  .strictObject({
    fact: Fact,
    is: Scalar.optional(),
    in: z.array(Scalar).min(1, '至少写一个').max(1_000).optional(),
    exists: z.boolean().optional(),
    contains: z.array(Word).min(1, '至少写一个词').max(1_000).optional().describe('含有任何一个词'),
    matches: z.string().min(1).max(500).optional().describe('正则表达式（RE2 语法）'),
    gte: z.number().optional(),
    lte: z.number().optional(),
    within: Key.optional().describe('在此日历的营业时间内'),
  })
  .refine(hasOneOperator, `每个条件恰好用一个：${OPERATORS.join('、')}`)

/** The branches' order is relied on by `problems.ts`, which reports only the branch that the writer meant. */
export const Condition: z.ZodType<Condition> = z
  .lazy(() =>
    z.union([
      z.strictObject({ all: z.array(Condition).min(1, '至少写一个条件') }),
      z.strictObject({ any: z.array(Condition).min(1, '至少写一个条件') }),
      z.strictObject({ not: Condition }),
      LeafSchema,
    ]),
  )
  .meta({ id: 'Condition' })

function hasOneOperator(leaf: object): boolean {
  return OPERATORS.filter((operator) => Object.hasOwn(leaf, operator)).length === 1
}
