import { z } from 'zod'
import { getChannel } from '../../crm/channels.ts'
import { signTouch } from '../../crm/touch-token.ts'
import type { Db } from '../../store/open.ts'
import type { ChannelDesk } from '../channel-desk.ts'
import { At, Line, Time, time } from '../fields.ts'
import { invalid, notFound } from '../http/problem.ts'
import { json, route, type Route } from '../http/route.ts'
import { ChannelKey } from './channels.ts'

const TokenBody = z
  .strictObject({
    clientNo: Line(48).meta({ description: "The client who is logged in: the customer's number at the bank" }),
    campaign: Line(48).nullish().meta({ description: 'The campaign that the page belongs to', example: 'spring-2026' }),
    expiresAt: At.nullish().meta({ description: 'At most 24 hours ahead; 12 hours unless told' }),
  })
  .meta({ id: 'NewTouchToken' })

const TokenAnswer = z
  .object({ token: z.string().meta({ description: 'For `data-token` of the snippet' }), expiresAt: Time })
  .meta({ id: 'TouchToken' })

const hourMs = 3_600_000

type Deps = { db: Db; channels: ChannelDesk; now: () => Date }

/** What the bank's server gives its page, so that the page may tell what its client does (docs/bank-app.md). */
export const touchTokenRoutes = ({ db, channels, now }: Deps): Route[] => [
  route({
    method: 'POST',
    path: '/channels/{key}/touch-tokens',
    roles: ['admin', 'app'],
    doc: {
      tag: '渠道',
      summary: 'Let a page of the app tell touchpoints of one client',
      description:
        'Call it from your server when a client has logged in, and hand the token to the page. With it the page may post ' +
        '`app.page.*` and `app.tap.*` of this client to `POST /touch`, and nothing else.',
    },
    params: z.object({ key: ChannelKey }),
    body: json(TokenBody),
    answer: TokenAnswer,
    run: async ({ params: { key: channel }, body: { clientNo, campaign, expiresAt } }) => {
      if (!(await getChannel(db, channel))) throw notFound('渠道')
      const until = expiryOf(expiresAt ?? null, now())
      const token = signTouch(channels.secretKey, {
        channel,
        clientNo,
        campaign: campaign ?? undefined,
        expiresAt: until,
      })
      return { token, expiresAt: time(until) }
    },
  }),
]

const expiryOf = (asked: string | null, now: Date): Date => {
  const at = asked ? new Date(asked) : new Date(now.getTime() + 12 * hourMs)
  if (at <= now) throw invalid([{ path: 'expiresAt', message: '应晚于现在' }])
  if (at.getTime() > now.getTime() + 24 * hourMs) throw invalid([{ path: 'expiresAt', message: '最长 24 小时' }])
  return new Date(Math.floor(at.getTime() / 1000) * 1000)
}
