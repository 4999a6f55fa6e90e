import type { CompiledRuleset } from '../routing/compile.ts'
import type { Duration } from '../routing/calendar/durations.ts'
import type { Decision } from '../routing/model.ts'

/** The active rule set as this process has it. Every turn uses one version from beginning to end. */
export type ActiveRules = {
  version: number
  rules: CompiledRuleset
  poolName(key: string): string
  /** When the first-reply guarantee of this rule reminds and reassigns, counted from `from`; null when nothing is promised. */
  firstReply(from: Date, rule: string | null): { remindAt: Date; reassignAt: Date } | null
  /** What a waited minute counts by the decision's rule, and until when its response target (the rule's, or else its pool's) wants an answer. */
  urgency(decision: Decision, openedAt: Date): { ageing: number; respondBy: Date | null }
  /** What this rule wants to be done after a conversation, and when; null when nothing. */
  followUp(rule: string | null, from: Date): { title: string; dueAt: Date } | null
  /** When this much time has passed since `from`; business time by the rules' `opening`. */
  later(from: Date, duration: Duration): Date
  /** `at` itself while the bank is open, else its next opening. */
  opensFrom(at: Date): Date
  /** After so many missed customers in a row an RM gets no more until he says that he is back. */
  pauseAfter: number
  /** When the first of the decision's pools opens; null when they are open, or never. */
  opensAt(decision: Decision, now: Date): Date | null
  /** The same in words. */
  opening(decision: Decision, now: Date): string
}
