import { alwaysHolds, implies } from './implied.ts'
import type { Rule } from '../ruleset/schema.ts'

/** Comparing every rule with every earlier one takes the square of their number; beyond this only equal ones are found. */
const COMPARED_RULES = 1_000

/**
 * Rules that never come to their turn, because whatever they match an earlier one matches first; `by` is that one's position.
 * What is answered is certain, not complete: expressions and calendars are not seen through. A rule on trial shadows nothing.
 */
export function shadowedRules(rules: Rule[]): { index: number; by: number }[] {
  const seen = new Map<string, number>()
  const earlier: { rule: Rule; index: number }[] = []
  let always = -1
  return rules.flatMap((rule, index) => {
    const text = JSON.stringify(rule.when)
    const compared = index < COMPARED_RULES
    const by = always >= 0 ? always : (seen.get(text) ?? (compared ? shadowing(rule, earlier) : -1))
    if (!rule.canary) {
      if (!seen.has(text)) seen.set(text, index)
      if (compared) earlier.push({ rule, index })
      if (always < 0 && alwaysHolds(rule.when)) always = index
    }
    return by < 0 ? [] : [{ index, by }]
  })
}

function shadowing({ when }: Rule, earlier: { rule: Rule; index: number }[]): number {
  return earlier.find(({ rule }) => implies(when, rule.when))?.index ?? -1
}
