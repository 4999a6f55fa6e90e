import { z } from 'zod'
import { readRoster } from '../../crm/roster.ts'
import { compile } from '../../routing/compile.ts'
import { lint } from '../../routing/lint/lint.ts'
import type { Roster } from '../../routing/model.ts'
import { pathText } from '../../routing/reading/problems.ts'
import type { Ruleset } from '../../routing/ruleset/schema.ts'
import { calendarWarnings } from '../../routing/lint/warnings.ts'
import type { Db } from '../../store/open.ts'
import type { Mistake } from '../http/problem.ts'
import type { RoutingDesk } from './routing-desk.ts'

export const Warnings = z.array(z.object({ path: z.string(), message: z.string() })).meta({
  description: '能用，但多半不是本意：轮不到的规则、没有成员的专席、缺放假安排的日历等',
})

/** Nobody reads more warnings than this at once. */
const most = 100

type Ground = { roster: Roster; calendar: RoutingDesk['calendar']; now: Date }

/** What is valid in these rules and hardly meant, seen with the bank's real people and calendars. */
export const warningsOf = (ruleset: Ruleset, { roster, calendar, now }: Ground): Mistake[] => {
  const odd = lint(ruleset, roster).map(({ path, message }) => ({ path: pathText(path), message }))
  const found = [...odd, ...calendarWarnings(compile(ruleset, calendar), now)]
  const more = found.length - most
  return more > 0 ? [...found.slice(0, most), { path: '', message: `还有 ${more} 处提示` }] : found
}

/** The same with the roster of this moment. */
export const warningsNow = async (
  ruleset: Ruleset,
  { db, routing, now }: { db: Db; routing: RoutingDesk; now: () => Date },
): Promise<Mistake[]> =>
  warningsOf(ruleset, { roster: await readRoster(db, { now: now() }), calendar: routing.calendar, now: now() })
