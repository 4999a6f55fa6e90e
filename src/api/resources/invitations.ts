import { z } from 'zod'
import { acquisitionOf, listInvitations, welcomeFigures, type InvitationRow } from '../../crm/invitations.ts'
import type { Db } from '../../store/open.ts'
import { scopeOf } from '../access/caller.ts'
import { At, ExternalUserid, RowId, time, Time, timeOrNull, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { route, type Route } from '../http/route.ts'

const status = z.enum(['planned', 'sent', 'added', 'failed', 'expired'])
const InvitationAnswer = z
  .object({
    id: z.string(),
    status: status.meta({
      description: 'planned 待发出 · sent 已发出 · added 已添加 · failed 没有发成 · expired 过期未添加',
    }),
    rm: z.string(),
    externalUserId: z.string(),
    customerId: z.string(),
    conversationId: z.string().nullable(),
    by: z.enum(['rule', 'after-service', 'rm', 'customer']),
    via: z.enum(['acquisition-link', 'contact-way', 'upgrade']).nullable(),
    channel: z.string().nullable(),
    campaign: z.string().nullable(),
    createdAt: Time,
    sentAt: Time.nullable(),
    addedAt: Time.nullable(),
    addedRm: z.string().nullable().meta({ description: 'Whom he added: not always the RM who was meant' }),
    expiresAt: Time,
    failed: z.string().nullable(),
  })
  .meta({ id: 'Invitation' })

const answerOf = (row: InvitationRow, now: Date): z.input<typeof InvitationAnswer> => ({
  id: row.id,
  status: statusOf(row, now),
  rm: row.rm,
  externalUserId: row.external_userid,
  customerId: row.customer_id,
  conversationId: row.conversation_id,
  by: row.by,
  via: row.via,
  channel: row.channel,
  campaign: row.campaign,
  createdAt: time(row.created_at),
  sentAt: timeOrNull(row.sent_at),
  addedAt: timeOrNull(row.added_at),
  addedRm: row.added_rm,
  expiresAt: time(row.expires_at),
  failed: row.failed,
})

const statusOf = (row: InvitationRow, now: Date): z.infer<typeof status> => {
  if (row.added_at) return 'added'
  if (row.failed) return 'failed'
  if (row.expires_at < now) return 'expired'
  return row.sent_at ? 'sent' : 'planned'
}

const AcquisitionAnswer = z
  .object({
    readAt: Time.nullable().meta({ description: 'When WeCom was last asked; null: not yet' }),
    balance: z.int().nullable().meta({ description: 'How many customers may still be added by links' }),
    total: z.int().nullable().meta({ description: 'How many were ever added by links' }),
    expiring: z
      .array(z.object({ expiresAt: Time, balance: z.int() }))
      .meta({ description: 'By batch, the next to end first' }),
    trouble: z.string().nullable().meta({ description: 'Why WeCom does not say, e.g. 获客助手 is not bought' }),
    links: z.int().meta({ description: 'RMs who have an acquisition link of ours' }),
    contactWays: z.int().meta({ description: 'RMs who have a 联系我 code of ours' }),
    usedThisMonth: z.int().meta({ description: 'Customers who came by our invitations with a paid link, this month' }),
    addedThisMonth: z.int().meta({
      description:
        'All who came by a paid link this month: also those to whom a link was passed on. Each costs one of the quota',
    }),
    price: z.number().nullable().meta({ description: '`invitation.linkPrice` of the active rules, in yuan' }),
    costThisMonth: z.number().nullable().meta({ description: 'In yuan; null without a price' }),
  })
  .meta({ id: 'AcquisitionStatus' })

const WelcomeAnswer = z
  .object({
    codes: z.int().meta({ description: 'Welcome codes that WeCom gave' }),
    delivered: z.int(),
    already: z.int().meta({ description: 'Another app was quicker, or they chatted already (41051)' }),
    missed: z.int().meta({ description: 'The 20 s were over' }),
    refused: z.int(),
    waiting: z.int(),
    missedShare: z.number().meta({ description: 'Of those whose end is known' }),
    p95Ms: z.int().nullable().meta({ description: 'From the event to the delivery, for 95 of 100' }),
  })
  .meta({ id: 'WelcomeFigures' })

const place = { list: 'invitations', schema: z.tuple([RowId]) }
const tag = '邀请与欢迎'
const readers = ['admin', 'supervisor', 'auditor'] as const

type Deps = { db: Db; now: () => Date; linkPrice: () => number | null }

/** Invitations to add an RM, what is left of the paid links, and how many welcomes came in time. */
export const invitationRoutes = ({ db, now, linkPrice }: Deps): Route[] => [
  route({
    method: 'GET',
    path: '/invitations',
    roles: ['admin', 'supervisor', 'rm', 'auditor'],
    doc: { tag, summary: 'List invitations, the newest first' },
    query: z.object({ ...pageQuery, rm: Userid.optional(), externalUserId: ExternalUserid.optional() }),
    answer: pageOf(InvitationAnswer),
    run: async ({ query: { limit, cursor, ...filter }, caller }) => {
      const before = placeIn(place, cursor)?.[0] ?? null
      const found = await listInvitations(db, { scope: scopeOf(caller), filter, before, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'invitations', rows: found, limit, place: (row) => [row.id] })
      return { items: rows.map((row) => answerOf(row, now())), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/acquisition',
    roles: readers,
    doc: { tag, summary: 'What is left of the acquisition links (获客链接) that the bank pays for' },
    answer: AcquisitionAnswer,
    run: async () => {
      const { readAt, ...rest } = await acquisitionOf(db, now())
      const price = linkPrice()
      const costThisMonth = price === null ? null : Math.round(price * rest.addedThisMonth * 100) / 100
      return { readAt: timeOrNull(readAt), ...rest, price, costThisMonth }
    },
  }),
  route({
    method: 'GET',
    path: '/welcomes/figures',
    roles: readers,
    doc: { tag, summary: 'Welcome codes: how many were answered in time; the last 7 days unless told otherwise' },
    query: z.object({ after: At.optional(), before: At.optional() }),
    answer: WelcomeAnswer,
    run: ({ query: { after, before } }) =>
      welcomeFigures(db, {
        after: after ? new Date(after) : new Date(now().getTime() - 7 * 86_400_000),
        before: before ? new Date(before) : null,
      }),
  }),
]
