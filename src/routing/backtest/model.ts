import type { CompiledRuleset } from '../compile.ts'
import type { CalendarOverrides } from '../calendar/holidays.ts'
import type { Candidate, Outcome, Question, Roster } from '../model.ts'
import type { Ruleset } from '../ruleset/schema.ts'

/** A decision as it was recorded. `at`: the moment for which it was made. `question`: what was asked then. */
export type PastDecision = {
  at: Date
  version: number
  rule: string
  outcome: Outcome
  rm: string | null
  question: Question
  candidates: Candidate[]
}

/** A conversation with all its decisions, the first one first. `answered`: for the first time by an RM. */
export type PastConversation = {
  id: string
  closedAt: Date | null
  answered: { at: Date; rm: string | null } | null
  units: number
  decisions: PastDecision[]
}

/** How things stood when the period began: what RMs had in hand, and when each of them was given somebody last. */
export type Before = {
  held: { id: string; rm: string; units: number; until: Date | null }[]
  lastAssigned: ReadonlyMap<string, Date>
}

export type BacktestInput = {
  /** The draft, checked. */
  ruleset: Ruleset
  /** In the order of their first decisions. */
  conversations: Iterable<PastConversation> | AsyncIterable<PastConversation>
  /** The people as they are now; what the recorded decisions say of them at their time goes before. */
  roster: Roster
  calendar?: CalendarOverrides
  /** The rule sets that decided then, by version: how many recorded decisions do they repeat in this replay? */
  versions?: ReadonlyMap<number, CompiledRuleset>
  before?: Before
  /** The end of the period: what is open then counts as held until here. */
  until: Date
  /** Lets others work in between; called every few milliseconds. */
  pause?: () => Promise<void>
}

/** What became of a conversation on one side: by which rule, who got it first and when; null when nobody did. */
export type Side = { rule: string; outcome: Outcome; rm: string | null; at: Date | null }

/**
 * A conversation on both sides. `unchanged`: the draft gives it to the same RM, or decides as the rules of then do in this
 * replay. `certain`: its RM was recorded as eligible at that moment. `estimated`: its wait goes beyond what was recorded.
 */
export type Compared = {
  conversation: PastConversation
  first: PastDecision
  recorded: Side
  draft: Side
  unchanged: boolean
  certain: boolean
  estimated: boolean
  /** What it takes of an RM's capacity on the draft's side. */
  units: number
}

/** What the draft moves: from whom, and what his new RM would have had in hand; null when he would have had nobody. */
export type Moved = { from: string | null; to: string | null; hold: Hold | null }

/** An RM had something in hand from `since` to `until`. */
export type Hold = { id: string; rm: string; units: number; since: Date; until: Date }

export type Move = { from: string | null; to: string | null; conversations: number }
export type RuleReport = {
  key: string
  name: string
  /** How many conversations it catches, and how many a rule of this key caught then. */
  draft: number
  recorded: number
  moved: number
  moves: Move[]
}
export type RmReport = {
  rm: string
  recorded: number
  draft: number
  lost: number
  gained: number
  capacity: number
  /** The most that he would have had in hand at once, and how often he would have been given more than his capacity. */
  peak: { recorded: number; draft: number }
  breaches: { recorded: number; draft: number }
}
/** Seconds from the first decision until somebody was given; `nobody`: how many were never given to anybody. */
export type Waits = {
  atOnce: number
  waited: number
  nobody: number
  medianSeconds: number | null
  p90Seconds: number | null
}
/** Of those given to an RM, how many he answered within the draft's `firstReply.reassign`. */
export type FirstReplies = { given: number; inTime: number; share: number | null }

export type BacktestReport = {
  conversations: number
  /** Given by an admin's word, or by RMs who are no longer there: rules have no part in it. */
  notReplayed: { byHand: number; rmGone: number }
  moved: number
  /** Of those moved, how many go to an RM who is recorded as free at that moment. */
  movedCertain: number
  ruleChanged: number
  moves: Move[]
  rules: RuleReport[]
  rms: RmReport[]
  outcomes: { recorded: Record<Outcome, number>; draft: Record<Outcome, number> }
  waits: { recorded: Waits; draft: Waits & { estimated: number } }
  firstReply: {
    targetSeconds: number
    recorded: FirstReplies
    /** `expected`: how many of `inTime` are expected by the RM's own record, not seen. `unknown`: too little is known. */
    draft: FirstReplies & { expected: number; unknown: number }
  }
  /** Conversations that no rule catches. */
  unmatched: number
  neverMatched: string[]
  /** How many recorded decisions the rules of then repeat in this replay. */
  fidelity: { decisions: number; repeated: number }
}
