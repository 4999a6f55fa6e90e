import { describe, expect, test } from 'vitest'
import {
  addBusiness,
  businessBetween,
  compileCalendar,
  isOpen,
  missingYears,
  nextOpening,
} from '../../src/routing/calendar/calendar.ts'
import { parseCalendarYaml } from '../../src/routing/calendar/calendar-file.ts'
import type { CalendarOverrides } from '../../src/routing/calendar/holidays.ts'
import { holidaysOf } from '../../src/routing/calendar/holidays.ts'
import type { Calendar } from '../../src/routing/calendar/calendar-schema.ts'
import { calendarWarnings } from '../../src/routing/lint/warnings.ts'
import { rulesFrom } from './people.ts'

const HOUR = 3_600_000

function calendar(differs: Partial<Calendar> = {}, overrides: CalendarOverrides = {}) {
  const hours = { 'mon-fri': ['09:00-12:00', '13:30-17:30'] }
  return compileCalendar('branch', { hours, holidays: 'cn', ...differs }, holidaysOf(overrides))
}

/** A moment by the wall clock of Shanghai. */
function at(text: string): Date {
  return new Date(`${text.replace(' ', 'T')}:00+08:00`)
}

function days(from: string, to: string): string[] {
  const found: string[] = []
  for (let day = Date.parse(from); day <= Date.parse(to); day += 86_400_000)
    found.push(new Date(day).toISOString().slice(0, 10))
  return found
}

describe('2026 as the State Council announced it', () => {
  const holidays: [string, string, string][] = [
    ['元旦', '2026-01-01', '2026-01-03'],
    ['春节', '2026-02-15', '2026-02-23'],
    ['清明', '2026-04-04', '2026-04-06'],
    ['劳动节', '2026-05-01', '2026-05-05'],
    ['端午', '2026-06-19', '2026-06-21'],
    ['中秋', '2026-09-25', '2026-09-27'],
    ['国庆', '2026-10-01', '2026-10-07'],
  ]
  const workdays = ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10']

  test.each(holidays)('%s is closed from %s to %s', (_, from, to) => {
    for (const day of days(from, to)) expect(isOpen(calendar(), at(`${day} 10:00`))).toBe(false)
  })

  test.each(workdays)('%s is a make-up workday with Monday-to-Friday hours', (day) => {
    expect(isOpen(calendar(), at(`${day} 10:00`))).toBe(true)
    expect(isOpen(calendar(), at(`${day} 12:30`))).toBe(false)
    expect(isOpen(calendar(), at(`${day} 17:29`))).toBe(true)
  })

  test('every other day of the year is open from Monday to Friday only', () => {
    const special = new Set([...holidays.flatMap(([, from, to]) => days(from, to)), ...workdays])
    for (const day of days('2026-01-01', '2026-12-31').filter((one) => !special.has(one))) {
      const weekday = new Date(day).getUTCDay()
      expect([day, isOpen(calendar(), at(`${day} 10:00`))]).toEqual([day, weekday >= 1 && weekday <= 5])
    }
  })

  test('a calendar without holidays: cn ignores all of them', () => {
    const plain = calendar({ holidays: 'none' })
    expect(isOpen(plain, at('2026-10-01 10:00'))).toBe(true)
    expect(isOpen(plain, at('2026-10-10 10:00'))).toBe(false)
  })

  test('an exchange stays closed on make-up workdays', () => {
    const exchange = calendar({ kind: 'trading', hours: { 'mon-fri': ['09:30-11:30', '13:00-15:00'] } })
    expect(workdays.map((day) => isOpen(exchange, at(`${day} 10:00`)))).toEqual(workdays.map(() => false))
    expect(isOpen(exchange, at('2026-10-01 10:00'))).toBe(false)
    expect(isOpen(exchange, at('2026-10-08 10:00'))).toBe(true)
  })
})

