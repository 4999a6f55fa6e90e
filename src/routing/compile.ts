import type { CompiledCalendar } from './calendar/calendar.ts'
import { compileCalendar } from './calendar/calendar.ts'
import type { CompiledCondition } from './conditions/conditions.ts'
import { compileCondition } from './conditions/conditions.ts'
import type { Duration } from './calendar/durations.ts'
import { dueOf, durationOf } from './calendar/durations.ts'
import type { CalendarOverrides } from './calendar/holidays.ts'
import { holidaysOf } from './calendar/holidays.ts'
import type { CompiledInvitation } from './ruleset/invitation.ts'
import { compileInvitation } from './ruleset/invitation.ts'
import { memberFilter, relaxed } from './members.ts'
import type { MemberFilter, RankRm } from './model.ts'
import type { RuleIndex } from './conditions/rule-index.ts'
import { indexRules } from './conditions/rule-index.ts'
import type { Members, Pool, Rule, Ruleset, Step } from './ruleset/schema.ts'
import { ranker } from './strategies.ts'
import type { Target } from './targets.ts'
import { targetOf } from './targets.ts'
import type { Zone } from './calendar/zone.ts'
import { zoneOf } from './calendar/zone.ts'

export type CompiledPool = {
  key: string
  name: string
  members: Members
  filter: MemberFilter
  /** The order in which members are taken; equal `rankKey`s mean the same members in the same order. */
  rank: RankRm
  rankKey: string
  calendar: CompiledCalendar | null
  offer: boolean
  /** Members who are no servicers of the account serve through the bot. */
  relay: boolean
  sla: Duration | null
  exceedFrom: number | null
}
export type CompiledStep = {
  to: string
  target: Target
  pool: CompiledPool | null
  stay: Duration | null
  skip: boolean
  /** What everybody here must hold: the step's own licences and the pool's. */
  licences: string[]
  mayExceed: boolean
}
export type CompiledRule = {
  key: string
  name: string
  /** Null for the fallback, which always holds. */
  condition: CompiledCondition | null
  canary: Rule['canary'] | null
  priority: number
  units: number | null
  work: string | null
  ageing: number
  /** Before the pool's. */
  sla: Duration | null
  /** Null: that of the rule set. */
  firstReply: ReplyTimes | null
  steps: CompiledStep[]
  otherwise: 'leave-message' | 'queue' | 'bot'
  followUp: { after: Duration; title: string } | null
}
export type ReplyTimes = { remind: Duration; reassign: Duration }
/** A rule set ready to decide with: make it once per version and keep it. */
export type CompiledRuleset = {
  calendars: ReadonlyMap<string, CompiledCalendar>
  /** For what the clock says where there is no calendar. */
  zone: Zone
  /** What business time is measured with where a step has no pool with a calendar; null when the rule set names none. */
  opening: CompiledCalendar | null
  pools: ReadonlyMap<string, CompiledPool>
  rules: CompiledRule[]
  index: RuleIndex
  fallback: CompiledRule
  firstReply: ReplyTimes & { pauseAfter: number }
  doNotRoute: ReadonlySet<string>
  invitation: CompiledInvitation
  stickyDays: number | null
  fairness: { windowMs: number; max: number } | null
}

type Parts = {
  calendars: Map<string, CompiledCalendar>
  pools: Map<string, CompiledPool>
  written: Record<string, Pool>
  fairMax: number
}

/** Compiles a checked rule set. `overrides` is what `config/calendar.yaml` says. */
export function compile(ruleset: Ruleset, overrides: CalendarOverrides = {}): CompiledRuleset {
  const { rules = [], fallback, fairness } = ruleset
  const { zone = 'Asia/Shanghai' } = overrides
  const calendars = calendarsOf(ruleset, { ...overrides, zone })
  const written = ruleset.pools ?? {}
  const parts: Parts = { calendars, written, pools: new Map(), fairMax: fairness?.max ?? Number.POSITIVE_INFINITY }
  for (const [key, pool] of Object.entries(written)) parts.pools.set(key, compilePool(key, pool, { parts, drops: [] }))
  return {
    calendars,
    zone: zoneOf(zone),
    opening: openingOf(ruleset, calendars),
    pools: parts.pools,
    rules: rules.map((rule) => compileRule(rule, parts)),
    index: indexRules(rules.map((rule) => rule.when)),
    fallback: {
      ...common(fallback, parts),
      key: 'fallback',
      name: fallback.name ?? '兜底',
      condition: null,
      canary: null,
    },
    firstReply: {
      ...replyTimes(ruleset.firstReply ?? { remind: '60s', reassign: '180s' }),
      pauseAfter: ruleset.firstReply?.pauseAfter ?? 3,
    },
    doNotRoute: new Set(ruleset.doNotRoute?.map((rm) => rm.toLowerCase())),
    invitation: compileInvitation(ruleset),
    stickyDays: ruleset.stickiness?.days ?? null,
    fairness: fairness ? { windowMs: durationOf(fairness.window).ms, max: fairness.max } : null,
  }
}

