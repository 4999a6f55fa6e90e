import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, OpenKfId, UserId } from '../ids.ts'
import { AnsweredUserId, bytes, chars, DepartmentId, flag, opaque } from '../limits.ts'
import { KfEventMessage, KfMessage } from './kf-message.ts'

const doc = (page: number) => `https://developer.work.weixin.qq.com/document/path/${page}`
const done = z.looseObject({})
const conversation = { open_kfid: OpenKfId, external_userid: ExternalUserId }

/** At most 5,000 accounts a corp; the creating app may use the new one at once. */
export const addKfAccount = endpoint({
  post: 'kf/account/add',
  doc: doc(94662),
  ask: z.strictObject({ name: chars(16), media_id: opaque(128) }),
  answer: z.looseObject({ open_kfid: OpenKfId }),
})

export const updateKfAccount = endpoint({
  post: 'kf/account/update',
  doc: doc(94664),
  ask: z.strictObject({ open_kfid: OpenKfId, name: chars(16).optional(), media_id: opaque(128).optional() }),
  answer: done,
})

export const deleteKfAccount = endpoint({
  post: 'kf/account/del',
  doc: doc(94663),
  ask: z.strictObject({ open_kfid: OpenKfId }),
  answer: done,
})

/** All accounts of the corp; `manage_privilege` says which ones this app may use. The end is a page below `limit`. */
export const listKfAccounts = endpoint({
  post: 'kf/account/list',
  doc: doc(94661),
  ask: z.strictObject({ offset: z.int().min(0).optional(), limit: z.int().min(1).max(100).optional() }),
  answer: z.looseObject({
    account_list: z
      .array(
        z.looseObject({
          open_kfid: OpenKfId,
          name: z.string().default(''),
          avatar: z.string().default(''),
          manage_privilege: z.boolean().default(false),
        }),
      )
      .default([]),
  }),
})

/** A new link each time: keep it, do not ask again. With a scene, `&scene_param=` (at most 128 bytes) may be added. */
export const addKfContactWay = endpoint({
  post: 'kf/add_contact_way',
  doc: doc(94665),
  ask: z.strictObject({
    open_kfid: OpenKfId,
    scene: z
      .string()
      .regex(/^[0-9A-Za-z_-]{1,32}$/, 'must have 1 to 32 letters, digits, _ or -')
      .optional(),
  }),
  answer: z.looseObject({ url: z.string().min(1) }),
})

const servicers = (departments: number) =>
  z
    .strictObject({
      open_kfid: OpenKfId,
      userid_list: z.array(UserId).max(100).optional(),
      department_id_list: z.array(DepartmentId).max(departments).optional(),
    })
    .refine((ask) => Boolean(ask.userid_list?.length || ask.department_id_list?.length), {
      error: 'name at least one userid or department',
      path: ['userid_list'],
    })

/** One result each; `ignored` (already there, or not there) is a success too. */
const servicerResults = z.looseObject({
  result_list: z
    .array(
      z.looseObject({
        userid: AnsweredUserId.optional(),
        department_id: z.number().optional(),
        errcode: z.number().default(0),
        errmsg: z.string().default(''),
      }),
    )
    .default([]),
})

export const addServicers = endpoint({
  post: 'kf/servicer/add',
  doc: doc(94646),
  ask: servicers(20),
  answer: servicerResults,
})

export const deleteServicers = endpoint({
  post: 'kf/servicer/del',
  doc: doc(94647),
  ask: servicers(100),
  answer: servicerResults,
})

/**
 * `status` 0 receiving, 1 stopped; `stop_type` 0 stopped, 1 suspended. (The event servicer_status_change counts 1 and 2:
 * kf-status.ts reads both.) Members of a listed department are not listed one by one.
 */
export const listServicers = endpoint({
  get: 'kf/servicer/list',
  doc: doc(94645),
  ask: z.strictObject({ open_kfid: OpenKfId }),
  answer: z.looseObject({
    servicer_list: z
      .array(
        z.looseObject({
          userid: AnsweredUserId.optional(),
          department_id: z.number().optional(),
          status: z.number().optional(),
          stop_type: z.number().optional(),
        }),
      )
      .default([]),
  }),
})

/** 0 new, 1 with the bot, 2 in the queue pool, 3 with a servicer, 4 ended or not begun. */
const SessionState = z.literal([0, 1, 2, 3, 4])

export const getServiceState = endpoint({
  post: 'kf/service_state/get',
  doc: doc(94669),
  ask: z.strictObject(conversation),
  answer: z.looseObject({ service_state: SessionState, servicer_userid: AnsweredUserId.optional().catch(undefined) }),
})

/** `msg_code` comes with the first change into 2 and into 3 (48 h, once) and with each change into 4 (20 s, once). */
export const transServiceState = endpoint({
  post: 'kf/service_state/trans',
  doc: doc(94669),
  ask: z
    .strictObject({ ...conversation, service_state: SessionState, servicer_userid: UserId.optional() })
    .refine((ask) => ask.service_state !== 3 || ask.servicer_userid !== undefined, {
      error: 'state 3 needs a servicer',
      path: ['servicer_userid'],
    }),
  answer: z.looseObject({ msg_code: z.string().optional() }),
})

/**
 * One page of what happened in an account, oldest first. `token` is the callback's, good for 10 minutes; without it a
 * strict frequency limit applies, with a stale one 95007. Ask on while `has_more` is 1, also after an empty page.
 * Items stay as they came: `readKfItem` makes sense of each and never throws.
 */
export const syncKfMessages = endpoint({
  post: 'kf/sync_msg',
  doc: doc(94670),
  ask: z.strictObject({
    open_kfid: OpenKfId,
    cursor: bytes(64, 0).optional(),
    token: bytes(128).optional(),
    limit: z.int().min(1).max(1000).optional(),
    voice_format: flag.optional(),
  }),
  answer: z.looseObject({
    next_cursor: z.string(),
    has_more: z.number().default(0),
    msg_list: z.array(z.unknown()).default([]),
  }),
})

/** In states 0 and 1, within 48 h of the customer's last message, at most 5 times until they write again. */
export const sendKfMessage = endpoint({
  post: 'kf/send_msg',
  doc: doc(94677),
  ask: KfMessage,
  answer: z.looseObject({ msgid: z.string() }),
})

/** One message for a welcome code (20 s) or a session's `msg_code`, each usable once. */
export const sendKfMessageOnEvent = endpoint({
  post: 'kf/send_msg_on_event',
  doc: doc(95122),
  ask: KfEventMessage,
  answer: z.looseObject({ msgid: z.string() }),
})

export { batchGetKfCustomers, cancelUpgradeService, getUpgradeServiceConfig, upgradeService } from './kf-customer.ts'
export { getKfCorpStatistic, getKfServicerStatistic } from './kf-statistic.ts'
