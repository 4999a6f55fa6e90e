import type { Compared, PastConversation, PastDecision, Side } from './model.ts'
import type { Situation } from './situation.ts'
import type { CompiledRuleset } from '../compile.ts'
import { decide } from '../decide.ts'
import type { Decision, Question, Roster } from '../model.ts'

/** A rule leads through at most 16 steps, and its end. */
const MOST_STEPS = 20

type Stand = Pick<Question, 'progress' | 'units'>
type Asked = { past: PastDecision; at: Date; decision: Decision }
/** A conversation as one rule set carries it through the recorded moments; `last`: what it decided there last. */
type Line = { stand: Stand; last: Asked | null }

/** A conversation on its way through the replay, with the draft and with the rules of then. */
export type Replaying = {
  conversation: PastConversation
  first: PastDecision
  /** Only the people's loads follow it; rules have no part in it. */
  leftOut: boolean
  /** The draft's rule that catches it. */
  caughtBy: string
  draft: Line
  then: Line
  /** Set once both sides are known. */
  compared: Compared | null
}
export type Ground = { situation: Situation; draft: CompiledRuleset; versions: ReadonlyMap<number, CompiledRuleset> }

export function beginReplay(
  conversation: PastConversation,
  { first, leftOut }: Pick<Replaying, 'first' | 'leftOut'>,
): Replaying {
  const line = (): Line => ({ stand: { progress: null, units: first.question.units }, last: null })
  return { conversation, first, leftOut, caughtBy: 'fallback', draft: line(), then: line(), compared: null }
}

/**
 * One recorded moment: both rule sets are asked the question of then, each with the progress that it has made itself. Answers
 * whether the rules of then repeat what was recorded; null when they are not at hand.
 */
export function replayMoment(one: Replaying, past: PastDecision, ground: Ground): boolean | null {
  const { roster } = ground.situation
  const rules = past.rule === 'admin' ? undefined : ground.versions.get(past.version)
  const recorded = rules ? decide({ question: past.question, roster, rules, now: past.at }) : null
  if (!one.compared) {
    const before = one.draft.last
    ask(one.draft, past, { roster, rules: ground.draft })
    if (!before) one.caughtBy = one.draft.last?.decision.rule ?? one.caughtBy
    if (rules && recorded) ask(one.then, past, { roster, rules, known: recorded })
  }
  return recorded && recorded.rule === past.rule && recorded.rm === past.rm && recorded.outcome === past.outcome
}

type Answering = { roster: Roster; rules: CompiledRuleset; known?: Decision }

/** Nothing is asked once somebody was given. `known`: the answer to the recorded question, where that is the same one. */
function ask(line: Line, past: PastDecision, { roster, rules, known }: Answering): void {
  if (isGiven(line)) return
  const { question, at } = past
  const decision =
    known && isSame(question, line.stand)
      ? known
      : decide({ question: { ...question, ...line.stand }, roster, rules, now: at })
  line.last = { past, at, decision }
  line.stand = standing(decision)
}

/**
 * The record gives the conversation to somebody, or has nothing more to tell: what became of it on both sides? Where the
 * draft decides as the rules of then do in this replay, it shares what really happened.
 */
export function compare(one: Replaying, { rule, outcome, rm, at }: PastDecision, ground: Ground): Compared {
  const { conversation, first, caughtBy } = one
  const recorded: Side = { rule, outcome, rm, at: rm === null ? null : at }
  const last = one.draft.last as Asked
  if (isAsRecorded(last, { rule, outcome, rm, at }) || decidesAlike(last, one.then.last)) {
    const draft = { ...recorded, rule: caughtBy }
    const same = { unchanged: true, certain: true, estimated: false, units: conversation.units }
    return { conversation, first, recorded, draft, ...same }
  }
  const end = isGiven(one.draft) ? last : goOn(last, ground)
  const { decision } = end
  const given = decision.rm !== null
  const draft: Side = { rule: caughtBy, outcome: decision.outcome, rm: decision.rm, at: given ? end.at : null }
  const estimated = end !== last
  const certain = !estimated && last.past.candidates.some(({ rm: who, eligible }) => eligible && who === decision.rm)
  const unchanged = draft.rm === rm
  return { conversation, first, recorded, draft, unchanged, certain, estimated, units: decision.units }
}

function isAsRecorded(
  { at, decision }: Asked,
  recorded: Pick<PastDecision, 'rule' | 'outcome' | 'rm' | 'at'>,
): boolean {
  if (at.getTime() !== recorded.at.getTime() || decision.rm !== recorded.rm) return false
  return recorded.rm !== null || (decision.rule === recorded.rule && decision.outcome === recorded.outcome)
}

function decidesAlike({ at, decision }: Asked, then: Asked | null): boolean {
  if (!then || then.at.getTime() !== at.getTime()) return false
  return then.decision.rm === decision.rm && then.decision.outcome === decision.outcome
}

function isGiven({ last }: Line): boolean {
  return last !== null && last.decision.rm !== null
}

function isSame({ progress, units }: Question, stand: Stand): boolean {
  if (units !== stand.units) return false
  if (!progress || !stand.progress) return progress === stand.progress
  const { rule, step, since } = stand.progress
  return progress.rule === rule && progress.step === step && progress.since.getTime() === since.getTime()
}

/** As the live conversation would be left: only who waits keeps his place. */
function standing({ outcome, rule, step, stepSince, units }: Decision): Stand {
  return { units, progress: outcome === 'queued' ? { rule, step, since: stepSince } : null }
}

/** Nothing more is recorded, and the draft still waits: on to the end of its steps, as if nothing changed with the people. */
function goOn(from: Asked, { situation, draft }: Ground): Asked {
  const { question } = from.past
  let last = from
  for (let round = 0; round < MOST_STEPS; round += 1) {
    const { decision } = last
    const at = decision.stepUntil
    if (decision.rm !== null || at === null) return last
    const again = { ...question, ...standing(decision) }
    last = { ...last, at, decision: decide({ question: again, roster: situation.roster, rules: draft, now: at }) }
  }
  return last
}
