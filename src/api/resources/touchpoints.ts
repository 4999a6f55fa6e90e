import { z } from 'zod'
import type { Db } from '../../store/open.ts'
import { readsTexts, scopeOf, type Caller } from '../access/caller.ts'
import { At, ExternalUserid, Line, RowId, time, Time, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { route, type Route } from '../http/route.ts'
import { listTouchpoints, type TouchpointRow } from '../touchpoints/touchpoint-store.ts'
import { withoutTexts } from '../without-texts.ts'

const TouchpointAnswer = z
  .object({
    id: z.string(),
    at: Time,
    kind: z.string().meta({ example: 'message.received' }),
    externalUserId: z.string().nullable(),
    customerId: z.string().nullable(),
    channel: z.string().nullable(),
    rm: z.string().nullable(),
    conversationId: z.string().nullable(),
    sourceId: z.string().nullable().meta({ description: "WeCom's msgid where there is one; unique" }),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Touchpoint' })

const answerOf = (row: TouchpointRow, caller: Caller): z.input<typeof TouchpointAnswer> => ({
  id: row.id,
  at: time(row.at),
  kind: row.kind,
  externalUserId: row.external_userid,
  customerId: row.customer_id,
  channel: row.channel,
  rm: row.rm,
  conversationId: row.conversation_id,
  sourceId: row.source_id,
  data: readsTexts(caller) ? row.data : withoutTexts(row),
})

const place = { list: 'touchpoints', schema: z.tuple([At, RowId]) }

/** The ledger: append-only, without message texts. Whoever may see a customer sees what happened with him. */
export const touchpointRoutes = ({ db }: { db: Db }): Route[] => [
  route({
    method: 'GET',
    path: '/touchpoints',
    roles: ['admin', 'security', 'supervisor', 'rm', 'auditor'],
    doc: {
      tag: '触点',
      summary: 'List touchpoints, the newest first',
      description:
        'What the bank wrote about customers and RMs (`customer.described`, `rm.placed`) comes only when asked for by its `kind`.',
    },
    query: z.object({
      ...pageQuery,
      externalUserId: ExternalUserid.optional(),
      customerId: RowId.optional(),
      clientNo: Line(64).optional(),
      kind: Line(64).optional(),
      rm: Userid.optional(),
      channel: Line(128).optional(),
      conversationId: RowId.optional(),
      after: At.optional().meta({ description: 'At this time or later' }),
      before: At.optional().meta({ description: 'Before this time' }),
    }),
    answer: pageOf(TouchpointAnswer),
    run: async ({ query: { limit, cursor, ...filter }, caller }) => {
      const [at, id] = placeIn(place, cursor) ?? []
      const from = at !== undefined && id !== undefined ? { at, id } : null
      const found = await listTouchpoints(db, { scope: scopeOf(caller), filter, place: from, limit: limit + 1 })
      const { rows, nextCursor } = page({
        list: 'touchpoints',
        rows: found,
        limit,
        place: (row) => [row.exactly, row.id],
      })
      return { items: rows.map((row) => answerOf(row, caller)), nextCursor }
    },
  }),
]
