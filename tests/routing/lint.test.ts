import { describe, expect, test } from 'vitest'
import { implies } from '../../src/routing/lint/implied.ts'
import { lint } from '../../src/routing/lint/lint.ts'
import { pathText } from '../../src/routing/reading/problems.ts'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import type { Condition } from '../../src/routing/conditions/condition-schema.ts'
import type { Rule, Ruleset } from '../../src/routing/ruleset/schema.ts'
import { rm, team } from './people.ts'

function rule(key: string, when: Condition, differs: Partial<Rule> = {}): Rule {
  return { key, name: key, when, steps: [], otherwise: 'bot', ...differs }
}

function warnings(differs: Partial<Ruleset>, roster?: ReturnType<typeof team>): string[] {
  const ruleset: Ruleset = { fallback: { steps: [], otherwise: 'bot' }, ...differs }
  return lint(ruleset, roster).map(({ path, message }) => `${pathText(path)}: ${message}`)
}

const sme: Condition = { fact: 'customer.kind', is: 'sme' }
const vip: Condition = { fact: 'customer.tier', is: 'vip' }

describe('rules that never come to their turn', () => {
  test.each<[string, Condition, Condition, boolean]>([
    ['the same condition', sme, sme, true],
    ['a narrower one', sme, { all: [vip, sme] }, true],
    ['a wider one', { all: [vip, sme] }, sme, false],
    ['one of several values', { fact: 'customer.tier', in: ['vip', 'gold'] }, vip, true],
    [
      'a longer word',
      { fact: 'message.text', contains: ['贷款', '授信'] },
      { fact: 'message.text', contains: ['经营贷 款'] },
      true,
    ],
    [
      'another word',
      { fact: 'message.text', contains: ['贷款'] },
      { fact: 'message.text', contains: ['授信', '贷款'] },
      false,
    ],
    ['a higher bound', { fact: 'conversation.count', gte: 2 }, { fact: 'conversation.count', gte: 3 }, true],
    ['a lower bound', { fact: 'conversation.count', gte: 3 }, { fact: 'conversation.count', gte: 2 }, false],
    ['any of which each is covered', { any: [sme, vip] }, { any: [vip, { all: [sme, vip] }] }, true],
    ['any of which one is not', sme, { any: [sme, vip] }, false],
    ['known because it has a value', { fact: 'customer.tier', exists: true }, vip, true],
    ['an earlier one that always holds', { any: [sme, { not: sme }] }, vip, true],
  ])('after %s', (_, first, second, expected) => {
    const found = warnings({ rules: [rule('first', first), rule('second', second)] }).some((one) =>
      one.startsWith('rules[1]: 轮不到这条'),
    )
    expect(found).toBe(expected)
    expect(implies(second, first)).toBe(expected)
  })

  test('a rule on trial hides nothing', () => {
    expect(warnings({ rules: [rule('trial', sme, { canary: { percent: 50 } }), rule('old', sme)] })).toEqual([])
  })

  test('everything behind an always-true rule is told', () => {
    const always: Condition = {
      any: [
        { fact: 'customer.owner', exists: true },
        { fact: 'customer.owner', exists: false },
      ],
    }
    const rules = [rule('all', always), rule('a', sme), rule('b', vip)]
    expect(warnings({ rules }).filter((one) => one.includes('第 1 条 "all"'))).toHaveLength(2)
  })

  test('10,000 rules are looked through quickly', () => {
    const rules = Array.from({ length: 10_000 }, (_, n) =>
      rule(`r${n}`, { all: [sme, { fact: 'message.menuId', is: n % 9_999 }] }),
    )
    expect(warnings({ rules })).toEqual([expect.stringContaining('rules[9999]: 轮不到这条')])
  })
})

