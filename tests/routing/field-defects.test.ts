import { describe, expect, test } from 'vitest'
import { businessBetween } from '../../src/routing/calendar/calendar.ts'
import type { CompiledCalendar } from '../../src/routing/calendar/calendar.ts'
import type { CompiledRuleset } from '../../src/routing/compile.ts'
import { lint } from '../../src/routing/lint/lint.ts'
import type { RosterRm } from '../../src/routing/model.ts'
import { queueScore } from '../../src/routing/queue.ts'
import type { RosterIndex } from '../../src/routing/roster-index.ts'
import { rosterIndex } from '../../src/routing/roster-index.ts'
import { checkRuleset, parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import { after, NOW, rm, route, rulesFrom, team } from './people.ts'

/** Defects and complaints that users of other systems met (see docs), each as the behaviour that it must not become. */
const GENERAL = rulesFrom(`
pools: { general: { name: 综合, members: {} } }
fallback: { steps: [ { to: last }, { to: "pool:general", stay: 10m } ], otherwise: leave-message }`)

/** Routes a burst and lets each RM keep what he got; answers how many each has at the end. */
function burst(people: RosterIndex, rules: CompiledRuleset, count: number): Map<string, number> {
  for (let n = 0; n < count; n += 1) {
    const { rm: who, units } = route(rules, people.roster, { seed: `burst-${n}` })
    const taken = who === null ? undefined : people.roster.rms.get(who)
    if (taken) people.set({ ...taken, load: taken.load + units, lastAssignedAt: after(n) })
  }
  return new Map([...people.roster.rms.values()].map(({ userid, load }) => [userid, load]))
}

describe('choosing by load', () => {
  test('counts all of an RM’s conversations, not only those with this customer', () => {
    const roster = team(rm('busy', { load: 2 }), rm('free', { load: 1 }))
    for (const seed of ['a', 'b', 'c', 'd']) expect(route(GENERAL, roster, { seed, last: null }).rm).toBe('free')
  })

  test('a limit of three is three everywhere: in a pool, as owner, as last, as deputy', () => {
    const rules = rulesFrom(
      'fallback: { steps: [ { to: owner }, { to: last }, { to: deputy }, { to: "rm:a" } ], otherwise: bot }',
    )
    const asked = { owner: 'a', last: 'a' }
    expect(route(rules, team(rm('a', { load: 2 })), asked).rm).toBe('a')
    expect(route(rules, team(rm('a', { load: 3 })), asked).rm).toBeNull()
    expect(route(GENERAL, team(rm('a', { load: 2 }))).rm).toBe('a')
    expect(route(GENERAL, team(rm('a', { load: 3 }))).rm).toBeNull()
  })

  test('1,000 customers at once against 50 RMs: nobody over his limit, nobody idle beside a full one', () => {
    const people = rosterIndex(Array.from({ length: 50 }, (_, n) => rm(`rm${n}`, { capacity: 10 })))
    const loads = [...burst(people, GENERAL, 1_000).values()]
    expect(loads).toEqual(Array(50).fill(10))
  })

  test('with limits on, load stays even while a burst comes in', () => {
    const people = rosterIndex(Array.from({ length: 10 }, (_, n) => rm(`rm${n}`, { capacity: 10 })))
    const loads = [...burst(people, GENERAL, 47).values()]
    expect(Math.max(...loads) - Math.min(...loads)).toBe(1)
  })

  test('the first servicer of the list gets no more than the others', () => {
    const people = rosterIndex(Array.from({ length: 4 }, (_, n) => rm(`rm${n}`, { capacity: 100 })))
    const loads = burst(people, GENERAL, 100)
    expect(loads.get('rm0')).toBe(25)
  })

  test('round-robin ends when everybody is full, instead of going round for ever', () => {
    const rules = rulesFrom(
      'pools: { p: { name: p, members: {}, strategy: round-robin } }\nfallback: { steps: [ { to: "pool:p" } ], otherwise: queue }',
    )
    expect(route(rules, team(rm('a', { load: 3 }), rm('b', { load: 3 })))).toMatchObject({
      outcome: 'queued',
      waitingReason: 'all-full',
    })
  })
})

describe('who served last', () => {
  test('is nobody when nobody did, not the first RM of the table', () => {
    expect(route(GENERAL, team(rm('first')), { last: null }).steps[0]).toMatchObject({ to: 'last', code: 'no-target' })
  })

  test('is that very RM when somebody did', () => {
    expect(route(GENERAL, team(rm('first'), rm('second')), { last: 'second' }).rm).toBe('second')
  })
})

describe('one fixed person', () => {
  const rules = rulesFrom(
    'pools: { g: { name: g, members: {} } }\nfallback: { steps: [ { to: "rm:wang" }, { to: "pool:g" } ], otherwise: bot }',
  )

  test.each<Partial<RosterRm>>([{ onDuty: false }, { load: 3 }, { kf: { kf1: 'stopped' as const } }, { kf: {} }])(
    'is passed over while %j',
    (differs) => {
      expect(route(rules, team(rm('wang', differs), rm('other'))).rm).toBe('other')
    },
  )
})

describe('an RM who does not answer', () => {
  test('is replaced by somebody else, not reminded for ever', () => {
    const roster = team(rm('silent'), rm('other'))
    const first = route(GENERAL, roster, { last: 'silent' })
    const progress = { rule: first.rule, step: first.step, since: first.stepSince }
    const again = route(GENERAL, roster, {
      last: 'silent',
      progress,
      excluded: new Map([['silent', 'missed']]),
      now: after(180),
    })
    expect([first.rm, again.rm]).toEqual(['silent', 'other'])
  })
})

describe('work does not get stuck', () => {
  const waiting = (roster: ReturnType<typeof team>, now = after(5)) =>
    route(GENERAL, roster, { progress: { rule: 'fallback', step: 1, since: NOW }, now })

  test('when capacity frees, the next look gives the conversation away', () => {
    expect(waiting(team(rm('a', { load: 3 })))).toMatchObject({ outcome: 'queued', waitingReason: 'all-full' })
    expect(waiting(team(rm('a', { load: 2 })))).toMatchObject({ outcome: 'assigned', rm: 'a' })
  })

  test('when an RM comes back, likewise: only the present counts, not what he was before', () => {
    expect(waiting(team(rm('a', { onDuty: false })))).toMatchObject({
      outcome: 'queued',
      waitingReason: 'nobody-on-duty',
    })
    expect(waiting(team(rm('a')))).toMatchObject({ outcome: 'assigned', rm: 'a' })
  })

  test('everyone merely full is not "nobody online"', () => {
    expect(waiting(team(rm('a', { load: 3 }), rm('b', { onDuty: false }))).waitingReason).toBe('all-full')
  })

  test('what waits always says why and until when, or that it waits without end', () => {
    const decision = waiting(team(rm('a', { load: 3 })))
    expect(decision.stepUntil).toEqual(after(600))
    expect(decision.steps.at(-1)?.result).toContain('满员 1')
  })
})

describe('out of hours', () => {
  const rules = rulesFrom(`
calendars: { office: { hours: { mon-fri: ["09:00-12:00", "13:30-17:30"] }, holidays: cn } }
pools: { desk: { name: desk, members: {}, calendar: office } }
rules:
  - key: night
    name: 非营业时间
    when: { fact: time.open, is: false }
    steps: []
    otherwise: leave-message
fallback: { steps: [ { to: "pool:desk" } ], otherwise: leave-message }`)

  test('the customer is told so by a rule of its own, on holidays, at lunch and at night', () => {
    for (const at of ['2026-10-01T02:00:00Z', '2026-06-03T04:30:00Z', '2026-06-03T14:00:00Z', '2026-06-06T02:00:00Z']) {
      expect(route(rules, team(rm('a')), { now: new Date(at) })).toMatchObject({
        rule: 'night',
        outcome: 'left-message',
      })
    }
    for (const at of ['2026-10-10T02:00:00Z', '2026-06-03T05:30:00Z']) {
      expect(route(rules, team(rm('a')), { now: new Date(at) })).toMatchObject({
        rule: 'fallback',
        outcome: 'assigned',
      })
    }
  })

  test('a response target counts business time, not the night', () => {
    const office = rules.calendars.get('office') as CompiledCalendar
    expect(businessBetween(office, new Date('2026-06-03T09:25:00Z'), new Date('2026-06-04T01:05:00Z'))).toBe(
      10 * 60_000,
    )
  })
})

describe('timers of steps', () => {
  const rules = rulesFrom(`
pools: { a: { name: a, members: { branch: a } }, b: { name: b, members: { branch: b } } }
fallback: { steps: [ { to: "pool:a", stay: 60s }, { to: "pool:b", stay: 60s } ], otherwise: bot }`)
  const roster = team(rm('a', { branch: 'a', onDuty: false }), rm('b', { branch: 'b', onDuty: false }))

  test('do not add up: the second step has its own sixty seconds', () => {
    const second = route(rules, roster, { progress: { rule: 'fallback', step: 0, since: NOW }, now: after(60) })
    expect(second).toMatchObject({ step: 1, stepUntil: after(120) })
  })

  test('after the process was down for hours every step still gets its time', () => {
    const late = route(rules, roster, { progress: { rule: 'fallback', step: 0, since: NOW }, now: after(7_200) })
    expect(late).toMatchObject({ step: 1, stepSince: after(7_200), stepUntil: after(7_260) })
  })
})

describe('the first ring', () => {
  test('asks for skill and licence like every other', () => {
    const rules = rulesFrom(`
pools: { w: { name: w, members: { skills: { wealth: 3 }, licences: [fund] }, strategy: best-skill } }
fallback: { steps: [ { to: "pool:w" } ], otherwise: queue }`)
    const licence = { licences: [{ code: 'fund', expiresOn: '2030-01-01' }] }
    expect(route(rules, team(rm('a', { skills: { wealth: 2 }, ...licence }))).rm).toBeNull()
    expect(route(rules, team(rm('a', { skills: { wealth: 3 } }))).rm).toBeNull()
    expect(route(rules, team(rm('a', { skills: { wealth: 3 }, ...licence }))).rm).toBe('a')
  })
})

describe('the queue', () => {
  const waiting = (openedAt: Date, priority = 0, slaMs: number | null = null) => ({
    openedAt,
    priority,
    ageing: 1,
    respondBy: slaMs === null ? null : new Date(openedAt.getTime() + slaMs),
  })
  const at = (minutesAgo: number, priority = 0, slaMs: number | null = null) =>
    queueScore(waiting(after(-minutesAgo * 60), priority, slaMs), NOW)

  test('priority is a head start, so important newcomers cannot hold back the old for ever', () => {
    expect(at(1, 60)).toBeGreaterThan(at(30))
    expect(at(1, 60)).toBeLessThan(at(62))
  })

  test('the order of two does not turn by waiting, unless a target comes near', () => {
    for (const later of [0, 600, 86_400]) {
      const now = after(later)
      const [old, young] = [after(-3_000), after(-60)].map((openedAt) => queueScore(waiting(openedAt), now))
      expect(old).toBeGreaterThan(young as number)
    }
    expect(at(4, 0, 5 * 60_000)).toBeGreaterThan(at(10))
    expect(at(2, 0, 5 * 60_000)).toBeLessThan(at(10))
  })

  test('declines and re-routes keep the age: nothing but the opening counts', () => {
    expect(at(45)).toBe(45)
  })

  test('urgency is bounded: whoever waited longer than it can ever give is ahead', () => {
    expect(at(10_000)).toBeGreaterThan(at(1_000, 60, 1_000))
  })
})

describe('a rule set gone wrong', () => {
  test('an empty one is refused, the one with only a fallback works', () => {
    expect(checkRuleset({})).toHaveProperty('errors')
    expect(route(rulesFrom('fallback: { steps: [], otherwise: leave-message }'), team())).toMatchObject({
      outcome: 'left-message',
    })
  })

  test('a target who was deleted, contradictions and rules out of turn end in the fallback or the next step, with warnings', () => {
    const yaml = `
pools: { none: { name: 空, members: { skills: { chess: 5 } } } }
rules:
  - { key: never, name: x, when: { all: [ { fact: customer.kind, is: sme }, { fact: customer.kind, is: person } ] }, steps: [], otherwise: bot }
  - { key: gone, name: x, when: { fact: customer.kind, is: sme }, steps: [ { to: "rm:deleted" }, { to: "pool:none", stay: 1d } ], otherwise: leave-message }
  - { key: late, name: x, when: { all: [ { fact: customer.kind, is: sme }, { fact: customer.tier, is: vip } ] }, steps: [], otherwise: bot }
fallback: { steps: [], otherwise: bot }`
    const decision = route(rulesFrom(yaml), team(rm('a')), {
      facts: { 'customer.kind': 'sme', 'customer.tier': 'vip' },
    })
    expect(decision).toMatchObject({ rule: 'gone', outcome: 'left-message', waitingReason: 'no-member' })
    const read = parseRulesetYaml(yaml, 'x.yaml')
    const warnings = 'ruleset' in read ? lint(read.ruleset, team(rm('a'))).map(({ message }) => message) : []
    expect(warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('条件自相矛盾'),
        expect.stringContaining('没有成员 "deleted"'),
        expect.stringContaining('没有人符合条件'),
        expect.stringContaining('轮不到这条：符合它的会话都会先符合第 2 条 "gone"'),
      ]),
    )
  })

  test('rules exchanged in the middle of a wait start their own steps, and a rolled-back one goes on', () => {
    const old = rulesFrom(
      'rules: [ { key: a, name: a, when: { fact: x.y, is: 1 }, steps: [ { to: owner, stay: 60s } ], otherwise: queue } ]\nfallback: { steps: [], otherwise: bot }',
    )
    const other = rulesFrom(
      'rules: [ { key: b, name: b, when: { fact: x.y, is: 1 }, steps: [ { to: owner, stay: 90s } ], otherwise: queue } ]\nfallback: { steps: [], otherwise: bot }',
    )
    const asked = { owner: 'o', facts: { 'x.y': 1 }, progress: { rule: 'a', step: 0, since: NOW }, now: after(30) }
    const roster = team(rm('o', { onDuty: false }))
    expect(route(other, roster, asked)).toMatchObject({ rule: 'b', stepUntil: after(120) })
    expect(route(old, roster, asked)).toMatchObject({ rule: 'a', stepUntil: after(60) })
  })
})
