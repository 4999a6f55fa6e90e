import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompiledRuleset } from '../../src/routing/compile.ts'
import { compile } from '../../src/routing/compile.ts'
import { inCanary } from '../../src/routing/canary.ts'
import { decide } from '../../src/routing/decide.ts'
import { knownFrom } from '../../src/routing/conditions/facts.ts'
import type { Decision, Question, Roster, RosterRm } from '../../src/routing/model.ts'
import { rosterIndex } from '../../src/routing/roster-index.ts'
import { checkRuleset } from '../../src/routing/ruleset/ruleset.ts'
import { factsOf } from '../../src/routing/walk.ts'
import { whyNot } from '../../src/routing/why-not.ts'
import { question, rms, ruleset } from './arbitrary.ts'
import { after, NOW, question as ask, rm, team } from './people.ts'

const asked = fc.record({ ruleset, rms, question })
const RUNS = { numRuns: 400 }

type Asked = { question: Question; roster: Roster; rules: CompiledRuleset }

function each(check: (asked: Asked, decision: Decision, rms: RosterRm[]) => void): void {
  fc.assert(
    fc.property(asked, ({ ruleset: written, rms: people, question: one }) => {
      const input = { question: one, roster: team(...people), rules: compile(written) }
      check(input, decide({ ...input, now: NOW }), people)
    }),
    RUNS,
  )
}

/** The plain reading of the rules: one after the other, the first that holds. */
function firstByHand({ question: one, rules }: Asked): string {
  const known = knownFrom(factsOf(one, rules, NOW), NOW)
  const found = rules.rules.find((rule) => rule.condition?.test(known) && inCanary(rule, known, one.seed))
  return found?.key ?? 'fallback'
}

describe('for any rules, people and facts', () => {
  test('made-up rule sets are valid ones', () => {
    fc.assert(
      fc.property(ruleset, (one) => {
        const json = JSON.parse(JSON.stringify(one))
        expect(checkRuleset(json)).toEqual({ ruleset: json })
      }),
      { numRuns: 200 },
    )
  })

  test('there is always a decision, and it can be stored', () => {
    each((_, decision) => expect(JSON.parse(JSON.stringify(decision))).toMatchObject({ outcome: decision.outcome }))
  })

  test('the same question has the same answer', () => {
    each((input, decision) => expect(decide({ ...input, now: NOW })).toEqual(decision))
  })

  test('the index finds the rule that reading them in order finds', () => {
    each((input, decision) => expect(decision.rule).toBe(firstByHand(input)))
  })

  test('every rule up to the match is explained, and only the match has matched', () => {
    each(({ rules }, { rule, rules: results }) => {
      const keys = [...rules.rules.map(({ key }) => key), 'fallback']
      expect(results.map(({ key }) => key)).toEqual(keys.slice(0, keys.indexOf(rule) + 1))
      expect(results.filter(({ matched }) => matched).map(({ key }) => key)).toEqual([rule])
      expect(results.every(({ matched, failed }) => matched === (failed.length === 0))).toBe(true)
    })
  })

  test('nobody is taken who is not eligible', () => {
    each(({ question: one, rules }, decision, people) => {
      if (decision.rm === null) return
      const taken = people.find(({ userid }) => userid === decision.rm) as RosterRm
      expect(taken.onDuty && taken.kf['kf1'] === 'receiving').toBe(true)
      expect(one.excluded.has(taken.userid)).toBe(false)
      expect(
        taken.load + decision.units <= taken.capacity || (decision.mayExceed && taken.load <= taken.capacity),
      ).toBe(true)
      if (decision.pool === 'fund') expect(taken.licences.some(({ expiresOn }) => expiresOn >= '2026-06-03')).toBe(true)
      expect(decision.pool).not.toBe('closed')
      expect(rules.pools.size).toBe(4)
    })
  })

  test('outcome, RM, deadline and reason agree with each other', () => {
    each((_, decision) => {
      const given = decision.outcome === 'assigned' || decision.outcome === 'offered'
      expect(decision.rm !== null).toBe(given)
      if (decision.stepUntil) expect(decision.outcome).toBe('queued')
      if (decision.stepUntil) expect(decision.stepUntil > NOW).toBe(true)
      if (decision.outcome === 'queued' && decision.steps.length > 0) expect(decision.waitingReason).not.toBeNull()
      if (given) expect(decision.waitingReason).toBeNull()
    })
  })

  test('whoever could take it at once does: nobody waits while a step that was reached has somebody', () => {
    each((input, decision, people) => {
      if (decision.rm !== null) return
      const reached = decision.steps.length
      for (const { userid } of people) {
        const steps = whyNot({ ...input, now: NOW }, userid)?.steps.slice(0, reached) ?? []
        expect(steps.filter(({ excludedBy }) => excludedBy === null)).toEqual([])
      }
    })
  })

  test('the chosen RM is listed as eligible, and why-not has nothing against him', () => {
    each((input, decision) => {
      if (decision.rm === null) return
      expect(decision.candidates[0]).toMatchObject({ rm: decision.rm, eligible: true, excludedBy: null })
      expect(whyNot({ ...input, now: NOW }, decision.rm)?.steps.some(({ excludedBy }) => excludedBy === null)).toBe(
        true,
      )
    })
  })

  test('a roster that was kept up to date step by step decides as one that was read at once', () => {
    fc.assert(
      fc.property(
        fc.record({ ruleset, before: rms, rms, question }),
        ({ ruleset: written, before, rms: people, question: one }) => {
          const rules = compile(written)
          const kept = rosterIndex(before)
          decide({ question: one, roster: kept.roster, rules, now: NOW })
          for (const { userid } of before) if (!people.some((person) => person.userid === userid)) kept.delete(userid)
          for (const person of people) kept.set(person)
          const fresh = decide({ question: one, roster: team(...people), rules, now: NOW })
          const { candidates, ...rest } = decide({ question: one, roster: kept.roster, rules, now: NOW })
          expect(rest).toEqual({ ...fresh, candidates: undefined })
          expect(candidates.map((candidate) => `${candidate.rm} ${candidate.excludedBy}`).toSorted()).toEqual(
            fresh.candidates.map((candidate) => `${candidate.rm} ${candidate.excludedBy}`).toSorted(),
          )
        },
      ),
      RUNS,
    )
  })
})

