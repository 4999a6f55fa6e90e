import { dateText, dayOf, weekdayOf, type Zone } from '../routing/calendar/zone.ts'

const dayMs = 86_400_000

/** Days and weeks as the business counts them: a week begins on Monday, a day at midnight of the business time zone. */
export const businessCalendar = (zone: Zone) => {
  // Millions of lines lie on a few thousand days.
  const texts = new Map<number, { day: string; week: string }>()
  const textsOf = (at: Date): { day: string; week: string } => {
    const number = zone.local(at.getTime()).day
    const known = texts.get(number)
    if (known) return known
    const day = dateText(number)
    const found = { day, week: mondayOf(day) }
    texts.set(number, found)
    return found
  }
  return {
    day: (at: Date): string => textsOf(at).day,
    week: (at: Date): string => textsOf(at).week,
    /** When this day begins. */
    begins: (date: string): Date => new Date(zone.instant(dayOf(date), 0)),
  }
}
export type BusinessCalendar = ReturnType<typeof businessCalendar>

/** The Monday of the week in which this date lies. */
export const mondayOf = (date: string): string => {
  const day = dayOf(date)
  return dateText(day - ((weekdayOf(day) + 6) % 7))
}

export const plusDays = (date: string, days: number): string => dateText(dayOf(date) + days)
export const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dayOf(text))
export const afterDays = (at: Date, days: number): number => at.getTime() + days * dayMs
