import { RE2JS } from 're2js'
import type { CompiledCalendar } from '../calendar/calendar.ts'
import { isOpen } from '../calendar/calendar.ts'
import type { FactValue, Known } from './facts.ts'
import type { Leaf } from './condition-schema.ts'
import { normalise } from './text.ts'

/** What a leaf asks: its test, and the same as words for people. */
export type CompiledLeaf = { test(known: Known): boolean; text: string }
type Scalar = string | number | boolean

/** A regular expression sees this much of a text. WeCom's messages are far shorter; in linear time this stays in milliseconds. */
const MATCHED_LENGTH = 65_536
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/**
 * One leaf as a test that never throws. An unknown fact makes every leaf false, `exists: false` alone excepted. A list
 * (tags) satisfies a leaf when one of its elements does. Values are compared as text: `is: 101` and `is: "101"` are one.
 */
export function compileLeaf(leaf: Leaf, calendars: ReadonlyMap<string, CompiledCalendar>): CompiledLeaf {
  const { fact } = leaf
  if (leaf.is !== undefined) return equals(fact, [leaf.is], `应为 ${leaf.is}`)
  if (leaf.in !== undefined) return equals(fact, leaf.in, `应为 ${leaf.in.join('、')} 之一`)
  if (leaf.exists !== undefined) return exists(fact, leaf.exists)
  if (leaf.contains !== undefined) return contains(fact, leaf.contains)
  if (leaf.matches !== undefined) return matches(fact, leaf.matches)
  if (leaf.within !== undefined) return within(fact, calendars.get(leaf.within))
  return compares(leaf)
}

/** The values that `is` and `in` compare with; weekdays may be written as names. */
export function valuesOf(fact: string, values: Scalar[]): string[] {
  return values.map((value) => {
    const weekday = fact === 'time.weekday' ? WEEKDAYS.indexOf(String(value)) : -1
    return weekday === -1 ? String(value) : String(weekday + 1)
  })
}

function equals(fact: string, written: Scalar[], text: string): CompiledLeaf {
  const wanted = new Set(valuesOf(fact, written))
  const has = (one: Scalar) => wanted.has(String(one))
  return { text: `${fact} ${text}`, test: (known) => some(known.get(fact), has) }
}

function exists(fact: string, wanted: boolean): CompiledLeaf {
  return {
    text: `${fact} ${wanted ? '应为已知' : '应为未知'}`,
    test: (known) => (known.get(fact) !== undefined) === wanted,
  }
}

function contains(fact: string, written: string[]): CompiledLeaf {
  const words = written.map(normalise).filter((word) => word !== '')
  const test = (known: Known) => {
    for (const text of known.words(fact)) for (const word of words) if (text.includes(word)) return true
    return false
  }
  return { text: `${fact} 应含有 ${shortList(written)}`, test }
}

function matches(fact: string, expression: string): CompiledLeaf {
  let compiled: RE2JS | null = null
  const test = (known: Known) =>
    some(known.get(fact), (one) => {
      compiled ??= RE2JS.compile(expression)
      return compiled.test(String(one).slice(0, MATCHED_LENGTH))
    })
  return { text: `${fact} 应符合 /${expression}/`, test }
}

function compares({ fact, gte, lte }: Leaf): CompiledLeaf {
  const least = gte ?? Number.NEGATIVE_INFINITY
  const most = lte ?? Number.POSITIVE_INFINITY
  const test = (known: Known) => {
    const value = numberOf(known.get(fact))
    return value !== undefined && least <= value && value <= most
  }
  return { text: `${fact} 应${gte === undefined ? `不大于 ${lte}` : `不小于 ${gte}`}`, test }
}

function within(fact: string, calendar: CompiledCalendar | undefined): CompiledLeaf {
  const test = (known: Known) => {
    const at = momentOf(fact, known)
    return at !== undefined && calendar !== undefined && isOpen(calendar, at)
  }
  return { text: `${fact} 应在 ${calendar?.key ?? '?'} 营业时间内`, test }
}

/** `time.…` is now; any other fact must hold a time of its own. */
function momentOf(fact: string, known: Known): Date | undefined {
  const value = fact.startsWith('time.') ? known.get('time.now') : known.get(fact)
  if (typeof value !== 'string') return fact.startsWith('time.') ? known.now : undefined
  const at = new Date(value)
  return Number.isNaN(at.getTime()) ? undefined : at
}

function numberOf(value: FactValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

function some(value: FactValue | undefined, test: (one: Scalar) => boolean): boolean {
  return Array.isArray(value) ? value.some(test) : value !== undefined && test(value)
}

function shortList(words: string[]): string {
  return words.length <= 8 ? words.join('、') : `${words.slice(0, 8).join('、')} 等 ${words.length} 个词之一`
}
