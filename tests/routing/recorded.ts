import type { PastConversation, PastDecision } from '../../src/routing/backtest/model.ts'
import type { CompiledRuleset } from '../../src/routing/compile.ts'
import { decide } from '../../src/routing/decide.ts'
import type { Facts, Question, RosterRm } from '../../src/routing/model.ts'
import { askedAgain, storable } from '../../src/routing/question.ts'
import { rosterIndex } from '../../src/routing/roster-index.ts'
import { timeQueue } from '../../src/routing/backtest/time-queue.ts'
import { after, question } from './people.ts'

/** A customer who comes so many seconds after the beginning, and how long he stays once he is served. */
export type Comer = {
  id: string
  at: number
  stays: number
  facts?: Facts
  owner?: string | null
  /** Seconds until his RM answers; null: never. */
  reply?: number | null
}
type Waiting = { comer: Comer; past: PastConversation; stand: Pick<Question, 'progress' | 'units'> }

/** Lets customers come, wait, be served and go as the live system does, and answers the record of it. */
export const recorded = (rules: CompiledRuleset, rms: RosterRm[], comers: Comer[]): PastConversation[] => {
  const people = rosterIndex(rms)
  const events = timeQueue<() => void>()
  const queue = new Set<Waiting>()
  const planned = new Set<number>()
  let now = after(0)

  const look = (one: Waiting): void => {
    const { comer, past, stand } = one
    const { facts, owner = null } = comer
    const asked = question(facts, { seed: comer.id, owner, ...stand })
    const decision = decide({ question: asked, roster: people.roster, rules, now })
    const { rm, outcome, rule, step, stepSince, stepUntil, candidates, units } = decision
    const again = askedAgain(JSON.parse(JSON.stringify(storable(asked))), decision.facts)
    const line: PastDecision = { at: now, version: 1, rule, outcome, rm, question: again, candidates }
    const same = stand.progress?.rule === rule && stand.progress.step === step && outcome === 'queued'
    // A look that changes nothing is not written down.
    if (!same) past.decisions.push(line)
    queue.delete(one)
    if (rm !== null) return serve(one, rm, units)
    if (outcome !== 'queued') return
    queue.add({ ...one, stand: { units, progress: { rule, step, since: stepSince } } })
    // One look at a time is enough, however many wait for it.
    if (!stepUntil || planned.has(stepUntil.getTime())) return
    planned.add(stepUntil.getTime())
    events.add(stepUntil, lookAtAll)
  }
  const lookAtAll = (): void => {
    for (const one of [...queue]) look(one)
  }
  const serve = ({ comer, past }: Waiting, userid: string, units: number): void => {
    const load = (by: number): void => {
      const rm = people.roster.rms.get(userid) as RosterRm
      people.set({ ...rm, load: Math.max(0, rm.load + by), ...(by > 0 && { lastAssignedAt: now }) })
    }
    load(units)
    const { reply = 30 } = comer
    Object.assign(past, {
      units,
      closedAt: later(now, comer.stays),
      answered: reply === null ? null : { at: later(now, reply), rm: userid },
    })
    events.add(later(now, comer.stays), () => {
      load(-units)
      lookAtAll()
    })
  }
  const all = comers.map((comer): PastConversation => {
    const past: PastConversation = { id: comer.id, closedAt: null, answered: null, units: 1, decisions: [] }
    events.add(after(comer.at), () => look({ comer, past, stand: { progress: null, units: 1 } }))
    return past
  })
  for (let event = events.next(after(100_000)); event; event = events.next(after(100_000))) {
    now = event.at
    event.item()
  }
  return all.toSorted((a, b) => firstAt(a) - firstAt(b))
}

const later = (at: Date, seconds: number): Date => after(seconds, at)
const firstAt = ({ decisions }: PastConversation): number => decisions[0]?.at.getTime() ?? 0
