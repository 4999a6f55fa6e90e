import type { BacktestInput, BacktestReport, PastConversation, PastDecision } from './model.ts'
import { beginReplay, compare, replayMoment } from './replay.ts'
import type { Ground, Replaying } from './replay.ts'
import { situationOf } from './situation.ts'
import { tallyOf } from './tally.ts'
import type { Tally } from './tally.ts'
import { compile } from '../compile.ts'
import type { Roster } from '../model.ts'
import { timeQueue } from './time-queue.ts'
import type { TimeQueue } from './time-queue.ts'

/** Conversations between two pauses: some milliseconds of work. */
const AT_ONCE = 32

const FOREVER = new Date(8.64e15)

type Moment = { one: Replaying; position: number }
type Run = Ground & { tally: Tally; later: TimeQueue<Moment> }

/**
 * Replays recorded conversations against a draft: each is asked at the moments at which it was decided, with the question,
 * the loads and the presence of then, until the draft gives it to somebody. So a difference comes from the rules, not from
 * what else the draft would have moved; what its moves add up to is counted afterwards, as loads over time.
 */
export async function backtest(input: BacktestInput): Promise<BacktestReport> {
  const {
    ruleset,
    roster,
    conversations,
    versions = new Map(),
    before,
    calendar,
    until,
    pause = async () => {},
  } = input
  const draft = compile(ruleset, calendar)
  const situation = situationOf(roster, before)
  const run: Run = { situation, draft, versions, tally: tallyOf({ draft, roster, until }), later: timeQueue() }
  let count = 0
  for await (const conversation of conversations) {
    const [first] = conversation.decisions
    if (!first) continue
    comeTo(run, first.at)
    const reason = whyNot(conversation, roster.rms)
    if (reason) run.tally.leaveOut(reason)
    moment(run, { one: beginReplay(conversation, { first, leftOut: reason !== null }), position: 0 })
    count += 1
    if (count % AT_ONCE === 0) await pause()
  }
  comeTo(run, FOREVER)
  situation.comeTo(until)
  await pause()
  return run.tally.report(situation.holds(until), pause)
}

/** Recorded moments of conversations that have begun already, in the order of time. */
function comeTo(run: Run, at: Date): void {
  for (let due = run.later.next(at); due; due = run.later.next(at)) moment(run, due.item)
}

/** What the record says goes before what was assumed; then both sides decide; then the recorded one happens. */
function moment(run: Run, { one, position }: Moment): void {
  const { conversation } = one
  const past = conversation.decisions[position] as PastDecision
  const next = conversation.decisions[position + 1]
  run.situation.comeTo(past.at)
  run.situation.see(past)
  if (!one.leftOut) bothSides(run, one, { past, isLast: next === undefined })
  run.situation.give(conversation, past)
  if (next) run.later.add(next.at, { one, position: position + 1 })
}

function bothSides(run: Run, one: Replaying, { past, isLast }: { past: PastDecision; isLast: boolean }): void {
  run.tally.repeats(replayMoment(one, past, run))
  if (one.compared || (past.rm === null && !isLast)) return
  one.compared = compare(one, past, run)
  run.tally.add(one.compared)
}

/** Somebody's word, and people who are no longer there, are no matter of rules. */
function whyNot({ decisions }: PastConversation, rms: Roster['rms']): 'byHand' | 'rmGone' | null {
  const given = decisions.find(({ rm }) => rm !== null)
  if (decisions[0]?.rule === 'admin' || given?.rule === 'admin') return 'byHand'
  return given?.rm && !rms.has(given.rm) ? 'rmGone' : null
}
