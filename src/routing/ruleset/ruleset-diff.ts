import type { Rule, Ruleset } from './schema.ts'

/** What differs between two rule sets at one place; `details` name each value before and after. */
export type RulesetChange = {
  kind: 'added' | 'removed' | 'changed' | 'moved'
  section: string
  /** Of a rule, a pool or a calendar; null for what there is only one of. */
  key: string | null
  name: string | null
  details: string[]
}

const KEYED = ['calendars', 'pools'] as const

/** What changes from one rule set to the other, by key: rules that only stand elsewhere are moved, not removed and added. */
export function diffRulesets(before: Ruleset, after: Ruleset): RulesetChange[] {
  return [
    ...KEYED.flatMap((section) => keyed(section, before[section] ?? {}, after[section] ?? {})),
    ...keyed('rules', byKey(before), byKey(after)),
    ...moved(before.rules ?? [], after.rules ?? []),
    ...others(before, after),
  ]
}

function byKey({ rules = [] }: Ruleset): Record<string, Rule> {
  return Object.fromEntries(rules.map((rule) => [rule.key, rule]))
}

function keyed(section: string, before: Record<string, object>, after: Record<string, object>): RulesetChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => change({ section, key }, before[key], after[key]))
}

type Place = { section: string; key: string | null }

function change(place: Place, before: unknown, after: unknown): RulesetChange[] {
  const name = nameOf(after) ?? nameOf(before)
  if (before === undefined) return [{ ...place, kind: 'added', name, details: [] }]
  if (after === undefined) return [{ ...place, kind: 'removed', name, details: [] }]
  const details = differences(before, after, '')
  return details.length > 0 ? [{ ...place, kind: 'changed', name, details }] : []
}

function nameOf(value: unknown): string | null {
  const { name } = (value ?? {}) as { name?: unknown }
  return typeof name === 'string' ? name : null
}

/** Everything that is neither a list of rules nor kept by key: fallback, first reply and so on. */
function others(before: Ruleset, after: Ruleset): RulesetChange[] {
  const apart = new Set<string>([...KEYED, 'rules'])
  const sections = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !apart.has(key))
  const [old, fresh] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return sections.flatMap((section) => change({ section, key: null }, old[section], fresh[section]))
}

/** Rules that both have and that do not keep their order among each other: the fewest that explain it. */
function moved(before: Rule[], after: Rule[]): RulesetChange[] {
  const places = new Map(before.map(({ key }, index) => [key, index]))
  const common = after.flatMap((rule, index) => {
    const from = places.get(rule.key)
    return from === undefined ? [] : [{ rule, from, to: index }]
  })
  const kept = longestRising(common.map(({ from }) => from))
  return common
    .filter(({ from }) => !kept.has(from))
    .map(({ rule: { key, name }, from, to }) => {
      const details = [`第 ${from + 1} 条 → 第 ${to + 1} 条`]
      return { kind: 'moved', section: 'rules', key, name, details }
    })
}

/** The longest run of numbers that only rises, of numbers that are all different (patience sorting). */
function longestRising(numbers: number[]): Set<number> {
  const ends: number[] = []
  const before = new Map<number, number | undefined>()
  for (const number of numbers) {
    const found = ends.findIndex((end) => end > number)
    const place = found === -1 ? ends.length : found
    before.set(number, ends[place - 1])
    ends[place] = number
  }
  const run = new Set<number>()
  for (let at = ends.at(-1); at !== undefined; at = before.get(at)) run.add(at)
  return run
}

function differences(before: unknown, after: unknown, path: string): string[] {
  if (same(before, after)) return []
  const [left, right] = [partsOf(before), partsOf(after)]
  if (!left || !right || left.list !== right.list)
    return [`${path === '' ? '' : `${path}：`}${show(before)} → ${show(after)}`]
  const keys = [...new Set([...Object.keys(left.parts), ...Object.keys(right.parts)])]
  return keys.flatMap((key) => differences(left.parts[key], right.parts[key], joined(path, key, left.list)))
}

/** The parts of an object, or of a list of objects; a list of words is shown as a whole. */
function partsOf(value: unknown): { list: boolean; parts: Record<string, unknown> } | null {
  if (typeof value !== 'object' || value === null) return null
  if (!Array.isArray(value)) return { list: false, parts: value as Record<string, unknown> }
  return value.some((one) => typeof one === 'object') ? { list: true, parts: { ...value } } : null
}

function joined(path: string, key: string, list: boolean): string {
  if (list) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

/** The order of keys says nothing. */
function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

const LONGEST = 100

function show(value: unknown): string {
  if (value === undefined) return '（无）'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}
