import { describe, expect, test } from 'vitest'
import { explainRules } from '../../src/routing/explain-rules.ts'
import { after, codes, NOW, question, rm, route, rulesFrom, team } from './people.ts'

const LOAN = rulesFrom(`
pools:
  sme-desk: { name: 小微专席, members: { skills: { sme: 2 }, branch: shanghai } }
  general: { name: 综合客服, members: {}, strategy: round-robin }
rules:
  - key: sme-loan
    name: 小微贷款
    when: { all: [ { fact: customer.kind, is: sme }, { fact: message.text, contains: [贷款, 授信, 额度] } ] }
    priority: 20
    steps:
      - { to: owner, stay: 60s }
      - { to: deputy, stay: 60s }
      - { to: "pool:sme-desk", stay: 5m }
    otherwise: leave-message
fallback: { steps: [ { to: "pool:general" } ], otherwise: leave-message }
`)
const facts = { 'customer.kind': 'sme', 'message.text': '想了解经营贷款' }

describe('which rule', () => {
  test('the first that matches, with every earlier one explained', () => {
    const decision = route(LOAN, team(rm('owner')), { facts, owner: 'owner' })
    expect(decision).toMatchObject({
      rule: 'sme-loan',
      ruleName: '小微贷款',
      outcome: 'assigned',
      rm: 'owner',
      priority: 20,
    })
    expect(decision.rules).toEqual([{ key: 'sme-loan', matched: true, failed: [] }])
  })

  test('none matches: the fallback, and why the others did not', () => {
    const decision = route(LOAN, team(rm('a')), { facts: { 'customer.kind': 'person', 'message.text': '你好' } })
    expect(decision).toMatchObject({ rule: 'fallback', outcome: 'assigned', rm: 'a', pool: 'general' })
    expect(decision.rules.map(({ key, matched }) => [key, matched])).toEqual([
      ['sme-loan', false],
      ['fallback', true],
    ])
    expect(decision.rules[0]?.failed).toHaveLength(2)
  })

  test('a rule set without rules and a fallback without steps still decides', () => {
    const empty = rulesFrom('fallback: { steps: [], otherwise: bot }')
    expect(route(empty, team())).toMatchObject({
      outcome: 'bot',
      rule: 'fallback',
      rm: null,
      step: 0,
      waitingReason: null,
    })
  })

  test('the decision keeps the facts it saw, the clock’s included', () => {
    expect(route(LOAN, team(), { facts }).facts).toMatchObject({
      ...facts,
      'time.hour': 10,
      'time.weekday': 3,
      'time.open': true,
    })
  })

  test('of thousands of rules the first are explained, the rest counted', () => {
    const many = Array.from(
      { length: 1_000 },
      (_, n) => `  - { key: r${n}, name: r, when: { fact: a.b, is: ${n} }, steps: [], otherwise: bot }`,
    )
    const decision = route(rulesFrom(`rules:\n${many.join('\n')}\nfallback: { steps: [], otherwise: bot }`), team(), {
      facts: { 'a.b': 700 },
    })
    expect(decision.rules).toHaveLength(202)
    expect(decision.rules[200]).toEqual({
      key: '201-700',
      matched: false,
      failed: ['另有 500 条规则不符合，未逐条列出'],
    })
    expect(decision.rules[201]).toEqual({ key: 'r700', matched: true, failed: [] })
  })

  test('whoever wants to know is told about every rule, also behind the match', () => {
    const one = (key: string, value: number) =>
      `  - { key: ${key}, name: r, when: { fact: a.b, gte: ${value} }, steps: [], otherwise: bot }`
    const rules = rulesFrom(
      `rules:\n${[one('a', 9), one('b', 1), one('c', 2), one('d', 8)].join('\n')}\nfallback: { steps: [], otherwise: bot }`,
    )
    const asked = { question: question({ 'a.b': 5 }), rules, now: NOW }
    expect(explainRules(asked).map(({ key, matched }) => `${key} ${matched}`)).toEqual([
      'a false',
      'b true',
      'c true',
      'd false',
    ])
    expect(explainRules(asked, { from: 3 })).toEqual([
      { key: 'd', matched: false, failed: ['a.b 应不小于 8，实际为 5'] },
    ])
  })
})

