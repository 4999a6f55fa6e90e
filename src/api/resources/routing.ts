import { z } from 'zod'
import { checkRuleset } from '../../routing/ruleset.ts'
import { Ruleset } from '../../routing/schema.ts'
import type { Db } from '../../store/open.ts'
import { Time, time, timeOrNull } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../page.ts'
import { invalid, notFound, Problem } from '../problem.ts'
import { json, route, type Route } from '../route.ts'
import {
  activateVersion,
  activeRuleset,
  listVersions,
  publishRuleset,
  rulesetOf,
  type StoredVersion,
} from '../routing-store.ts'

const Active = z
  .object({ version: z.int(), ruleset: z.record(z.string(), z.unknown()) })
  .meta({ id: 'ActiveRuleset', description: 'The rule set as it was put, and its version' })

const Version = z
  .object({
    version: z.int(),
    origin: z.string().meta({ description: 'Where it came from: `api`, or a file' }),
    author: z.string(),
    createdAt: Time,
    active: z.boolean(),
    activatedAt: Time.nullable(),
  })
  .meta({ id: 'RulesetVersion' })

const answerOf = (one: StoredVersion): z.input<typeof Version> => ({
  ...one,
  createdAt: time(one.createdAt),
  activatedAt: timeOrNull(one.activatedAt),
})

const tag = '分配规则'
const readers = ['admin', 'security', 'supervisor', 'auditor'] as const
const VersionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number)
  .meta({ override: { type: 'integer' } })
const place = { list: 'versions', schema: z.tuple([z.string().regex(/^[1-9]\d{0,8}$/)]) }
const rulesetLimit = 8 * 1_048_576

type Deps = { db: Db; routingChanged: (version: number) => Promise<void> }

/**
 * Rule sets: immutable versions, of which one is active. A rule set that does not check leaves the active one
 * untouched.
 */
export const routingRoutes = (deps: Deps): Route[] => {
  const active = async () => {
    const found = await activeRuleset(deps.db)
    if (!found) throw notFound('生效的规则')
    return found as z.input<typeof Active>
  }

  return [
    route({
      method: 'GET',
      path: '/routing',
      roles: readers,
      doc: { tag, summary: 'The active rule set', fails: [404] },
      answer: Active,
      run: active,
    }),
    route({
      method: 'PUT',
      path: '/routing',
      roles: ['admin'],
      doc: { tag, summary: 'Check a rule set, store it as a new version and make it active' },
      body: json(z.unknown(), { limit: rulesetLimit, shown: Ruleset }),
      answer: Active,
      run: ({ body, caller }) => publish(deps, { body, author: caller.name }),
    }),
    route({
      method: 'GET',
      path: '/routing/versions',
      roles: readers,
      doc: { tag, summary: 'The history of rule sets, the newest first' },
      query: z.object(pageQuery),
      answer: pageOf(Version),
      run: async ({ query: { limit, cursor } }) => {
        const before = placeIn(place, cursor)?.[0]
        const found = await listVersions(deps.db, {
          before: before === undefined ? null : Number(before),
          limit: limit + 1,
        })
        const { rows, nextCursor } = page({
          list: 'versions',
          rows: found,
          limit,
          place: (one) => [String(one.version)],
        })
        return { items: rows.map(answerOf), nextCursor }
      },
    }),
    route({
      method: 'POST',
      path: '/routing/versions/{n}/activate',
      roles: ['admin'],
      doc: {
        tag,
        summary: 'Make an earlier version active again',
        description: 'It is checked again first: what was valid once may not be now.',
      },
      params: z.object({ n: VersionNumber }),
      answer: Active,
      run: async ({ params: { n } }) => {
        await activate(deps, n)
        return active()
      },
    }),
  ]
}

type Publish = { body: unknown; author: string }

const publish = async ({ db, routingChanged }: Deps, { body, author }: Publish): Promise<z.input<typeof Active>> => {
  const checked = checkRuleset(body)
  if ('errors' in checked) throw invalid(checked.errors)
  const version = await publishRuleset(db, { ruleset: checked.ruleset, author })
  await routingChanged(version)
  return { version, ruleset: checked.ruleset }
}

const activate = async ({ db, routingChanged }: Deps, version: number): Promise<void> => {
  await mayBeActivated(db, version)
  await activateVersion(db, version)
  await routingChanged(version)
}

const mayBeActivated = async (db: Db, version: number): Promise<void> => {
  const ruleset = await rulesetOf(db, version)
  if (ruleset === undefined) throw notFound('版本')
  const checked = checkRuleset(ruleset)
  if ('errors' in checked)
    throw new Problem(409, `版本 ${version} 已不符合现在的规则格式，请改好后重新提交`, { errors: checked.errors })
}
