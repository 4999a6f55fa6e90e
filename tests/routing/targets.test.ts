import { describe, expect, test } from 'vitest'
import { after, codes, NOW, rm, route, rulesFrom, team } from './people.ts'

describe('one who did not answer', () => {
  const rules = rulesFrom(`
pools: { general: { name: g, members: { branch: shanghai } } }
fallback: { steps: [ { to: owner, stay: 10m }, { to: "pool:general", stay: 10m } ], otherwise: leave-message }`)
  const progress = { rule: 'fallback', step: 0, since: NOW }
  const excluded = new Map([['owner', 'missed']])

  test('is not waited for again: the next step is taken at once', () => {
    const roster = team(rm('owner', { branch: 'hangzhou' }), rm('next'))
    const decision = route(rules, roster, { owner: 'owner', progress, excluded, now: after(180) })
    expect(decision).toMatchObject({ outcome: 'assigned', rm: 'next', step: 1, stepSince: after(180) })
    expect(codes(decision)).toEqual(['owner tried', 'pool:general assigned'])
  })

  test('the next step is taken even while colleagues of his pool might come back', () => {
    const two = rulesFrom(`
pools: { a: { name: a, members: { branch: a } }, b: { name: b, members: { branch: b } } }
fallback: { steps: [ { to: "pool:a", stay: 10m }, { to: "pool:b", stay: 10m } ], otherwise: queue }`)
    const roster = team(rm('a1', { branch: 'a' }), rm('a2', { branch: 'a', onDuty: false }), rm('b1', { branch: 'b' }))
    expect(route(two, roster, { progress, excluded: new Map([['a1', 'missed']]), now: after(180) })).toMatchObject({
      rm: 'b1',
      step: 1,
    })
    const back = team(rm('a1', { branch: 'a' }), rm('a2', { branch: 'a' }), rm('b1', { branch: 'b' }))
    expect(route(two, back, { progress, excluded: new Map([['a1', 'missed']]), now: after(180) })).toMatchObject({
      rm: 'a2',
      step: 0,
    })
  })

  test('at the last step the rest of the wait is still waited', () => {
    const roster = team(rm('a'), rm('b', { onDuty: false }))
    const last = { rule: 'fallback', step: 1, since: NOW }
    const decision = route(rules, roster, { progress: last, excluded: new Map([['a', 'missed']]), now: after(180) })
    expect(decision).toMatchObject({
      outcome: 'queued',
      step: 1,
      stepUntil: after(600),
      waitingReason: 'nobody-on-duty',
    })
  })

  test('does not get the same conversation from a wider step either', () => {
    const decision = route(rules, team(rm('owner')), { owner: 'owner', progress, excluded, now: after(180) })
    expect(decision).toMatchObject({ outcome: 'left-message', rm: null })
  })
})

describe('deputies', () => {
  const rules = rulesFrom('fallback: { steps: [ { to: deputy } ], otherwise: bot }')

  test('the chain is followed past those who cannot', () => {
    const roster = team(
      rm('o', { deputy: 'd1' }),
      rm('d1', { onDuty: false, deputy: 'd2' }),
      rm('d2', { load: 3, deputy: 'd3' }),
      rm('d3'),
    )
    expect(route(rules, roster, { owner: 'o' }).rm).toBe('d3')
  })

  test('circles end, and never lead back to the owner', () => {
    const roster = team(
      rm('o', { deputy: 'd1' }),
      rm('d1', { onDuty: false, deputy: 'd2' }),
      rm('d2', { onDuty: false, deputy: 'o' }),
    )
    expect(route(rules, roster, { owner: 'o' })).toMatchObject({ outcome: 'bot', rm: null })
    expect(route(rules, team(rm('o', { deputy: 'o' })), { owner: 'o' }).steps[0]?.code).toBe('no-target')
  })

  test('at most five are asked', () => {
    const chain = Array.from({ length: 8 }, (_, n) => rm(`d${n}`, { onDuty: n === 6, deputy: `d${n + 1}` }))
    expect(route(rules, team(...chain), { owner: 'd0' }).rm).toBeNull()
    const near = chain.map((one, n) => ({ ...one, onDuty: n === 5 }))
    expect(route(rules, team(...near), { owner: 'd0' }).rm).toBe('d5')
  })
})