describe('conditions that never hold', () => {
  test.each<[Condition, boolean]>([
    [{ all: [sme, { fact: 'customer.kind', is: 'person' }] }, true],
    [{ all: [sme, { not: sme }] }, true],
    [
      {
        all: [
          { fact: 'time.hour', gte: 20 },
          { fact: 'time.hour', lte: 8 },
        ],
      },
      true,
    ],
    [{ any: [{ all: [vip, { fact: 'customer.tier', in: ['gold'] }] }, { not: { any: [vip, { not: vip }] } }] }, true],
    [
      {
        all: [
          { fact: 'customer.tags', is: 'a' },
          { fact: 'customer.tags', is: 'b' },
        ],
      },
      false,
    ],
    [{ all: [sme, vip] }, false],
  ])('%j', (when, expected) => {
    expect(warnings({ rules: [rule('r', when)] }).some((one) => one.includes('自相矛盾'))).toBe(expected)
  })
})

describe('what else is probably not meant', () => {
  test('a fact that nobody provides, with those that exist', () => {
    expect(warnings({ rules: [rule('r', { fact: 'customer.knid', is: 'sme' })] })).toEqual([
      expect.stringContaining('没有内置的事实 "customer.knid"'),
    ])
  })

  test('a step that repeats an earlier one, unless something was relaxed between them', () => {
    const steps = [{ to: 'owner' }, { to: 'owner' }]
    expect(warnings({ rules: [rule('r', sme, { steps })] })).toEqual([expect.stringContaining('rules[0].steps[1]')])
    const pools = { p: { name: 'p', members: { branch: 'x' } } }
    expect(
      warnings({ pools, rules: [rule('r', sme, { steps: [{ to: 'pool:p', relax: ['branch'] }, { to: 'pool:p' }] })] }),
    ).toEqual([])
  })

  test('unused pools, calendars that never open, reminders that come too late', () => {
    expect(warnings({ pools: { p: { name: 'p', members: {} } } })).toEqual(['pools.p: 没有规则用到这个专席'])
    expect(warnings({ calendars: { c: { hours: { mon: [] } } } })).toEqual([expect.stringContaining('永远不营业')])
    expect(warnings({ firstReply: { remind: '3m', reassign: '180s' } })).toEqual([
      expect.stringContaining('提醒不早于改派'),
    ])
  })
})

describe('with the people of the bank', () => {
  const to = (pool: string) => ({ steps: [{ to: `pool:${pool}` }], otherwise: 'bot' as const })

  test('pools without members, without licensed members', () => {
    const pools = { fund: { name: 'f', members: { licences: ['fund'] } } }
    expect(warnings({ pools, fallback: to('fund') }, team(rm('a')))).toEqual([
      expect.stringContaining('1 名成员都没有 fund 资格'),
    ])
    const branch = { b: { name: 'b', members: { branch: 'x/*' } } }
    expect(warnings({ pools: branch, fallback: to('b') }, team(rm('a')))).toEqual([
      expect.stringContaining('没有人符合条件'),
    ])
  })

  test('people who do not exist or take nothing, units beyond everybody, deputies in a circle', () => {
    const steps = [{ to: 'rm:Nobody' }, { to: 'rm:boss' }]
    const roster = team(rm('boss'), rm('a', { deputy: 'b' }), rm('b', { deputy: 'a' }))
    const found = warnings({ doNotRoute: ['Boss'], rules: [rule('r', sme, { steps, units: 4 })] }, roster)
    for (const part of ['没有成员 "nobody"', '"boss" 在 doNotRoute 中', '占用 4 个名额', 'a → b → a']) {
      expect(found.join('\n')).toContain(part)
    }
    expect(found.filter((message) => message.includes('成环'))).toHaveLength(1)
  })
})

test('a warning finds its line in the file', () => {
  const read = parseRulesetYaml(
    'pools:\n  unused: { name: x, members: {} }\nfallback: { steps: [], otherwise: bot }\n',
    'routing.yaml',
  )
  if ('errors' in read) throw new Error('valid')
  expect(lint(read.ruleset).map(read.place)).toMatchObject([{ line: 2, column: 11, path: 'pools.unused' }])
})
