import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, OpenKfId, UserId } from '../ids.ts'
import { AnsweredUserId, flag, opaque } from '../limits.ts'

const upgradeDoc = 'https://developer.work.weixin.qq.com/document/path/94674'
const channels = z.looseObject({
  scene: z.number().optional(),
  nickname: z.string().optional(),
  shop_nickname: z.string().optional(),
})

/**
 * Profiles of at most 100 customers who opened the chat or wrote within 48 h; the others come back in
 * `invalid_external_userid` with errcode 0. There is no later chance: keep what you get at first contact.
 */
export const batchGetKfCustomers = endpoint({
  post: 'kf/customer/batchget',
  doc: 'https://developer.work.weixin.qq.com/document/path/95159',
  ask: z.strictObject({
    external_userid_list: z.array(ExternalUserId).min(1).max(100),
    need_enter_session_context: flag.optional(),
  }),
  answer: z.looseObject({
    customer_list: z
      .array(
        z.looseObject({
          external_userid: ExternalUserId,
          // What is odd about one customer must not spoil the answer about a hundred.
          nickname: z.string().catch(''),
          avatar: z.string().catch(''),
          /** 0 unknown, 1 man, 2 woman. */
          gender: z.number().catch(0),
          unionid: z.string().optional().catch(undefined),
          enter_session_context: z
            .looseObject({
              scene: z.string().optional(),
              scene_param: z.string().optional(),
              wechat_channels: channels.optional(),
            })
            .optional()
            .catch(undefined),
        }),
      )
      .default([]),
    invalid_external_userid: z.array(z.string()).default([]),
  }),
})

/** Which members and groups the console allows for 升级服务. */
export const getUpgradeServiceConfig = endpoint({
  get: 'kf/customer/get_upgrade_service_config',
  doc: upgradeDoc,
  ask: z.strictObject({}),
  answer: z.looseObject({
    member_range: z
      .looseObject({
        userid_list: z.array(AnsweredUserId).default([]),
        department_id_list: z.array(z.number()).default([]),
      })
      .optional(),
    groupchat_range: z.looseObject({ chat_id_list: z.array(z.string()).default([]) }).optional(),
  }),
})

const conversation = { open_kfid: OpenKfId, external_userid: ExternalUserId }

/** Shows the servicer (nobody else) whom to recommend; he sends the card by hand. */
export const upgradeService = endpoint({
  post: 'kf/customer/upgrade_service',
  doc: upgradeDoc,
  ask: z.discriminatedUnion('type', [
    z.strictObject({
      ...conversation,
      type: z.literal(1),
      member: z.strictObject({ userid: UserId, wording: z.string().optional() }),
    }),
    z.strictObject({
      ...conversation,
      type: z.literal(2),
      groupchat: z.strictObject({ chat_id: opaque(), wording: z.string().optional() }),
    }),
  ]),
  answer: z.looseObject({}),
})

export const cancelUpgradeService = endpoint({
  post: 'kf/customer/cancel_upgrade_service',
  doc: upgradeDoc,
  ask: z.strictObject(conversation),
  answer: z.looseObject({}),
})
