import { capacityReports } from './capacity.ts'
import { firstReplyTally } from './first-reply.ts'
import type { BacktestReport, Compared, Hold, Move, Moved, RuleReport, Side } from './model.ts'
import { waitTally } from './waits.ts'
import type { CompiledRuleset } from '../compile.ts'
import type { Outcome, Roster } from '../model.ts'

/** Counts what the replay finds, and says it at the end. */
export type Tally = {
  add(one: Compared): void
  leaveOut(reason: 'byHand' | 'rmGone'): void
  /** Whether a recorded decision was repeated by the rules of then; null: they are not at hand. */
  repeats(repeated: boolean | null): void
  report(holds: Hold[], pause: () => Promise<void>): Promise<BacktestReport>
}

type Counts = Map<string, number>
type PerRule = { draft: number; recorded: number; moves: Counts }

export function tallyOf({ draft, roster, until }: { draft: CompiledRuleset; roster: Roster; until: Date }): Tally {
  const notReplayed = { byHand: 0, rmGone: 0 }
  const fidelity = { decisions: 0, repeated: 0 }
  const outcomes = { recorded: noOutcomes(), draft: noOutcomes() }
  const perRule = new Map<string, PerRule>()
  const moves: Counts = new Map()
  const moved = new Map<string, Moved>()
  const waits = { recorded: waitTally(), draft: waitTally() }
  const replies = firstReplyTally(draft, until)
  const sums = { conversations: 0, movedCertain: 0, ruleChanged: 0, estimated: 0 }
  const people = { recorded: new Map<string, number>(), draft: new Map<string, number>() }
  const ruleOf = (key: string): PerRule => {
    const found = perRule.get(key) ?? { draft: 0, recorded: 0, moves: new Map() }
    perRule.set(key, found)
    return found
  }
  const countSide = (which: 'recorded' | 'draft', { outcome, rm, at, rule }: Side, first: Date): void => {
    outcomes[which][outcome] += 1
    ruleOf(rule)[which] += 1
    waits[which].add(at === null ? null : at.getTime() - first.getTime())
    if (rm !== null) bump(people[which], rm)
  }
  return {
    add(one) {
      const { recorded, draft: drafted, first, unchanged } = one
      sums.conversations += 1
      sums.ruleChanged += Number(drafted.rule !== first.rule)
      sums.estimated += Number(one.estimated)
      countSide('recorded', { ...recorded, rule: first.rule }, first.at)
      countSide('draft', drafted, first.at)
      replies.add(one)
      if (unchanged) return
      sums.movedCertain += Number(one.certain)
      moved.set(one.conversation.id, movedBy(one, until))
      bump(moves, moveKey(recorded.rm, drafted.rm))
      bump(ruleOf(drafted.rule).moves, moveKey(recorded.rm, drafted.rm))
    },
    leaveOut(reason) {
      notReplayed[reason] += 1
    },
    repeats(repeated) {
      if (repeated === null) return
      fidelity.decisions += 1
      fidelity.repeated += Number(repeated)
    },
    async report(holds, pause) {
      const rules = ruleReports(draft, perRule)
      return {
        conversations: sums.conversations,
        notReplayed,
        moved: moved.size,
        movedCertain: sums.movedCertain,
        ruleChanged: sums.ruleChanged,
        moves: movesOf(moves),
        rules,
        rms: await capacityReports({ roster, holds, moved, people, pause }),
        outcomes,
        waits: { recorded: waits.recorded.report(), draft: { ...waits.draft.report(), estimated: sums.estimated } },
        firstReply: replies.report(),
        unmatched: perRule.get('fallback')?.draft ?? 0,
        neverMatched: rules.filter((rule) => rule.draft === 0 && rule.key !== 'fallback').map(({ key }) => key),
        fidelity,
      }
    },
  }
}

/** Only what is needed at the end: a period has many conversations, and each knows much. */
function movedBy({ conversation: { id, closedAt }, recorded, draft, units }: Compared, until: Date): Moved {
  const { rm, at } = draft
  const end = closedAt ?? until
  const hold = rm !== null && at !== null && end > at ? { id, rm, units, since: at, until: end } : null
  return { from: recorded.rm, to: rm, hold }
}

function noOutcomes(): Record<Outcome, number> {
  return { assigned: 0, offered: 0, queued: 0, 'left-message': 0, bot: 0 }
}

function bump(counts: Counts, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Userids hold no blanks. */
function moveKey(from: string | null, to: string | null): string {
  return `${from ?? ''} ${to ?? ''}`
}

/** The most frequent moves first. */
function movesOf(counts: Counts): Move[] {
  return [...counts]
    .map(([key, conversations]) => {
      const [from = '', to = ''] = key.split(' ')
      return { from: from || null, to: to || null, conversations }
    })
    .toSorted((a, b) => b.conversations - a.conversations)
}

/** Every rule of the draft in its order, the fallback at the end. */
function ruleReports({ rules, fallback }: CompiledRuleset, perRule: Map<string, PerRule>): RuleReport[] {
  return [...rules, fallback].map(({ key, name }) => {
    const { draft = 0, recorded = 0, moves = new Map<string, number>() } = perRule.get(key) ?? {}
    const list = movesOf(moves)
    const moved = list.reduce((sum, { conversations }) => sum + conversations, 0)
    return { key, name, draft, recorded, moved, moves: list }
  })
}
