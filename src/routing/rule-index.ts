import type { Known } from './facts.ts'
import { listOf } from './facts.ts'
import { valuesOf } from './leaves.ts'
import type { Condition } from './schema.ts'
import { normalise } from './text.ts'
import type { WordFinder } from './word-finder.ts'
import { wordFinder } from './word-finder.ts'

/** Finds the rules that could match, in their order, without looking at the others. */
export type RuleIndex = {
  /** Calls `matches` with ascending positions until it answers true; answers that position, or -1. */
  first(known: Known, matches: (position: number) => boolean): number
}

/** A rule can match only if one of its keys holds: a fact has this value, or its text has this word. */
type Key = { fact: string; kind: 'value' | 'word'; text: string }
type Buckets = { values: Map<string, Map<string, number[]>>; words: Map<string, WordFinder>; always: number[] }

/**
 * Each rule is filed under its most selective leaf: the one that the fewest other rules share. Rules without a leaf
 * that can be filed (`not`, ranges, expressions, calendars) are looked at every time.
 */
export function indexRules(conditions: Condition[]): RuleIndex {
  const counts = new Map<string, number>()
  for (const condition of conditions) {
    for (const key of keysIn(condition)) counts.set(nameOf(key), (counts.get(nameOf(key)) ?? 0) + 1)
  }
  const cost = (keys: Key[]) => keys.reduce((sum, key) => sum + (counts.get(nameOf(key)) ?? 0), 0)
  const buckets: Buckets = { values: new Map(), words: new Map(), always: [] }
  for (const [position, condition] of conditions.entries()) file(buckets, position, narrowest(condition, cost))
  return { first: (known, matches) => firstOf(listsFor(buckets, known), matches) }
}

function keysIn(condition: Condition): Key[] {
  if ('all' in condition) return condition.all.flatMap(keysIn)
  if ('any' in condition) return condition.any.flatMap(keysIn)
  if ('not' in condition) return []
  const { fact } = condition
  const values = condition.in ?? (condition.is === undefined ? [] : [condition.is])
  const asValues = valuesOf(fact, values).map((text) => ({ fact, kind: 'value' as const, text }))
  const words = (condition.contains ?? []).map(normalise).filter((word) => word !== '')
  return [...asValues, ...words.map((text) => ({ fact, kind: 'word' as const, text }))]
}

/** Of an `all` the cheapest child is enough; of an `any` every child is needed; null when nothing can be filed. */
function narrowest(condition: Condition, cost: (keys: Key[]) => number): Key[] | null {
  if ('all' in condition) {
    const found = condition.all.map((child) => narrowest(child, cost)).filter((keys) => keys !== null)
    return found.toSorted((a, b) => cost(a) - cost(b))[0] ?? null
  }
  if ('any' in condition) {
    const found = condition.any.map((child) => narrowest(child, cost))
    return found.includes(null) ? null : found.flatMap((keys) => keys ?? [])
  }
  const keys = keysIn(condition)
  return keys.length > 0 ? keys : null
}

function file({ values, words, always }: Buckets, position: number, keys: Key[] | null): void {
  if (keys === null) always.push(position)
  for (const { fact, kind, text } of new Map((keys ?? []).map((key) => [nameOf(key), key])).values()) {
    if (kind === 'word') remember(words, fact, wordFinder).add(text, position)
    else remember(remember(values, fact, () => new Map<string, number[]>()), text, () => []).push(position)
  }
}

function listsFor({ values, words, always }: Buckets, known: Known): number[][] {
  const lists = always.length > 0 ? [always] : []
  for (const [fact, byValue] of values) {
    for (const value of listOf(known.get(fact))) {
      const list = byValue.get(String(value))
      if (list) lists.push(list)
    }
  }
  for (const [fact, finder] of words) {
    const found = new Set<number[]>()
    for (const text of known.words(fact)) finder.find(text, (positions) => found.add(positions))
    lists.push(...found)
  }
  return lists
}

/** Merges ascending lists; a position that stands in several is tried once. */
function firstOf(lists: number[][], matches: (position: number) => boolean): number {
  const [only] = lists
  if (lists.length === 1 && only) return only.find(matches) ?? -1
  const heads = lists.map(() => 0)
  for (;;) {
    const least = lists.reduce((best, list, at) => Math.min(best, list[heads[at] ?? 0] ?? best), Number.POSITIVE_INFINITY)
    if (least === Number.POSITIVE_INFINITY) return -1
    if (matches(least)) return least
    for (const [at, list] of lists.entries()) if (list[heads[at] ?? 0] === least) heads[at] = (heads[at] ?? 0) + 1
  }
}

function nameOf({ fact, kind, text }: Key): string {
  return `${kind} ${fact} ${text}`
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const before = map.get(key)
  if (before !== undefined) return before
  const made = make()
  map.set(key, made)
  return made
}
