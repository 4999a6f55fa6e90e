import { describe, expect, test } from 'vitest'
import { checkRuleset, parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import { fileProblemText } from '../../src/routing/reading/yaml-source.ts'

const FALLBACK = { steps: [{ to: 'pool:general' }], otherwise: 'leave-message' }
const POOLS = { general: { name: '综合', members: {} } }

function errorsOf(json: unknown): string[] {
  const checked = checkRuleset(json)
  return 'errors' in checked ? checked.errors.map(({ path, message }) => `${path}: ${message}`) : []
}

function rule(differs: object = {}): object {
  const when = { fact: 'customer.kind', is: 'sme' }
  return { key: 'a', name: '甲', when, steps: [{ to: 'owner' }], otherwise: 'queue', ...differs }
}

function withRule(differs: object): object {
  return { pools: POOLS, rules: [rule(differs)], fallback: FALLBACK }
}

describe('the contract’s example', () => {
  const example = `
calendars:
  branch:   { hours: { mon-fri: ["09:00-12:00", "13:30-17:30"] }, holidays: cn }
pools:
  sme-desk: { name: 小微专席, members: { skills: { sme: 2 }, branch: "shanghai" }, strategy: least-loaded, calendar: branch }
  general:  { name: 综合客服, members: {}, strategy: round-robin, calendar: branch }
rules:
  - key: sme-loan
    name: 小微贷款
    when: { all: [ { fact: customer.kind, is: sme }, { fact: message.text, contains: [贷款, 授信, 额度] } ] }
    priority: 20
    steps:
      - { to: owner,         stay: 60s }
      - { to: deputy,        stay: 60s }
      - { to: "pool:sme-desk", stay: 5m }
    otherwise: leave-message
fallback: { steps: [ { to: "pool:general" } ], otherwise: leave-message }
firstReply: { remind: 60s, reassign: 180s }
`
  test('is valid as a file, and as the JSON it stands for', () => {
    const read = parseRulesetYaml(example, 'config/routing.yaml')
    expect(read).toHaveProperty('ruleset')
    const json = JSON.parse(JSON.stringify('ruleset' in read ? read.ruleset : null))
    expect(checkRuleset(json)).toEqual({ ruleset: json })
  })
})

describe('what was put is what is read back', () => {
  test('no default is written into the rule set', () => {
    const ruleset = { fallback: { steps: [], otherwise: 'bot' } }
    expect(checkRuleset(structuredClone(ruleset))).toEqual({ ruleset })
  })
})

describe('a mistake is named with its place', () => {
  test.each<[string, unknown, string]>([
    ['unknown key at the top', { fallback: FALLBACK, rulez: [] }, 'rulez: 不认识的键 "rulez"'],
    ['unknown key in a rule', withRule({ stepz: [] }), 'rules[0].stepz: 不认识的键 "stepz"'],
    [
      'unknown key in a step',
      withRule({ steps: [{ to: 'owner', wait: '5s' }] }),
      'rules[0].steps[0].wait: 不认识的键 "wait"',
    ],
    [
      'unknown operator',
      withRule({ when: { all: [{ fact: 'a.b', equals: 1 }] } }),
      'rules[0].when.all[0].equals: 不认识的键',
    ],
    [
      'unknown key in a nested condition',
      withRule({ when: { not: { any: [{ fact: 'a', is: 1, x: 2 }] } } }),
      'rules[0].when.not.any[0].x:',
    ],
    [
      'unknown key in members',
      { pools: { p: { name: 'p', members: { skill: {} } } }, fallback: FALLBACK },
      'pools.p.members.skill: 不认识的键',
    ],
    ['missing fallback', { rules: [] }, 'fallback: 缺少 "fallback"'],
    ['missing steps', withRule({ steps: undefined }), 'rules[0].steps: 缺少 "steps"'],
    ['two operators', withRule({ when: { fact: 'a', is: 1, gte: 2 } }), 'rules[0].when: 每个条件恰好用一个'],
    ['no operator', withRule({ when: { fact: 'a' } }), 'rules[0].when: 每个条件恰好用一个'],
    ['a condition that is text', withRule({ when: 'always' }), 'rules[0].when: 须为条件'],
    ['an empty all', withRule({ when: { all: [] } }), 'rules[0].when.all: 至少写一个条件'],
    ['a bad target', withRule({ steps: [{ to: 'boss' }] }), 'rules[0].steps[0].to: 写作 owner'],
    ['a bad duration', withRule({ steps: [{ to: 'owner', stay: '5 min' }] }), 'rules[0].steps[0].stay: 时长写作'],
    ['zero is no duration', withRule({ steps: [{ to: 'owner', stay: '0s' }] }), 'rules[0].steps[0].stay: 时长写作'],
    [
      'too long a duration',
      withRule({ steps: [{ to: 'owner', stay: '31d' }] }),
      'rules[0].steps[0].stay: 时长最多 30 天',
    ],
    [
      'an unknown pool',
      withRule({ steps: [{ to: 'pool:vip' }] }),
      'rules[0].steps[0].to: 没有名为 "vip" 的专席；现有：general',
    ],
    ['an unknown pool in the fallback', { fallback: FALLBACK }, 'fallback.steps[0].to: 没有名为 "general" 的专席'],
    [
      'an unknown calendar',
      { pools: { general: { ...POOLS.general, calendar: 'x' } }, fallback: FALLBACK },
      'pools.general.calendar: 没有名为 "x" 的日历',
    ],
    [
      'an unknown calendar in within',
      withRule({ when: { fact: 'time.now', within: 'x' } }),
      'rules[0].when.within: 没有名为 "x" 的日历',
    ],
    [
      'a key used twice',
      { pools: POOLS, rules: [rule(), rule()], fallback: FALLBACK },
      'rules[1].key: 规则键 "a" 与第 1 条重复',
    ],
    ['the reserved key', withRule({ key: 'fallback' }), 'rules[0].key: fallback 是兜底规则的名字'],
    [
      'an expression with a look-behind',
      withRule({ when: { fact: 'a', matches: '(?<=a)b' } }),
      'rules[0].when.matches: 正则表达式无效',
    ],
    [
      'an expression that does not close',
      withRule({ when: { fact: 'a', matches: '(a' } }),
      'rules[0].when.matches: 正则表达式无效',
    ],
    [
      'an expression that unfolds hugely',
      withRule({ when: { fact: 'a', matches: '(a?){500}a{500}$' } }),
      'rules[0].when.matches: 正则表达式展开后过大',
    ],
    [
      'a licence cannot be relaxed',
      withRule({ steps: [{ to: 'owner', relax: ['licences'] }] }),
      'rules[0].steps[0].relax[0]: 写作 skills',
    ],
    [
      'a skill level out of range',
      { pools: { p: { name: 'p', members: { skills: { sme: 6 } } } }, fallback: FALLBACK },
      'pools.p.members.skills.sme:',
    ],
    [
      'business time without a calendar',
      withRule({ steps: [{ to: 'owner', stay: '2bh' }] }),
      'rules[0].steps[0].stay: 营业时长需要日历',
    ],
    [
      'a slot that is no time',
      { calendars: { c: { hours: { mon: ['9-12'] } } }, fallback: FALLBACK },
      'calendars.c.hours.mon[0]: 时段写作',
    ],
    [
      'a day that is none',
      { calendars: { c: { hours: { monday: [] } } }, fallback: FALLBACK },
      'calendars.c.hours.monday: 键 "monday"：日子写作',
    ],
    [
      'a day named twice',
      { calendars: { c: { hours: { 'mon-fri': [], fri: [] } } }, fallback: FALLBACK },
      'calendars.c.hours.fri: "fri" 里有日子写了两次',
    ],
    [
      'slots that overlap',
      { calendars: { c: { hours: { mon: ['09:00-12:00', '11:00-13:00'] } } }, fallback: FALLBACK },
      'calendars.c.hours.mon: "mon" 的时段互相重叠',
    ],
    [
      'no such zone',
      { calendars: { c: { hours: {}, zone: 'Asia/Beijing2' } }, fallback: FALLBACK },
      'calendars.c.zone: 不是有效的时区',
    ],
    ['not an object', [1], ': 规则须为一组键值'],
    ['nothing', null, ': 规则须为一组键值'],
  ])('%s', (_, json, expected) => expect(errorsOf(json).join('\n')).toContain(expected))

  test('every mistake is told, not only the first', () => {
    expect(
      errorsOf({ pools: POOLS, rules: [rule({ nam: 1 }), rule({ key: '' })], fallback: FALLBACK, x: 1 }).length,
    ).toBeGreaterThanOrEqual(3)
  })

  test('one unknown key makes one message', () => {
    expect(errorsOf(withRule({ when: { any: [{ fact: 'a', equals: 1 }] } }))).toHaveLength(1)
  })
})

describe('rules are data with limits', () => {
  function nested(depth: number): object {
    let condition: object = { fact: 'a', is: 1 }
    for (let level = 1; level < depth; level += 1) condition = { not: condition }
    return condition
  }

  test('conditions may be 16 deep, not 17', () => {
    expect(errorsOf(withRule({ when: nested(16) }))).toEqual([])
    expect(errorsOf(withRule({ when: nested(17) })).join()).toContain('条件嵌套最多 16 层')
  })

  test('10,000 levels are an error, not a crash', () => {
    expect(errorsOf(withRule({ when: nested(10_000) })).join()).toContain('条件嵌套最多 16 层')
    expect(parseRulesetYaml(`a: ${'['.repeat(20_000)}`, 'deep.yaml')).toHaveProperty('errors')
  })

  test('a rule may have 500 conditions, not 501', () => {
    const any = Array.from({ length: 499 }, (_, n) => ({ fact: 'a', is: n }))
    expect(errorsOf(withRule({ when: { any } }))).toEqual([])
    expect(errorsOf(withRule({ when: { any: [...any, { fact: 'a', is: 'x' }] } })).join()).toContain(
      '一条规则最多 500 个条件',
    )
  })

  test.each(['__proto__', 'constructor', 'prototype'])('%s is refused as a key anywhere', (key) => {
    const json = JSON.parse(
      `{"pools": {"${key}": {"name": "p", "members": {}}}, "fallback": {"steps": [], "otherwise": "bot"}}`,
    )
    expect(errorsOf(json)).toEqual([`pools.${key}: 不能用 "${key}" 作键`])
  })

  test('code is only text: nothing in a rule is run', () => {
    const attack = "constructor.constructor('return process')()"
    expect(errorsOf(withRule({ when: { fact: attack, is: 1 } })).join()).toContain('rules[0].when.fact: 事实的名称写作')
    expect(errorsOf(withRule({ when: { fact: 'a', is: attack } }))).toEqual([])
  })

  test('10,000 rules are read in a few seconds', () => {
    const rules = Array.from({ length: 10_000 }, (_, n) => rule({ key: `r${n}` }))
    expect(errorsOf({ pools: POOLS, rules, fallback: FALLBACK })).toEqual([])
  })
})

describe('a file’s mistakes carry line and column', () => {
  function placesOf(yaml: string): string[] {
    const read = parseRulesetYaml(yaml, 'routing.yaml')
    return 'errors' in read ? read.errors.map((error) => `${error.line}:${error.column} ${error.path}`) : []
  }
  const tail = 'fallback: { steps: [], otherwise: bot }\n'

  test('an unknown key: at the key', () => {
    expect(
      placesOf(
        `rules:\n  - key: a\n    name: x\n    wen: 1\n    when: { fact: a, is: 1 }\n    steps: []\n    otherwise: bot\n${tail}`,
      ),
    ).toEqual(['4:5 rules[0].wen'])
  })

  test('a wrong value: at the value', () => {
    expect(placesOf('fallback:\n  steps:\n    - to: owner\n      stay:   5 minutes\n  otherwise: bot\n')).toEqual([
      '4:15 fallback.steps[0].stay',
    ])
  })

  test('a missing key: at the object that lacks it', () => {
    expect(placesOf('fallback:\n  steps:\n    - stay: 5s\n  otherwise: bot\n')).toEqual(['3:7 fallback.steps[0].to'])
  })

  test('a mistake deep in flow style', () => {
    expect(
      placesOf(
        `rules:\n  - { key: a, name: x, when: { all: [ { fact: a, iz: 1 } ] }, steps: [], otherwise: bot }\n${tail}`,
      ),
    ).toEqual(['2:50 rules[0].when.all[0].iz'])
  })

  test('a name that points nowhere', () => {
    expect(placesOf('fallback:\n  steps:\n    - { to: "pool:nobody" }\n  otherwise: bot\n')).toEqual([
      '3:13 fallback.steps[0].to',
    ])
  })

  test('behind an alias: where the value was written', () => {
    expect(
      placesOf(
        `rules:\n  - key: a\n    name: x\n    when: &w { fact: a }\n    steps: []\n    otherwise: bot\n  - key: b\n    name: x\n    when: *w\n    steps: []\n    otherwise: bot\n${tail}`,
      )[0],
    ).toBe('4:14 rules[0].when')
  })

  test.each([
    ['the same key twice', 'fallback: 1\nfallback: 2\n', '2:1 '],
    ['a tab as indentation', 'fallback:\n\tsteps: []\n', '2:1 '],
    ['a bracket that stays open', `rules: [\n${tail}`, '2:1 '],
    ['an unknown alias', 'rules: []\nfallback: *nowhere\n', '2:11 '],
  ])('syntax: %s', (_, yaml, place) => expect(placesOf(yaml)[0]).toBe(place))

  test('an alias bomb is refused', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, n) =>
        `a${n}: &a${n} [${
          n === 0
            ? '1'
            : Array(9)
                .fill(`*a${n - 1}`)
                .join(', ')
        }]`,
    )
    expect(placesOf(bomb.join('\n'))).toEqual(['1:1 '])
  })

  test('an empty file says what is missing', () => {
    const read = parseRulesetYaml('', 'routing.yaml')
    expect('errors' in read && read.errors.map(fileProblemText)).toEqual([
      'routing.yaml:1:1 规则须为一组键值，至少要有 fallback',
    ])
  })
})
