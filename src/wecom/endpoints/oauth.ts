import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { AnsweredUserId, bytes } from '../limits.ts'

/**
 * Who opened the page. A code works once, for 5 minutes. A member outside the app's visible range is answered as well:
 * decide for yourself what he may see. Somebody who is no member has `openid` and perhaps `external_userid`.
 */
export const getUserInfo = endpoint({
  get: 'auth/getuserinfo',
  doc: 'https://developer.work.weixin.qq.com/document/path/96442',
  ask: z.strictObject({ code: bytes(512) }),
  answer: z.looseObject({
    userid: AnsweredUserId.optional(),
    user_ticket: z.string().optional(),
    openid: z.string().optional(),
    external_userid: z.string().optional(),
  }),
})

/** Only what the admin selected and the member approved; a ticket lives 1,800 s. */
export const getUserDetail = endpoint({
  post: 'auth/getuserdetail',
  doc: 'https://developer.work.weixin.qq.com/document/path/96443',
  ask: z.strictObject({ user_ticket: bytes(512) }),
  answer: z.looseObject({
    userid: AnsweredUserId,
    gender: z.string().optional(),
    avatar: z.string().optional(),
    qr_code: z.string().optional(),
    mobile: z.string().optional(),
    email: z.string().optional(),
    biz_mail: z.string().optional(),
    address: z.string().optional(),
  }),
})
