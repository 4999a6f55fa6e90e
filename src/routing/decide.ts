import { inCanary } from './canary.ts'
import type { CompiledRule, CompiledRuleset } from './compile.ts'
import { ruleResults, stepResult } from './explain.ts'
import { isServicer } from './eligible.ts'
import type { Known } from './conditions/facts.ts'
import { knownFrom } from './conditions/facts.ts'
import type { Candidate, Decision, Outcome, PoolIndex, Question, Roster, RuleResult, WaitingReason } from './model.ts'
import { LISTED } from './ring.ts'
import { rosterIndex } from './roster-index.ts'
import type { Walk } from './walk.ts'
import { factsOf, walk } from './walk.ts'
import { waitingReasonOf } from './waiting-reason.ts'

export type DecideInput = { question: Question; roster: Roster; rules: CompiledRuleset; now: Date }

/**
 * Who gets the conversation, or why it waits. Pure: the same question, roster, rules and time give the same decision.
 * Never throws for checked rules, whatever the facts. `rules` of the decision is worked out when it is first read.
 */
export function decide({ question, roster, rules, now }: DecideInput): Decision {
  const facts = factsOf(question, rules, now)
  const known = knownFrom(facts, now)
  const matched = matchedBy(rules, known, question.seed)
  const rule = rules.rules[matched] ?? rules.fallback
  const units = rule.units ?? question.units
  const pools = roster.index ?? indexOf(roster)
  const walked = walk({ question, roster, rules, now, rule, units, pools, stickyDays: rules.stickyDays })
  const results = once(() => ruleResults(rules, { known, seed: question.seed, matched }))
  return {
    ...answerOf(rule, walked),
    ...(isRelay(walked, question) && { relay: true }),
    units,
    work: rule.work,
    facts,
    get rules() {
      return results()
    },
  }
}

/** The position of the first rule that applies; -1 means the fallback. */
export function matchedBy(rules: CompiledRuleset, known: Known, seed: string): number {
  return rules.index.first(known, (position) => {
    const rule = rules.rules[position]
    return rule?.condition?.test(known) === true && inCanary(rule, known, seed)
  })
}

function isRelay({ given }: Walk, { openKfId }: Question): boolean {
  return given?.best != null && !isServicer(given.best, openKfId)
}

type Answer = Omit<Decision, 'units' | 'work' | 'facts' | 'rules'>

function answerOf(rule: CompiledRule, walked: Walk): Answer {
  const { given, step, since, until } = walked
  const here = given?.step ?? rule.steps[step]
  return {
    outcome: outcomeOf(rule, walked),
    rule: rule.key,
    ruleName: rule.name,
    rm: given?.best?.userid ?? null,
    step,
    stepSince: since,
    stepUntil: until,
    pool: here?.pool?.key ?? null,
    priority: rule.priority,
    mayExceed: given?.step.mayExceed ?? false,
    waitingReason: reasonOf(rule, walked),
    steps: walked.walked.map(stepResult),
    candidates: candidatesOf(walked),
  }
}

function outcomeOf({ otherwise }: CompiledRule, { given, until }: Walk): Outcome {
  if (given) return given.step.pool?.offer ? 'offered' : 'assigned'
  if (until !== null || otherwise === 'queue') return 'queued'
  return otherwise === 'bot' ? 'bot' : 'left-message'
}

function reasonOf({ steps }: CompiledRule, { given, walked }: Walk): WaitingReason | null {
  return given || steps.length === 0 ? null : waitingReasonOf(walked)
}

/** Everybody who was considered, once: the chosen ring first, then ring by ring, at last those outside the widest one. */
function candidatesOf({ walked, given }: Walk): Candidate[] {
  const rings = walked.map(({ ring }) => ring)
  const ordered = given ? [given, ...rings.filter((ring) => ring !== given)] : rings
  const seen = new Map<string, Candidate>()
  for (const candidate of [...ordered.flatMap((ring) => ring.candidates), ...(rings.at(-1)?.outsiders ?? [])]) {
    if (!seen.has(candidate.rm)) seen.set(candidate.rm, candidate)
  }
  return [...seen.values()].slice(0, LISTED)
}

/** A plain roster is put in order anew each time: right for tests, dry runs and a few hundred RMs. */
function indexOf({ rms }: Roster): PoolIndex {
  return rosterIndex(rms.values()).roster.index
}

function once(make: () => RuleResult[]): () => RuleResult[] {
  let made: RuleResult[] | null = null
  return () => (made ??= make())
}
