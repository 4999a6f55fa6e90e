import { FACTS } from '../conditions/facts.ts'
import { valuesOf } from '../conditions/leaves.ts'
import type { Condition, Leaf } from '../conditions/condition-schema.ts'
import { normalise } from '../conditions/text.ts'

const SINGLE = new Set(FACTS.filter((fact) => fact !== 'customer.tags'))

/**
 * True when `narrow` can only hold where `wide` holds too. Sound but not complete: a true answer is certain, a false
 * one may be a case that was not seen through (expressions, calendars, deep `not`).
 */
export function implies(narrow: Condition, wide: Condition): boolean {
  if (alwaysHolds(wide)) return true
  if ('all' in wide) return wide.all.every((part) => implies(narrow, part))
  if ('any' in narrow) return narrow.any.every((part) => implies(part, wide))
  if ('any' in wide && wide.any.some((part) => implies(narrow, part))) return true
  if ('all' in narrow) return narrow.all.some((part) => implies(part, wide))
  if ('not' in narrow || 'not' in wide) return same(narrow, wide)
  return 'fact' in narrow && 'fact' in wide && narrow.fact === wide.fact && leafImplies(narrow, wide)
}

/** True for the conditions that hold whatever the facts, such as `any` of a leaf and its opposite. */
export function alwaysHolds(condition: Condition): boolean {
  if ('all' in condition) return condition.all.every(alwaysHolds)
  if ('not' in condition) return neverHolds(condition.not)
  if (!('any' in condition)) return false
  return condition.any.some((part) => alwaysHolds(part) || condition.any.some((other) => opposite(part, other)))
}

/** True for the conditions that no facts can fulfil: a value that is two different things, an empty range. */
export function neverHolds(condition: Condition): boolean {
  if ('any' in condition) return condition.any.every(neverHolds)
  if ('not' in condition) return alwaysHolds(condition.not)
  if (!('all' in condition)) return 'fact' in condition && isBlank(condition)
  const { all } = condition
  return all.some((part, at) => neverHolds(part) || all.some((other, to) => to > at && excludes(part, other)))
}

/** Tags, and facts of other systems, may be lists: a list can be several things at once and so excludes nothing. */
function excludes(a: Condition, b: Condition): boolean {
  if (opposite(a, b)) return true
  if (!('fact' in a) || !('fact' in b) || a.fact !== b.fact || !SINGLE.has(a.fact)) return false
  const [left, right] = [choices(a), choices(b)]
  if (left && right) return !left.some((value) => right.includes(value))
  return Math.max(a.gte ?? -Infinity, b.gte ?? -Infinity) > Math.min(a.lte ?? Infinity, b.lte ?? Infinity)
}

function opposite(a: Condition, b: Condition): boolean {
  if ('not' in a) return same(a.not, b)
  if ('not' in b) return same(b.not, a)
  return 'fact' in a && 'fact' in b && a.fact === b.fact && a.exists !== undefined && b.exists === !a.exists
}

function leafImplies(narrow: Leaf, wide: Leaf): boolean {
  const [few, many] = [choices(narrow), choices(wide)]
  if (few && many) return few.every((value) => many.includes(value))
  if (wide.exists === true) return narrow.exists !== false
  if (narrow.contains && wide.contains) return wordsImply(narrow.contains, wide.contains)
  if (narrow.gte !== undefined && wide.gte !== undefined) return narrow.gte >= wide.gte
  if (narrow.lte !== undefined && wide.lte !== undefined) return narrow.lte <= wide.lte
  return same(narrow, wide)
}

/** Whatever contains 经营贷款 contains 贷款. */
function wordsImply(narrow: string[], wide: string[]): boolean {
  const words = wide.map(normalise)
  return narrow.map(normalise).every((long) => words.some((word) => word !== '' && long.includes(word)))
}

function choices({ fact, is, in: among }: Leaf): string[] | null {
  if (is !== undefined) return valuesOf(fact, [is])
  return among ? valuesOf(fact, among) : null
}

function isBlank({ contains }: Leaf): boolean {
  return contains?.every((word) => normalise(word) === '') ?? false
}

function same(a: Condition, b: Condition): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
