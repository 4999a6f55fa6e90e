import { Engine } from 'json-rules-engine'
import { compile } from '../src/routing/compile.ts'
import { decide } from '../src/routing/decide.ts'
import type { Facts, Question, Roster, RosterRm } from '../src/routing/model.ts'
import { rosterIndex } from '../src/routing/roster-index.ts'
import { checkRuleset } from '../src/routing/ruleset/ruleset.ts'
import type { Rule, Ruleset } from '../src/routing/ruleset/schema.ts'

const RULES = 10_000
const RMS = 5_000
const BRANCHES = 200
const WORDS = [
  '贷款',
  '授信',
  '额度',
  '理财',
  '基金',
  '赎回',
  '开户',
  '转账',
  '保险',
  '外汇',
  '信用卡',
  '密码',
  '挂失',
  '利率',
  '还款',
  '存单',
]
const SKILLS = ['sme', 'wealth', 'card', 'fx', 'private', 'insurance', 'complaint', 'general']
const NOW = new Date('2026-06-03T02:00:00Z')

export type Figures = { perSecond: number; medianMicros: number; p99Micros: number }
export type DecideFigures = { rows: Record<string, Figures>; ratio: number; agreement: number }

/**
 * Decisions per second over 10,000 rules and 5,000 RMs, beside json-rules-engine with the same conditions and facts. Seven of
 * eight customers meet a rule, the others end in the fallback, whose pool is everybody.
 */
export async function benchDecide({ decisions = 20_000, theirs = 40 } = {}): Promise<DecideFigures> {
  const ruleset = rulesetOf()
  const checked = checkRuleset(ruleset)
  if ('errors' in checked) throw new Error(`the benchmark's rule set is invalid: ${checked.errors[0]?.message}`)
  const rules = compile(checked.ruleset)
  const people = rmsOf()
  const { roster } = rosterIndex(people)
  const plain = { rms: roster.rms }
  const questions = Array.from({ length: 2_000 }, (_, n) => questionOf(n))
  const ask = (n: number, among: Roster = roster) =>
    decide({ question: questionAt(questions, n), roster: among, rules, now: NOW })
  const fallback = questions.flatMap((_, n) => (ask(n).rule === 'fallback' ? [n] : []))
  for (let n = 0; n < 5_000; n += 1) ask(n)
  const engine = await measureEngine(engineOf(ruleset.rules ?? []), {
    questions,
    ask: (n) => ask(n).rule,
    runs: theirs,
  })
  const rows = {
    yinqiao: measure(decisions, (n) => ask(n).rm),
    'yinqiao, fallback to all 5,000': measure(decisions / 4, (n) => ask(fallback[n % fallback.length] ?? 0).rm),
    'yinqiao, rules explained': measure(decisions / 4, (n) => ask(n).rules.length),
    'yinqiao, roster not indexed': measure(decisions / 100, (n) => ask(n, plain).rm),
    'json-rules-engine 7.3.1, rule only': engine.figures,
  }
  const ratio = rows.yinqiao.perSecond / engine.figures.perSecond
  print({ rows, ratio, agreement: engine.agreement })
  return { rows, ratio, agreement: engine.agreement }
}

function questionAt(questions: Question[], n: number): Question {
  return questions[n % questions.length] ?? questionOf(n)
}

function rulesetOf(): Ruleset {
  const pools = Array.from({ length: BRANCHES * 2 }, (_, n) => [`pool-${n}`, poolOf(n)] as const)
  return {
    pools: { ...Object.fromEntries(pools), all: { name: '全行', members: {}, strategy: 'least-loaded' } },
    rules: Array.from({ length: RULES }, (_, n) => ruleOf(n)),
    fallback: { steps: [{ to: 'pool:all' }], otherwise: 'leave-message' },
  }
}

function poolOf(n: number) {
  const skill = SKILLS[n % SKILLS.length] ?? 'general'
  return {
    name: `专席 ${n}`,
    members: { skills: { [skill]: 1 }, branch: `b${n % BRANCHES}` },
    strategy: 'least-loaded' as const,
  }
}

/** Fifty rules a branch: a kind, an amount, one or two words. */
function ruleOf(n: number): Rule {
  return {
    key: `r${n}`,
    name: `规则 ${n}`,
    when: {
      all: [
        { fact: 'customer.branch', is: `b${n % BRANCHES}` },
        { fact: 'customer.kind', is: n % 3 === 0 ? 'sme' : 'person' },
        { fact: 'conversation.count', gte: n % 5 },
        { fact: 'message.text', contains: [word(spread(n)), word(spread(n + RULES))] },
      ],
    },
    steps: [{ to: 'owner' }, { to: `pool:pool-${n % (BRANCHES * 2)}`, stay: '60s' }, { to: 'pool:all' }],
    otherwise: 'leave-message',
  }
}

