import { durationOf } from '../calendar/durations.ts'
import { FACTS } from '../conditions/facts.ts'
import { neverHolds } from './implied.ts'
import { lintRoster } from './lint-roster.ts'
import type { Roster } from '../model.ts'
import type { Path, Problem } from '../reading/problems.ts'
import type { Condition } from '../conditions/condition-schema.ts'
import type { Rule, Ruleset } from '../ruleset/schema.ts'
import { shadowedRules } from './shadowed.ts'

/**
 * What is valid and probably not meant: rules that never come to their turn or never match, facts nobody provides, waits
 * that lead nowhere; with a roster also pools that nobody is in. Nothing here stops a rule set from being used.
 */
export function lint(ruleset: Ruleset, roster?: Roster): Problem[] {
  const rules = ruleset.rules ?? []
  return [
    ...rules.flatMap((rule, index) => ruleWarnings(rule, ['rules', index])),
    ...shadowed(rules),
    ...unusedPools(ruleset),
    ...replies(ruleset),
    ...emptyCalendars(ruleset),
    ...(roster ? lintRoster(ruleset, roster) : []),
  ]
}

function ruleWarnings(rule: Rule, path: Path): Problem[] {
  const unknown = [...new Set(factsIn(rule.when))].filter((fact) => !FACTS.includes(fact))
  return [
    ...unknown.map((fact) =>
      warn([...path, 'when'], `没有内置的事实 "${fact}"，由外部系统提供时才会成立；${nearest(fact)}`),
    ),
    ...(neverHolds(rule.when) ? [warn([...path, 'when'], '条件自相矛盾，永远不会成立')] : []),
    ...repeatedSteps(rule, path),
  ]
}

function repeatedSteps({ steps }: Rule, path: Path): Problem[] {
  return steps.flatMap(({ to }, index) => {
    const before = steps.findIndex((step) => step.to === to)
    const isRelaxed = steps.slice(before, index).some((step) => (step.relax ?? []).length > 0)
    return before < index && !isRelaxed
      ? [warn([...path, 'steps', index], `"${to}" 前面已经有过，轮次只会扩大，不必重复`)]
      : []
  })
}

function shadowed(rules: Rule[]): Problem[] {
  return shadowedRules(rules).map(({ index, by }) =>
    warn(['rules', index], `轮不到这条：符合它的会话都会先符合第 ${by + 1} 条 "${rules[by]?.key}"`),
  )
}

function unusedPools({ pools = {}, rules = [], fallback }: Ruleset): Problem[] {
  const used = new Set([...rules, fallback].flatMap(({ steps }) => steps.map(({ to }) => to)))
  const unused = Object.keys(pools).filter((key) => !used.has(`pool:${key}`))
  return unused.map((key) => warn(['pools', key], '没有规则用到这个专席'))
}

function replies({ firstReply }: Ruleset): Problem[] {
  if (!firstReply) return []
  const [remind, reassign] = [durationOf(firstReply.remind), durationOf(firstReply.reassign)]
  const late = remind.business === reassign.business && remind.ms >= reassign.ms
  return late ? [warn(['firstReply', 'remind'], '提醒不早于改派，等于没有提醒')] : []
}

function emptyCalendars({ calendars = {} }: Ruleset): Problem[] {
  const empty = Object.entries(calendars).filter(([, { hours }]) =>
    Object.values(hours).every((slots) => slots.length === 0),
  )
  return empty.map(([key]) => warn(['calendars', key, 'hours'], '没有任何营业时段，永远不营业'))
}

function factsIn(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(factsIn)
  if ('any' in condition) return condition.any.flatMap(factsIn)
  return 'not' in condition ? factsIn(condition.not) : [condition.fact]
}

/** The built-in fact that shares the most with a misspelt one. */
function nearest(fact: string): string {
  const group = FACTS.filter((known) => known.startsWith(`${fact.split('.')[0]}.`))
  return `内置的有：${(group.length > 0 ? group : FACTS).join('、')}`
}

function warn(path: Path, message: string): Problem {
  return { path, message, of: 'value' }
}
