import { z } from 'zod'
import { LinkRefused } from '../../crm/channel-link.ts'
import { channelKinds, getChannel, listChannels, putChannel, type Channel } from '../../crm/channels.ts'
import type { Db } from '../../store/open.ts'
import type { ChannelDesk } from '../channel-desk.ts'
import { Line, time, Time } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound, Problem } from '../http/problem.ts'
import { qrPng, qrSvg } from '../http/qr-code.ts'
import { file, json, route, type Route } from '../http/route.ts'

export const ChannelKey = z
  .string()
  .regex(/^[0-9A-Za-z_-]{1,32}$/, '渠道代码：1-32 个字母、数字或 _ -')
  .meta({ description: "The channel's key; it is the `scene` of its kf link", example: 'app_home' })

const kind = z.enum(channelKinds)
const OpenKfId = Line(64).meta({
  description: 'The kf account (客服账号) that its customers write to',
  example: 'wkAbCd',
})

const ChannelBody = z.strictObject({ name: Line(64), kind, openKfId: OpenKfId }).meta({ id: 'ChannelFacts' })

const ChannelAnswer = z
  .object({
    key: z.string(),
    name: z.string(),
    kind,
    openKfId: z.string(),
    url: z.string().meta({ description: 'Its kf link, the same for ever. Nothing in it may be changed' }),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Channel' })

const answerOf = (channel: Channel): z.input<typeof ChannelAnswer> => ({
  ...channel,
  createdAt: time(channel.createdAt),
  updatedAt: time(channel.updatedAt),
})

const tag = '渠道'
const readers = ['admin', 'security', 'supervisor', 'auditor'] as const
const place = { list: 'channels', schema: z.tuple([z.string()]) }
const params = z.object({ key: ChannelKey })
const width = z.coerce.number().int().min(100).max(2000).default(480).meta({ description: 'Pixels' })

type Deps = { db: Db; channels: ChannelDesk }

/** Channels: the ways in, each with a kf link of its own. */
export const channelRoutes = ({ db, channels }: Deps): Route[] => [
  route({
    method: 'GET',
    path: '/channels',
    roles: readers,
    doc: { tag, summary: 'List channels by key' },
    query: z.object(pageQuery),
    answer: pageOf(ChannelAnswer),
    run: async ({ query: { limit, cursor } }) => {
      const after = placeIn(place, cursor)?.[0] ?? null
      const found = await listChannels(db, { after, limit: limit + 1 })
      const { rows, nextCursor } = page({ list: 'channels', rows: found, limit, place: (one) => [one.key] })
      return { items: rows.map(answerOf), nextCursor }
    },
  }),
  route({
    method: 'GET',
    path: '/channels/{key}',
    roles: readers,
    doc: { tag, summary: 'One channel' },
    params,
    answer: ChannelAnswer,
    run: async ({ params: { key } }) => answerOf(await found(db, key)),
  }),
  route({
    method: 'PUT',
    path: '/channels/{key}',
    roles: ['admin'],
    doc: {
      tag,
      summary: 'Create or replace a channel',
      description:
        'The first time WeCom is asked for a kf link of this account with the key as its `scene`; the link is kept for ever. ' +
        'Another `openKfId` gets another link.',
      fails: [503],
    },
    params,
    body: json(ChannelBody),
    answer: ChannelAnswer,
    run: async ({ params: { key }, body }) => {
      await channels.linkOf({ openKfId: body.openKfId, scene: key }).catch(tellRefusal)
      return answerOf(await putChannel(db, { key, ...body }))
    },
  }),
  file({
    method: 'GET',
    path: '/channels/{key}/qr.svg',
    roles: readers,
    doc: { tag, summary: 'The QR code of its link as SVG' },
    params,
    type: 'image/svg+xml',
    file: async ({ params: { key } }) => qrSvg((await found(db, key)).url),
  }),
  file({
    method: 'GET',
    path: '/channels/{key}/qr.png',
    roles: readers,
    doc: { tag, summary: 'The QR code of its link as PNG' },
    params,
    query: z.object({ width }),
    type: 'image/png',
    file: async ({ params: { key }, query }) => qrPng((await found(db, key)).url, query.width),
  }),
]

const found = async (db: Db, key: string): Promise<Channel> => {
  const channel = await getChannel(db, key)
  if (!channel) throw notFound('渠道')
  return channel
}

const tellRefusal = (error: unknown): never => {
  if (!(error instanceof LinkRefused)) throw error
  const { status, detail } = error
  if (status === 422) throw invalid([{ path: 'openKfId', message: detail }])
  throw new Problem(status, detail, status === 503 ? { headers: { 'Retry-After': '10' } } : {})
}
