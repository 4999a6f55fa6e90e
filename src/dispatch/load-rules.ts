import { readFile } from 'node:fs/promises'
import type { Pool } from 'pg'
import { nextOpening } from '../routing/calendar/calendar.ts'
import { parseCalendarYaml } from '../routing/calendar/calendar-file.ts'
import { compile, type CompiledRuleset } from '../routing/compile.ts'
import type { Duration } from '../routing/calendar/durations.ts'
import type { CalendarOverrides } from '../routing/calendar/holidays.ts'
import type { Decision } from '../routing/model.ts'
import { parseRulesetYaml } from '../routing/ruleset/ruleset.ts'
import type { Ruleset } from '../routing/ruleset/schema.ts'
import { overAt } from '../routing/walk.ts'
import { fileProblemText, type FileProblem } from '../routing/reading/yaml-source.ts'
import { businessDaysAfter, sayDay } from './business-day.ts'
import type { ActiveRules } from './rules.ts'

/** A file of config/ is wrong; every problem with its line and column. */
export class BadConfig extends Error {
  override name = 'BadConfig'
}

const orThrow = <Read extends object>(read: Read | { errors: FileProblem[] }): Read => {
  if ('errors' in read) throw new BadConfig(read.errors.map(fileProblemText).join('\n'))
  return read
}

/** config/calendar.yaml; throws `BadConfig`. */
export const readCalendarFile = async (path: string): Promise<CalendarOverrides> =>
  orThrow(parseCalendarYaml(await readFile(path, 'utf8'), path)).overrides

/** config/routing.yaml; throws `BadConfig`. */
export const readRulesFile = async (path: string): Promise<Ruleset> =>
  orThrow(parseRulesetYaml(await readFile(path, 'utf8'), path)).ruleset

/** Puts the file's rule set into a database that has none; what is there already stays. */
export const seedRules = async (pool: Pool, path: string): Promise<void> => {
  const ruleset = await readRulesFile(path).catch((error: NodeJS.ErrnoException) => {
    if (!error.code) throw error
    throw new BadConfig(
      `ROUTING_FILE ${path} cannot be read (${error.code}): give the path of a rule set such as config/routing.yaml`,
    )
  })
  await pool.query(
    `insert into rulesets (ruleset, origin, author, active, activated_at)
     select $1, $2, 'file', true, now() where not exists (select from rulesets) on conflict do nothing`,
    [JSON.stringify(ruleset), `file:${path}`],
  )
}

/** Reads the active version from the database; answers the one given while it is still that. */
export const loadActiveRules = async (
  pool: Pool,
  overrides: CalendarOverrides,
  have: ActiveRules | null,
): Promise<ActiveRules> => {
  const { rows } = await pool.query<{ version: number }>('select version from rulesets where active')
  const version = rows[0]?.version
  if (version === undefined)
    throw new BadConfig('the database has no active rule set: PUT /api/v1/routing or set ROUTING_FILE')
  if (have?.version === version) return have
  const active = await pool.query<{ ruleset: Ruleset }>('select ruleset from rulesets where version = $1', [version])
  return activeRules(version, compile((active.rows[0] as { ruleset: Ruleset }).ruleset, overrides))
}

export const activeRules = (version: number, rules: CompiledRuleset): ActiveRules => {
  const byKey = new Map([...rules.rules, rules.fallback].map((rule) => [rule.key, rule]))
  return {
    version,
    rules,
    poolName: (key) => rules.pools.get(key)?.name ?? key,
    firstReply: (from, key) => {
      const { remind, reassign } = byKey.get(key ?? '')?.firstReply ?? rules.firstReply
      return { remindAt: after(rules, from, remind), reassignAt: after(rules, from, reassign) }
    },
    urgency: ({ rule: key, pool: poolKey }, openedAt) => {
      const [rule, pool] = [byKey.get(key), rules.pools.get(poolKey ?? '')]
      const sla = rule?.sla ?? pool?.sla ?? null
      const respondBy = sla && overAt(sla, openedAt, pool?.calendar ?? rules.opening)
      return { ageing: rule?.ageing ?? 1, respondBy }
    },
    followUp: (key, from) => {
      const wanted = byKey.get(key ?? '')?.followUp
      return wanted ? { title: wanted.title, dueAt: after(rules, from, wanted.after) } : null
    },
    later: (from, duration) => after(rules, from, duration),
    opensFrom: (at) => (rules.opening ? nextOpening(rules.opening, at) : null) ?? at,
    pauseAfter: rules.firstReply.pauseAfter,
    opensAt: (decision, now) => openingOf(rules, decision, now),
    opening: (decision, now) => sayOpening(openingOf(rules, decision, now), now),
  }
}

/** Business time in a calendar that never opens counts as time of the wall: a promise must end. */
const after = ({ opening }: CompiledRuleset, from: Date, duration: Duration): Date => {
  const { days } = duration
  const at = days !== undefined && opening ? businessDaysAfter(opening, from, days) : overAt(duration, from, opening)
  return at ?? new Date(from.getTime() + duration.ms)
}

/** When the first of the decision's pools opens; null when they are open, or never. */
export const openingOf = (rules: CompiledRuleset, decision: Decision, now: Date): Date | null => {
  const pools = decision.steps.flatMap(({ to }) => (to.startsWith('pool:') ? [rules.pools.get(to.slice(5))] : []))
  const openings = pools.flatMap((pool) => {
    const at = pool?.calendar && nextOpening(pool.calendar, now)
    return at && at > now ? [at] : []
  })
  return openings.sort((a, b) => a.getTime() - b.getTime())[0] ?? null
}

/** 今天13:30 · 明天09:00 · 11月30日星期一09:00 · 客户经理上线后. */
const sayOpening = (at: Date | null, now: Date): string => (at ? sayDay(at, now) : '客户经理上线后')