describe('the edges of a day', () => {
  test.each([
    ['08:59', false],
    ['09:00', true],
    ['11:59', true],
    ['12:00', false],
    ['13:29', false],
    ['13:30', true],
    ['17:30', false],
  ])('at %s: %s', (time, open) => expect(isOpen(calendar(), at(`2026-06-03 ${time}`))).toBe(open))

  test('the last millisecond still counts', () => {
    const closing = at('2026-06-03 12:00').getTime()
    expect(isOpen(calendar(), new Date(closing - 1))).toBe(true)
    expect(isOpen(calendar(), new Date(closing))).toBe(false)
  })

  test('24:00 is the end of the day', () => {
    const late = calendar({ hours: { wed: ['20:00-24:00'] } })
    expect(isOpen(late, at('2026-06-03 23:59'))).toBe(true)
    expect(isOpen(late, at('2026-06-04 00:00'))).toBe(false)
  })

  test('a night shift belongs to the day on which it begins', () => {
    const night = calendar({ hours: { fri: ['22:00-06:00'] } })
    expect(isOpen(night, at('2026-06-05 21:59'))).toBe(false)
    expect(isOpen(night, at('2026-06-05 22:00'))).toBe(true)
    expect(isOpen(night, at('2026-06-06 05:59'))).toBe(true)
    expect(isOpen(night, at('2026-06-06 06:00'))).toBe(false)
    expect(businessBetween(night, at('2026-06-05 00:00'), at('2026-06-07 00:00'))).toBe(8 * HOUR)
  })

  test('0 to 24 on all days never closes, over midnight and new year', () => {
    const always = calendar({ holidays: 'none', hours: { 'mon-sun': ['00:00-24:00'] } })
    expect(businessBetween(always, at('2026-12-31 12:00'), at('2027-01-02 12:00'))).toBe(48 * HOUR)
    expect(addBusiness(always, at('2026-12-31 23:00'), 2 * HOUR)).toEqual(at('2027-01-01 01:00'))
  })

  test('days may be named singly, as lists and as ranges over the weekend', () => {
    const odd = calendar({ holidays: 'none', hours: { 'mon,wed': ['09:00-10:00'], 'fri-sun': ['11:00-12:00'] } })
    const open = days('2026-06-01', '2026-06-07').map((day) =>
      [9, 11].filter((hour) => isOpen(odd, at(`${day} ${String(hour).padStart(2, '0')}:30`))),
    )
    expect(open).toEqual([[9], [], [9], [], [11], [11], [11]])
  })
})

describe('business time', () => {
  test('next opening: now, after lunch, tomorrow, after the holidays', () => {
    expect(nextOpening(calendar(), at('2026-06-03 10:00'))).toEqual(at('2026-06-03 10:00'))
    expect(nextOpening(calendar(), at('2026-06-03 12:00'))).toEqual(at('2026-06-03 13:30'))
    expect(nextOpening(calendar(), at('2026-06-03 18:00'))).toEqual(at('2026-06-04 09:00'))
    expect(nextOpening(calendar(), at('2026-09-30 17:30'))).toEqual(at('2026-10-08 09:00'))
    expect(nextOpening(calendar(), at('2026-02-13 18:00'))).toEqual(at('2026-02-14 09:00'))
  })

  test('2 business hours run over lunch, the night and the holidays', () => {
    expect(addBusiness(calendar(), at('2026-06-03 09:30'), 2 * HOUR)).toEqual(at('2026-06-03 11:30'))
    expect(addBusiness(calendar(), at('2026-06-03 11:00'), 2 * HOUR)).toEqual(at('2026-06-03 14:30'))
    expect(addBusiness(calendar(), at('2026-06-03 16:30'), 2 * HOUR)).toEqual(at('2026-06-04 10:00'))
    expect(addBusiness(calendar(), at('2026-09-30 17:00'), 2 * HOUR)).toEqual(at('2026-10-08 10:30'))
    expect(addBusiness(calendar(), at('2026-06-03 22:00'), 2 * HOUR)).toEqual(at('2026-06-04 11:00'))
  })

  test('time that fills a slot exactly ends with the slot, not with the next opening', () => {
    expect(addBusiness(calendar(), at('2026-06-03 10:00'), 2 * HOUR)).toEqual(at('2026-06-03 12:00'))
  })

  test('between two moments, both ways', () => {
    expect(businessBetween(calendar(), at('2026-06-03 11:00'), at('2026-06-03 14:30'))).toBe(2 * HOUR)
    expect(businessBetween(calendar(), at('2026-06-03 14:30'), at('2026-06-03 11:00'))).toBe(-2 * HOUR)
    expect(businessBetween(calendar(), at('2026-10-01 00:00'), at('2026-10-08 00:00'))).toBe(0)
    expect(businessBetween(calendar(), at('2026-01-01 00:00'), at('2027-01-01 00:00'))).toBe(248 * 7 * HOUR)
  })

  test('a calendar that never opens has no next opening and no end', () => {
    const closed = calendar({ hours: {} })
    expect(nextOpening(closed, at('2026-06-03 10:00'))).toBeNull()
    expect(addBusiness(closed, at('2026-06-03 10:00'), HOUR)).toBeNull()
    expect(businessBetween(closed, at('2026-06-03 10:00'), at('2026-07-03 10:00'))).toBe(0)
  })
})

