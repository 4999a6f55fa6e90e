import type { DecideInput } from './decide.ts'
import { missed } from './explain.ts'
import { knownFrom } from './conditions/facts.ts'
import type { RuleResult } from './model.ts'
import { factsOf } from './walk.ts'

/**
 * Every rule from position `from` up to but not including `to`, whether it applies to the question and what fails: also
 * those behind the match, and those that a decision over thousands of rules only counts.
 */
export function explainRules(
  { question, rules, now }: Omit<DecideInput, 'roster'>,
  { from = 0, to = rules.rules.length }: { from?: number; to?: number } = {},
): RuleResult[] {
  const known = knownFrom(factsOf(question, rules, now), now)
  return rules.rules.slice(from, to).map((rule) => missed(rule, known, question.seed))
}
