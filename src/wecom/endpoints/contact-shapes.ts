import { z } from 'zod'
import { ExternalUserId } from '../ids.ts'
import { AnsweredUserId, bytes } from '../limits.ts'

export const contactDoc = (page: number) => `https://developer.work.weixin.qq.com/document/path/${page}`
export const done = z.looseObject({})

/** How WeCom pages 客户联系: the end is an empty or missing `next_cursor`, never a short page. */
export const cursor = bytes(512, 0).optional()
export const nextCursor = z.string().default('')
export const pageOf = (max: number) => z.int().min(1).max(max).optional()

const ExternalProfile = z.looseObject({ external_attr: z.array(z.unknown()).default([]) })

/** Type 1 is a WeChat user, 2 a WeCom user of another corp, who alone has a corp's name. */
export const ExternalContact = z.looseObject({
  external_userid: ExternalUserId,
  name: z.string().default(''),
  avatar: z.string().optional(),
  type: z.number().default(1),
  /** 0 unknown, 1 man, 2 woman. */
  gender: z.number().default(0),
  /** Only of WeChat users, and only when the corp has bound a WeChat developer account. */
  unionid: z.string().optional(),
  position: z.string().optional(),
  corp_name: z.string().optional(),
  corp_full_name: z.string().optional(),
  external_profile: ExternalProfile.optional().catch(undefined),
})

/** What a friendship has wherever it is told; `oper_userid` is the member or customer who began it. */
export const relation = {
  userid: AnsweredUserId,
  remark: z.string().default(''),
  description: z.string().default(''),
  createtime: z.number().default(0),
  remark_corp_name: z.string().optional(),
  remark_mobiles: z.array(z.string()).optional(),
  /** 1 QR code, 2 phone number, 3 card, 4 group, 16 acquisition link, 201 colleague, 202 admin … : any number may come. */
  add_way: z.number().default(0),
  oper_userid: z.string().default(''),
  state: z.string().optional(),
}
