import chineseDays from 'chinese-days/dist/chinese-days.json' with { type: 'json' }
import type { Slot } from './hours.ts'
import { slotOf } from './hours.ts'
import { dateText, dayOf } from './zone.ts'

/** What `config/calendar.yaml` says about single days, over what the package knows. Dates are `2027-01-01`. */
export type CalendarOverrides = {
  days?: Record<string, 'holiday' | 'workday' | string[]>
  /** Years whose official list has been entered completely. */
  complete?: number[]
  /** The zone of calendars that name none, and of `time.hour` without any: `TZ_BUSINESS`. Asia/Shanghai when left out. */
  zone?: string
}

/** How a day differs from an ordinary one: a holiday, a make-up workday (调休), or slots of its own. */
export type SpecialDay = 'holiday' | 'workday' | Slot[]
export type Holidays = { on(day: number): SpecialDay | undefined; knows(year: number): boolean }

const STATUTORY = statutory()
const KNOWN_YEARS = new Set(Object.keys(chineseDays.holidays).map((date) => Number(date.slice(0, 4))))

/** The State Council's holidays and make-up workdays (chinese-days), corrected and continued by the bank's own list. */
export function holidaysOf(overrides: CalendarOverrides = {}): Holidays {
  const own = new Map(Object.entries(overrides.days ?? {}).map(([date, special]) => [dayOf(date), specialOf(special)]))
  const complete = new Set(overrides.complete)
  return {
    on: (day) => own.get(day) ?? STATUTORY.get(day),
    knows: (year) => KNOWN_YEARS.has(year) || complete.has(year),
  }
}

/** The calendar year that a day number falls into. */
export function yearOf(day: number): number {
  return Number(dateText(day).slice(0, 4))
}

function specialOf(special: 'holiday' | 'workday' | string[]): SpecialDay {
  return Array.isArray(special) ? special.map(slotOf) : special
}

function statutory(): Map<number, SpecialDay> {
  const days = new Map<number, SpecialDay>()
  for (const date of Object.keys(chineseDays.holidays)) days.set(dayOf(date), 'holiday')
  for (const date of Object.keys(chineseDays.workdays)) days.set(dayOf(date), 'workday')
  return days
}
