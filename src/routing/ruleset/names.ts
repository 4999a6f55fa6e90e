import { z } from 'zod'

/** The small parts that rule sets are written with; each says in Chinese how it is written. */
export const Key = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$/, '键只能用字母、数字和 . _ -，最多 64 个字符')
export const Name = z.string().min(1, '不能为空').max(100, '最多 100 个字符')
export const RmId = z.string().regex(/^[0-9A-Za-z_\-@.]{1,64}$/, '企业微信成员账号：1-64 个字母、数字或 _ - @ .')
export const Word = z.string().min(1, '不能为空').max(200, '最多 200 个字符')
export const Branch = z.string().regex(/^[^/*\s]+(\/[^/*\s]+)*(\/\*)?$/u, '写作 "shanghai" 或 "shanghai/*"')
