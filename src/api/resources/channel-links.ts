import { z } from 'zod'
import { getChannel } from '../../crm/channels.ts'
import { EntryTooLong, signEntry, type EntrySays } from '../../crm/entry-link.ts'
import { latestExpiry } from '../../crm/entry-pack.ts'
import type { Db } from '../../store/open.ts'
import type { ChannelDesk } from '../channel-desk.ts'
import { At, Line, Time, timeOrNull } from '../fields.ts'
import { invalid, notFound, Problem } from '../http/problem.ts'
import { qrSvg } from '../http/qr-code.ts'
import { json, route, type Route } from '../http/route.ts'
import { ChannelKey } from './channels.ts'

const LinkBody = z
  .strictObject({
    clientNo: Line(64).nullish().meta({ description: "Whose link it is: the customer's number at the bank" }),
    campaign: Line(64).nullish().meta({ description: 'The campaign it belongs to', example: 'spring-2026' }),
    firm: Line(64).nullish().meta({ description: "The firm's number at the bank" }),
    expiresAt: At.nullish().meta({
      description:
        'Until when it is believed. A link with a `clientNo` runs out after 30 days unless told; others never do',
    }),
  })
  .meta({ id: 'NewLink' })

const LinkAnswer = z
  .object({
    url: z.string().meta({ description: "The channel's kf link with a signed `scene_param`" }),
    expiresAt: Time.nullable(),
    qr: z.string().optional().meta({ description: 'The QR code as SVG, when it was asked for' }),
  })
  .meta({ id: 'Link' })

const qr = z.enum(['svg']).optional().meta({ description: 'Answer the QR code of the link, too' })
const dayMs = 24 * 3_600_000
/** A link is shown in a chat and can be passed on: what names a client must not be good for ever. */
const clientLinkMs = 30 * dayMs
const tooLong = 'clientNo、campaign、firm 合计过长：三项共约 75 个字母数字，含中文则约 58 字节'

type Deps = { db: Db; channels: ChannelDesk; now: () => Date }

/** Links that the bank's app makes for one customer, one campaign or one firm. */
export const channelLinkRoutes = ({ db, channels, now }: Deps): Route[] => [
  route({
    method: 'POST',
    path: '/channels/{key}/links',
    roles: ['admin', 'app'],
    doc: {
      tag: '渠道',
      summary: 'Make a link for one customer, campaign or firm',
      description:
        'What is said is encrypted into at most 128 bytes of `[A-Za-z0-9_.-]`, cannot be changed, and works with this channel only. ' +
        'Whoever opens it is taken for this client (see merges), so make it when it is needed and let it run out soon.',
    },
    params: z.object({ key: ChannelKey }),
    query: z.object({ qr }),
    body: json(LinkBody),
    answer: LinkAnswer,
    run: async ({ params: { key }, query, body }) => {
      const channel = await getChannel(db, key)
      if (!channel) throw notFound('渠道')
      const expiresAt = expiryOf(body, now())
      const param = paramOf(channels.secretKey, { channel: key, ...saysOf(body), expiresAt })
      const url = withParam(channel.url, param)
      return { url, expiresAt: timeOrNull(expiresAt), ...(query.qr && { qr: await qrSvg(url) }) }
    },
  }),
]

type Body = z.output<typeof LinkBody>

const saysOf = ({ clientNo, campaign, firm }: Body): EntrySays => ({
  clientNo: clientNo ?? undefined,
  campaign: campaign ?? undefined,
  firm: firm ?? undefined,
})

const expiryOf = ({ clientNo, expiresAt }: Body, now: Date): Date | null => {
  if (!expiresAt) return clientNo ? wholeSecond(new Date(now.getTime() + clientLinkMs)) : null
  const at = wholeSecond(new Date(expiresAt))
  if (at <= now) throw invalid([{ path: 'expiresAt', message: '应晚于现在' }])
  if (at > latestExpiry) throw invalid([{ path: 'expiresAt', message: '过于遥远' }])
  return at
}

const wholeSecond = (at: Date): Date => new Date(Math.floor(at.getTime() / 1000) * 1000)

const paramOf = (secretKey: string, asked: Parameters<typeof signEntry>[1]): string => {
  try {
    return signEntry(secretKey, asked)
  } catch (error) {
    if (error instanceof EntryTooLong) throw invalid([{ path: '', message: tooLong }])
    throw error
  }
}

/** Links of the old kind (`encScene`) take no parameter: https://developer.work.weixin.qq.com/document/path/94665 */
const withParam = (url: string, param: string): string => {
  if (!url.includes('enc_scene=')) throw new Problem(409, '企业微信给出的是旧式链接，不支持参数；请新建一个渠道')
  return `${url}&scene_param=${param}`
}
