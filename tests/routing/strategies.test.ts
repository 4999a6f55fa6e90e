import { describe, expect, test } from 'vitest'
import type { RosterRm } from '../../src/routing/model.ts'
import { rosterIndex } from '../../src/routing/roster-index.ts'
import { after, rm, route, rulesFrom, team } from './people.ts'

function rulesWith(strategy: string, more = '', members = '{ skills: { sme: 1, tax: 1 } }') {
  return rulesFrom(`${more}
pools: { p: { name: p, members: ${members}, strategy: ${strategy} } }
fallback: { steps: [ { to: "pool:p" } ], otherwise: bot }`)
}

const skilled = (userid: string, differs: Partial<RosterRm> = {}) =>
  rm(userid, { skills: { sme: 1, tax: 1 }, ...differs })
const ago = (minutes: number) => after(-minutes * 60)

describe('the order of each strategy', () => {
  test.each<[string, RosterRm[], string[]]>([
    [
      'round-robin',
      [
        skilled('now', { lastAssignedAt: ago(1) }),
        skilled('long', { lastAssignedAt: ago(9), load: 2 }),
        skilled('never'),
      ],
      ['never', 'long', 'now'],
    ],
    [
      'least-loaded',
      [
        skilled('half', { load: 1, capacity: 2 }),
        skilled('third', { load: 2, capacity: 6 }),
        skilled('idle', { lastAssignedAt: ago(1) }),
      ],
      ['idle', 'third', 'half'],
    ],
    [
      'least-loaded',
      [skilled('late', { load: 1, lastAssignedAt: ago(1) }), skilled('early', { load: 1, lastAssignedAt: ago(5) })],
      ['early', 'late'],
    ],
    [
      'longest-idle',
      [
        skilled('busy', { load: 1, lastAssignedAt: ago(90) }),
        skilled('free', { lastAssignedAt: ago(5) }),
        skilled('freer', { lastAssignedAt: ago(9) }),
      ],
      ['freer', 'free', 'busy'],
    ],
    [
      'best-skill',
      [
        skilled('two'),
        skilled('nine', { skills: { sme: 5, tax: 4 }, load: 2 }),
        skilled('six', { skills: { sme: 3, tax: 3, other: 5 } }),
      ],
      ['nine', 'six', 'two'],
    ],
    ['best-skill', [skilled('busy', { load: 2 }), skilled('idle', { load: 1 })], ['idle', 'busy']],
  ])('%s %#', (strategy, rms, expected) => {
    expect(route(rulesWith(strategy), team(...rms)).candidates.map((candidate) => candidate.rm)).toEqual(expected)
  })

  test('best-skill still prefers the skilled after a step dropped the skill', () => {
    const rules = rulesFrom(`
pools: { p: { name: p, members: { skills: { sme: 3 } }, strategy: best-skill } }
fallback: { steps: [ { to: "pool:p", relax: [skills] }, { to: "pool:p" } ], otherwise: bot }`)
    expect(route(rules, team(rm('none'), rm('some', { skills: { sme: 2 }, load: 2 }))).rm).toBe('some')
  })

  test('weighted follows capacity', () => {
    const roster = team(skilled('one', { capacity: 1 }), skilled('three', { capacity: 3 }))
    const rules = rulesWith('weighted')
    const given = Array.from({ length: 2_000 }, (_, n) => route(rules, roster, { seed: `s${n}` }).rm)
    expect(given.filter((who) => who === 'three').length / 2_000).toBeCloseTo(0.75, 1)
  })

  test('ties are spread over all by the seed, and repeat with it', () => {
    const roster = team(...['a', 'b', 'c', 'd'].map((userid) => skilled(userid)))
    const rules = rulesWith('least-loaded')
    const counts = new Map<string | null, number>()
    for (let n = 0; n < 2_000; n += 1) {
      const { rm: who } = route(rules, roster, { seed: `s${n}` })
      counts.set(who, (counts.get(who) ?? 0) + 1)
    }
    expect(counts.size).toBe(4)
    for (const count of counts.values()) expect(count).toBeGreaterThan(400)
    expect(route(rules, roster, { seed: 'x' }).rm).toBe(route(rules, roster, { seed: 'x' }).rm)
  })

  test('whoever got his fair share within the window comes after the others, and is still taken when alone', () => {
    const rules = rulesWith('least-loaded', 'fairness: { window: 1h, max: 5 }')
    const eager = skilled('eager', { recent: 5 })
    expect(route(rules, team(eager, skilled('other', { load: 2, recent: 4 }))).rm).toBe('other')
    expect(route(rules, team(eager)).rm).toBe('eager')
  })
})

describe('fairness when everybody is there all the time', () => {
  test.each(['round-robin', 'least-loaded', 'longest-idle'])(
    '%s gives 100 conversations to 10 RMs 10 each',
    (strategy) => {
      const people = rosterIndex(Array.from({ length: 10 }, (_, n) => skilled(`rm${n}`, { capacity: 100 })))
      const rules = rulesWith(strategy)
      const given = new Map<string, number>()
      for (let n = 0; n < 100; n += 1) {
        const who = route(rules, people.roster, { seed: `c${n}` }).rm as string
        given.set(who, (given.get(who) ?? 0) + 1)
        const before = people.roster.rms.get(who) as RosterRm
        people.set({ ...before, load: before.load + 1, lastAssignedAt: after(n) })
      }
      expect([...given.values()]).toEqual(Array(10).fill(10))
    },
  )
})
