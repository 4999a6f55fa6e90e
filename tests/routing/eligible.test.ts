import { describe, expect, test } from 'vitest'
import { exclusionWords } from '../../src/routing/explain.ts'
import type { RosterRm } from '../../src/routing/model.ts'
import { codes, rm, route, rulesFrom, team } from './people.ts'

describe('who is never taken, and what is said about it', () => {
  const rules = rulesFrom(`
calendars: { office: { hours: { mon-fri: ["09:00-12:00"] }, holidays: cn } }
pools:
  fund: { name: 理财, members: { skills: { wealth: 2 }, licences: [fund], branch: "shanghai/*", lines: [retail] }, calendar: office }
doNotRoute: [Boss]
fallback: { steps: [ { to: "pool:fund", stay: 60s } ], otherwise: leave-message }`)
  const good = {
    skills: { wealth: 2 },
    licences: [{ code: 'fund', expiresOn: '2026-06-03' }],
    branch: 'shanghai/pudong',
    lines: ['retail'],
  }

  test('the one who has everything, on the last day of his licence', () => {
    expect(route(rules, team(rm('a', good)))).toMatchObject({ outcome: 'assigned', rm: 'a' })
  })

  test.each([
    ['off-duty', { onDuty: false }, 'nobody-on-duty'],
    ['not-receiving', { kf: { kf1: 'stopped' as const } }, 'nobody-on-duty'],
    ['not-receiving', { kf: { kf1: 'unknown' as const } }, 'nobody-on-duty'],
    ['not-a-servicer', { kf: { other: 'receiving' as const } }, 'nobody-on-duty'],
    ['not-a-servicer', { kf: {} }, 'nobody-on-duty'],
    ['full', { load: 3 }, 'all-full'],
    ['full', { load: 2.5 }, 'all-full'],
    ['full', { capacity: 0 }, 'all-full'],
    ['no-licence', { licences: [{ code: 'fund', expiresOn: '2026-06-02' }] }, 'no-licence'],
    ['no-licence', { licences: [] }, 'no-licence'],
    ['skill', { skills: { wealth: 1 } }, 'no-member'],
    ['skill', { skills: {} }, 'no-member'],
    ['branch', { branch: 'hangzhou' }, 'no-member'],
    ['branch', { branch: 'shanghaix' }, 'no-member'],
    ['line', { lines: ['corporate'] }, 'no-member'],
  ])('%s %j', (excludedBy, differs, waitingReason) => {
    const decision = route(rules, team(rm('a', { ...good, ...differs })))
    expect(decision.rm).toBeNull()
    expect(decision.waitingReason).toBe(waitingReason)
    expect(decision.candidates).toMatchObject([{ rm: 'a', eligible: false, excludedBy }])
  })

  test('a step may ask a licence of the owner, too', () => {
    const owners = rulesFrom('fallback: { steps: [ { to: owner, licences: [fund] } ], otherwise: bot }')
    expect(route(owners, team(rm('o', good)), { owner: 'o' }).rm).toBe('o')
    expect(route(owners, team(rm('o')), { owner: 'o' })).toMatchObject({ rm: null, waitingReason: 'no-licence' })
  })

  test('nobody outside the calendar', () => {
    const decision = route(rules, team(rm('a', good)), { now: new Date('2026-06-02T12:00:00Z') })
    expect(decision).toMatchObject({ outcome: 'left-message', waitingReason: 'outside-hours' })
    expect(decision.candidates[0]?.excludedBy).toBe('outside-hours')
    expect(codes(decision)).toEqual(['pool:fund closed'])
  })

  test('nobody waits at a closed desk for longer than he would wait there, but for its opening in a moment he does', () => {
    const roster = team(rm('a', good))
    const early = route(rules, roster, { now: new Date('2026-06-03T00:59:30Z') })
    expect(early).toMatchObject({
      outcome: 'queued',
      waitingReason: 'outside-hours',
      stepUntil: new Date('2026-06-03T01:00:30Z'),
    })
    expect(route(rules, roster, { now: new Date('2026-06-03T00:58:59Z') }).outcome).toBe('left-message')
  })

  test('whoever had his new customers of the day gets old ones only', () => {
    const roster = team(rm('a', { ...good, newLeft: 0 }))
    expect(route(rules, roster, { newCustomer: true })).toMatchObject({
      rm: null,
      waitingReason: 'all-full',
      candidates: [{ excludedBy: 'daily-cap' }],
    })
    expect(route(rules, roster, { newCustomer: false }).rm).toBe('a')
    expect(route(rules, team(rm('a', { ...good, newLeft: 1 })), { newCustomer: true }).rm).toBe('a')
  })

  test('a licence is checked against the day in Shanghai, not in Greenwich', () => {
    const late = rulesFrom(
      'pools: { p: { name: p, members: { licences: [fund] } } }\nfallback: { steps: [ { to: "pool:p" } ], otherwise: bot }',
    )
    const roster = team(rm('a', good))
    expect(route(late, roster, { now: new Date('2026-06-03T15:59:59Z') }).rm).toBe('a')
    expect(route(late, roster, { now: new Date('2026-06-03T16:00:00Z') })).toMatchObject({
      rm: null,
      waitingReason: 'no-licence',
    })
  })

  test('those the conversation must not go to, with the reason', () => {
    const out = new Map([
      ['a', 'missed'],
      ['b', 'refused'],
    ])
    const decision = route(rules, team(rm('a', good), rm('b', good), rm('boss', good)), { excluded: out })
    expect(new Map(decision.candidates.map(({ rm: who, excludedBy }) => [who, excludedBy]))).toEqual(
      new Map([
        ['a', 'excluded:missed'],
        ['b', 'excluded:refused'],
        ['boss', 'excluded:do-not-route'],
      ]),
    )
  })

  test('all refused by WeCom is its own reason, and is not waited for', () => {
    const decision = route(rules, team(rm('a', good)), { excluded: new Map([['a', 'refused']]) })
    expect(decision).toMatchObject({ outcome: 'left-message', waitingReason: 'wecom-refused' })
    expect(codes(decision)).toEqual(['pool:fund tried'])
  })

  test('all who missed it is not a refusal by WeCom', () => {
    const decision = route(rules, team(rm('a', good)), { excluded: new Map([['a', 'missed']]) })
    expect(decision).toMatchObject({ outcome: 'left-message', waitingReason: 'nobody-on-duty' })
  })

  test('merely full is never called "nobody there", however many others are off duty', () => {
    const roster = team(
      rm('a', { ...good, load: 3 }),
      rm('b', { ...good, onDuty: false }),
      rm('c', { ...good, licences: [] }),
    )
    expect(route(rules, roster).waitingReason).toBe('all-full')
  })

  test('the result says in words how many could not and why', () => {
    const roster = team(rm('a', { ...good, load: 3 }), rm('b', { ...good, onDuty: false }))
    expect(route(rules, roster).steps[0]?.result).toBe('等待中，已等 0 秒：2 人都不能接（满员 1、未上班 1）')
  })
})

