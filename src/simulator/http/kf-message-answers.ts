import * as kf from '../../wecom/endpoints/kf.ts'
import { managedAccount } from '../model/find.ts'
import { readPage } from '../model/log.ts'
import { sendMessage, sendOnEvent } from '../model/sending.ts'
import { corpStatistic, servicerStatistic } from '../model/statistics.ts'
import type { Payload, World } from '../model/world.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

/** The payload stands in the field that the type names. */
const bodyOf = (ask: { msgtype: string }): Payload => {
  const body = (ask as Payload)[ask.msgtype]
  return typeof body === 'object' && body !== null ? (body as Payload) : {}
}

const spanOf = (world: World, ask: { open_kfid?: string | undefined; start_time: number; end_time: number }) => ({
  accounts: ask.open_kfid ? [managedAccount(world, ask.open_kfid)] : [...world.accounts.values()],
  from: ask.start_time,
  to: ask.end_time,
})

/** Messages in, messages out, and the figures of 微信客服. */
export const kfMessageAnswers: Served[] = [
  serve(kf.syncKfMessages, ({ world }, ask) =>
    readPage(world, {
      account: managedAccount(world, ask.open_kfid),
      ...(ask.cursor === undefined ? {} : { cursor: ask.cursor }),
      ...(ask.token === undefined ? {} : { token: ask.token }),
      ...(ask.limit === undefined ? {} : { limit: ask.limit }),
    }),
  ),
  serve(kf.sendKfMessage, ({ world }, ask) =>
    sendMessage(world, {
      openKfId: ask.open_kfid,
      externalUserId: ask.touser,
      msgid: ask.msgid,
      msgtype: ask.msgtype,
      body: bodyOf(ask),
    }),
  ),
  serve(kf.sendKfMessageOnEvent, ({ world }, ask) =>
    sendOnEvent(world, { code: ask.code, msgid: ask.msgid, msgtype: ask.msgtype, body: bodyOf(ask) }),
  ),
  serve(kf.getKfCorpStatistic, ({ world }, ask) => ({ statistic_list: corpStatistic(world, spanOf(world, ask)) })),
  serve(kf.getKfServicerStatistic, ({ world }, ask) => ({
    statistic_list: servicerStatistic(world, { ...spanOf(world, ask), servicer: ask.servicer_userid }),
  })),
]
