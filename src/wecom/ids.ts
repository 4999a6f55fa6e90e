import { z } from 'zod'

/** A staff member (成员). Case-insensitive at WeCom, so lower case is our canonical form. */
export const UserId = z
  .string()
  .regex(/^[0-9A-Za-z_\-@.]{1,64}$/, 'a userid has 1-64 letters, digits or _ - @ .')
  .transform((id) => id.toLowerCase())
  .brand<'UserId'>()
export type UserId = z.infer<typeof UserId>

/** A customer (外部联系人), the same id in 微信客服 and 客户联系 of one corp. */
export const ExternalUserId = z.string().min(1).max(64).brand<'ExternalUserId'>()
export type ExternalUserId = z.infer<typeof ExternalUserId>

/** A 微信客服 account. */
export const OpenKfId = z.string().min(1).max(64).brand<'OpenKfId'>()
export type OpenKfId = z.infer<typeof OpenKfId>

/** A message's id within a kf account: WeCom's own, or ours (at most 32 bytes of [0-9A-Za-z_-]). */
export const MsgId = z.string().min(1).max(64).brand<'MsgId'>()
export type MsgId = z.infer<typeof MsgId>
