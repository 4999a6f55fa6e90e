import { setImmediate as breathe } from 'node:timers/promises'
import { z } from 'zod'
import { readRoster } from '../../crm/roster.ts'
import { backtest } from '../../routing/backtest/backtest.ts'
import { compile, type CompiledRuleset } from '../../routing/compile.ts'
import { checkRuleset } from '../../routing/ruleset/ruleset.ts'
import { Ruleset } from '../../routing/ruleset/schema.ts'
import { BacktestAnswer, backtestAnswer } from '../routing/backtest-answer.ts'
import { At } from '../fields.ts'
import {
  countDecisions,
  pastConversations,
  situationBefore,
  versionsUsed,
  type Period,
} from '../routing/past-conversations.ts'
import { invalid, Problem } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'
import { warningsOf } from '../routing/ruleset-warnings.ts'
import { draftIn } from './routing-try.ts'
import { rulesetLimit, routingTag as tag, type RoutingDeps } from './routing.ts'

const longestDays = 366
const mostDecisions = 300_000
/** Beyond these, rule sets of the period are not compared with; they decided little. */
const mostVersions = 30

const fields = {
  from: At.meta({ description: 'Conversations first decided at or after this time' }),
  to: At.meta({ description: 'and before this one' }),
}
const Body = z.strictObject({ ruleset: z.unknown(), ...fields })
const Shown = z.strictObject({ ruleset: Ruleset, ...fields }).meta({ id: 'BacktestRequest' })

/** What a draft would have done with the conversations of a period. One at a time: each takes a core for seconds. */
export const backtestRoutes = (deps: Pick<RoutingDeps, 'db' | 'routing' | 'now'>): Route[] => {
  let running = false
  return [
    route({
      method: 'POST',
      path: '/routing/backtest',
      roles: ['admin'],
      doc: {
        tag,
        summary: 'Replay the conversations of a period against a draft; nothing changes',
        description: `At most ${longestDays} days and ${mostDecisions} decisions. What is estimated, and how, stands in \`estimates\`.`,
      },
      body: json(Body, { limit: rulesetLimit + 1_048_576, shown: Shown }),
      answer: BacktestAnswer,
      run: async ({ body }) => {
        const ruleset = draftIn(body.ruleset)
        const period = periodIn(body)
        if (running) throw new Problem(409, '另一次回测正在进行，请在它结束后再试')
        running = true
        try {
          return await replay(deps, ruleset, period)
        } finally {
          running = false
        }
      },
    }),
  ]
}

const periodIn = ({ from, to }: { from: string; to: string }): Period => {
  const period = { from: new Date(from), to: new Date(to) }
  if (period.to <= period.from) throw invalid([{ path: 'to', message: '须晚于 from' }])
  if (period.to.getTime() - period.from.getTime() > longestDays * 86_400_000)
    throw invalid([{ path: 'to', message: `一次最多回测 ${longestDays} 天，请缩短期间` }])
  return period
}

const replay = async (
  { db, routing: { calendar }, now }: Pick<RoutingDeps, 'db' | 'routing' | 'now'>,
  ruleset: Ruleset,
  period: Period,
): Promise<z.input<typeof BacktestAnswer>> => {
  const decisions = await countDecisions(db, period)
  if (decisions > mostDecisions)
    throw invalid([
      { path: 'to', message: `期间内有 ${decisions} 次分配，一次最多回测 ${mostDecisions} 次，请缩短期间` },
    ])
  const roster = await readRoster(db, { now: now() })
  const report = await backtest({
    ruleset,
    conversations: pastConversations(db, period),
    roster,
    calendar,
    versions: await compiledVersions({ db, calendar }, period),
    before: await situationBefore(db, period),
    until: period.to < now() ? period.to : now(),
    pause: () => breathe(),
  })
  return backtestAnswer({ report, ruleset, period, warnings: warningsOf(ruleset, { roster, calendar, now: now() }) })
}

type Compiling = { db: RoutingDeps['db']; calendar: RoutingDeps['routing']['calendar'] }

/** The rules of then, as far as this program can still read them. */
const compiledVersions = async ({ db, calendar }: Compiling, period: Period): Promise<Map<number, CompiledRuleset>> => {
  const compiled = new Map<number, CompiledRuleset>()
  for (const { version, ruleset } of await versionsUsed(db, period, mostVersions)) {
    const checked = checkRuleset(ruleset)
    if ('ruleset' in checked) compiled.set(version, compile(checked.ruleset, calendar))
    await breathe()
  }
  return compiled
}
