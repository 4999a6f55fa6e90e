import { z } from 'zod'
import type { Customer } from '../../crm/customer.ts'
import { getCustomer, listCustomers, putCustomer } from '../../crm/customers.ts'
import { everything, type Scope } from '../../crm/scope.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { Branch, ExternalUserid, Line, RowId, time, Time, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound, Problem } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'

const kind = z.enum(['person', 'sme'])
const avoid = { description: 'RMs whom this customer shall not get: a complaint, a relative' }
const numberOfFirm = { description: "The firm's number at the bank" }

const CustomerBody = z
  .strictObject({
    name: Line(128).nullish(),
    kind,
    tier: Line(64).nullish(),
    owner: Userid.nullish().meta({ description: 'His own RM' }),
    branch: Branch.nullish(),
    tags: z.array(Line(64)).max(200).default([]),
    clientNo: Line(64).nullish().meta({ description: "The customer's number at the bank" }),
    firm: Line(128).nullish().meta({ description: "The firm's name" }),
    firmNo: Line(64).nullish().meta(numberOfFirm),
    avoid: z.array(Userid).max(100).default([]).meta(avoid),
  })
  .meta({ id: 'CustomerFacts' })

const CustomerAnswer = z
  .object({
    id: z.string(),
    externalUserId: z.string().nullable().meta({ description: 'Null until he has met us in WeCom' }),
    name: z.string().nullable(),
    kind,
    tier: z.string().nullable(),
    owner: z.string().nullable(),
    branch: z.string().nullable(),
    tags: z.array(z.string()),
    clientNo: z.string().nullable(),
    firm: z.string().nullable(),
    firmNo: z.string().nullable().meta(numberOfFirm),
    avoid: z.array(z.string()).meta(avoid),
    known: z.boolean().meta({ description: 'The bank told us who this is' }),
    identities: z.array(z.object({ kind: z.enum(['external_userid', 'unionid', 'client_no']), value: z.string() })),
    channel: z.string().nullable().meta({ description: 'The channel of the first touch' }),
    contacts: z.array(z.object({ rm: z.string(), since: Time, state: z.enum(['half', 'active', 'lost']) })),
    groups: z
      .array(z.object({ chatId: z.string(), name: z.string().nullable(), owner: z.string().nullable(), since: Time }))
      .meta({ description: "Customers' groups (客户群) that he is in; `owner` is the RM whose group it is" }),
    firstSeenAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Customer' })

const answerOf = ({ unionid: _, ...customer }: Customer): z.input<typeof CustomerAnswer> => ({
  ...customer,
  contacts: customer.contacts.map((contact) => ({ ...contact, since: time(contact.since) })),
  groups: customer.groups.map((group) => ({ ...group, since: time(group.since) })),
  firstSeenAt: time(customer.firstSeenAt),
  updatedAt: time(customer.updatedAt),
})

const tag = '客户'
const readers = ['admin', 'supervisor', 'rm', 'auditor'] as const
const place = { list: 'customers', schema: z.tuple([RowId]) }

/** Customers. A supervisor sees and changes those of his branch, an RM sees his own. */
export const customerRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'GET',
    path: '/customers',
    roles: readers,
    doc: { tag, summary: 'List customers, the newest first' },
    query: z.object({
      ...pageQuery,
      owner: Userid.optional(),
      branch: Branch.optional(),
      clientNo: Line(64).optional(),
    }),
    answer: pageOf(CustomerAnswer),
    run: async ({ query: { limit, cursor, ...filter }, caller }) => {
      const before = placeIn(place, cursor)?.[0] ?? null
      const found = await listCustomers(db, { scope: scopeOf(caller), filter, before, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'customers', rows: found, limit, place: (one) => [one.id] })
      return { items: rows.map(answerOf), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/customers/{externalUserId}',
    roles: readers,
    doc: { tag, summary: 'One customer' },
    params: z.object({ externalUserId: ExternalUserid }),
    answer: CustomerAnswer,
    run: async ({ params, caller }) => {
      const customer = await getCustomer(db, params.externalUserId, scopeOf(caller))
      if (!customer) throw notFound('客户')
      return answerOf(customer)
    },
  }),
  route({
    method: 'PUT',
    path: '/customers/{externalUserId}',
    roles: ['admin', 'supervisor'],
    doc: {
      tag,
      summary: 'Create or replace what the bank says about a customer',
      description: 'What is left out is cleared. A customer known by this `clientNo` alone becomes one with this one.',
    },
    params: z.object({ externalUserId: ExternalUserid }),
    body: json(CustomerBody),
    answer: CustomerAnswer,
    run: async ({ params: { externalUserId }, body, caller }) => put(db, { externalUserId, body, caller }),
  }),
]

type Put = { externalUserId: string; body: z.output<typeof CustomerBody>; caller: Caller }

const put = async (db: Db, { externalUserId, body, caller }: Put): Promise<z.input<typeof CustomerAnswer>> => {
  const { name = null, tier = null, owner = null, branch = null, clientNo = null, firm = null, firmNo = null } = body
  const facts = {
    name,
    kind: body.kind,
    tier,
    owner,
    branch,
    tags: body.tags,
    clientNo,
    firm,
    firmNo,
    avoid: body.avoid,
  }
  return db.transaction().execute(async (trx) => {
    const before = await getCustomer(trx, externalUserId)
    const scope = scopeOf(caller)
    if (before && !(await getCustomer(trx, externalUserId, scope))) throw notFound('客户')
    const stored = (await isElsewhere(trx, clientNo, scope))
      ? 'client-no-taken'
      : await putCustomer(trx, externalUserId, facts)
    if (stored === 'client-no-taken') throw new Problem(409, '这个客户号已属于另一位客户，请核对 clientNo')
    if (!(await getCustomer(trx, externalUserId, scope)))
      throw invalid([{ path: 'branch', message: `只能是 ${caller.branch ?? ''} 及其下属机构的客户` }])
    return answerOf(stored)
  })
}

/**
 * Whether a client number is that of a customer whom the caller may not see: he must not draw him over by naming
 * it.
 */
const isElsewhere = async (db: Db, clientNo: string | null, scope: Scope): Promise<boolean> => {
  if (clientNo === null) return false
  const holders = (within: Scope) => listCustomers(db, { scope: within, filter: { clientNo }, before: null, limit: 1 })
  return (await holders(everything)).length > (await holders(scope)).length
}