describe('capacity', () => {
  test('units of the rule count, and are told to whoever claims them', () => {
    const rules = rulesFrom('fallback: { units: 2, steps: [ { to: owner } ], otherwise: bot }')
    expect(route(rules, team(rm('o', { load: 1 })), { owner: 'o' })).toMatchObject({ rm: 'o', units: 2 })
    expect(route(rules, team(rm('o', { load: 2 })), { owner: 'o' })).toMatchObject({
      rm: null,
      waitingReason: 'all-full',
    })
  })

  test('without them the conversation’s own count; fractions add up', () => {
    const rules = rulesFrom('fallback: { steps: [ { to: owner } ], otherwise: bot }')
    expect(route(rules, team(rm('o', { capacity: 1, load: 0.1 + 0.2 })), { owner: 'o', units: 0.7 })).toMatchObject({
      rm: 'o',
      units: 0.7,
    })
  })

  test('a pool may be exceeded by one from a priority on, never by more', () => {
    const yaml = (priority: number) => `
pools: { c: { name: c, members: {}, exceedFor: priority>=60 } }
fallback: { priority: ${priority}, steps: [ { to: "pool:c" } ], otherwise: bot }`
    expect(route(rulesFrom(yaml(60)), team(rm('a', { load: 3 })))).toMatchObject({ rm: 'a', mayExceed: true })
    expect(route(rulesFrom(yaml(59)), team(rm('a', { load: 3 })))).toMatchObject({ rm: null })
    expect(route(rulesFrom(yaml(60)), team(rm('a', { load: 4 })))).toMatchObject({
      rm: null,
      waitingReason: 'all-full',
    })
  })

  test('a rule may exceed for the owner alone', () => {
    const rules = rulesFrom(`
pools: { p: { name: p, members: { skills: { x: 1 } } } }
rules: [ { key: vip, name: vip, when: { fact: customer.tier, is: vip }, exceedFor: [owner], steps: [ { to: owner }, { to: "pool:p" } ], otherwise: queue } ]
fallback: { steps: [], otherwise: bot }`)
    const roster = team(rm('o', { load: 3 }), rm('p', { load: 3, skills: { x: 1 } }))
    expect(route(rules, roster, { facts: { 'customer.tier': 'vip' }, owner: 'o' })).toMatchObject({
      rm: 'o',
      mayExceed: true,
    })
    expect(route(rules, roster, { facts: { 'customer.tier': 'vip' } })).toMatchObject({ rm: null })
  })
})

