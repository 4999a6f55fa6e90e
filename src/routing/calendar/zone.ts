const DAY_MS = 86_400_000
const SHANGHAI_MS = 8 * 3_600_000

/** A wall clock. Days are counted from 1970-01-01 (day 0), minutes from local midnight. */
export type Zone = {
  name: string
  local(at: number): { day: number; minute: number }
  /** The instant (ms) at which that clock shows this minute; in a gap (clocks go forward) the first moment after it. */
  instant(day: number, minute: number): number
}

/** Shanghai has been UTC+8 without summer time since 1991, so it needs no look-up; every other zone asks Intl. */
export function zoneOf(name: string): Zone {
  if (name === 'Asia/Shanghai') return fixed(name, SHANGHAI_MS)
  return name === 'UTC' ? fixed(name, 0) : ruled(name)
}

/** 0 = Sunday … 6 = Saturday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

/** `2026-10-01`. */
export function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day number of `2026-10-01`; NaN for a date that does not exist. */
export function dayOf(date: string): number {
  const at = Date.parse(`${date}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date ? Number.NaN : at / DAY_MS
}

function fixed(name: string, offset: number): Zone {
  return {
    name,
    local: (at) => split(at + offset),
    instant: (day, minute) => day * DAY_MS + minute * 60_000 - offset,
  }
}

function ruled(name: string): Zone {
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const offsetAt = (at: number) => shown(clock, at) - Math.floor(at / 1_000) * 1_000
  return {
    name,
    local: (at) => split(at + offsetAt(at)),
    instant: (day, minute) => instantOf(day * DAY_MS + minute * 60_000, offsetAt),
  }
}

/**
 * Tries the offsets on both sides of a possible change. The earlier of two moments that show the same time wins; a time
 * that no moment shows becomes the moment of the change.
 */
function instantOf(wall: number, offsetAt: (at: number) => number): number {
  const before = offsetAt(wall - DAY_MS)
  const after = offsetAt(wall + DAY_MS)
  if (offsetAt(wall - before) === before) return wall - before
  if (offsetAt(wall - after) === after) return wall - after
  return changeBetween(wall - after, wall - before, offsetAt)
}

function changeBetween(from: number, to: number, offsetAt: (at: number) => number): number {
  let [low, high] = [Math.min(from, to), Math.max(from, to)]
  const before = offsetAt(low)
  while (high - low > 1_000) {
    const middle = low + Math.floor((high - low) / 2_000) * 1_000
    if (offsetAt(middle) === before) low = middle
    else high = middle
  }
  return high
}

function shown(clock: Intl.DateTimeFormat, at: number): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of clock.formatToParts(at)) parts[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second)
}

function split(wall: number): { day: number; minute: number } {
  const day = Math.floor(wall / DAY_MS)
  return { day, minute: Math.floor((wall - day * DAY_MS) / 60_000) }
}
