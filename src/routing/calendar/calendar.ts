import type { Holidays } from './holidays.ts'
import { yearOf } from './holidays.ts'
import type { Slot, WeekHours } from './hours.ts'
import { weekOf } from './hours.ts'
import type { Calendar } from './calendar-schema.ts'
import type { Zone } from './zone.ts'
import { weekdayOf, zoneOf } from './zone.ts'

/** A calendar ready to answer questions. All answers are exact to the millisecond and need no clock. */
export type CompiledCalendar = {
  key: string
  zone: Zone
  openingsOn(day: number): Opening[]
  lacks(year: number): boolean
}
/** One slot of one day as instants in milliseconds, `from` inclusive, `to` exclusive. */
export type Opening = { from: number; to: number }

/** How far ahead an opening is looked for: the longest closure that still counts as a calendar that opens at all. */
const HORIZON_DAYS = 400
const REMEMBERED_DAYS = 1_000

export function compileCalendar(key: string, calendar: Calendar, holidays: Holidays): CompiledCalendar {
  const week = weekOf(calendar.hours)
  const official = calendar.holidays === 'cn'
  const trading = calendar.kind === 'trading'
  const zone = zoneOf(calendar.zone ?? 'Asia/Shanghai')
  const slotsOn = (day: number) =>
    official ? officialSlots({ day, week, holidays, trading }) : (week.days[weekdayOf(day)] ?? [])
  const toOpening = (day: number) => (slot: Slot) => ({
    from: zone.instant(day, slot.from),
    to: zone.instant(day, slot.to),
  })
  return {
    key,
    zone,
    openingsOn: remembered((day) => slotsOn(day).map(toOpening(day))),
    lacks: (year) => official && !holidays.knows(year),
  }
}

export function isOpen(calendar: CompiledCalendar, at: Date): boolean {
  const now = at.getTime()
  const { day } = calendar.zone.local(now)
  const covers = ({ from, to }: Opening) => from <= now && now < to
  return calendar.openingsOn(day).some(covers) || calendar.openingsOn(day - 1).some(covers)
}

/** The first moment from `at` on at which the calendar is open: `at` itself while it is. Null when it stays closed for 400 days. */
export function nextOpening(calendar: CompiledCalendar, at: Date): Date | null {
  for (const { from, to } of openings(calendar, at.getTime())) {
    if (to > at.getTime()) return new Date(Math.max(from, at.getTime()))
  }
  return null
}

/** The moment at which `ms` of open time have passed since `from`. Null when the calendar does not open often enough. */
export function addBusiness(calendar: CompiledCalendar, from: Date, ms: number): Date | null {
  let left = ms
  let reached = from.getTime()
  for (const slot of openings(calendar, reached)) {
    const start = Math.max(slot.from, reached)
    const length = slot.to - start
    if (length <= 0) continue
    if (left <= length) return new Date(start + left)
    left -= length
    reached = slot.to
  }
  return null
}

/** Open time between two moments, in milliseconds; negative when `b` comes before `a`. */
export function businessBetween(calendar: CompiledCalendar, a: Date, b: Date): number {
  if (b < a) return -businessBetween(calendar, b, a)
  let [sum, reached] = [0, a.getTime()]
  const end = b.getTime()
  const days = Math.ceil((end - reached) / 86_400_000) + 2
  for (const slot of openings(calendar, reached, days)) {
    if (slot.from >= end) break
    sum += Math.max(0, Math.min(slot.to, end) - Math.max(slot.from, reached))
    reached = Math.max(reached, slot.to)
  }
  return sum
}

/** The years, this one and from November the next, of which the calendar needs the holidays and does not have them. */
export function missingYears(calendar: CompiledCalendar, now: Date): number[] {
  const { day } = calendar.zone.local(now.getTime())
  return [...new Set([yearOf(day), yearOf(day + 61)])].filter(calendar.lacks)
}

function* openings(calendar: CompiledCalendar, from: number, days = HORIZON_DAYS): Generator<Opening> {
  const first = calendar.zone.local(from).day - 1
  for (let day = first; day <= first + days; day += 1) yield* calendar.openingsOn(day)
}

/** A day's openings never change, and working them out asks Intl several times: they are kept until there are too many. */
function remembered(openingsOn: (day: number) => Opening[]): (day: number) => Opening[] {
  const known = new Map<number, Opening[]>()
  return (day) => {
    const before = known.get(day)
    if (before) return before
    if (known.size >= REMEMBERED_DAYS) known.clear()
    const found = openingsOn(day)
    known.set(day, found)
    return found
  }
}

type OfficialDay = { day: number; week: WeekHours; holidays: Holidays; trading: boolean }

/** Exchanges keep every weekend closed, even one that the rest of the country works through. */
function officialSlots({ day, week, holidays, trading }: OfficialDay): Slot[] {
  const special = holidays.on(day)
  const weekday = weekdayOf(day)
  const weekend = weekday === 0 || weekday === 6
  if (special === undefined || (trading && weekend)) return week.days[weekday] ?? []
  if (special === 'holiday') return week.holiday
  if (special === 'workday') return weekend ? week.makeup : (week.days[weekday] ?? [])
  return special
}