describe('steps, one after the other', () => {
  const roster = team(
    rm('owner', { onDuty: false, deputy: 'deputy' }),
    rm('deputy', { load: 3 }),
    rm('desk', { skills: { sme: 2 } }),
  )
  const since = NOW

  test('the owner is off duty: wait for him as long as the step says', () => {
    const decision = route(LOAN, roster, { facts, owner: 'owner' })
    expect(decision).toMatchObject({
      outcome: 'queued',
      step: 0,
      stepSince: NOW,
      stepUntil: after(60),
      waitingReason: 'nobody-on-duty',
    })
    expect(codes(decision)).toEqual(['owner waiting'])
  })

  test('one second before the end he is still waited for; at the end the next step begins with its own time', () => {
    const progress = { rule: 'sme-loan', step: 0, since }
    expect(route(LOAN, roster, { facts, owner: 'owner', progress, now: after(59) })).toMatchObject({
      step: 0,
      stepUntil: after(60),
    })
    const next = route(LOAN, roster, { facts, owner: 'owner', progress, now: after(60) })
    expect(next).toMatchObject({
      outcome: 'queued',
      step: 1,
      stepSince: after(60),
      stepUntil: after(120),
      waitingReason: 'all-full',
    })
    expect(codes(next)).toEqual(['owner over', 'deputy waiting'])
    expect(next.steps.map(({ waitedSeconds }) => waitedSeconds)).toEqual([60, 0])
  })

  test('the widest step gives somebody at once', () => {
    const progress = { rule: 'sme-loan', step: 1, since }
    const decision = route(LOAN, roster, { facts, owner: 'owner', progress, now: after(60) })
    expect(decision).toMatchObject({
      outcome: 'assigned',
      rm: 'desk',
      step: 2,
      stepUntil: null,
      pool: 'sme-desk',
      waitingReason: null,
    })
    expect(codes(decision)).toEqual(['owner passed', 'deputy over', 'pool:sme-desk assigned'])
  })

  test('rings only widen: while the desk is waited for, the owner who comes back is asked first', () => {
    const back = team(rm('owner', { deputy: 'deputy' }), rm('desk', { skills: { sme: 2 } }))
    const progress = { rule: 'sme-loan', step: 2, since }
    const decision = route(LOAN, back, { facts, owner: 'owner', progress, now: after(10) })
    expect(decision).toMatchObject({ rm: 'owner', step: 2, stepSince: since, pool: null })
  })

  test('after the last step comes otherwise', () => {
    const nobody = team(rm('owner', { onDuty: false }), rm('desk', { skills: { sme: 2 }, onDuty: false }))
    const progress = { rule: 'sme-loan', step: 2, since }
    const decision = route(LOAN, nobody, { facts, owner: 'owner', progress, now: after(300) })
    expect(decision).toMatchObject({
      outcome: 'left-message',
      step: 2,
      stepUntil: null,
      waitingReason: 'nobody-on-duty',
    })
  })

  test('progress in another rule starts anew', () => {
    const progress = { rule: 'something-else', step: 2, since: after(-900) }
    expect(route(LOAN, roster, { facts, owner: 'owner', progress })).toMatchObject({ step: 0, stepSince: NOW })
  })

  test('a step that the present rules no longer have is the last one', () => {
    const progress = { rule: 'sme-loan', step: 9, since }
    expect(route(LOAN, roster, { facts, owner: 'owner', progress, now: after(1) })).toMatchObject({
      step: 2,
      rm: 'desk',
    })
  })

  test('a target that does not exist is left at once', () => {
    const decision = route(LOAN, team(rm('desk', { skills: { sme: 3 } })), { facts })
    expect(codes(decision)).toEqual(['owner no-target', 'deputy no-target', 'pool:sme-desk assigned'])
  })

  test('an owner who has left the bank does not exist', () => {
    expect(codes(route(LOAN, team(), { facts, owner: 'gone' }))).toEqual([
      'owner no-target',
      'deputy no-target',
      'pool:sme-desk no-target',
    ])
    expect(route(LOAN, team(), { facts, owner: 'gone' })).toMatchObject({
      outcome: 'left-message',
      waitingReason: 'no-member',
    })
  })

  test('skipIf leaves a step at once, a step without stay does not wait, queue waits without end', () => {
    const rules = rulesFrom(`
pools: { p: { name: p, members: { skills: { x: 1 } } } }
fallback:
  steps: [ { to: owner, stay: 5m, skipIf: nobody-available }, { to: last }, { to: "pool:p" } ]
  otherwise: queue`)
    const off = team(
      rm('o', { onDuty: false }),
      rm('l', { onDuty: false }),
      rm('m', { onDuty: false, skills: { x: 1 } }),
    )
    const decision = route(rules, off, { owner: 'o', last: 'l' })
    expect(codes(decision)).toEqual(['owner skipped', 'last no-stay', 'pool:p no-stay'])
    expect(decision).toMatchObject({ outcome: 'queued', step: 2, stepUntil: null, waitingReason: 'nobody-on-duty' })
    const progress = { rule: decision.rule, step: decision.step, since: decision.stepSince }
    const back = team(rm('o', { onDuty: false }), rm('m', { skills: { x: 1 } }))
    expect(route(rules, back, { owner: 'o', progress, now: after(3_600) })).toMatchObject({
      outcome: 'assigned',
      rm: 'm',
      step: 2,
    })
  })

  test('stay in business hours runs with the pool’s calendar', () => {
    const rules = rulesFrom(`
calendars: { office: { hours: { mon-fri: ["09:00-12:00", "13:00-17:00"] }, holidays: cn } }
pools: { p: { name: p, members: {}, calendar: office } }
fallback: { steps: [ { to: "pool:p", stay: 3bh } ], otherwise: bot }`)
    const decision = route(rules, team(rm('a', { onDuty: false })))
    expect(decision.stepUntil).toEqual(new Date('2026-06-03T06:00:00Z'))
  })
})
