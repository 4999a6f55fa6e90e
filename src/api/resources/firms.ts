import { z } from 'zod'
import { getFirm, listFirms, putFirm, type Firm } from '../../crm/firms.ts'
import { isWithin } from '../../crm/scope.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { Branch, Line, time, Time, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'

const FirmNo = Line(64).meta({ description: "The firm's number at the bank" })
const lead = { description: 'Who leads for this firm: `firm-lead` in the rules' }
const others = { description: 'Others who know it; the rules prefer them when the lead cannot' }

const FirmBody = z
  .strictObject({
    name: Line(128),
    leadRm: Userid.nullish().meta(lead),
    coRms: z.array(Userid).max(50).default([]).meta(others),
    branch: Branch.nullish(),
  })
  .meta({ id: 'FirmFacts' })

const FirmAnswer = z
  .object({
    firmNo: z.string(),
    name: z.string(),
    leadRm: z.string().nullable().meta(lead),
    coRms: z.array(z.string()).meta(others),
    branch: z.string().nullable(),
    customers: z.int().meta({ description: 'How many customers have this firm' }),
    updatedAt: Time,
  })
  .meta({ id: 'Firm' })

const answerOf = (firm: Firm): z.input<typeof FirmAnswer> => ({ ...firm, updatedAt: time(firm.updatedAt) })

const tag = '企业'
const readers = ['admin', 'supervisor', 'rm', 'auditor'] as const
const place = { list: 'firms', schema: z.tuple([z.string()]) }
const params = z.object({ firmNo: FirmNo })

/** Firms. A supervisor runs those of his branch, an RM sees those he leads or knows. */
export const firmRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'GET',
    path: '/firms',
    roles: readers,
    doc: { tag, summary: 'List firms by number' },
    query: z.object(pageQuery),
    answer: pageOf(FirmAnswer),
    run: async ({ query: { limit, cursor }, caller }) => {
      const after = placeIn(place, cursor)?.[0] ?? null
      const found = await listFirms(db, { scope: scopeOf(caller), after, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'firms', rows: found, limit, place: (one) => [one.firmNo] })
      return { items: rows.map(answerOf), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/firms/{firmNo}',
    roles: readers,
    doc: { tag, summary: 'One firm' },
    params,
    answer: FirmAnswer,
    run: async ({ params: { firmNo }, caller }) => {
      const firm = await getFirm(db, firmNo, scopeOf(caller))
      if (!firm) throw notFound('企业')
      return answerOf(firm)
    },
  }),
  route({
    method: 'PUT',
    path: '/firms/{firmNo}',
    roles: ['admin', 'supervisor'],
    doc: {
      tag,
      summary: 'Create or replace a firm',
      description: 'What is left out is cleared. A supervisor may do so within his branch.',
    },
    params,
    body: json(FirmBody),
    answer: FirmAnswer,
    run: async ({ params: { firmNo }, body, caller }) => {
      const { name, leadRm = null, coRms, branch = null } = body
      await staysWithin(db, { firmNo, branch, caller })
      return answerOf(await putFirm(db, firmNo, { name, leadRm, coRms, branch }))
    },
  }),
]

/** A supervisor neither takes a firm from another branch nor sends one there. */
const staysWithin = async (db: Db, it: { firmNo: string; branch: string | null; caller: Caller }): Promise<void> => {
  const { firmNo, branch, caller } = it
  if (caller.branch === null) return
  if (!isWithin(caller.branch, branch))
    throw invalid([{ path: 'branch', message: `只能是 ${caller.branch} 及其下属机构` }])
  const known = (await getFirm(db, firmNo)) !== null
  if (known && !(await getFirm(db, firmNo, scopeOf(caller)))) throw notFound('企业')
}