describe('named people', () => {
  test('the firm’s lead first, then the others who know the firm', () => {
    const rules = rulesFrom('fallback: { steps: [ { to: firm-lead } ], otherwise: bot }')
    expect(route(rules, team(rm('lead'), rm('co')), { firmLead: 'lead', firmTeam: ['co'] }).rm).toBe('lead')
    expect(route(rules, team(rm('lead', { onDuty: false }), rm('co')), { firmLead: 'lead', firmTeam: ['co'] }).rm).toBe(
      'co',
    )
    expect(route(rules, team(rm('lead'), rm('co')), { firmLead: null, firmTeam: ['co'] }).rm).toBe('co')
  })

  test('rm: in any case, firm-lead, last', () => {
    const rules = rulesFrom(
      'fallback: { steps: [ { to: "rm:Li.Wei" }, { to: firm-lead }, { to: last } ], otherwise: bot }',
    )
    expect(route(rules, team(rm('li.wei'), rm('lead')), { firmLead: 'lead' }).rm).toBe('li.wei')
    expect(route(rules, team(rm('lead'), rm('last')), { firmLead: 'lead', last: 'last' }).rm).toBe('lead')
    expect(route(rules, team(rm('last')), { last: 'last' }).rm).toBe('last')
  })

  test('stickiness: last counts only for so many days', () => {
    const rules = rulesFrom('stickiness: { days: 30 }\nfallback: { steps: [ { to: last } ], otherwise: bot }')
    expect(route(rules, team(rm('l')), { last: 'l', lastAt: after(-30 * 86_400) }).rm).toBe('l')
    expect(route(rules, team(rm('l')), { last: 'l', lastAt: after(-30 * 86_400 - 1) }).steps[0]?.code).toBe('no-target')
    expect(route(rules, team(rm('l')), { last: 'l' }).rm).toBe('l')
  })
})

describe('relaxing', () => {
  const rules = rulesFrom(`
pools: { sme: { name: s, members: { skills: { sme: 3, english: 1 }, branch: shanghai/pudong } } }
fallback:
  steps:
    - { to: "pool:sme", stay: 10s, relax: [skills.english] }
    - { to: "pool:sme", stay: 10s, relax: ["branch/*"] }
    - { to: "pool:sme", stay: 10s, relax: [branch, skills] }
    - { to: "pool:sme", stay: 10s }
  otherwise: queue`)

  test.each([
    [0, rm('x', { skills: { sme: 3, english: 1 }, branch: 'shanghai/pudong' })],
    [1, rm('x', { skills: { sme: 3 }, branch: 'shanghai/pudong' })],
    [2, rm('x', { skills: { sme: 3 }, branch: 'shanghai/xuhui' })],
    [2, rm('x', { skills: { sme: 3 }, branch: 'shanghai' })],
    [3, rm('x', { skills: { sme: 3 }, branch: 'hangzhou' })],
    [3, rm('x', { branch: 'hangzhou' })],
  ])('reaches at step %i', (step, one) => {
    expect(route(rules, team(one))).toMatchObject({ rm: 'x', step })
  })

  test('those whom the narrow ring lets in stay ahead of those whom only the wide one does', () => {
    const roster = team(
      rm('wide', { skills: { sme: 5 } }),
      rm('narrow', { skills: { sme: 3, english: 1 }, branch: 'shanghai/pudong', load: 2 }),
    )
    const progress = { rule: 'fallback', step: 3, since: NOW }
    expect(route(rules, roster, { progress, now: after(1) }).rm).toBe('narrow')
  })
})

test('a pool that offers first says offered', () => {
  const rules = rulesFrom(
    'pools: { p: { name: p, members: {}, handover: offer } }\nfallback: { steps: [ { to: "pool:p" } ], otherwise: bot }',
  )
  expect(route(rules, team(rm('a')))).toMatchObject({ outcome: 'offered', rm: 'a', pool: 'p' })
})
