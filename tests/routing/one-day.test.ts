import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from '../../src/routing/compile.ts'
import type { CompiledRuleset } from '../../src/routing/compile.ts'
import { decide } from '../../src/routing/decide.ts'
import { withoutPiece, withPiece } from '../../src/routing/in-hand.ts'
import type { Decision, Question, RosterRm } from '../../src/routing/model.ts'
import { queueScore } from '../../src/routing/queue.ts'
import { rosterIndex } from '../../src/routing/roster-index.ts'
import { ruleset } from './arbitrary.ts'
import { after, NOW, question, rm } from './people.ts'

/** A desk in little: people write, RMs come and go, silent ones lose their customers, time passes; whatever happens in whatever order. */
const USERS = ['a', 'b', 'c']
const event = fc.oneof(
  fc.record({ does: fc.constant('writes' as const), facts: fc.constantFrom({}, { 'customer.kind': 'sme' }) }),
  fc.record({ does: fc.constant('ends' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant('silent' as const), which: fc.nat(20) }),
  fc.record({ does: fc.constantFrom('stops' as const, 'resumes' as const), who: fc.constantFrom(...USERS) }),
  fc.record({ does: fc.constant('waits' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
)
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never
type Matter = { question: Question; openedAt: Date; decision: Decision; steps: Map<string, number>; open: boolean }

const desk = (rules: CompiledRuleset) => {
  const limits = { profile: { complaint: 1 } }
  const people = rosterIndex(USERS.map((one, n) => rm(one, { capacity: n + 1, skills: { sme: 3 }, ...limits })))
  const matters: Matter[] = []
  let now = NOW
  const take = (userid: string | null, change: (one: RosterRm) => RosterRm): void => {
    const one = userid === null ? undefined : people.roster.rms.get(userid)
    if (one) people.set(change(one))
  }
  const look = (it: Matter): void => {
    const decision = decide({ question: it.question, roster: people.roster, rules, now })
    const again = decide({ question: it.question, roster: people.roster, rules, now })
    expect(again).toEqual(decision)
    it.decision = decision
    expect(decision.step).toBeGreaterThanOrEqual(it.steps.get(decision.rule) ?? 0)
    it.steps.set(decision.rule, decision.step)
    it.question = {
      ...it.question,
      progress: { rule: decision.rule, step: decision.step, since: decision.stepSince },
    }
    take(decision.rm, (one) => {
      const taken = withPiece(one, decision)
      if (!decision.mayExceed) expect(taken.load).toBeLessThanOrEqual(taken.capacity + 1e-9)
      expect(taken.inHand?.['complaint'] ?? 0).toBeLessThanOrEqual(1)
      return { ...taken, lastAssignedAt: now }
    })
  }
  const waiting = (): Matter[] => matters.filter((it) => it.open && it.decision.rm === null)
  const given = (which: number): Matter | undefined => {
    const all = matters.filter((it) => it.open && it.decision.rm !== null)
    return all[which % Math.max(1, all.length)]
  }
  const lookAgain = (): void => {
    const score = ({ openedAt, decision: { priority } }: Matter): number =>
      queueScore({ openedAt, priority, ageing: 1, respondBy: null }, now)
    for (const it of waiting().toSorted((one, other) => score(other) - score(one))) look(it)
  }
  const release = (it: Matter): void => take(it.decision.rm, (one) => withoutPiece(one, it.decision))

  const happen = (it: Event): void => {
    if (it.does === 'waits') now = after(it.seconds, now)
    else if (it.does === 'writes') {
      const asked = question(it.facts, { seed: `c${matters.length}`, owner: USERS[matters.length % 3] as string })
      const matter = {
        question: asked,
        openedAt: now,
        decision: {} as Decision,
        steps: new Map<string, number>(),
        open: true,
      }
      matters.push(matter)
      look(matter)
    } else if ('who' in it) {
      const status = it.does === 'stops' ? ('stopped' as const) : ('receiving' as const)
      take(it.who, (one) => ({ ...one, kf: { kf1: status } }))
    } else {
      const matter = given(it.which)
      if (!matter) return
      release(matter)
      if (it.does === 'ends') matter.open = false
      else {
        const excluded = new Map([...matter.question.excluded, [matter.decision.rm as string, 'missed'] as const])
        matter.question = { ...matter.question, excluded }
        look(matter)
      }
    }
    lookAgain()
  }
  return { happen, waiting, matters, roster: people.roster }
}

test('over any day: nobody over his limits, each customer with one RM at most, steps only forward, nobody forgotten', () => {
  fc.assert(
    fc.property(ruleset, fc.array(event, { maxLength: 40 }), (written, events) => {
      const rules = (written.rules ?? []).map((rule, n) => (n % 2 === 0 ? { ...rule, work: 'complaint' } : rule))
      const steps = [...written.fallback.steps.slice(0, 3), { to: 'pool:all' }]
      const compiled = compile({ ...written, rules, fallback: { ...written.fallback, steps, otherwise: 'queue' } })
      const day = desk(compiled)
      for (const one of events) day.happen(one)
      for (const one of day.roster.rms.values()) {
        const his = day.matters.filter(({ open, decision }) => open && decision.rm === one.userid)
        expect(one.load).toBeCloseTo(his.reduce((sum, { decision }) => sum + decision.units, 0))
      }
      // Whoever waits at the end by the fallback, and is not out of everybody's favour, gets somebody once all are free and
      // every step of his has had its time.
      for (const userid of USERS) day.happen({ does: 'resumes', who: userid })
      for (let step = 0; step <= steps.length; step += 1) {
        for (let n = 0; n < 200 && day.matters.some(({ open, decision }) => open && decision.rm); n += 1)
          day.happen({ does: 'ends', which: 0 })
        day.happen({ does: 'waits', seconds: 86_400 })
      }
      const forgotten = day
        .waiting()
        .filter(({ decision, question: { excluded } }) => decision.rule === 'fallback' && excluded.size < USERS.length)
      expect(forgotten).toEqual([])
    }),
    { numRuns: 150 },
  )
})
