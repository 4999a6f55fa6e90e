import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, UserId } from '../ids.ts'
import { AnsweredUserId, bytes, DepartmentId, opaque } from '../limits.ts'
import { contactDoc, cursor, done, nextCursor, pageOf } from './contact-shapes.ts'

const linkId = opaque(64)
const name = z.string().min(1)

const Range = z
  .strictObject({
    user_list: z.array(UserId).max(500).optional(),
    department_list: z.array(DepartmentId).max(500).optional(),
  })
  .refine((range) => Boolean(range.user_list?.length || range.department_list?.length), {
    error: 'name members or departments',
    path: ['user_list'],
  })

/** 1 friends of anybody in the corp stay with them; 2 only those of the members that are named. */
const Priority = z
  .strictObject({ priority_type: z.literal([1, 2]), priority_userid_list: z.array(UserId).max(500).optional() })
  .refine((priority) => priority.priority_type === 1 || Boolean(priority.priority_userid_list?.length), {
    error: 'priority_type 2 needs members',
    path: ['priority_userid_list'],
  })

const Link = z.looseObject({
  link_id: z.string().optional(),
  link_name: z.string().default(''),
  /** `?customer_channel=` (at most 64 bytes) may be added: it comes back as the customer's state. */
  url: z.string(),
  create_time: z.number().default(0),
  skip_verify: z.boolean().optional(),
})

/** Valid links that this app made. */
export const listAcquisitionLinks = endpoint({
  post: 'externalcontact/customer_acquisition/list_link',
  doc: contactDoc(97297),
  ask: z.strictObject({ limit: pageOf(100), cursor }),
  answer: z.looseObject({ link_id_list: z.array(z.string()).default([]), next_cursor: nextCursor }),
})

export const getAcquisitionLink = endpoint({
  post: 'externalcontact/customer_acquisition/get',
  doc: contactDoc(97297),
  ask: z.strictObject({ link_id: linkId }),
  answer: z.looseObject({
    link: Link,
    range: z
      .looseObject({
        user_list: z.array(AnsweredUserId).default([]),
        department_list: z.array(z.number()).default([]),
      })
      .prefault({}),
    priority_option: z
      .looseObject({ priority_type: z.number(), priority_userid_list: z.array(AnsweredUserId).default([]) })
      .optional(),
  }),
})

/** A link that adds one of at most 500 people; each customer added takes one of the quota that the corp has bought. */
export const createAcquisitionLink = endpoint({
  post: 'externalcontact/customer_acquisition/create_link',
  doc: contactDoc(97297),
  ask: z.strictObject({
    link_name: name,
    range: Range,
    skip_verify: z.boolean().optional(),
    priority_option: Priority.optional(),
  }),
  answer: z.looseObject({ link: Link.extend({ link_id: z.string() }) }),
})

/** `range` and `priority_option` are replaced as a whole. */
export const updateAcquisitionLink = endpoint({
  post: 'externalcontact/customer_acquisition/update_link',
  doc: contactDoc(97297),
  ask: z.strictObject({
    link_id: linkId,
    link_name: name.optional(),
    range: Range.optional(),
    skip_verify: z.boolean().optional(),
    priority_option: Priority.optional(),
  }),
  answer: done,
})

export const deleteAcquisitionLink = endpoint({
  post: 'externalcontact/customer_acquisition/delete_link',
  doc: contactDoc(97297),
  ask: z.strictObject({ link_id: linkId }),
  answer: done,
})

/** Who came through a link. `chat_status` 0 has not written, 1 has written, 2 unknown. */
export const listAcquisitionCustomers = endpoint({
  post: 'externalcontact/customer_acquisition/customer',
  doc: contactDoc(97298),
  ask: z.strictObject({ link_id: linkId, limit: pageOf(1000), cursor }),
  answer: z.looseObject({
    customer_list: z
      .array(
        z.looseObject({
          external_userid: ExternalUserId,
          userid: AnsweredUserId,
          chat_status: z.number().default(2),
          state: z.string().default(''),
        }),
      )
      .default([]),
    next_cursor: nextCursor,
  }),
})

const day = 86_400

/** By whole days, both ends counted; at most 30 days within the last 180. */
export const getAcquisitionStatistic = endpoint({
  post: 'externalcontact/customer_acquisition/statistic',
  doc: contactDoc(97375),
  ask: z
    .strictObject({ link_id: linkId, start_time: z.int().min(0), end_time: z.int().min(0) })
    .refine((ask) => ask.end_time >= ask.start_time && ask.end_time - ask.start_time <= 30 * day, {
      error: 'must be at or after start_time and at most 30 days later',
      path: ['end_time'],
    }),
  answer: z.looseObject({ click_link_customer_cnt: z.number().default(0), new_customer_cnt: z.number().default(0) }),
})

/** Who wrote, for the ChatKey of message_from_customer; a key lives 30 minutes. */
export const getAcquisitionChat = endpoint({
  post: 'externalcontact/customer_acquisition/get_chat_info',
  doc: contactDoc(100130),
  ask: z.strictObject({ chat_key: bytes(512) }),
  answer: z.looseObject({
    userid: AnsweredUserId,
    external_userid: ExternalUserId,
    chat_info: z.looseObject({
      recv_msg_cnt: z.number().default(0),
      link_id: z.string().default(''),
      state: z.string().default(''),
    }),
  }),
})

/** What is left: `balance` customers, in batches that end at midnight of `expire_date`. */
export const getAcquisitionQuota = endpoint({
  get: 'externalcontact/customer_acquisition_quota',
  doc: contactDoc(97375),
  ask: z.strictObject({}),
  answer: z.looseObject({
    total: z.number().default(0),
    balance: z.number().default(0),
    quota_list: z.array(z.looseObject({ expire_date: z.number(), balance: z.number().default(0) })).default([]),
  }),
})