function rmsOf(): RosterRm[] {
  return Array.from({ length: RMS }, (_, n) => ({
    userid: `rm${n}`,
    name: `客户经理 ${n}`,
    branch: `b${n % BRANCHES}`,
    skills: {
      [SKILLS[spread(n) % SKILLS.length] ?? 'general']: 1 + (n % 5),
      [SKILLS[spread(n * 3 + 1) % SKILLS.length] ?? 'sme']: 2,
    },
    lines: [],
    licences: [],
    capacity: 5,
    load: n % 7 === 0 ? 5 : n % 5,
    deputy: null,
    onDuty: n % 4 !== 0,
    lastAssignedAt: new Date(NOW.getTime() - (n % 997) * 60_000),
    kf: { kf1: 'receiving' },
  }))
}

/** Seven of eight are made to fit a rule somewhere in the set; the eighth writes what no rule has a word for. */
function questionOf(n: number): Question {
  const rule = spread(n) % RULES
  const asked = n % 8 === 0 ? '网点几点开门' : `${word(spread(rule))}的事情`
  const facts: Facts = {
    'customer.kind': rule % 3 === 0 ? 'sme' : 'person',
    'customer.branch': `b${rule % BRANCHES}`,
    'customer.tags': ['老客户'],
    'conversation.count': n % 7,
    'message.text': `你好，我想问一下${asked}，能不能帮我看看，谢谢`,
  }
  const common = { openKfId: 'kf1', owner: n % 10 === 0 ? `rm${n}` : null, last: null, firmLead: null, units: 1 }
  return { ...common, seed: String(n), facts, excluded: new Map(), progress: null }
}

/** The same rules in the other engine's words; its highest priority stands for our first. */
function engineOf(rules: Rule[]): Engine {
  const engine = new Engine([], { allowUndefinedFacts: true })
  engine.addOperator('containsAny', (text: string, words: string[]) => words.some((one) => text.includes(one)))
  engine.on('success', () => engine.stop())
  for (const [n, rule] of rules.entries()) {
    engine.addRule({ conditions: { all: conditionsOf(rule) }, event: { type: rule.key }, priority: rules.length - n })
  }
  return engine
}

function conditionsOf({ when }: Rule) {
  const leaves = 'all' in when ? when.all : []
  return leaves.map((leaf) => {
    if (!('fact' in leaf)) throw new Error('the benchmark uses flat rules')
    const { fact, is, gte, contains } = leaf
    if (contains) return { fact, operator: 'containsAny', value: contains }
    return gte === undefined
      ? { fact, operator: 'equal', value: is }
      : { fact, operator: 'greaterThanInclusive', value: gte }
  })
}

type EngineRun = { questions: Question[]; ask(n: number): string; runs: number }

async function measureEngine(engine: Engine, { questions, ask, runs }: EngineRun) {
  const times: number[] = []
  let agreement = 0
  for (let n = 0; n < runs; n += 1) {
    const before = process.hrtime.bigint()
    const { events } = await engine.run({ ...questions[n]?.facts })
    times.push(Number(process.hrtime.bigint() - before) / 1_000)
    if ((events[0]?.type ?? 'fallback') === ask(n)) agreement += 1
  }
  return { figures: figuresOf(times), agreement: agreement / runs }
}

function measure(runs: number, run: (n: number) => unknown): Figures {
  const times: number[] = []
  for (let n = 0; n < runs; n += 1) {
    const before = process.hrtime.bigint()
    run(n)
    times.push(Number(process.hrtime.bigint() - before) / 1_000)
  }
  return figuresOf(times)
}

function figuresOf(times: number[]): Figures {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  const total = times.reduce((sum, time) => sum + time, 0)
  return { perSecond: (times.length / total) * 1e6, medianMicros: at(0.5), p99Micros: at(0.99) }
}

function print({ rows, ratio, agreement }: DecideFigures): void {
  const line = (label: string, cells: string[]) =>
    console.log(label.padEnd(38) + cells.map((cell) => cell.padStart(13)).join(''))
  line(`decide: ${RULES} rules, ${RMS} RMs`, ['decisions/s', 'median µs', 'p99 µs'])
  for (const [label, { perSecond, medianMicros, p99Micros }] of Object.entries(rows)) {
    line(label, [perSecond.toFixed(0), medianMicros.toFixed(1), p99Micros.toFixed(1)])
  }
  console.log(
    `ratio ${ratio.toFixed(0)} x; both chose the same rule in ${(agreement * 100).toFixed(0)} % of the compared runs`,
  )
}

/** Scatters neighbouring numbers, so that words, branches and skills do not move in step. */
function spread(n: number): number {
  return Math.imul(n + 1, 0x9e3779b1) >>> 8
}

function word(n: number): string {
  return WORDS[n % WORDS.length] ?? '贷款'
}

if (import.meta.main) await benchDecide()
