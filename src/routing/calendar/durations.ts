import { z } from 'zod'

/**
 * A length of time. `business` time runs only while the calendar that it is measured with is open; `days` counts business days,
 * and `ms` is what they are without a calendar.
 */
export type Duration = { ms: number; business: boolean; days?: number }

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, bm: 60_000, bh: 3_600_000 }
const FORM = /^([1-9]\d{0,5})(s|m|h|d|bm|bh)$/
const LONGEST_MS = 30 * UNITS.d

/** As written in rule sets: `2s`, `60s`, `5m`, `2h`, `1d`; `30bm` and `2bh` are minutes and hours of business time. */
export const DurationText = z
  .string()
  .regex(FORM, '时长写作 30s、5m、2h、1d；营业时间写作 30bm、2bh')
  .refine((text) => !FORM.test(text) || durationOf(text).ms <= LONGEST_MS, '时长最多 30 天')
  .meta({ id: 'Duration', description: '时长：30s 秒、5m 分、2h 小时、1d 天；30bm、2bh 为营业分钟、营业小时' })

const DAYS = /^([1-9]|[1-5]\d|60)bd$/

/** As `DurationText`, and `2bd`: business days, at the same time of day. */
export const DueText = z
  .string()
  .refine(
    (text) => DAYS.test(text) || DurationText.safeParse(text).success,
    '写作 2bd（营业日，最多 60）、2bh（营业小时）、30bm、2h 或 1d，最多 30 天',
  )
  .meta({ id: 'Due', description: '何时到期：2bd 营业日、2bh 营业小时、30bm 营业分钟；2h、1d 为自然时间' })

/** Reads what `DueText` let through. */
export function dueOf(text: string): Duration {
  const days = DAYS.exec(text)?.[1]
  return days ? { ms: Number(days) * UNITS.d, business: true, days: Number(days) } : durationOf(text)
}

/** Reads a duration that `DurationText` let through; anything else throws a RangeError that shows the accepted forms. */
export function durationOf(text: string): Duration {
  const parts = FORM.exec(text)
  if (!parts) throw new RangeError(`not a duration: "${text}"; write 30s, 5m, 2h, 1d, 30bm or 2bh`)
  const unit = parts[2] as keyof typeof UNITS
  return { ms: Number(parts[1]) * UNITS[unit], business: unit.startsWith('b') }
}
