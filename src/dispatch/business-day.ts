import type { CompiledCalendar } from '../routing/calendar/calendar.ts'
import { dateText } from '../routing/calendar/zone.ts'
import type { Day } from '../tasks/day.ts'

/** How long after the opening a day's list still comes: to whoever begins later, or after the process was away. */
const morningMs = 3 * 3_600_000
const againMs = 10 * 60_000
const horizonDays = 400

/** The business day that `now` is in; null on a day on which the calendar does not open. */
const businessDay = (calendar: CompiledCalendar, now: Date): Day | null => {
  const { day } = calendar.zone.local(now.getTime())
  const [first] = calendar.openingsOn(day)
  if (!first) return null
  const endsAt = new Date(calendar.zone.instant(day + 1, 0))
  return { date: dateText(day), opensAt: new Date(first.from), endsAt }
}

/** The business day whose morning it is: the day's lists are told now. */
export const morningOf = (calendar: CompiledCalendar, now: Date): Day | null => {
  const today = businessDay(calendar, now)
  const since = today ? now.getTime() - today.opensAt.getTime() : -1
  return since >= 0 && since < morningMs ? today : null
}

/** When to look at the day's lists next: at an opening, and from time to time in the morning. Null when it never opens. */
export const nextLook = (calendar: CompiledCalendar, now: Date): Date | null => {
  const again = new Date(now.getTime() + againMs)
  if (morningOf(calendar, again) && morningOf(calendar, now)) return again
  const { day } = calendar.zone.local(now.getTime())
  for (let next = day; next <= day + horizonDays; next += 1) {
    const [first] = calendar.openingsOn(next)
    if (first && first.from > now.getTime()) return new Date(first.from)
  }
  return null
}

/** On the `days`th business day after `from`'s, at the same time of day; null when it does not open so often. */
export const businessDaysAfter = (calendar: CompiledCalendar, from: Date, days: number): Date | null => {
  const { day, minute } = calendar.zone.local(from.getTime())
  let left = days
  for (let next = day + 1; next <= day + horizonDays; next += 1) {
    if (calendar.openingsOn(next).length > 0) left -= 1
    if (left === 0) return new Date(calendar.zone.instant(next, minute))
  }
  return null
}

const clock = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
})
const date = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', month: 'long', day: 'numeric' })
const weekday = new Intl.DateTimeFormat('zh-CN', { timeZone: 'Asia/Shanghai', weekday: 'long' })
const dayNumber = (at: Date): number => Math.floor((at.getTime() + 8 * 3_600_000) / 86_400_000)

/** 昨天15:30 · 今天09:00 · 明天09:00 · 11月30日星期一09:00. */
export const sayDay = (at: Date, now: Date): string => {
  const days = dayNumber(at) - dayNumber(now)
  const near: Record<number, string> = { [-1]: '昨天', 0: '今天', 1: '明天' }
  return `${near[days] ?? `${date.format(at)}${weekday.format(at)}`}${clock.format(at)}`
}

/** 11月30日星期一. */
export const sayDate = (at: Date): string => `${date.format(at)}${weekday.format(at)}`
