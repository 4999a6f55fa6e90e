import { RE2JS } from 're2js'
import { dueOf, durationOf } from '../calendar/durations.ts'
import { hoursProblems } from '../calendar/hours.ts'
import type { Path, Problem } from '../reading/problems.ts'
import type { Condition, Leaf } from '../conditions/condition-schema.ts'
import type { Rule, Ruleset, Step } from './schema.ts'

/** What no schema sees: names that point nowhere, keys used twice, expressions that do not compile, contradictory hours. */
export function crossCheck(ruleset: Ruleset): Problem[] {
  const names = namesOf(ruleset)
  const calendars = Object.entries(ruleset.calendars ?? {}).flatMap(([key, { hours }]) =>
    hoursProblems(hours).map(({ spec, message }) => value(['calendars', key, 'hours', spec], message)),
  )
  const pools = Object.entries(ruleset.pools ?? {}).flatMap(([key, pool]) =>
    known('calendar', { name: pool.calendar, path: ['pools', key, 'calendar'], names }),
  )
  const rules = (ruleset.rules ?? []).flatMap((rule, index) => ruleProblems(rule, ['rules', index], names))
  const fallback = [
    ...ruleset.fallback.steps.flatMap((step, index) => stepProblems(step, ['fallback', 'steps', index], names)),
    ...followUpProblems(ruleset.fallback, ['fallback'], names),
  ]
  const opening = known('calendar', { name: ruleset.opening, path: ['opening'], names })
  return [
    ...calendars,
    ...pools,
    ...opening,
    ...duplicateKeys(ruleset.rules ?? []),
    ...rules,
    ...fallback,
    ...replies(ruleset),
  ]
}

/** Instructions of a compiled expression: up to here 50,000 characters take well under 50 ms. */
const LARGEST_EXPRESSION = 1_000

type Names = { calendar: ReadonlySet<string>; pool: ReadonlySet<string>; hasOpening: boolean }
const LABEL = { calendar: '日历', pool: '专席' }

function namesOf({ calendars = {}, pools = {}, opening }: Ruleset): Names {
  const calendar = new Set(Object.keys(calendars))
  return { calendar, pool: new Set(Object.keys(pools)), hasOpening: opening !== undefined || calendar.size === 1 }
}

function known(
  kind: 'calendar' | 'pool',
  { name, path, names }: { name?: string; path: Path; names: Names },
): Problem[] {
  if (name === undefined || names[kind].has(name)) return []
  const there = [...names[kind]].slice(0, 10).join('、') || '（还没有）'
  return [value(path, `没有名为 "${name}" 的${LABEL[kind]}；现有：${there}`)]
}

function duplicateKeys(rules: Rule[]): Problem[] {
  const first = new Map<string, number>()
  return rules.flatMap(({ key }, index) => {
    const before = first.get(key)
    if (before === undefined) first.set(key, index)
    return before === undefined ? [] : [value(['rules', index, 'key'], `规则键 "${key}" 与第 ${before + 1} 条重复`)]
  })
}

function ruleProblems(rule: Rule, path: Path, names: Names): Problem[] {
  return [
    ...whenProblems(rule.when, [...path, 'when'], names),
    ...rule.steps.flatMap((step, index) => stepProblems(step, [...path, 'steps', index], names)),
    ...followUpProblems(rule, path, names),
    ...(rule.exceedFor ?? []).flatMap((to, index) => targetProblems(to, [...path, 'exceedFor', index], names)),
  ]
}

function followUpProblems({ followUp }: Pick<Rule, 'followUp'>, path: Path, names: Names): Problem[] {
  const noHours = followUp !== undefined && dueOf(followUp.after).business && !names.hasOpening
  return noHours ? [value([...path, 'followUp', 'after'], '营业时间需要日历：请写 opening 指明看哪个日历')] : []
}

function stepProblems(step: Step, path: Path, names: Names): Problem[] {
  const noHours =
    step.stay !== undefined && durationOf(step.stay).business && !names.hasOpening && !step.to.startsWith('pool:')
  const stay = noHours ? [value([...path, 'stay'], '营业时长需要日历：请写 opening 指明看哪个日历')] : []
  return [...targetProblems(step.to, [...path, 'to'], names), ...stay]
}

function targetProblems(to: string, path: Path, names: Names): Problem[] {
  return to.startsWith('pool:') ? known('pool', { name: to.slice(5), path, names }) : []
}

/** The same for a condition outside of a rule set; calendars are only looked at when they are given. */
export function conditionProblems(condition: Condition, path: Path, calendars?: readonly string[]): Problem[] {
  const names = { calendar: new Set(calendars), pool: new Set<string>(), hasOpening: true }
  const problems = whenProblems(condition, path, names)
  return calendars ? problems : problems.filter((problem) => problem.path.at(-1) !== 'within')
}

function whenProblems(condition: Condition, path: Path, names: Names): Problem[] {
  const each = (children: Condition[], key: string) =>
    children.flatMap((child, index) => whenProblems(child, [...path, key, index], names))
  if ('all' in condition) return each(condition.all, 'all')
  if ('any' in condition) return each(condition.any, 'any')
  if ('not' in condition) return whenProblems(condition.not, [...path, 'not'], names)
  return leafProblems(condition, path, names)
}

function leafProblems(leaf: Leaf, path: Path, names: Names): Problem[] {
  if (leaf.within !== undefined) return known('calendar', { name: leaf.within, path: [...path, 'within'], names })
  return leaf.matches === undefined ? [] : expressionProblems(leaf.matches, [...path, 'matches'])
}

function expressionProblems(expression: string, path: Path): Problem[] {
  try {
    const size = RE2JS.compile(expression).programSize()
    return size <= LARGEST_EXPRESSION ? [] : [value(path, '正则表达式展开后过大，请减小重复次数（如 {500}）')]
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace('error parsing regexp: ', '') : ''
    return [value(path, `正则表达式无效（RE2 语法，不支持前后断言和反向引用）：${reason}`)]
  }
}

function replies({ firstReply, opening, calendars = {} }: Ruleset): Problem[] {
  if (!firstReply) return []
  const business = durationOf(firstReply.remind).business || durationOf(firstReply.reassign).business
  const needsHours = business && opening === undefined && Object.keys(calendars).length !== 1
  return needsHours ? [value(['firstReply'], '营业时长需要日历：请写 opening 指明看哪个日历')] : []
}

function value(path: Path, message: string): Problem {
  return { path, message, of: 'value' }
}