describe('offices abroad', () => {
  const newYork = calendar({ holidays: 'none', zone: 'America/New_York', hours: { 'mon-sun': ['00:00-24:00'] } })
  const office = calendar({ holidays: 'none', zone: 'America/New_York', hours: { 'mon-fri': ['09:30-16:00'] } })

  test('the same wall clock in winter and in summer', () => {
    expect(isOpen(office, new Date('2026-01-14T14:30:00Z'))).toBe(true)
    expect(isOpen(office, new Date('2026-01-14T14:29:59Z'))).toBe(false)
    expect(isOpen(office, new Date('2026-07-15T13:30:00Z'))).toBe(true)
    expect(isOpen(office, new Date('2026-07-15T13:29:59Z'))).toBe(false)
  })

  test('the day the clocks go forward has 23 hours, the day they go back 25', () => {
    expect(businessBetween(newYork, new Date('2026-03-08T05:00:00Z'), new Date('2026-03-09T04:00:00Z'))).toBe(23 * HOUR)
    expect(businessBetween(newYork, new Date('2026-11-01T04:00:00Z'), new Date('2026-11-02T05:00:00Z'))).toBe(25 * HOUR)
  })

  test('a slot that begins in the hour that is skipped begins when the clocks have changed', () => {
    const night = calendar({ holidays: 'none', zone: 'America/New_York', hours: { sun: ['02:30-05:00'] } })
    expect(nextOpening(night, new Date('2026-03-08T05:00:00Z'))).toEqual(new Date('2026-03-08T07:00:00Z'))
    expect(isOpen(night, new Date('2026-03-08T08:59:59Z'))).toBe(true)
    expect(isOpen(night, new Date('2026-03-08T09:00:00Z'))).toBe(false)
  })

  test('zones with half hours, and Hong Kong without summer time', () => {
    const kolkata = calendar({ holidays: 'none', zone: 'Asia/Kolkata', hours: { 'mon-fri': ['09:00-17:00'] } })
    expect(nextOpening(kolkata, new Date('2026-06-03T00:00:00Z'))).toEqual(new Date('2026-06-03T03:30:00Z'))
    const hongKong = calendar({ holidays: 'none', zone: 'Asia/Hong_Kong', hours: { 'mon-fri': ['09:30-12:00'] } })
    expect(nextOpening(hongKong, at('2026-06-03 08:00'))).toEqual(at('2026-06-03 09:30'))
  })
})

describe('the bank’s own days', () => {
  test('override the package in both directions and give single days hours of their own', () => {
    const own = {
      days: { '2026-06-03': 'holiday' as const, '2026-06-06': 'workday' as const, '2026-02-16': ['09:00-11:00'] },
    }
    expect(isOpen(calendar({}, own), at('2026-06-03 10:00'))).toBe(false)
    expect(isOpen(calendar({}, own), at('2026-06-06 10:00'))).toBe(true)
    expect(isOpen(calendar({}, own), at('2026-02-16 10:00'))).toBe(true)
    expect(isOpen(calendar({}, own), at('2026-02-16 11:00'))).toBe(false)
  })

  test('a calendar may keep hours on holidays and on make-up workdays', () => {
    const service = calendar({
      hours: { 'mon-fri': ['09:00-17:00'], holiday: ['10:00-16:00'], makeup: ['09:00-12:00'] },
    })
    expect(isOpen(service, at('2026-10-01 10:00'))).toBe(true)
    expect(isOpen(service, at('2026-10-01 09:30'))).toBe(false)
    expect(isOpen(service, at('2026-10-10 11:00'))).toBe(true)
    expect(isOpen(service, at('2026-10-10 13:00'))).toBe(false)
  })

  test('a file is read, its mistakes have places', () => {
    expect(parseCalendarYaml('days:\n  2027-01-01: holiday\ncomplete: [2027]\n', 'calendar.yaml')).toEqual({
      overrides: { days: { '2027-01-01': 'holiday' }, complete: [2027] },
    })
    expect(parseCalendarYaml('days:\ncomplete:\n', 'calendar.yaml')).toEqual({ overrides: { days: {}, complete: [] } })
    const read = parseCalendarYaml('days:\n  2027-02-29: holiday\n  2027-01-01: closed\nyears: []\n', 'calendar.yaml')
    expect('errors' in read && read.errors.map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual([
      '2:3 days.2027-02-29',
      '3:15 days.2027-01-01',
      '4:1 years',
    ])
  })
})

describe('a year without data', () => {
  test('counts weekends only, and says so', () => {
    expect(isOpen(calendar(), at('2027-01-01 10:00'))).toBe(true)
    expect(isOpen(calendar(), at('2027-01-02 10:00'))).toBe(false)
    expect(missingYears(calendar(), at('2027-01-01 10:00'))).toEqual([2027])
  })

  test('is announced from November on', () => {
    expect(missingYears(calendar(), at('2026-10-31 10:00'))).toEqual([])
    expect(missingYears(calendar(), at('2026-11-01 10:00'))).toEqual([2027])
  })

  test('is no matter once the list is complete, or for calendars without holidays', () => {
    expect(missingYears(calendar({}, { complete: [2027] }), at('2027-03-01 10:00'))).toEqual([])
    expect(missingYears(calendar({ holidays: 'none' }), at('2027-03-01 10:00'))).toEqual([])
    expect(missingYears(calendar({}, { days: { '2027-01-01': 'holiday' } }), at('2027-03-01 10:00'))).toEqual([2027])
  })

  test('callers get a sentence for people', () => {
    const rules = rulesFrom(
      'calendars: { branch: { hours: { mon: [] }, holidays: cn } }\nfallback: { steps: [], otherwise: bot }',
    )
    expect(calendarWarnings(rules, at('2027-03-01 10:00'))[0]?.message).toContain('没有 2027 年的放假安排')
  })
})
