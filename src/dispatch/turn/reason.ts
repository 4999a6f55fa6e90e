import type { Decision } from '../../routing/model.ts'

const targets: Record<string, string> = {
  owner: '归属客户经理',
  deputy: '归属客户经理的代班同事',
  last: '上次接待的客户经理',
  'firm-lead': '企业的牵头客户经理',
}

/** Whom a step asks for, in words: 归属客户经理, 小微专席, … */
export const targetName = (to: string, poolName: (key: string) => string): string => {
  if (to.startsWith('pool:')) return poolName(to.slice(5))
  if (to.startsWith('rm:')) return '指定客户经理'
  return targets[to] ?? to
}

/** Why this RM, in one line for people: 规则“小微贷款” → 归属客户经理. */
export const reasonOf = (decision: Decision, poolName: (key: string) => string): string => {
  const step = decision.steps.at(-1)
  const rule = decision.rule === 'fallback' ? '没有规则命中，按兜底规则' : `规则“${decision.ruleName}”`
  return step ? `${rule} → ${targetName(step.to, poolName)}` : rule
}

/** A stretch of time as people say it: 45秒, 3分钟, 2小时. */
export const sayDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return `${seconds}秒`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes}分钟` : `${Math.round(minutes / 60)}小时`
}
