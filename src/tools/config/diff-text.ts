import { diffRulesets, type RulesetChange } from '../../routing/ruleset/ruleset-diff.ts'
import type { Ruleset } from '../../routing/ruleset/schema.ts'

const signs = { added: '+', removed: '-', changed: '~', moved: '↕' } as const
const sections: Record<string, string> = {
  calendars: '日历',
  pools: '专席',
  rules: '规则',
  fallback: '兜底 fallback',
  firstReply: '首次回复 firstReply',
  opening: '营业日历 opening',
  doNotRoute: '不参与分配 doNotRoute',
  stickiness: 'last 的期限 stickiness',
  fairness: '均衡 fairness',
}

/** Line by line what publishing `after` over `before` changes; empty when nothing does. */
export const diffText = (before: Ruleset, after: Ruleset): string[] =>
  diffRulesets(before, after).flatMap((change) => [titleOf(change), ...change.details.map((line) => `    ${line}`)])

const titleOf = ({ kind, section, key, name }: RulesetChange): string => {
  const what = [sections[section] ?? section, key].filter(Boolean).join(' ')
  return `${signs[kind]} ${what}${name === null ? '' : `（${name}）`}`
}
