import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/routing/decide.ts'
import { askedAgain, questionOf, storable, withoutTime, type Matter } from '../../src/routing/question.ts'
import { compile } from '../../src/routing/compile.ts'
import * as any from './arbitrary.ts'
import { after, NOW, rm, rulesFrom, team } from './people.ts'

const matter = (differs: Partial<Matter> = {}): Matter => ({
  openKfId: 'kf1',
  facts: { 'customer.kind': 'sme' },
  customer: { owner: 'a', known: true, avoid: [] },
  chat: { lastRm: null, lastRmAt: null },
  firm: null,
  conversation: {
    externalUserId: 'wm_1',
    openedAt: NOW,
    status: 'bot',
    rule: null,
    step: 0,
    stepSince: null,
    units: 1,
    excluded: {},
  },
  ...differs,
})

describe('the question', () => {
  test('who waits keeps his place, who is with the bot begins anew', () => {
    const stand = { ...matter().conversation, rule: 'r', step: 2, stepSince: after(-60) }
    const place = { rule: 'r', step: 2, since: after(-60) }
    for (const status of ['queued', 'offered', 'assigned'])
      expect(questionOf(matter({ conversation: { ...stand, status } })).progress).toEqual(place)
    for (const status of ['bot', 'closed'])
      expect(questionOf(matter({ conversation: { ...stand, status } })).progress).toBeNull()
  })

  test('RMs are out by the customer’s wish, by what was, and by what has just happened', () => {
    const conversation = { ...matter().conversation, excluded: { b: 'declined' } }
    const customer = { owner: null, known: false, avoid: ['c'] }
    const { excluded, newCustomer } = questionOf(matter({ conversation, customer, excluded: { a: 'missed' } }))
    expect(Object.fromEntries(excluded)).toEqual({ a: 'missed', b: 'declined', c: 'do-not-route' })
    expect(newCustomer).toBe(true)
    expect(questionOf(matter({ customer, chat: { lastRm: 'a', lastRmAt: NOW } })).newCustomer).toBe(false)
  })

  test('what the clock said when facts were stored is not asked again: the morning finds the doors open', () => {
    const rules = rulesFrom(`
calendars: { branch: { hours: { mon-fri: ["09:00-17:00"] } } }
rules:
  - { key: closed, name: 夜间, when: { fact: time.open, is: false }, steps: [], otherwise: leave-message }
fallback: { steps: [{ to: owner }], otherwise: queue }`)
    const night = new Date('2026-06-02T20:00:00+08:00')
    const first = decide({ question: questionOf(matter()), roster: team(rm('a')), rules, now: night })
    expect(first).toMatchObject({ rule: 'closed', outcome: 'left-message' })
    const again = questionOf(matter({ facts: withoutTime(first.facts) }))
    expect(decide({ question: again, roster: team(rm('a')), rules, now: NOW })).toMatchObject({
      rule: 'fallback',
      rm: 'a',
    })
  })
})

test('a stored question asks the same: the same decision comes of it', () => {
  const asked = fc.record({ ruleset: any.ruleset, rms: any.rms, question: any.question })
  fc.assert(
    fc.property(asked, ({ ruleset, rms, question: drawn }) => {
      // What no database can hold is no fact that was stored.
      const facts = JSON.parse(JSON.stringify(withoutTime(drawn.facts)))
      const question = { ...drawn, facts }
      const ask = { roster: team(...rms), rules: compile(ruleset), now: NOW }
      const decision = decide({ ...ask, question })
      const kept = JSON.parse(JSON.stringify({ asked: storable(question), facts: decision.facts }))
      expect(decide({ ...ask, question: askedAgain(kept.asked, kept.facts) })).toEqual({
        ...decision,
        rules: decision.rules,
      })
    }),
    { numRuns: 200 },
  )
})
