import { z } from 'zod'

/** `09:00-12:00`; `22:00-06:00` runs over midnight. */
export const Slot = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '时段写作 "09:00-12:00"，过夜写作 "22:00-06:00"')
const DAY = '(mon|tue|wed|thu|fri|sat|sun)'
const DaySpec = z
  .string()
  .regex(
    new RegExp(`^(${DAY}(-${DAY})?(,${DAY}(-${DAY})?)*|makeup|holiday)$`),
    '日子写作 mon-fri、sat、"mon,wed"，或 makeup（调休上班日）、holiday（节假日）',
  )

export const Calendar = z
  .strictObject({
    hours: z.record(DaySpec, z.array(Slot).max(24)).describe('每周的营业时段，一天可以有几段'),
    holidays: z.enum(['cn', 'none']).optional().describe('cn = 按国务院放假安排（含调休上班）；默认 none'),
    zone: z
      .string()
      .refine(isZone, '不是有效的时区，例如 Asia/Shanghai')
      .optional()
      .describe('默认 TZ_BUSINESS（Asia/Shanghai）'),
    kind: z.enum(['office', 'trading']).optional().describe('trading = 交易日历：调休上班的周末仍休市；默认 office'),
  })
  .meta({ id: 'Calendar' })
export type Calendar = z.infer<typeof Calendar>

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null
  } catch {
    return false
  }
}
