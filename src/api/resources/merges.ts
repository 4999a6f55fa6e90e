import { z } from 'zod'
import { getCustomer } from '../../crm/customers.ts'
import { undoMerge, type Undone } from '../../crm/merge-undo.ts'
import { listMerges, mergeWords, type Merge } from '../../crm/merges.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf } from '../access/caller.ts'
import { ExternalUserid, RowId, time, Time, timeOrNull } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { notFound, Problem } from '../http/problem.ts'
import { route, type Route } from '../http/route.ts'

const outcome = z.enum(['set', 'merged', 'conflict'])

const MergeAnswer = z
  .object({
    id: z.string(),
    at: Time,
    lastAt: Time,
    times: z.int().meta({ description: 'How often the same conflict was met' }),
    externalUserId: z.string().nullable().meta({ description: 'Of whom it was said' }),
    customerId: z.string(),
    kind: z.enum(['client_no', 'unionid']),
    value: z.string().meta({ description: 'The name that was said to be his' }),
    via: z.enum(['entry', 'profile', 'bank', 'import']),
    sourceId: z.string().nullable(),
    outcome: outcome.meta({ description: '`conflict`: nothing was changed' }),
    reason: z.enum(['taken', 'has-another', 'names-differ', 'undone-before']).nullable(),
    otherCustomerId: z
      .string()
      .nullable()
      .meta({ description: 'Who became part of him; of a conflict: who has the name' }),
    otherExternalUserId: z.string().nullable(),
    explanation: z.string(),
    undoneAt: Time.nullable(),
    undoneBy: z.string().nullable(),
  })
  .meta({ id: 'Merge' })

const answerOf = (merge: Merge): z.input<typeof MergeAnswer> => ({
  ...merge,
  at: time(merge.at),
  lastAt: time(merge.lastAt),
  undoneAt: timeOrNull(merge.undoneAt),
  explanation: mergeWords(merge),
})

const tag = '客户'
const place = { list: 'merges', schema: z.tuple([RowId]) }
const query = z.object({ ...pageQuery, outcome: outcome.optional() })

type Asked = z.output<typeof query> & { externalUserId: string | null }

const listed = async (db: Db, { externalUserId, outcome: only, limit, cursor }: Asked) => {
  const before = placeIn(place, cursor)?.[0] ?? null
  const found = await listMerges(db, { externalUserId, outcome: only, before, limit: limit + 1 })
  const { rows, nextCursor } = page({ list: 'merges', rows: found, limit, place: (one) => [one.id] })
  return { items: rows.map(answerOf), nextCursor }
}

type Deps = { db: Db; now: () => Date }

/** Who turned out to be whom, and how to take it back. */
export const mergeRoutes = ({ db, now }: Deps): Route[] => [
  route({
    method: 'GET',
    path: '/merges',
    roles: ['admin', 'auditor'],
    doc: {
      tag,
      summary: 'List what was said about who customers are, the newest first',
      description:
        'With `outcome=conflict`: names that were not believed, a forwarded link for one. Nothing was changed by those.',
    },
    query,
    answer: pageOf(MergeAnswer),
    run: async ({ query: asked }) => listed(db, { ...asked, externalUserId: null }),
  }),
  route({
    method: 'GET',
    path: '/customers/{externalUserId}/merges',
    roles: ['admin', 'supervisor', 'auditor'],
    doc: { tag, summary: 'What was said about who this customer is, the newest first' },
    params: z.object({ externalUserId: ExternalUserid }),
    query,
    answer: pageOf(MergeAnswer),
    run: async ({ params: { externalUserId }, query: asked, caller }) => {
      if (!(await getCustomer(db, externalUserId, scopeOf(caller)))) throw notFound('客户')
      return listed(db, { ...asked, externalUserId })
    },
  }),
  route({
    method: 'POST',
    path: '/customers/{externalUserId}/merges/{id}/undo',
    roles: ['admin'],
    doc: {
      tag,
      summary: 'Take a merge back',
      description:
        'Both customers are as they were before, except for what was changed since; the ledger stays as it was written. The newest ' +
        'first. An entry link or a profile does not repeat it; the bank itself may.',
    },
    params: z.object({ externalUserId: ExternalUserid, id: RowId }),
    answer: MergeAnswer,
    run: async ({ params: { externalUserId, id }, caller }) => {
      await db.transaction().execute(async (trx) => {
        const refusal = refusals[await undoMerge(trx, { externalUserId, claimId: id, by: caller.name, now: now() })]
        if (refusal) throw refusal()
      })
      const [merge] = await listMerges(db, { externalUserId, before: String(BigInt(id) + 1n), limit: 1 })
      return answerOf(merge as Merge)
    },
  }),
]

const refusals: Record<Undone, (() => Problem) | null> = {
  undone: null,
  unknown: () => notFound('合并记录'),
  'not-a-merge': () => new Problem(409, '这是一次未采用的标识，没有合并可撤销'),
  'undone-before': () => new Problem(409, '这次合并已经撤销'),
  newer: () => new Problem(409, '这位客户还有更新的合并，请先撤销最新的一次'),
  taken: () => new Problem(409, '被合并的标识现在属于另一位客户，请先更正那位客户'),
}