describe('as time goes on', () => {
  /** Asks again at each deadline, as the clock does; answers all decisions. */
  function wait({ question: one, roster, rules }: Asked, limit = 20): Decision[] {
    const decisions: Decision[] = []
    let [now, progress] = [NOW, null as Question['progress']]
    for (let round = 0; round < limit; round += 1) {
      const decision = decide({ question: { ...one, progress }, roster, rules, now })
      decisions.push(decision)
      if (!decision.stepUntil) break
      progress = { rule: decision.rule, step: decision.step, since: decision.stepSince }
      now = decision.stepUntil
    }
    return decisions
  }

  const still = fc.record({ ruleset, rms, question: question.map((one) => ({ ...one, facts: {} })) })

  test('steps never go back, and each wait ends: after the last step comes an outcome that waits for nothing', () => {
    fc.assert(
      fc.property(still, ({ ruleset: written, rms: people, question: one }) => {
        const decisions = wait({ question: one, roster: team(...people), rules: compile({ ...written, rules: [] }) })
        const steps = decisions.map(({ step }) => step)
        expect(steps).toEqual(steps.toSorted((a, b) => a - b))
        expect(decisions.at(-1)?.stepUntil).toBeNull()
        expect(decisions.length).toBeLessThanOrEqual(5)
      }),
      RUNS,
    )
  })

  test('rings only widen: whoever could be taken at one step can be taken at every later one', () => {
    fc.assert(
      fc.property(still, ({ ruleset: written, rms: people, question: one }) => {
        const rules = compile({ ...written, rules: [] })
        const stepsOf = rules.fallback.steps.length
        const at = (step: number) =>
          decide({
            question: { ...one, progress: { rule: 'fallback', step, since: NOW } },
            roster: team(...people),
            rules,
            now: NOW,
          })
        const reached = Array.from({ length: stepsOf }, (_, step) => at(step).rm !== null)
        expect(reached).toEqual(reached.toSorted((a, b) => Number(a) - Number(b)))
      }),
      RUNS,
    )
  })

  test('no starvation: with one RM free forever, every step order ends with him or with otherwise', () => {
    fc.assert(
      fc.property(still, ({ ruleset: written, rms: people, question: one }) => {
        const steps = [...written.fallback.steps.slice(0, 3), { to: 'pool:all' }]
        const rules = compile({ ...written, rules: [], fallback: { ...written.fallback, steps } })
        const everybody = [...people, rm('z', { branch: 'x', capacity: 9 })]
        const final = wait({ question: { ...one, units: 1 }, roster: team(...everybody), rules }).at(-1)
        expect(final?.rm).not.toBeNull()
      }),
      RUNS,
    )
  })
})

test('the clock is only what was passed in', () => {
  const rules = compile({ fallback: { steps: [{ to: 'owner', stay: '5m' }], otherwise: 'queue' } })
  const roster = team(rm('a', { onDuty: false }))
  const [now, later] = [NOW, after(3_600)].map((at) =>
    decide({ question: ask({}, { owner: 'a' }), roster, rules, now: at }),
  )
  expect(now?.stepUntil).toEqual(after(300))
  expect(later?.stepUntil).toEqual(after(3_900))
})
