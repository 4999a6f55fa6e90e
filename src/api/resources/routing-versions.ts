import { z } from 'zod'
import { checkRuleset } from '../../routing/ruleset/ruleset.ts'
import type { Db } from '../../store/open.ts'
import { Time, time, timeOrNull } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { notFound, Problem } from '../http/problem.ts'
import { route, type Route } from '../http/route.ts'
import {
  activateVersion,
  approveVersion,
  getVersion,
  listVersions,
  withdrawVersion,
  type VersionRefusal,
} from '../routing/routing-store.ts'
import { versionStates, type RulesetVersion } from '../routing/ruleset-version.ts'
import { Active, routingReaders, routingTag as tag, type RoutingDeps } from './routing.ts'

const Version = z
  .object({
    version: z.int(),
    state: z.enum(versionStates),
    active: z.boolean(),
    origin: z.string().meta({ description: 'Where it came from: `api`, or a file' }),
    author: z.string(),
    note: z.string().nullable(),
    createdAt: Time,
    approvedBy: z.string().nullable().meta({ description: 'The second person, where one was needed' }),
    approvedAt: Time.nullable(),
    activateAt: Time.nullable().meta({ description: 'When it is or was to go live by itself' }),
    activatedAt: Time.nullable().meta({ description: 'When it went live last' }),
    activatedBy: z.string().nullable(),
  })
  .meta({ id: 'RulesetVersion' })
const WithRules = Version.extend({ ruleset: z.unknown() }).meta({ id: 'RulesetVersionWithRules' })

const answerOf = ({ needsApproval: _, ...one }: RulesetVersion): z.input<typeof Version> => ({
  ...one,
  active: one.state === 'active',
  createdAt: time(one.createdAt),
  approvedAt: timeOrNull(one.approvedAt),
  activateAt: timeOrNull(one.activateAt),
  activatedAt: timeOrNull(one.activatedAt),
})

const params = z.object({
  n: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .transform(Number)
    .meta({ override: { type: 'integer' } }),
})
const place = { list: 'versions', schema: z.tuple([z.string().regex(/^[1-9]\d{0,8}$/)]) }

/** The history of rule sets: immutable versions, their way to being active, and the way back. */
export const routingVersionRoutes = (deps: RoutingDeps): Route[] => [...reading(deps), ...changing(deps)]

const reading = ({ db }: RoutingDeps): Route[] => [
  route({
    method: 'GET',
    path: '/routing/versions',
    roles: routingReaders,
    doc: { tag, summary: 'The history of rule sets, the newest first' },
    query: z.object(pageQuery),
    answer: pageOf(Version),
    run: async ({ query: { limit, cursor } }) => {
      const before = placeIn(place, cursor)?.[0]
      const found = await listVersions(db, { before: before === undefined ? null : Number(before), limit: limit + 1 })
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
    method: 'GET',
    path: '/routing/versions/{n}',
    roles: routingReaders,
    doc: { tag, summary: 'One version with its rules' },
    params,
    answer: WithRules,
    run: async ({ params: { n } }) => {
      const found = await getVersion(db, n)
      if (!found) throw notFound('版本')
      return { ...answerOf(found.version), ruleset: found.ruleset }
    },
  }),
]

const changing = ({ db, routingChanged, now }: RoutingDeps): Route[] => {
  const act = (name: string) => ({ by: name, now: now() })
  return [
    route({
      method: 'POST',
      path: '/routing/versions/{n}/activate',
      roles: ['admin'],
      doc: {
        tag,
        summary: 'Make a stored version active: roll back, or go live before the planned time',
        description: 'It is checked again first: what was valid once may not be now.',
      },
      params,
      answer: Active,
      run: async ({ params: { n }, caller }) => {
        const ruleset = await readable(db, n)
        orRefuse(await activateVersion(db, n, act(caller.name)))
        await routingChanged(n)
        return { version: n, ruleset: ruleset as z.input<typeof Active>['ruleset'] }
      },
    }),
    route({
      method: 'POST',
      path: '/routing/versions/{n}/approve',
      roles: ['admin'],
      doc: {
        tag,
        summary: 'Approve a version that somebody else has put',
        description: 'It becomes active, at once or at its planned time.',
      },
      params,
      answer: Version,
      run: async ({ params: { n }, caller }) => {
        await readable(db, n)
        const version = orRefuse(await approveVersion(db, n, act(caller.name)))
        if (version.state === 'active') await routingChanged(n)
        return answerOf(version)
      },
    }),
    route({
      method: 'POST',
      path: '/routing/versions/{n}/withdraw',
      roles: ['admin'],
      doc: { tag, summary: 'Take back a version that waits for approval or for its time' },
      params,
      answer: Version,
      run: async ({ params: { n }, caller }) => answerOf(orRefuse(await withdrawVersion(db, n, act(caller.name)))),
    }),
  ]
}

/** The rules of a version that this program can still read. */
const readable = async (db: Db, version: number): Promise<object> => {
  const found = await getVersion(db, version)
  if (!found) throw notFound('版本')
  const checked = checkRuleset(found.ruleset)
  if ('ruleset' in checked) return checked.ruleset
  throw new Problem(409, `版本 ${version} 已不符合现在的规则格式，请改好后重新提交`, { errors: checked.errors })
}

const states: Record<RulesetVersion['state'], string> = {
  draft: '已撤回，需要请重新提交',
  'waiting-approval': '正在等待复核',
  scheduled: '已排定生效时间',
  active: '正在生效',
  retired: '已被取代',
}

const orRefuse = (changed: RulesetVersion | VersionRefusal): RulesetVersion => {
  if (!('refused' in changed)) return changed
  if (changed.refused === 'unknown') throw notFound('版本')
  const { version, state } = changed.version
  if (changed.refused === 'own') throw new Problem(409, `版本 ${version} 由您提交，请另一位管理员复核`)
  if (changed.refused === 'unapproved') throw new Problem(409, `版本 ${version} 须由提交人以外的管理员复核后才能生效`)
  throw new Problem(409, `版本 ${version} ${states[state]}，不能这样操作`)
}
