import type { BacktestReport, Compared } from './model.ts'
import { addBusiness } from '../calendar/calendar.ts'
import type { CompiledRuleset } from '../compile.ts'

/** From so few answers no RM's habit is read; from so few of all, none at all. */
const FEW = { own: 5, all: 20 }

type Record = { given: number; inTime: number }

/**
 * How many customers were answered by their first RM within the draft's target. What a moved customer would have met is not
 * known: expected is the share that his new RM reached in the period, or with too few answers of his the share of all.
 */
export function firstReplyTally({ firstReply, opening }: CompiledRuleset, until: Date) {
  const { ms, business } = firstReply.reassign
  const records = new Map<string, Record>()
  const kept: Record = { given: 0, inTime: 0 }
  const movedTo = new Map<string, number>()
  const due = (from: Date): Date =>
    (business && opening && addBusiness(opening, from, ms)) || new Date(from.getTime() + ms)

  /** True or false once it is known; null while the RM still had time at the end of the period. */
  const inTime = ({ conversation: { answered, closedAt }, recorded }: Compared, given: Date): boolean | null => {
    const limit = due(given)
    if (answered) return answered.rm === recorded.rm && answered.at <= limit
    return limit > until && closedAt === null ? null : false
  }

  return {
    add(one: Compared): void {
      const { recorded, draft, unchanged } = one
      if (!unchanged && draft.rm !== null) movedTo.set(draft.rm, (movedTo.get(draft.rm) ?? 0) + 1)
      const answered = recorded.rm !== null && recorded.at ? inTime(one, recorded.at) : null
      if (answered === null || recorded.rm === null) return
      count(records, recorded.rm, answered)
      if (unchanged) add(kept, answered)
    },
    report(): BacktestReport['firstReply'] {
      const all = sum([...records.values()])
      const expected = expectedOf(movedTo, { records, all })
      const given = kept.given + expected.given
      const answered = kept.inTime + expected.inTime
      const draft = { given, inTime: round(answered), share: shareOf({ given, inTime: answered }) }
      return {
        targetSeconds: Math.round(ms / 1_000),
        recorded: { ...all, share: shareOf(all) },
        draft: { ...draft, expected: round(expected.inTime), unknown: expected.unknown },
      }
    },
  }
}

type Known = { records: Map<string, Record>; all: Record }

function expectedOf(movedTo: Map<string, number>, { records, all }: Known): Record & { unknown: number } {
  const expected = { given: 0, inTime: 0, unknown: 0 }
  for (const [rm, conversations] of movedTo) {
    const own = records.get(rm)
    const share = own && own.given >= FEW.own ? shareOf(own) : all.given >= FEW.all ? shareOf(all) : null
    if (share === null) expected.unknown += conversations
    else {
      expected.given += conversations
      expected.inTime += conversations * share
    }
  }
  return expected
}

function count(records: Map<string, Record>, rm: string, answered: boolean): void {
  const record = records.get(rm) ?? { given: 0, inTime: 0 }
  add(record, answered)
  records.set(rm, record)
}

function add(record: Record, answered: boolean): void {
  Object.assign(record, { given: record.given + 1, inTime: record.inTime + Number(answered) })
}

function sum(records: Record[]): Record {
  return records.reduce((all, one) => ({ given: all.given + one.given, inTime: all.inTime + one.inTime }), {
    given: 0,
    inTime: 0,
  })
}

function shareOf({ given, inTime }: Record): number | null {
  return given === 0 ? null : Math.round((inTime / given) * 1_000) / 1_000
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
