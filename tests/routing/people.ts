import { compile } from '../../src/routing/compile.ts'
import type { CompiledRuleset } from '../../src/routing/compile.ts'
import { decide } from '../../src/routing/decide.ts'
import type { CalendarOverrides } from '../../src/routing/calendar/holidays.ts'
import type { Decision, Facts, Question, Roster, RosterRm } from '../../src/routing/model.ts'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'

/** A Wednesday morning in Shanghai, 10:00. */
export const NOW = new Date('2026-06-03T02:00:00Z')

export function rm(userid: string, differs: Partial<RosterRm> = {}): RosterRm {
  return {
    userid,
    name: userid,
    branch: 'shanghai',
    skills: {},
    lines: [],
    licences: [],
    capacity: 3,
    load: 0,
    deputy: null,
    onDuty: true,
    lastAssignedAt: null,
    kf: { kf1: 'receiving' },
    ...differs,
  }
}

export function team(...rms: RosterRm[]): Roster {
  return { rms: new Map(rms.map((one) => [one.userid, one])) }
}

export function question(facts: Facts = {}, differs: Partial<Question> = {}): Question {
  const nobody = { owner: null, last: null, firmLead: null }
  return { seed: 'c1', openKfId: 'kf1', facts, ...nobody, units: 1, excluded: new Map(), progress: null, ...differs }
}

/** Compiles rules written as in the bank's file; an invalid one fails the test with its problems. */
export function rulesFrom(yaml: string, overrides: CalendarOverrides = {}): CompiledRuleset {
  const read = parseRulesetYaml(yaml, 'test.yaml')
  if ('errors' in read) throw new Error(JSON.stringify(read.errors, null, 1))
  return compile(read.ruleset, overrides)
}

export function route(
  rules: CompiledRuleset,
  roster: Roster,
  { now = NOW, facts = {}, ...differs }: Partial<Question> & { now?: Date } = {},
): Decision {
  return decide({ question: question(facts, differs), roster, rules, now })
}

export function after(seconds: number, from = NOW): Date {
  return new Date(from.getTime() + seconds * 1_000)
}

/** What became of each step, e.g. `owner waiting`. */
export function codes(decision: Decision): string[] {
  return decision.steps.map(({ to, code }) => `${to} ${code}`)
}
