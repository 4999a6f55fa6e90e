import { z } from 'zod'
import { deleteRm, getRm, listRms, putRm, type Rm, type RmFacts } from '../../crm/rms.ts'
import { isWithin } from '../../crm/scope.ts'
import type { Db } from '../../store/open.ts'
import type { Shared } from '../../store/shared.ts'
import type { TaskDesk } from '../../tasks/desk.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { Branch, Line, time, Time, timeOrNull, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound, Problem } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'

const Day = z.iso.date().meta({ description: 'The last day on which it holds', example: '2027-12-31' })
const capacity = z.number().min(0).max(1000).meta({ description: 'kf conversations at once' })

const supervises = { description: 'The branch whose RMs he supervises: he hears when one of them does not answer' }

const dailyNewCap = { description: 'New customers he may get per business day; null: no limit' }

const Profile = z.record(Line(200), z.int().min(0).max(1_000))
const profile = {
  description:
    'How many of a kind of work (`work` of a rule) he may have at once; a kind left out has no limit beside `capacity`. ' +
    '`task`: how many open tasks he may have before the rules or a colleague give him another.',
  example: { complaint: 1 },
}

const RmBody = z
  .strictObject({
    name: Line(64),
    branch: z.union([Branch, z.literal('')]),
    skills: z
      .record(Line(64), z.int().min(1).max(5))
      .default({})
      .meta({ description: 'Level 1-5 per skill', example: { sme: 3 } }),
    lines: z.array(Line(64)).max(100).default([]).meta({ description: 'Business lines' }),
    licences: z
      .array(z.strictObject({ code: Line(64), expiresOn: Day }))
      .max(100)
      .default([]),
    capacity,
    profile: Profile.default({}).meta(profile),
    deputy: Userid.nullish().meta({ description: 'Who stands in for him' }),
    onDuty: z.boolean(),
    supervises: Branch.nullish().meta(supervises),
    dailyNewCap: z.int().min(0).max(10_000).nullish().meta(dailyNewCap),
  })
  .meta({ id: 'RmFacts' })

const RmAnswer = z
  .object({
    userid: z.string(),
    name: z.string(),
    branch: z.string(),
    skills: z.record(z.string(), z.int()),
    lines: z.array(z.string()),
    licences: z.array(z.object({ code: z.string(), expiresOn: z.string() })),
    capacity,
    profile: Profile.meta(profile),
    inHand: Profile.meta({ description: 'How many of each kind of work he has now' }),
    deputy: z.string().nullable(),
    onDuty: z.boolean(),
    supervises: z.string().nullable().meta(supervises),
    dailyNewCap: z.int().nullable().meta(dailyNewCap),
    pausedAt: Time.nullable().meta({ description: 'He missed too many customers and gets none until he is back' }),
    load: z.number().meta({ description: 'Open conversations, in the unit of `capacity`' }),
    presence: z.object({
      kf: z
        .enum(['receiving', 'stopped', 'suspended', 'unknown'])
        .meta({ description: 'The best of his statuses at the kf accounts' }),
      onDuty: z.boolean(),
      since: Time,
    }),
  })
  .meta({ id: 'Rm' })

const answerOf = (rm: Rm): z.input<typeof RmAnswer> => ({
  ...rm,
  pausedAt: timeOrNull(rm.pausedAt),
  presence: { ...rm.presence, since: time(rm.presence.since) },
})

const tag = '客户经理'
const readers = ['admin', 'security', 'supervisor', 'rm', 'auditor'] as const
const place = { list: 'rms', schema: z.tuple([z.string()]) }

type Deps = { db: Db; shared: Shared; tasks: Pick<TaskDesk, 'release'> }

/** Relationship managers. A supervisor runs those of his branch; an RM sees himself. */
export const rmRoutes = (deps: Deps): Route[] => [
  route({
    method: 'GET',
    path: '/rms',
    roles: readers,
    doc: { tag, summary: 'List RMs by userid' },
    query: z.object(pageQuery),
    answer: pageOf(RmAnswer),
    run: async ({ query: { limit, cursor }, caller }) => {
      const after = placeIn(place, cursor)?.[0] ?? null
      const found = await listRms(deps.db, { scope: scopeOf(caller), after, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'rms', rows: found, limit, place: (rm) => [rm.userid] })
      return { items: rows.map(answerOf), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/rms/{userid}',
    roles: readers,
    doc: { tag, summary: 'One RM' },
    params: z.object({ userid: Userid }),
    answer: RmAnswer,
    run: async ({ params, caller }) => {
      const rm = await getRm(deps.db, params.userid, scopeOf(caller))
      if (!rm) throw notFound('客户经理')
      return answerOf(rm)
    },
  }),
  route({
    method: 'PUT',
    path: '/rms/{userid}',
    roles: ['admin', 'supervisor'],
    doc: {
      tag,
      summary: 'Create or replace an RM',
      description: 'What is left out gets its default. A supervisor may do so within his branch.',
    },
    params: z.object({ userid: Userid }),
    body: json(RmBody),
    answer: RmAnswer,
    run: ({ params: { userid }, body, caller }) => put(deps, { userid, body, caller }),
  }),
  route({
    method: 'DELETE',
    path: '/rms/{userid}',
    roles: ['admin'],
    doc: {
      tag,
      summary: 'Delete an RM',
      description: 'His conversations must be handed over first. What he did stays in the ledger.',
    },
    params: z.object({ userid: Userid }),
    answer: null,
    run: ({ params: { userid } }) => remove(deps, userid),
  }),
]

type Put = { userid: string; body: z.output<typeof RmBody>; caller: Caller }

const put = async ({ db, shared }: Deps, { userid, body, caller }: Put): Promise<z.input<typeof RmAnswer>> => {
  if (body.deputy === userid) throw invalid([{ path: 'deputy', message: '代班人不能是本人' }])
  const facts = { ...body, deputy: body.deputy ?? null }
  if (caller.branch !== null) await staysWithin(db, { userid, facts, own: caller.branch })
  const rm = await putRm(db, userid, facts)
  shared.publish('roster', userid)
  return answerOf(rm)
}

const remove = async ({ db, shared, tasks }: Deps, userid: string): Promise<void> => {
  const outcome = await deleteRm(db, userid)
  // Also when he was gone before: should the process have died in between, a second DELETE mends it.
  if (outcome !== 'busy') await tasks.release(userid.toLowerCase())
  if (outcome === 'unknown') throw notFound('客户经理')
  if (outcome === 'busy') throw new Problem(409, '他还有进行中的会话，请先转交或结束这些会话')
  shared.publish('roster', userid)
}

type Move = { userid: string; facts: RmFacts; own: string }

/** A supervisor neither takes an RM from another branch nor sends one there. */
const staysWithin = async (db: Db, { userid, facts, own }: Move): Promise<void> => {
  const message = `只能是 ${own} 及其下属机构`
  if (!isWithin(own, facts.branch)) throw invalid([{ path: 'branch', message }])
  if (facts.supervises && !isWithin(own, facts.supervises)) throw invalid([{ path: 'supervises', message }])
  const before = await getRm(db, userid)
  if (before && !isWithin(own, before.branch)) throw notFound('客户经理')
}
