/**
 * The words of routing.
 *
 * - **rule set**: ordered rules, first match wins, one mandatory fallback; immutable once it has a version.
 * - **step** (ring): one target and how long it may be waited for (`stay`). Steps only widen.
 * - **question**: one conversation that needs somebody. **roster**: everybody who could be it.
 * - **decision**: the answer with its whole explanation. `decide()` is pure: same question, roster, rules and time, same decision.
 */
export type RmStatus = 'receiving' | 'stopped' | 'suspended' | 'unknown'

/** One relationship manager as routing sees him at one moment. `load` and `capacity` count kf conversations (units). */
export type RosterRm = {
  userid: string
  name: string
  branch: string
  skills: Record<string, number>
  lines: string[]
  licences: { code: string; expiresOn: string }[]
  capacity: number
  load: number
  /** How many pieces of a kind of work he may have in hand, and how many he has; an absent kind: no limit of its own, none in hand. */
  profile?: Record<string, number>
  inHand?: Record<string, number>
  deputy: string | null
  /** On duty and not paused for missed customers. */
  onDuty: boolean
  /** The branch or territory whose supervisor he is: `shanghai`, `shanghai/*`. Absent for most. */
  supervises?: string | null
  lastAssignedAt: Date | null
  /** How many new customers he may still get today; null or absent: no limit. */
  newLeft?: number | null
  /** Conversations given to him within the rule set's `fairness.window`; absent counts as 0. */
  recent?: number
  /** His reception status per kf account; an account that is absent is one he does not serve. */
  kf: Record<string, RmStatus>
}
/**
 * One moment's RMs. `index` (from `rosterIndex()`) keeps each pool's members in the order in which they would be taken,
 * so that a decision need not read every RM. An RM is replaced when anything about him changes, never altered in place.
 */
export type Roster = { rms: ReadonlyMap<string, RosterRm>; index?: PoolIndex }
export type PoolIndex = {
  pool(ask: PoolAsk): PoolView
  /** Adds or replaces one RM, in the roster and in the order of his pools. */
  set(rm: RosterRm): void
}
/** A pool for one kf account: `key` tells pools apart, `ranking` orders them. */
/** With `relay` members who are no servicers of the account are taken as well. */
export type PoolAsk = { key: string; filter: MemberFilter; openKfId: string; rank: RankRm; relay?: boolean }
/** Everybody the filter admits, and those of them who serve the account in the order in which they would be taken. */
export type PoolView = {
  members: ReadonlyMap<string, RosterRm>
  servicers: number
  inOrder(seed: string): Iterable<RosterRm>
}
/** The lower key goes first, the next decides between equals. `weight` instead: by chance in proportion to it. */
export type RankRm = (rm: RosterRm) => { keys: number[]; weight: number | null }
/** A pool's membership, compiled. Two filters with the same `key` let in the same people. */
export type MemberFilter = { key: string; admits(rm: RosterRm): boolean; holdsLicences(rm: RosterRm): boolean }

/** Facts by the dotted names of CONTRACT section 5, e.g. `customer.kind`. An absent name is unknown: a leaf on it is false. */
export type Facts = Record<string, string | number | boolean | string[] | undefined>

export type Question = {
  /** Ties are broken by a hash of this, so that a decision can be repeated. The conversation's id in live use. */
  seed: string
  openKfId: string
  facts: Facts
  owner: string | null
  last: string | null
  /** When `last` served this customer; `stickiness` looks at it. Absent counts as recent. */
  lastAt?: Date | null
  firmLead: string | null
  /** Others who know the firm, asked with the lead in this order. */
  firmTeam?: readonly string[]
  /** Nobody knows this customer yet: he counts against the RM's daily limit of new ones. */
  newCustomer?: boolean
  /** A person has the session in WeCom: it cannot go back to the bot, so nobody can be reached by relay any more. */
  withPerson?: boolean
  /** What this conversation takes of an RM's capacity, in kf conversations. */
  units: number
  /** RMs who are out for this conversation, with the reason shown to people (`missed`, `refused`, `do-not-route`). */
  excluded: ReadonlyMap<string, string>
  /** Where the conversation stands: the rule it is in, the step it waits at and since when. Null before the first decision. */
  progress: { rule: string | null; step: number; since: Date } | null
}

/** A question without its facts as JSON holds it; times are ISO 8601. */
export type AskedQuestion = Omit<
  Question,
  'facts' | 'lastAt' | 'firmTeam' | 'newCustomer' | 'excluded' | 'progress'
> & {
  lastAt: string | null
  firmTeam: string[]
  newCustomer: boolean
  excluded: Record<string, string>
  progress: { rule: string | null; step: number; since: string } | null
}

export type Outcome = 'assigned' | 'offered' | 'queued' | 'left-message' | 'bot'
export type WaitingReason =
  | 'nobody-on-duty'
  | 'all-full'
  | 'no-member'
  | 'no-licence'
  | 'outside-hours'
  | 'wecom-refused'

/** Why one RM was or was not taken: `excludedBy` is null for the eligible. */
export type Candidate = { rm: string; eligible: boolean; excludedBy: string | null; load: number; capacity: number }
/** What became of a step. `passed`: left before this decision; `tried`: everybody there is out for this conversation;
 * `closed`: its pool does not open before its `stay` is over. */
export type StepCode =
  | 'assigned'
  | 'waiting'
  | 'passed'
  | 'no-target'
  | 'skipped'
  | 'tried'
  | 'no-stay'
  | 'closed'
  | 'over'
/** `result` says it in words for people; `excluded` counts the members who could not take it, by reason. */
export type StepResult = {
  to: string
  /** Of its pool; null for single people. */
  pool: string | null
  result: string
  waitedSeconds: number
  code: StepCode
  excluded: Record<string, number>
}
export type RuleResult = { key: string; matched: boolean; failed: string[] }

export type Decision = {
  outcome: Outcome
  /** The rule that matched; `fallback` when none did. */
  rule: string
  ruleName: string
  rm: string | null
  /** The step that gave the RM or at which the conversation waits. */
  step: number
  /** Since when it stands at that step: what `progress.since` must be at the next decision. */
  stepSince: Date
  /** When that step is over and the next is taken; null when nothing is waited for. */
  stepUntil: Date | null
  pool: string | null
  /** Minutes of head start in the queue. */
  priority: number
  /** What it takes of the RM's capacity: the rule's `units`, or else the question's. */
  units: number
  /** The kind of work it is, by its rule; RMs may have limits per kind. */
  work: string | null
  /** True when the RM may be taken although this goes beyond his capacity (he is at most full, never over it). */
  mayExceed: boolean
  /** He is no servicer of the account: the bot keeps the session and passes on what both write. */
  relay?: boolean
  waitingReason: WaitingReason | null
  steps: StepResult[]
  rules: RuleResult[]
  candidates: Candidate[]
  facts: Facts
  /** The question beside its facts. Live decisions are stored with it, so that they can be repeated with other rules. */
  asked?: AskedQuestion
}
