import { decide } from '../../routing/decide.ts'
import type { CompiledRuleset } from '../../routing/compile.ts'
import type { Decision, Roster } from '../../routing/model.ts'
import { askedAgain } from '../../routing/question.ts'

type Queue = {
  roster: Roster
  rules: CompiledRuleset
  now: Date
  /** How many conversations wait in front. */
  ahead: number
  /** How many of the queue were served in the last half hour. */
  servedLately: number
}

const minute = 60_000
/** A rule whose conditions depend on the time could send him round for ever. */
const mostSteps = 20

/** How long somebody who waits by this decision has to, in words; empty when nothing can be said. */
export const sayExpected = (decision: Decision, queue: Queue): string => {
  const minutes = minutesToStep(decision, queue) ?? minutesAtPace(queue)
  return minutes === null ? '' : `，预计约${Math.max(1, Math.ceil(minutes))}分钟`
}

/** At the pace of the last half hour. */
const minutesAtPace = ({ ahead, servedLately }: Queue): number | null =>
  servedLately > 0 ? ((ahead + 1) * 30) / servedLately : null

/**
 * Until the step that reaches somebody who has room now, for him and for all in front of him: each `stay` before it is waited for,
 * and not longer. Null when no step does; who is free then is not known now.
 */
const minutesToStep = (decision: Decision, { roster, rules, now, ahead }: Queue): number | null => {
  let here = decision
  for (let step = 0; step < mostSteps && here.stepUntil && decision.asked; step += 1) {
    const progress = { rule: here.rule, step: here.step, since: here.stepSince }
    const question = { ...askedAgain(decision.asked, decision.facts), progress }
    const at = here.stepUntil
    here = decide({ question, roster, rules, now: at })
    if (here.rm) return roomIn(here) > ahead ? (at.getTime() - now.getTime()) / minute : null
  }
  return null
}

const roomIn = ({ candidates }: Decision): number =>
  candidates
    .filter(({ eligible }) => eligible)
    .reduce((sum, { load, capacity }) => sum + Math.max(0, capacity - load), 0)
