import { setImmediate as breathe } from 'node:timers/promises'
import { backtest } from '../src/routing/backtest/backtest.ts'
import type { PastConversation } from '../src/routing/backtest/model.ts'
import { compile, type CompiledRuleset } from '../src/routing/compile.ts'
import { decide } from '../src/routing/decide.ts'
import type { Question, RosterRm } from '../src/routing/model.ts'
import { rosterIndex } from '../src/routing/roster-index.ts'
import type { Rule, Ruleset } from '../src/routing/ruleset/schema.ts'
import { timeQueue } from '../src/routing/backtest/time-queue.ts'

const RMS = 1_000
const BRANCHES = 40
const TOPICS = ['贷款', '理财', '信用卡', '外汇', '保险']
const BEGIN = Date.parse('2026-06-03T01:00:00Z')
const [EVERY_MS, STAYS_MS, REPLY_MS] = [300, 900_000, 40_000]

export type BacktestFigures = {
  conversations: number
  seconds: number
  /** Of one core, without what others took of it meanwhile. */
  cpuSeconds: number
  longestMs: number
  moved: number
  repeated: number
}

/**
 * A period of conversations replayed against a draft that gives one topic to another desk, 200 rules and 1,000 RMs: how long it
 * takes on one core, and the longest time for which it lets nobody else in.
 */
export async function benchBacktest(conversations = 100_000): Promise<BacktestFigures> {
  const live = rulesetOf('desk')
  const compiled = compile(live)
  const rms = rmsOf()
  let [longestMs, resumed] = [0, 0]
  const begun = performance.now()
  const made = { ms: 0, cpuMs: 0 }
  const cpuBegun = cpuMs()
  resumed = begun
  const report = await backtest({
    ruleset: rulesetOf('other'),
    conversations: timed(recorded({ rules: compiled, rms, conversations }), made),
    roster: { rms: new Map(rms.map((rm) => [rm.userid, rm])) },
    versions: new Map([[1, compiled]]),
    until: new Date(BEGIN + conversations * EVERY_MS),
    pause: async () => {
      longestMs = Math.max(longestMs, performance.now() - resumed)
      await breathe()
      resumed = performance.now()
    },
  })
  longestMs = Math.max(longestMs, performance.now() - resumed)
  const seconds = (performance.now() - begun - made.ms) / 1_000
  const cpuSeconds = (cpuMs() - cpuBegun - made.cpuMs) / 1_000
  const { fidelity, moved } = report
  return {
    conversations: report.conversations,
    seconds,
    cpuSeconds,
    longestMs,
    moved,
    repeated: fidelity.repeated / fidelity.decisions,
  }
}