describe('a pool of thousands', () => {
  const rules = rulesFrom(
    'pools: { all: { name: 全行, members: {} } }\nfallback: { steps: [ { to: "pool:all" } ], otherwise: queue }',
  )
  const many = (differs: (n: number) => Partial<RosterRm>) =>
    team(...Array.from({ length: 1_000 }, (_, n) => rm(`rm${n}`, differs(n))))

  test('lists the best fifty and says how many were looked at', () => {
    const decision = route(
      rules,
      many((n) => ({ load: n % 3 })),
    )
    expect(decision.candidates).toHaveLength(50)
    expect(decision.candidates.every(({ eligible, load }) => eligible && load === 0)).toBe(true)
    expect(decision.steps[0]?.result).toContain('1000 人中按顺序看了 50 人，可接 50 人')
  })

  test('finds the one who is there without asking the others first', () => {
    const decision = route(
      rules,
      many((n) => (n === 777 ? { load: 2 } : n % 2 ? { onDuty: false } : { load: 3 })),
    )
    expect(decision).toMatchObject({ rm: 'rm777', outcome: 'assigned' })
    expect(Object.values(decision.steps[0]?.excluded ?? {}).reduce((sum, count) => sum + count, 0)).toBe(49)
  })

  test('goes on looking until somebody fits this very conversation', () => {
    const roster = many((n) => (n === 777 ? { load: 1, capacity: 3 } : { load: 0, capacity: 1 }))
    expect(route(rules, roster, { units: 2 })).toMatchObject({ rm: 'rm777' })
  })

  test('counts everybody when nobody is there', () => {
    const decision = route(
      rules,
      many((n) => (n % 4 ? { onDuty: false } : { load: 3 })),
    )
    expect(decision.steps[0]?.excluded).toEqual({ full: 250, 'off-duty': 750 })
    expect(decision.candidates.every(({ excludedBy }) => excludedBy === 'full')).toBe(true)
  })

  test('members who do not serve this account are counted, too', () => {
    const decision = route(
      rules,
      many(() => ({ kf: { other: 'receiving' } })),
    )
    expect(decision.steps[0]).toMatchObject({ excluded: { 'not-a-servicer': 1_000 } })
    expect(decision.candidates).toHaveLength(50)
  })
})

test.each(['not-listed', 'branch', 'skill', 'line', 'not-named'])(
  'whoever stands outside for %s reads why in Chinese',
  (why) => {
    expect(exclusionWords(why)).toMatch(/^\p{Script=Han}+$/u)
  },
)
