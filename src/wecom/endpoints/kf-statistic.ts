import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { OpenKfId, UserId } from '../ids.ts'

const day = 86_400

/** Unix seconds, floored to days; a closed interval of at most 31 days, at most 180 days back, ending yesterday. */
const span = { start_time: z.int().min(0), end_time: z.int().min(0) }
const inOrder = {
  check: (ask: { start_time: number; end_time: number }) =>
    ask.end_time >= ask.start_time && ask.end_time - ask.start_time <= 31 * day,
  error: { error: 'must be at or after start_time and at most 31 days later', path: ['end_time'] },
}

/** A day without data has no figures; a rate that cannot be worked out is left out. */
const days = z.looseObject({
  statistic_list: z
    .array(
      z.looseObject({
        stat_time: z.number(),
        statistic: z.record(z.string(), z.number().optional().catch(undefined)).optional(),
      }),
    )
    .default([]),
})

/** Per day: session_cnt, customer_cnt, customer_msg_cnt, ai_session_reply_cnt … of an account or, without one, of the corp. */
export const getKfCorpStatistic = endpoint({
  post: 'kf/get_corp_statistic',
  doc: 'https://developer.work.weixin.qq.com/document/path/95489',
  ask: z.strictObject({ open_kfid: OpenKfId.optional(), ...span }).refine(inOrder.check, inOrder.error),
  answer: days,
})

/** Per day: session_cnt, reply_rate, first_reply_average_sec, satisfaction_investgate_cnt (sic) … of a servicer. */
export const getKfServicerStatistic = endpoint({
  post: 'kf/get_servicer_statistic',
  doc: 'https://developer.work.weixin.qq.com/document/path/95490',
  ask: z
    .strictObject({ open_kfid: OpenKfId.optional(), servicer_userid: UserId.optional(), ...span })
    .refine(inOrder.check, inOrder.error),
  answer: days,
})
