import type { CompiledCalendar } from '../calendar/calendar.ts'
import { isOpen } from '../calendar/calendar.ts'
import type { Facts } from '../model.ts'
import { normalise } from './text.ts'
import type { Zone } from '../calendar/zone.ts'
import { weekdayOf, zoneOf } from '../calendar/zone.ts'

export type FactValue = string | number | boolean | string[]

/** The facts of one question as conditions read them. Only own properties count: `constructor` is simply unknown. */
export type Known = {
  now: Date
  get(fact: string): FactValue | undefined
  /** A fact's text in the form of `normalise`, one entry per element of a list; empty when the fact is unknown. */
  words(fact: string): string[]
}

/** The names that CONTRACT section 5 promises; others may be used too, they come from the bank's own systems. */
export const FACTS = [
  ...['customer.kind', 'customer.tier', 'customer.owner', 'customer.branch', 'customer.tags', 'customer.known'],
  ...['message.text', 'message.type', 'message.menuId', 'channel.key', 'channel.kind', 'entry.campaign', 'entry.firm'],
  ...['account.openKfId', 'time.open', 'time.hour', 'time.weekday', 'time.now', 'conversation.count'],
]

const SHANGHAI = zoneOf('Asia/Shanghai')

/** `zone` counts where there is no calendar. */
type Clock = { now: Date; calendars: CompiledCalendar[]; zone?: Zone }

/** The question's facts and, where it does not bring its own, what the clock tells. Weekdays are 1 (Monday) to 7. */
export function withTime(facts: Facts, { now, calendars, zone = SHANGHAI }: Clock): Facts {
  const { day, minute } = (calendars[0]?.zone ?? zone).local(now.getTime())
  return {
    'time.now': now.toISOString(),
    'time.open': calendars.length === 0 || calendars.some((calendar) => isOpen(calendar, now)),
    'time.hour': Math.floor(minute / 60),
    'time.weekday': weekdayOf(day) || 7,
    ...facts,
  }
}

export function knownFrom(facts: Facts, now: Date): Known {
  const folded = new Map<string, string[]>()
  const values = new Map(Object.keys(facts).map((fact) => [fact, sound(facts[fact])]))
  const get = (fact: string) => values.get(fact)
  const words = (fact: string) => {
    const before = folded.get(fact)
    if (before) return before
    const found = listOf(get(fact)).map((one) => normalise(String(one)))
    folded.set(fact, found)
    return found
  }
  return { now, get, words }
}

/** A value as a list, so that one text and several tags can be asked the same question. */
export function listOf(value: FactValue | undefined): (string | number | boolean)[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** Facts may come from outside (dry runs): whatever is not one of the promised types is unknown. */
function sound(value: unknown): FactValue | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}