/** Making the conversations is not part of the figure. */
function* timed<Item>(items: Iterable<Item>, spent: { ms: number; cpuMs: number }): Generator<Item> {
  const iterator = items[Symbol.iterator]()
  for (;;) {
    const [begun, cpuBegun] = [performance.now(), cpuMs()]
    const next = iterator.next()
    spent.ms += performance.now() - begun
    spent.cpuMs += cpuMs() - cpuBegun
    if (next.done) return
    yield next.value
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

type Recording = { rules: CompiledRuleset; rms: RosterRm[]; conversations: number }

/** What a live system with these rules would have recorded: every conversation is given at once or left as a message. */
function* recorded({ rules, rms, conversations }: Recording): Generator<PastConversation> {
  const people = rosterIndex(rms)
  const endings = timeQueue<{ rm: string; units: number }>()
  const load = (userid: string, by: number, at: Date | null) => {
    const rm = people.roster.rms.get(userid)
    if (rm) people.set({ ...rm, load: rm.load + by, ...(at && { lastAssignedAt: at }) })
  }
  for (let n = 0; n < conversations; n += 1) {
    const at = new Date(BEGIN + n * EVERY_MS)
    for (let end = endings.next(at); end; end = endings.next(at)) load(end.item.rm, -end.item.units, null)
    const question = questionOf(n)
    const { rule, outcome, rm, candidates, units } = decide({ question, roster: people.roster, rules, now: at })
    if (rm !== null) {
      load(rm, units, at)
      endings.add(new Date(at.getTime() + STAYS_MS), { rm, units })
    }
    yield {
      id: String(n),
      closedAt: new Date(at.getTime() + STAYS_MS),
      answered: rm === null ? null : { at: new Date(at.getTime() + REPLY_MS), rm },
      units,
      decisions: [{ at, version: 1, rule, outcome, rm, question, candidates }],
    }
  }
}

function questionOf(n: number): Question {
  const branch = `b${spread(n) % BRANCHES}`
  return {
    seed: `wm${n}`,
    openKfId: 'kf1',
    facts: {
      'customer.kind': n % 3 === 0 ? 'sme' : 'person',
      'customer.branch': branch,
      'message.text': `你好，想问一下${topic(spread(n * 7))}的事情，谢谢`,
      'conversation.count': n % 5,
    },
    owner: n % 4 === 0 ? `rm${spread(n) % RMS}` : null,
    last: null,
    firmLead: null,
    units: 1,
    excluded: new Map(),
    progress: null,
  }
}

/** A rule for each branch and topic; the draft sends the branch's loans to the whole bank's desk. */
function rulesetOf(loans: 'desk' | 'other'): Ruleset {
  const branches = Array.from({ length: BRANCHES }, (_, n) => `b${n}`)
  const pools = branches.map(
    (branch) => [branch, { name: branch, members: { branch }, strategy: 'least-loaded' }] as const,
  )
  return {
    pools: { ...Object.fromEntries(pools), loans: { name: '贷款专席', members: { skills: { loans: 2 } } } },
    rules: branches.flatMap((branch) => TOPICS.map((word) => ruleOf(branch, word, loans))),
    fallback: { steps: [{ to: 'pool:b0' }], otherwise: 'leave-message' },
  }
}

function ruleOf(branch: string, word: string, loans: 'desk' | 'other'): Rule {
  const desk = word === '贷款' && loans === 'other' ? 'pool:loans' : `pool:${branch}`
  return {
    key: `${branch}-${TOPICS.indexOf(word)}`,
    name: `${branch} ${word}`,
    when: {
      all: [
        { fact: 'customer.branch', is: branch },
        { fact: 'message.text', contains: [word] },
      ],
    },
    steps: [
      { to: 'owner', stay: '30s', skipIf: 'nobody-available' },
      { to: desk, stay: '2m' },
    ],
    otherwise: 'leave-message',
  }
}

function rmsOf(): RosterRm[] {
  return Array.from({ length: RMS }, (_, n) => ({
    userid: `rm${n}`,
    name: `客户经理 ${n}`,
    branch: `b${n % BRANCHES}`,
    skills: skillsOf(n),
    lines: [],
    licences: [],
    capacity: 5,
    load: 0,
    deputy: null,
    onDuty: true,
    lastAssignedAt: null,
    kf: { kf1: 'receiving' },
  }))
}

/** A fifth of them know loans. */
function skillsOf(n: number): Record<string, number> {
  return n % 5 === 0 ? { loans: 1 + (n % 4) } : {}
}

/** Scatters neighbouring numbers, so that branches and topics do not move in step. */
function spread(n: number): number {
  return Math.imul(n + 1, 0x9e3779b1) >>> 8
}

function topic(n: number): string {
  return TOPICS[n % TOPICS.length] ?? '贷款'
}

if (import.meta.main) {
  const { conversations, seconds, cpuSeconds, longestMs, moved, repeated } = await benchBacktest()
  console.log(`backtest: ${conversations} conversations, ${BRANCHES * TOPICS.length} rules, ${RMS} RMs, one core`)
  console.log(
    `${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU), ${(conversations / seconds).toFixed(0)} a second, longest time without a pause ${longestMs.toFixed(1)} ms`,
  )
  console.log(`${moved} would move; the rules of then repeat ${(repeated * 100).toFixed(1)} % of what was recorded`)
}
