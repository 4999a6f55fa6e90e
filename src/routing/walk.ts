import { addBusiness, isOpen, nextOpening } from './calendar/calendar.ts'
import type { CompiledRule, CompiledRuleset, CompiledStep } from './compile.ts'
import type { Duration } from './calendar/durations.ts'
import type { CompiledCalendar } from './calendar/calendar.ts'
import { demandOf } from './eligible.ts'
import { withTime } from './conditions/facts.ts'
import type { Facts, Question, RosterRm, StepCode } from './model.ts'
import type { Ring, RingAsked } from './ring.ts'
import { ringOf } from './ring.ts'
import { dateText, zoneOf } from './calendar/zone.ts'

/** The rings that were looked at, each with what became of it, and where the conversation stands afterwards. */
export type Walked = { ring: Ring; code: StepCode; waitedSeconds: number }
export type Walk = {
  walked: Walked[]
  /** The ring that gave somebody. */
  given: Ring | null
  step: number
  since: Date
  /** When the wait at `step` is over; null when nothing is waited for. */
  until: Date | null
}

export type WalkAsked = Omit<RingAsked, 'demand'> & { rule: CompiledRule; units: number }

const SHANGHAI = zoneOf('Asia/Shanghai')

/**
 * Goes through the steps of a rule. Those before the present one are asked again, first, because rings only widen; at
 * the present one its `stay` decides between waiting and going on; each step that is entered now starts its own `stay`.
 */
export function walk(asked: WalkAsked): Walk {
  const { rule, now } = asked
  const { start, since } = startOf(asked)
  const walked: Walked[] = []
  const common = commonDemand(asked)
  for (const [position, step] of rule.steps.entries()) {
    const ring = ringOf(step, { ...asked, demand: demandOf(step, common, now) })
    const entered = position === start ? since : now
    const waitedSeconds = position === start ? secondsBetween(since, now) : 0
    const here = { walked, step: Math.max(position, start), since: position > start ? now : since }
    const until = position < start ? null : untilOf(step, entered, asked)
    const code =
      position < start && !ring.best
        ? 'passed'
        : codeOf(ring, until, { now, isLast: position === rule.steps.length - 1 })
    walked.push({ ring, code, waitedSeconds })
    if (code === 'assigned') return { ...here, given: ring, until: null }
    if (code === 'waiting') return { ...here, given: null, until }
  }
  const last = Math.max(rule.steps.length - 1, 0)
  return { walked, given: null, step: last, since: last > start ? now : since, until: null }
}

/** When a duration that starts at `from` is over. Business time without a calendar is wall time: always open. */
export function overAt({ ms, business }: Duration, from: Date, calendar: CompiledCalendar | null): Date | null {
  return business && calendar ? addBusiness(calendar, from, ms) : new Date(from.getTime() + ms)
}

function startOf({ rule, question, now }: WalkAsked): { start: number; since: Date } {
  const { progress } = question
  if (!progress || progress.rule !== rule.key) return { start: 0, since: now }
  const last = Math.max(rule.steps.length - 1, 0)
  return { start: Math.min(Math.max(Math.trunc(progress.step) || 0, 0), last), since: progress.since }
}

function untilOf({ stay, pool }: CompiledStep, entered: Date, { rules }: WalkAsked): Date | null {
  if (stay === null) return null
  return overAt(stay, entered, pool ? pool.calendar : rules.opening)
}

function codeOf(ring: Ring, until: Date | null, { now, isLast }: { now: Date; isLast: boolean }): StepCode {
  if (ring.best) return 'assigned'
  if (ring.members === 0) return 'no-target'
  if (ring.step.skip) return 'skipped'
  if (isTried(ring) || (hadChance(ring) && !isLast)) return 'tried'
  if (ring.step.stay === null) return 'no-stay'
  if (until === null || now >= until) return 'over'
  return opensBy(until, ring.step, now) ? 'waiting' : 'closed'
}

/** Nobody comes to a pool that stays closed longer than anybody would wait for it there. */
function opensBy(until: Date, { pool }: CompiledStep, now: Date): boolean {
  if (!pool?.calendar || isOpen(pool.calendar, now)) return true
  const opens = nextOpening(pool.calendar, now)
  return opens !== null && opens < until
}

const OUT = /^(excluded:|not-a-servicer$|no-licence$)/

/** All who could have taken it missed or refused this conversation already: waiting would bring back nobody. */
function isTried({ excluded, members }: Ring): boolean {
  const reasons = Object.keys(excluded)
  if (!reasons.some((reason) => reason.startsWith('excluded:'))) return false
  return (
    members === reasons.filter((reason) => OUT.test(reason)).reduce((all, reason) => all + (excluded[reason] ?? 0), 0)
  )
}

/** After somebody had his chance the next step is taken; whoever comes free here later is still asked first. */
function hadChance({ excluded }: Ring): boolean {
  return Object.keys(excluded).some((reason) => reason.startsWith('excluded:') && reason !== 'excluded:do-not-route')
}

/** What eligibility asks of everybody, whatever the step. */
export function commonDemand({
  question,
  rules,
  rule,
  units,
  now,
}: Omit<WalkAsked, 'roster' | 'pools' | 'stickyDays'>) {
  const { excluded, openKfId } = question
  const today = dateText(SHANGHAI.local(now.getTime()).day)
  const newCustomer = question.newCustomer === true
  const relays = question.withPerson ? () => false : (rm: RosterRm) => mayRelay(rules, rm)
  return { excluded, doNotRoute: rules.doNotRoute, openKfId, today, units, work: rule.work, newCustomer, relays }
}

/** Whoever is in a pool with `handover: relay` may serve accounts through the bot, whichever step has found him. */
export function mayRelay({ pools }: CompiledRuleset, rm: RosterRm): boolean {
  for (const pool of pools.values()) if (pool.relay && pool.filter.admits(rm)) return true
  return false
}

/** The question's facts with the clock's added, as the conditions of these rules see them. */
export function factsOf({ facts }: Question, { opening, calendars, zone }: CompiledRuleset, now: Date): Facts {
  return withTime(facts, { now, zone, calendars: opening ? [opening] : [...calendars.values()] })
}

function secondsBetween(since: Date, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1_000))
}
