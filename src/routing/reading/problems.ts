import { z } from 'zod'

export type Path = (string | number)[]

/** One thing that is wrong with a rule set or a calendar. `of: 'key'` when the key itself is the mistake, not its value. */
export type Problem = { path: Path; message: string; of: 'key' | 'value' }

type Issue = z.core.$ZodIssue
type Union = z.core.$ZodIssueInvalidUnion

const words = z.locales.zhCN().localeError

/** What zod found in `value`, one problem per mistake, in Chinese; of a condition's four forms only the one that was meant. */
export function problemsIn(schema: z.ZodType, value: unknown): Problem[] {
  const { error } = schema.safeParse(value, { error: explain })
  return error ? withoutEchoes(error.issues.flatMap((issue) => flatten(issue, value, []))) : []
}

/** A misspelt key also makes the object around it incomplete; only the misspelling is worth reading. */
function withoutEchoes(problems: Problem[]): Problem[] {
  const misspelt = new Set(problems.filter(({ of }) => of === 'key').map(({ path }) => pathText(path.slice(0, -1))))
  return problems.filter(({ path, of }) => of === 'key' || !misspelt.has(pathText(path)))
}

/** `rules[2].steps[0].to`, as people point at a place. The empty path is the whole document. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

function flatten(issue: Issue, value: unknown, base: Path): Problem[] {
  const path = [...base, ...(issue.path as Path)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], issue.message))
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({
      path,
      message: `键 "${String(path.at(-1))}"：${inner.message}`,
      of: 'key' as const,
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length === 4) return meant(issue, value, path)
  const fitting = issue.code === 'invalid_union' ? issue.errors.filter(ofItsType) : []
  if (fitting.length === 1) return (fitting[0] ?? []).flatMap((one) => flatten(one, value, path))
  return [{ path, message: issue.message, of: 'value' }]
}

/** Of several forms, one that takes what was written by its type: its mistakes are worth more than a list of all forms. */
const ofItsType = (issues: Issue[]): boolean =>
  !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)

function unknownKey(path: Path, message: string): Problem {
  return { path, message: `不认识的键 "${String(path.at(-1))}"；${message}`, of: 'key' }
}

/** A condition that fits none of its four forms: the keys it has tell which form was meant. */
function meant(issue: Union, value: unknown, path: Path): Problem[] {
  const written = lookUp(value, path)
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    return [{ path, message: '须为条件：all、any、not，或 { fact: …, is: … }', of: 'value' }]
  }
  const form = ['all', 'any', 'not'].findIndex((key) => Object.hasOwn(written, key))
  const inner = issue.errors[form === -1 ? 3 : form] ?? []
  return inner.flatMap((one) => flatten(one, value, path))
}

/** The value at a path, or undefined; only own properties are followed. */
export function lookUp(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((here, part) => {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined
    return (here as Record<string, unknown>)[part]
  }, value)
}

function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') return `这里可以写：${keysOf(issue.inst).join('、')}`
  const absent = issue.code === 'invalid_type' || issue.code === 'invalid_value'
  if (absent && issue.input === undefined) return `缺少 "${String(issue.path?.at(-1) ?? '')}"`
  const worded = words(issue)
  return typeof worded === 'string' ? worded : worded?.message
}

function keysOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
