import { z } from 'zod'

/** Schemas that several resources share. Inputs are strict; answers are plain, so that OpenAPI can say them. */
const noControls = /^[^\u0000-\u001f\u007f]*$/

/** A line of text without control characters, blanks at its ends removed. */
export const Line = (max: number) => z.string().trim().min(1).max(max).regex(noControls, '不能含有换行或不可见字符')

export const Userid = z
  .string()
  .regex(/^[0-9A-Za-z_\-@.]{1,64}$/, '企业微信成员账号：1-64 个字母、数字或 _ - @ .')
  .toLowerCase()
  .meta({ description: 'A staff member of WeCom (成员账号); upper and lower case are the same', example: 'li.wei' })

export const ExternalUserid = Line(64).meta({ description: "A customer's external_userid", example: 'wmAbCd' })

/** Branches are paths, the house's part before the branch's: `shanghai/pudong`. */
export const Branch = z
  .string()
  .trim()
  .max(128)
  .regex(/^[^/*\s]+(\/[^/*\s]+)*$/u, '机构写作 shanghai 或 shanghai/pudong')
  .meta({ description: 'A branch; `shanghai/pudong` lies below `shanghai`', example: 'shanghai' })

/** Ids of rows: 64-bit numbers, as text because JavaScript cannot hold them. */
export const RowId = z
  .string()
  .regex(/^\d{1,18}$/, '应为编号')
  .meta({ description: 'A 64-bit number as text', example: '42' })

export const Reason = Line(500).meta({
  description: 'Shown in the explanation and kept in the ledger',
  example: '客户要求',
})

export const At = z.iso
  .datetime({ offset: true })
  .meta({ description: 'ISO 8601 with a zone', example: '2026-01-31T08:00:00Z' })

/** Times in answers: ISO 8601 in UTC. */
export const Time = z.iso.datetime().meta({ description: 'ISO 8601 in UTC', example: '2026-01-31T08:00:00.000Z' })

export const time = (at: Date): string => at.toISOString()
export const timeOrNull = (at: Date | null): string | null => at?.toISOString() ?? null