function calendarsOf(
  { calendars = {} }: Ruleset,
  { zone, ...overrides }: CalendarOverrides & { zone: string },
): Map<string, CompiledCalendar> {
  const holidays = holidaysOf(overrides)
  return new Map(
    Object.entries(calendars).map(([key, calendar]) => [key, compileCalendar(key, { zone, ...calendar }, holidays)]),
  )
}

function openingOf({ opening }: Ruleset, calendars: Map<string, CompiledCalendar>): CompiledCalendar | null {
  if (opening !== undefined) return calendars.get(opening) ?? null
  return calendars.size === 1 ? (calendars.values().next().value ?? null) : null
}

function compilePool(key: string, pool: Pool, { parts, drops }: { parts: Parts; drops: string[] }): CompiledPool {
  const { strategy = 'least-loaded', calendar, sla, exceedFor } = pool
  const members = relaxed(pool.members, drops)
  const filter = memberFilter(members)
  // `best-skill` adds up the pool's own skills, also those that a step no longer insists on.
  const skills = Object.keys(pool.members.skills ?? {}).toSorted()
  return {
    key,
    name: pool.name,
    members,
    filter,
    rank: ranker({ strategy, skills, fairMax: parts.fairMax }),
    rankKey: JSON.stringify([filter.key, strategy, strategy === 'best-skill' ? skills : [], parts.fairMax]),
    calendar: calendar === undefined ? null : (parts.calendars.get(calendar) ?? null),
    offer: pool.handover === 'offer',
    relay: pool.handover === 'relay',
    sla: sla === undefined ? null : durationOf(sla),
    exceedFrom: exceedFor === undefined ? null : Number(exceedFor.slice('priority>='.length)),
  }
}

function compileRule(rule: Rule, parts: Parts): CompiledRule {
  return {
    ...common(rule, parts),
    key: rule.key,
    name: rule.name,
    condition: compileCondition(rule.when, parts.calendars),
    canary: rule.canary ?? null,
  }
}

function replyTimes({ remind, reassign }: { remind: string; reassign: string }): ReplyTimes {
  return { remind: durationOf(remind), reassign: durationOf(reassign) }
}

type Routed = Omit<Rule, 'key' | 'name' | 'when' | 'canary'>

function common({ steps, priority = 0, exceedFor = [], ...rule }: Routed, parts: Parts) {
  const drops: string[] = []
  const compiled = steps.map((step) => {
    const ready = compileStep(step, { parts, drops: [...drops], priority, exceeds: exceedFor.includes(step.to) })
    drops.push(...(step.relax ?? []))
    return ready
  })
  return {
    steps: compiled,
    otherwise: rule.otherwise,
    priority,
    units: rule.units ?? null,
    work: rule.work ?? null,
    ageing: rule.ageing ?? 1,
    sla: rule.sla === undefined ? null : durationOf(rule.sla),
    firstReply: rule.firstReply ? replyTimes(rule.firstReply) : null,
    followUp: rule.followUp ? { after: dueOf(rule.followUp.after), title: rule.followUp.title } : null,
  }
}

type Around = { parts: Parts; drops: string[]; priority: number; exceeds: boolean }

function compileStep(
  { to, stay, skipIf, licences = [] }: Step,
  { parts, drops, priority, exceeds }: Around,
): CompiledStep {
  const target = targetOf(to)
  const pool = target.kind === 'pool' ? poolFor(target.key, parts, drops) : null
  return {
    to,
    target,
    pool,
    stay: stay === undefined ? null : durationOf(stay),
    skip: skipIf === 'nobody-available',
    licences: [...(pool?.members.licences ?? []), ...licences],
    mayExceed: exceeds || (pool !== null && pool.exceedFrom !== null && priority >= pool.exceedFrom),
  }
}

function poolFor(key: string, parts: Parts, drops: string[]): CompiledPool | null {
  const pool = parts.written[key]
  return drops.length > 0 && pool ? compilePool(key, pool, { parts, drops }) : (parts.pools.get(key) ?? null)
}
