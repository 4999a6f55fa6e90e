import { z } from 'zod'
import type { ExternalUserId, MsgId, OpenKfId } from './ids.ts'
import { statusInEvent } from './kf-status.ts'
import { payloads } from './kf-payloads.ts'
import { AnsweredUserId } from './limits.ts'

const id = <Id extends string>() =>
  z
    .string()
    .min(1)
    .max(256)
    .transform((text) => text as Id)
const words = z.string().catch('')
const maybe = z.string().optional().catch(undefined)
const staff = AnsweredUserId.optional().catch(undefined)

/** What every item has; `send_time` is in Unix seconds. */
const common = { msgid: id<MsgId>(), open_kfid: id<OpenKfId>(), send_time: z.number() }
const conversation = { ...common, external_userid: id<ExternalUserId>() }

type Payloads = typeof payloads
const message = <Type extends keyof Payloads>(type: Type) =>
  z.object({
    ...conversation,
    msgtype: z.literal(type),
    ...({ [type]: payloads[type] } as { [Name in Type]: Payloads[Type] }),
  })

/** What customers send (origin 3), by msgtype. */
export const customerMessages = {
  'kf/text': message('text'),
  'kf/image': message('image'),
  'kf/voice': message('voice'),
  'kf/video': message('video'),
  'kf/file': message('file'),
  'kf/location': message('location'),
  'kf/link': message('link'),
  'kf/business_card': message('business_card'),
  'kf/miniprogram': message('miniprogram'),
  'kf/msgmenu': message('msgmenu'),
  'kf/channels_shop_product': message('channels_shop_product'),
  'kf/channels_shop_order': message('channels_shop_order'),
  'kf/merged_msg': message('merged_msg'),
  'kf/channels': message('channels'),
  'kf/meeting': message('meeting'),
  'kf/schedule': message('schedule'),
  'kf/note': message('note'),
}

/** What a servicer wrote in the WeCom client (origin 5), of any msgtype; `text` is null unless it is a text. */
export const servicerMessage = {
  'kf/servicer_message': z
    .looseObject({
      ...conversation,
      servicer_userid: AnsweredUserId,
      msgtype: z.string(),
      text: z.object({ content: z.string() }).nullable().catch(null),
    })
    .transform(({ msgid, open_kfid, send_time, external_userid, servicer_userid, msgtype, text, ...rest }) => ({
      msgid,
      open_kfid,
      send_time,
      external_userid,
      servicer_userid,
      msgtype,
      text,
      /** The payload as it came. */
      body: msgtype === 'text' ? text : (rest[msgtype] ?? null),
    })),
}

const Entry = z.object({
  /** 1 channel home, 2 live products, 3 shop window, 4 product page, 5 order. */
  scene: z.number().optional().catch(undefined),
  nickname: maybe,
  shop_nickname: maybe,
})

/** What happens (msgtype `event`), by event_type. */
export const sessionEvents = {
  /** The customer opened the chat. `welcome_code` is good for one message within 20 s. */
  'kf/enter_session': z.object({
    ...conversation,
    scene: words,
    scene_param: words,
    welcome_code: maybe,
    wechat_channels: Entry.optional().catch(undefined),
  }),
  /** A message that was accepted did not arrive; the meaning of `fail_type` is in kf-fail-types.ts. */
  'kf/msg_send_fail': z.object({
    ...conversation,
    fail_msgid: id<MsgId>(),
    fail_type: z.number().catch(0),
  }),
  'kf/servicer_status_change': z
    .object({
      ...common,
      servicer_userid: AnsweredUserId,
      status: z.number(),
      stop_type: z.number().optional().catch(undefined),
    })
    .transform(({ status, stop_type, ...event }) => ({ ...event, status: statusInEvent(status, stop_type) })),
  /**
   * A servicer's act in the WeCom client, never one of ours. `change_type` 1 took from the pool, 2 transferred,
   * 3 ended, 4 took again. `msg_code` with 1 (48 h) and 3 (20 s): one message each.
   */
  'kf/session_status_change': z.object({
    ...conversation,
    change_type: z.number(),
    old_servicer_userid: staff,
    new_servicer_userid: staff,
    msg_code: maybe,
  }),
  'kf/user_recall_msg': z.object({ ...conversation, recall_msgid: id<MsgId>() }),
  'kf/servicer_recall_msg': z.object({ ...conversation, recall_msgid: id<MsgId>(), servicer_userid: staff }),
  /** `reject_switch` 1: the servicer now rejects this customer's messages; 0: no longer. */
  'kf/reject_customer_msg_switch_change': z.object({
    ...conversation,
    servicer_userid: AnsweredUserId,
    reject_switch: z.number(),
  }),
}

export const kfSchemas = { ...customerMessages, ...servicerMessage, ...sessionEvents }

/** What a handler gets, by kind: WeCom's own field names, an event's fields beside `msgid` and `send_time`. */
export type KfEvents = { [Kind in keyof typeof kfSchemas]: z.output<(typeof kfSchemas)[Kind]> }
export type KfKind = keyof KfEvents
export const kfKinds = Object.keys(kfSchemas) as readonly KfKind[]
