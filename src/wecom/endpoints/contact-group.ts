import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { UserId } from '../ids.ts'
import { AnsweredUserId, flag, opaque } from '../limits.ts'
import { contactDoc, cursor, nextCursor } from './contact-shapes.ts'

/** Above 1,000 visible people `owner_filter` is a must (81017). `status` 0 normal, 1 owner left, 2 and 3 handed over. */
export const listGroupChats = endpoint({
  post: 'externalcontact/groupchat/list',
  doc: contactDoc(92120),
  ask: z.strictObject({
    status_filter: z.literal([0, 1, 2, 3]).optional(),
    owner_filter: z.strictObject({ userid_list: z.array(UserId).min(1).max(100) }).optional(),
    cursor,
    limit: z.int().min(1).max(1000),
  }),
  answer: z.looseObject({
    group_chat_list: z.array(z.looseObject({ chat_id: z.string(), status: z.number().default(0) })).default([]),
    next_cursor: nextCursor,
  }),
})

const GroupMember = z.looseObject({
  /** A member's userid (type 1) or a customer's external_userid (type 2). */
  userid: z.string(),
  type: z.number().default(2),
  unionid: z.string().optional(),
  join_time: z.number().default(0),
  /** 1 invited, 2 invite link, 3 QR code: not the numbers of the event. */
  join_scene: z.number().default(0),
  invitor: z.looseObject({ userid: AnsweredUserId }).optional(),
  group_nickname: z.string().default(''),
  name: z.string().optional(),
  state: z.string().optional(),
})

/** May lag behind the event for a moment: compare `member_version` with the event's CurMemVer. */
export const getGroupChat = endpoint({
  post: 'externalcontact/groupchat/get',
  doc: contactDoc(92122),
  ask: z.strictObject({ chat_id: opaque(64), need_name: flag.optional() }),
  answer: z.looseObject({
    group_chat: z.looseObject({
      chat_id: z.string(),
      name: z.string().default(''),
      owner: AnsweredUserId,
      create_time: z.number().default(0),
      notice: z.string().default(''),
      member_list: z.array(GroupMember).default([]),
      admin_list: z.array(z.looseObject({ userid: AnsweredUserId })).default([]),
      member_version: z.string().default(''),
    }),
  }),
})
