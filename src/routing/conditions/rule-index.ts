import type { Cost, Key } from './condition-keys.ts'
import { keyName, keysIn, necessaryKeys } from './condition-keys.ts'
import type { Known } from './facts.ts'
import { listOf } from './facts.ts'
import type { Condition } from './condition-schema.ts'
import type { WordFinder } from './word-finder.ts'
import { wordFinder } from './word-finder.ts'

/** Finds the rules that could match, in their order, without looking at the others. */
export type RuleIndex = {
  /** Calls `matches` with ascending positions until it answers true; answers that position, or -1. */
  first(known: Known, matches: (position: number) => boolean): number
}

/** Rules that share a key. When they are many they are divided again by another fact. */
type Bucket = { fact: string; positions: number[]; deeper: Level | null }
type Level = { values: Map<string, Map<string, Bucket>>; words: Map<string, WordFinder<Bucket>>; always: number[] }
type Build = { conditions: Condition[]; positions: number[]; used: ReadonlySet<string> }

/** A bucket this small is quicker to try than to divide. */
const SMALL = 6
/** Dividing again must not multiply the work: only so deep, and not where rules stand in many buckets at once. */
const DEPTH = 3
const COPIES = 4

/**
 * Each rule is filed under its most selective leaf: the one that the fewest other rules share. Rules without a leaf
 * that can be filed (`not`, ranges, expressions, calendars) are looked at every time.
 */
export function indexRules(conditions: Condition[]): RuleIndex {
  const level = build({ conditions, positions: [...conditions.keys()], used: new Set() })
  return {
    first(known, matches) {
      const lists: number[][] = []
      gather(level, known, lists)
      return firstOf(lists, matches)
    },
  }
}

function build(asked: Build): Level {
  const level: Level = { values: new Map(), words: new Map(), always: [] }
  const buckets = fileAll(asked, level)
  const filed = [...buckets].reduce((sum, bucket) => sum + bucket.positions.length, 0)
  if (asked.used.size >= DEPTH || filed > asked.positions.length * COPIES) return level
  for (const bucket of buckets) {
    const used = new Set([...asked.used, bucket.fact])
    if (bucket.positions.length > SMALL) bucket.deeper = build({ ...asked, positions: bucket.positions, used })
  }
  return level
}

function fileAll({ conditions, positions, used }: Build, level: Level): Set<Bucket> {
  const cost = costAmong(positions.map((position) => conditions[position] as Condition))
  const buckets = new Set<Bucket>()
  for (const position of positions) {
    const keys = necessaryKeys(conditions[position] as Condition, cost, used)
    if (!keys) level.always.push(position)
    for (const bucket of new Set(keys?.map((key) => bucketFor(level, key)))) {
      bucket.positions.push(position)
      buckets.add(bucket)
    }
  }
  return buckets
}

/** A key costs as many rules as use it. */
function costAmong(conditions: Condition[]): Cost {
  const counts = new Map<string, number>()
  for (const key of conditions.flatMap(keysIn)) counts.set(keyName(key), (counts.get(keyName(key)) ?? 0) + 1)
  return (keys) => keys.reduce((sum, key) => sum + (counts.get(keyName(key)) ?? 0), 0)
}

function bucketFor({ values, words }: Level, { fact, kind, text }: Key): Bucket {
  const make = (): Bucket => ({ fact, positions: [], deeper: null })
  if (kind === 'word') return remember(words, fact, wordFinder<Bucket>).at(text, make)
  return remember(
    remember(values, fact, () => new Map<string, Bucket>()),
    text,
    make,
  )
}

function gather({ values, words, always }: Level, known: Known, lists: number[][]): void {
  if (always.length > 0) lists.push(always)
  for (const [fact, byValue] of values) {
    for (const value of listOf(known.get(fact))) {
      const bucket = byValue.get(String(value))
      if (bucket) open(bucket, known, lists)
    }
  }
  for (const [fact, finder] of words) {
    const found = new Set<Bucket>()
    for (const text of known.words(fact)) finder.find(text, (bucket) => found.add(bucket))
    for (const bucket of found) open(bucket, known, lists)
  }
}

function open({ deeper, positions }: Bucket, known: Known, lists: number[][]): void {
  if (deeper) gather(deeper, known, lists)
  else lists.push(positions)
}

/** Merges ascending lists; a position that stands in several is tried once. */
function firstOf(lists: number[][], matches: (position: number) => boolean): number {
  const [only] = lists
  if (lists.length === 1 && only) return only.find(matches) ?? -1
  const heads = lists.map(() => 0)
  for (;;) {
    const least = lists.reduce(
      (best, list, at) => Math.min(best, list[heads[at] ?? 0] ?? best),
      Number.POSITIVE_INFINITY,
    )
    if (least === Number.POSITIVE_INFINITY) return -1
    if (matches(least)) return least
    for (const [at, list] of lists.entries()) if (list[heads[at] ?? 0] === least) heads[at] = (heads[at] ?? 0) + 1
  }
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const before = map.get(key)
  if (before !== undefined) return before
  const made = make()
  map.set(key, made)
  return made
}
