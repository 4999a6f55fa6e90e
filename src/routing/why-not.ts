import type { CompiledStep } from './compile.ts'
import { matchedBy } from './decide.ts'
import type { DecideInput } from './decide.ts'
import { demandOf, obstacle } from './eligible.ts'
import { knownFrom } from './conditions/facts.ts'
import { missing } from './members.ts'
import type { RosterRm } from './model.ts'
import { peopleFor } from './targets.ts'
import { commonDemand, factsOf } from './walk.ts'

/** For one RM and one step: null when he could take it there, else what is in the way (`not-named`: the step means others). */
export type WhyNot = { to: string; excludedBy: string | null }

/** Answers "why not her?" for any RM, listed in the decision or not: step by step of the rule that applies. */
export function whyNot(input: DecideInput, userid: string): { rule: string; steps: WhyNot[] } | null {
  const { question, roster, rules, now } = input
  const rm = roster.rms.get(userid)
  if (!rm) return null
  const matched = matchedBy(rules, knownFrom(factsOf(question, rules, now), now), question.seed)
  const rule = rules.rules[matched] ?? rules.fallback
  const asked = { ...input, stickyDays: rules.stickyDays }
  const common = commonDemand({ ...input, rule, units: rule.units ?? question.units })
  const steps = rule.steps.map((step) => ({
    to: step.to,
    excludedBy: outside(step, rm, asked) ?? obstacle(rm, demandOf(step, common, now)),
  }))
  return { rule: rule.key, steps }
}

function outside(step: CompiledStep, rm: RosterRm, asked: DecideInput & { stickyDays: number | null }): string | null {
  if (step.pool) return missing(rm, step.pool.members)
  return peopleFor(step.target, asked).some(({ userid }) => userid === rm.userid) ? null : 'not-named'
}
