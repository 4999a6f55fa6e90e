import type { CompiledCalendar } from '../calendar/calendar.ts'
import type { Known } from './facts.ts'
import { compileLeaf } from './leaves.ts'
import type { Condition } from './condition-schema.ts'

/** A condition as closures. `failed` names, in words for people, the leaves that made it false; empty when it is true. */
export type CompiledCondition = { test(known: Known): boolean; failed(known: Known): string[] }
type Calendars = ReadonlyMap<string, CompiledCalendar>

/** Customers' own words are private: an explanation says what was asked of them, never what they wrote. */
const PRIVATE = new Set(['message.text'])
const SHOWN_LENGTH = 40

/**
 * Compiles a condition tree. Total: it answers true or false for any facts. An unknown fact makes its leaf false, and
 * `not` is plain negation, so `not` of a leaf on an unknown fact is true.
 */
export function compileCondition(condition: Condition, calendars: Calendars): CompiledCondition {
  if ('all' in condition) return all(condition.all.map((child) => compileCondition(child, calendars)))
  if ('any' in condition) return any(condition.any.map((child) => compileCondition(child, calendars)))
  if ('not' in condition) return not(condition.not, calendars)
  const { test, text } = compileLeaf(condition, calendars)
  return { test, failed: (known) => (test(known) ? [] : [`${text}，${actual(known, condition.fact)}`]) }
}

/** A condition in one line, as the explanation of a `not` and the console show it. */
export function conditionText(condition: Condition, calendars: Calendars): string {
  const list = (children: Condition[], glue: string) =>
    `（${children.map((child) => conditionText(child, calendars)).join(glue)}）`
  if ('all' in condition) return list(condition.all, ' 且 ')
  if ('any' in condition) return list(condition.any, ' 或 ')
  if ('not' in condition) return `不满足 ${conditionText(condition.not, calendars)}`
  return compileLeaf(condition, calendars).text
}

function all(children: CompiledCondition[]): CompiledCondition {
  const [first, second] = children
  if (first && children.length === 1) return first
  if (first && second && children.length === 2) {
    return {
      test: (known) => first.test(known) && second.test(known),
      failed: (known) => [...first.failed(known), ...second.failed(known)],
    }
  }
  return {
    test: (known) => children.every((child) => child.test(known)),
    failed: (known) => children.flatMap((child) => child.failed(known)),
  }
}

function any(children: CompiledCondition[]): CompiledCondition {
  const test = (known: Known) => children.some((child) => child.test(known))
  const failed = (known: Known) => children.map((child) => child.failed(known).join(' 且 ')).join('；')
  return { test, failed: (known) => (test(known) ? [] : [`以下皆不满足：${failed(known)}`]) }
}

function not(condition: Condition, calendars: Calendars): CompiledCondition {
  const inner = compileCondition(condition, calendars)
  const test = (known: Known) => !inner.test(known)
  return { test, failed: (known) => (test(known) ? [] : [`不得满足：${conditionText(condition, calendars)}`]) }
}

function actual(known: Known, fact: string): string {
  const value = known.get(fact)
  if (value === undefined) return '但未知'
  if (PRIVATE.has(fact)) return '但不符'
  const text = Array.isArray(value) ? value.join('、') : String(value)
  return `实际为 ${text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text || '空'}`
}
