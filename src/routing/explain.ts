import type { CompiledRule, CompiledRuleset } from './compile.ts'
import { inCanary } from './canary.ts'
import type { Known } from './conditions/facts.ts'
import type { RuleResult, StepResult } from './model.ts'
import type { Ring } from './ring.ts'
import type { Walked } from './walk.ts'

/** How many rules a decision explains one by one; of larger sets the first ones, then a count, then the match. */
export const RULES_EXPLAINED = 200

/** Every rule up to and including the match (-1: all of them), with the conditions that failed. */
export function ruleResults(
  rules: CompiledRuleset,
  { known, seed, matched }: { known: Known; seed: string; matched: number },
): RuleResult[] {
  const end = matched === -1 ? rules.rules.length : matched
  const tested = rules.rules.slice(0, Math.min(end, RULES_EXPLAINED)).map((rule) => missed(rule, known, seed))
  if (end > RULES_EXPLAINED) {
    const failed = [`另有 ${end - RULES_EXPLAINED} 条规则不符合，未逐条列出`]
    tested.push({ key: `${RULES_EXPLAINED + 1}-${end}`, matched: false, failed })
  }
  return [...tested, { key: (rules.rules[matched] ?? rules.fallback).key, matched: true, failed: [] }]
}

/** Which conditions of one rule fail, whatever its place; empty when it applies. */
export function missed(rule: CompiledRule, known: Known, seed: string): RuleResult {
  const failed = rule.condition?.failed(known) ?? []
  if (failed.length > 0) return { key: rule.key, matched: false, failed }
  if (inCanary(rule, known, seed)) return { key: rule.key, matched: true, failed }
  return {
    key: rule.key,
    matched: false,
    failed: [`灰度范围：${rule.canary?.branch ?? '全部机构'} ${rule.canary?.percent}%，此会话不在其中`],
  }
}

export function stepResult({ ring, code, waitedSeconds }: Walked): StepResult {
  const { to, pool } = ring.step
  return {
    to,
    pool: pool?.name ?? null,
    result: wordsFor(ring, code, waitedSeconds),
    waitedSeconds,
    code,
    excluded: ring.excluded,
  }
}

const NOBODY = {
  owner: '没有归属客户经理',
  deputy: '没有代班人',
  last: '没有最近接待过的人',
  'firm-lead': '没有企业主办人',
  rm: '没有这位成员',
  pool: '专席没有成员',
}
/** In the order in which people want to read them: what passes soonest comes first. */
const REASONS: Record<string, string> = {
  full: '满员',
  'daily-cap': '今日新客户已达上限',
  'excluded:declined-busy': '婉拒（正忙）',
  'excluded:declined-unfit': '婉拒（不对口）',
  'excluded:rerouted': '管理员要求换人',
  'not-receiving': '未在接待',
  'off-duty': '未上班',
  'outside-hours': '非营业时间',
  'no-licence': '无有效资格',
  'not-a-servicer': '不是此客服账号的接待人员',
  branch: '不在该机构',
  skill: '技能不够',
  line: '不属该条线',
  'not-listed': '不在名单',
  'not-named': '规则没有指到他',
  'excluded:missed': '未及时回复',
  'excluded:declined': '已谢绝',
  'excluded:refused': '转接被企业微信拒绝',
  'excluded:do-not-route': '不参与分配',
}

function wordsFor(ring: Ring, code: Walked['code'], waited: number): string {
  const why = `${ring.members} 人都不能接（${counts(ring.excluded)}）`
  if (code === 'assigned') return assignedWords(ring)
  if (code === 'waiting') return `等待中，已等 ${waited} 秒：${why}`
  if (code === 'passed') return ring.members > 0 ? `此前已等过：${why}` : NOBODY[ring.step.target.kind]
  if (code === 'no-target') return `${NOBODY[ring.step.target.kind]}，直接下一轮`
  if (code === 'skipped') return `${why}，按规则不等待`
  if (code === 'tried') return `${why}，人选都已试过`
  if (code === 'closed') return `${why}，到营业时还早，不等待`
  return code === 'no-stay' ? `${why}，本轮不等待` : `等满 ${waited} 秒：${why}`
}

function assignedWords({ best, eligible, excluded, members, candidates }: Ring): string {
  const others = counts(excluded)
  const seen = members > candidates.length ? `${members} 人中按顺序看了 ${candidates.length} 人，` : ''
  return `${best?.name}（${best?.userid}）接待，${seen}可接 ${eligible} 人${others === '' ? '' : `；不能接：${others}`}`
}

function counts(excluded: Record<string, number>): string {
  const known = Object.keys(REASONS).filter((reason) => excluded[reason])
  const others = Object.keys(excluded).filter((reason) => !(reason in REASONS))
  return [...known, ...others].map((reason) => `${exclusionWords(reason)} ${excluded[reason]}`).join('、')
}

/** Why an RM could not take it, as people say it. */
export function exclusionWords(reason: string): string {
  if (reason.startsWith('full:')) return `“${reason.slice('full:'.length)}”已达个人上限`
  return REASONS[reason] ?? reason.replace('excluded:', '')
}
