import { z } from 'zod'
import { checkRuleset } from '../../routing/ruleset/ruleset.ts'
import { Ruleset } from '../../routing/ruleset/schema.ts'
import type { Db } from '../../store/open.ts'
import { At, Line, Time, time, timeOrNull } from '../fields.ts'
import { invalid, notFound, type Mistake } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'
import type { RoutingDesk } from '../routing/routing-desk.ts'
import { activeRuleset, publishRuleset, scheduledVersions } from '../routing/routing-store.ts'
import { versionStates } from '../routing/ruleset-version.ts'
import { Warnings, warningsNow } from '../routing/ruleset-warnings.ts'

export const Active = z
  .object({ version: z.int(), ruleset: z.record(z.string(), z.unknown()) })
  .meta({ id: 'ActiveRuleset', description: 'The rule set as it was put, and its version' })

const Put = z
  .object({
    version: z.int(),
    ruleset: z.record(z.string(), z.unknown()),
    state: z.enum(versionStates).meta({ description: '`active`, or what it waits for' }),
    activateAt: Time.nullable(),
    warnings: Warnings,
  })
  .meta({ id: 'PutRuleset' })

export const routingTag = '分配规则'
export const routingReaders = ['admin', 'security', 'supervisor', 'auditor'] as const
export const rulesetLimit = 8 * 1_048_576

export type RoutingDeps = {
  db: Db
  routing: RoutingDesk
  /** Called after another version became active and is committed: every process has to load it. */
  routingChanged: (version: number) => void | Promise<void>
  now: () => Date
}

const putQuery = z.object({
  activateAt: At.optional().meta({ description: 'Goes live at this time; left out: at once' }),
  note: Line(200).optional().meta({ description: 'What changes and why, for the history' }),
})

/** The rule set in force. One that does not check, has to wait or needs a second person leaves the active one untouched. */
export const routingRoutes = (deps: RoutingDeps): Route[] => {
  const { db, routingChanged, now } = deps
  return [
    route({
      method: 'GET',
      path: '/routing',
      roles: routingReaders,
      doc: { tag: routingTag, summary: 'The active rule set', fails: [404] },
      answer: Active,
      run: async () => {
        const found = await activeRuleset(db)
        if (!found) throw notFound('生效的规则')
        return found as z.input<typeof Active>
      },
    }),
    route({
      method: 'PUT',
      path: '/routing',
      roles: ['admin'],
      doc: {
        tag: routingTag,
        summary: 'Check a rule set, store it as a new version and make it active',
        description:
          'Answers 202 when the version is stored and not active yet: it waits for `activateAt`, or for approval when the settings require it.',
      },
      query: putQuery,
      body: json(z.unknown(), { limit: rulesetLimit, shown: Ruleset }),
      answer: Put,
      accepted: ({ state }) => state !== 'active',
      run: async ({ body, query, caller }) => {
        const checked = checkRuleset(body)
        if ('errors' in checked) throw invalid(checked.errors)
        const { ruleset } = checked
        const activateAt = later(query.activateAt, now())
        const wanted = { ruleset, activateAt, note: query.note ?? null, by: caller.name, now: now() }
        const { version, state } = await publishRuleset(db, wanted)
        if (state === 'active') await routingChanged(version)
        const warnings = [...(await superseded(db, version)), ...(await warningsNow(ruleset, deps))]
        return { version, ruleset, state, activateAt: timeOrNull(activateAt), warnings }
      },
    }),
  ]
}

const later = (text: string | undefined, now: Date): Date | null => {
  if (text === undefined) return null
  const at = new Date(text)
  if (at <= now) throw invalid([{ path: 'activateAt', message: '须晚于现在；立即生效请不要填写' }])
  return at
}

/** Other versions that will replace this one by themselves: easily forgotten, and then a surprise. */
const superseded = async (db: Db, version: number): Promise<Mistake[]> =>
  (await scheduledVersions(db))
    .filter((one) => one.version !== version && one.activateAt)
    .map((one) => ({
      path: '',
      message: `版本 ${one.version} 将于 ${time(one.activateAt as Date)} 自动生效并取代当时的规则；不再需要请先撤回它`,
    }))
