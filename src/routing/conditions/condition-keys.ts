import { valuesOf } from './leaves.ts'
import type { Condition, Leaf } from './condition-schema.ts'
import { normalise } from './text.ts'

/** Something that can be looked up: a fact has this value, or its text has this word. */
export type Key = { fact: string; kind: 'value' | 'word'; text: string }
export type Cost = (keys: Key[]) => number

/** Every key of a condition outside `not`. */
export function keysIn(condition: Condition): Key[] {
  if ('all' in condition) return condition.all.flatMap(keysIn)
  if ('any' in condition) return condition.any.flatMap(keysIn)
  return 'not' in condition ? [] : keysOf(condition)
}

/**
 * The cheapest keys of which at least one must hold for the condition to be true: of an `all` one child is enough, of
 * an `any` every child is needed. Null when there are none, as for `not`, ranges, expressions and calendars.
 */
export function necessaryKeys(condition: Condition, cost: Cost, used: ReadonlySet<string>): Key[] | null {
  if ('not' in condition) return null
  if ('all' in condition) {
    const found = condition.all.map((child) => necessaryKeys(child, cost, used)).filter((keys) => keys !== null)
    return found.toSorted((a, b) => cost(a) - cost(b))[0] ?? null
  }
  if ('any' in condition) {
    const found = condition.any.map((child) => necessaryKeys(child, cost, used))
    return found.includes(null) ? null : found.flatMap((keys) => keys ?? [])
  }
  const keys = used.has(condition.fact) ? [] : keysOf(condition)
  return keys.length > 0 ? keys : null
}

export function keyName({ fact, kind, text }: Key): string {
  return `${kind} ${fact} ${text}`
}

function keysOf({ fact, is, in: among, contains }: Leaf): Key[] {
  if (contains) {
    const words = contains.map(normalise).filter((word) => word !== '')
    return words.map((text) => ({ fact, kind: 'word', text }))
  }
  const values = among ?? (is === undefined ? [] : [is])
  return valuesOf(fact, values).map((text) => ({ fact, kind: 'value', text }))
}
