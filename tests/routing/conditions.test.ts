import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileCalendar } from '../../src/routing/calendar/calendar.ts'
import { compileCondition } from '../../src/routing/conditions/conditions.ts'
import { knownFrom, withTime } from '../../src/routing/conditions/facts.ts'
import { holidaysOf } from '../../src/routing/calendar/holidays.ts'
import type { Facts } from '../../src/routing/model.ts'
import type { Condition } from '../../src/routing/conditions/condition-schema.ts'
import { normalise } from '../../src/routing/conditions/text.ts'
import { NOW } from './people.ts'

const office = compileCalendar('office', { hours: { 'mon-fri': ['09:00-12:00'] }, holidays: 'cn' }, holidaysOf())
const calendars = new Map([['office', office]])

function holds(condition: Condition, facts: Facts, now = NOW): boolean {
  return compileCondition(condition, calendars).test(knownFrom(withTime(facts, { now, calendars: [office] }), now))
}

function failed(condition: Condition, facts: Facts): string[] {
  return compileCondition(condition, calendars).failed(knownFrom(facts, NOW))
}

type Row = [name: string, leaf: Condition, facts: Facts, expected: boolean]

const rows: Row[] = [
  ['is: equal text', { fact: 'customer.kind', is: 'sme' }, { 'customer.kind': 'sme' }, true],
  ['is: other text', { fact: 'customer.kind', is: 'sme' }, { 'customer.kind': 'person' }, false],
  ['is: case matters', { fact: 'customer.kind', is: 'sme' }, { 'customer.kind': 'SME' }, false],
  ['is: unknown', { fact: 'customer.kind', is: 'sme' }, {}, false],
  ['is: number written, text given', { fact: 'message.menuId', is: 101 }, { 'message.menuId': '101' }, true],
  ['is: boolean', { fact: 'customer.known', is: false }, { 'customer.known': false }, true],
  ['is: false is not unknown', { fact: 'customer.known', is: false }, {}, false],
  [
    'is: an element of a list',
    { fact: 'customer.tags', is: '企业主' },
    { 'customer.tags': ['老客户', '企业主'] },
    true,
  ],
  ['is: empty list', { fact: 'customer.tags', is: '企业主' }, { 'customer.tags': [] }, false],
  ['is: weekday by name', { fact: 'time.weekday', is: 'wed' }, {}, true],
  ['in: one of', { fact: 'customer.tier', in: ['vip', 'gold'] }, { 'customer.tier': 'gold' }, true],
  ['in: none of', { fact: 'customer.tier', in: ['vip', 'gold'] }, { 'customer.tier': 'plain' }, false],
  ['in: lists share an element', { fact: 'customer.tags', in: ['a', 'b'] }, { 'customer.tags': ['b', 'c'] }, true],
  ['in: unknown', { fact: 'customer.tier', in: ['vip'] }, {}, false],
  ['exists: known', { fact: 'customer.owner', exists: true }, { 'customer.owner': 'li.wei' }, true],
  ['exists: unknown', { fact: 'customer.owner', exists: true }, {}, false],
  ['exists false: unknown', { fact: 'customer.owner', exists: false }, {}, true],
  [
    'exists: false and 0 and empty are known',
    { fact: 'conversation.count', exists: true },
    { 'conversation.count': 0 },
    true,
  ],
  ['exists: NaN is unknown', { fact: 'conversation.count', exists: true }, { 'conversation.count': Number.NaN }, false],
  ['exists: undefined is unknown', { fact: 'customer.owner', exists: true }, { 'customer.owner': undefined }, false],
  [
    'contains: any word',
    { fact: 'message.text', contains: ['授信', '贷款'] },
    { 'message.text': '想了解经营贷款' },
    true,
  ],
  ['contains: none', { fact: 'message.text', contains: ['授信', '贷款'] }, { 'message.text': '你好' }, false],
  ['contains: blanks between', { fact: 'message.text', contains: ['贷款'] }, { 'message.text': '想办贷　 款' }, true],
  [
    'contains: zero-width between',
    { fact: 'message.text', contains: ['贷款'] },
    { 'message.text': '贷\u200b\u2060款' },
    true,
  ],
  [
    'contains: full width and case',
    { fact: 'message.text', contains: ['vip'] },
    { 'message.text': '我是ＶＩＰ' },
    true,
  ],
  ['contains: the word itself is odd', { fact: 'message.text', contains: ['Ｖ I P'] }, { 'message.text': 'vip' }, true],
  ['contains: a word of blanks is no word', { fact: 'message.text', contains: ['  '] }, { 'message.text': 'a' }, false],
  ['contains: in one tag', { fact: 'customer.tags', contains: ['净值'] }, { 'customer.tags': ['高净值客户'] }, true],
  ['contains: not across tags', { fact: 'customer.tags', contains: ['ab'] }, { 'customer.tags': ['a', 'b'] }, false],
  ['contains: unknown', { fact: 'message.text', contains: ['a'] }, {}, false],
  ['matches: part of the text', { fact: 'message.text', matches: '\\d{4}元' }, { 'message.text': '转5000元' }, true],
  ['matches: anchored', { fact: 'customer.branch', matches: '^sh(/|$)' }, { 'customer.branch': 'shx' }, false],
  ['matches: ignores case when asked', { fact: 'message.text', matches: '(?i)VIP' }, { 'message.text': 'vip' }, true],
  ['matches: unknown', { fact: 'message.text', matches: '.*' }, {}, false],
  ['gte: equal', { fact: 'conversation.count', gte: 3 }, { 'conversation.count': 3 }, true],
  ['gte: less', { fact: 'conversation.count', gte: 3 }, { 'conversation.count': 2 }, false],
  ['gte: number as text', { fact: 'customer.tier', gte: 3 }, { 'customer.tier': '5' }, true],
  ['gte: text', { fact: 'customer.tier', gte: 0 }, { 'customer.tier': 'vip' }, false],
  ['gte: empty text is no number', { fact: 'customer.tier', gte: 0 }, { 'customer.tier': '' }, false],
  ['gte: unknown', { fact: 'conversation.count', gte: 0 }, {}, false],
  ['lte: equal', { fact: 'time.hour', lte: 10 }, {}, true],
  ['lte: more', { fact: 'time.hour', lte: 9 }, {}, false],
  ['lte: NaN is unknown', { fact: 'conversation.count', lte: 9 }, { 'conversation.count': Number.NaN }, false],
  ['within: now, open', { fact: 'time.now', within: 'office' }, {}, true],
  ['within: any time fact is now', { fact: 'time.open', within: 'office' }, {}, true],
  ['within: a time of its own', { fact: 'loan.due', within: 'office' }, { 'loan.due': '2026-06-03T05:00:00Z' }, false],
  ['within: not a time', { fact: 'loan.due', within: 'office' }, { 'loan.due': 'soon' }, false],
  ['within: unknown', { fact: 'loan.due', within: 'office' }, {}, false],
]

describe('leaves', () => {
  test.each(rows)('%s', (_, leaf, facts, expected) => expect(holds(leaf, facts)).toBe(expected))

  test('a dry run may set the clock: within looks at the given time', () => {
    expect(holds({ fact: 'time.now', within: 'office' }, { 'time.now': '2026-06-03T05:00:00Z' })).toBe(false)
  })
})

describe('trees', () => {
  const yes: Condition = { fact: 'a.b', is: 1 }
  const no: Condition = { fact: 'a.b', is: 2 }
  const unknown: Condition = { fact: 'a.c', is: 1 }
  const facts = { 'a.b': 1 }

  test.each<[Condition, boolean]>([
    [{ all: [yes, yes] }, true],
    [{ all: [yes, no] }, false],
    [{ all: [yes, yes, unknown] }, false],
    [{ any: [no, yes] }, true],
    [{ any: [no, unknown] }, false],
    [{ not: no }, true],
    [{ not: yes }, false],
    [{ not: { not: yes } }, true],
    [{ not: { any: [no, { all: [yes, unknown] }] } }, true],
  ])('%j is %s', (condition, expected) => expect(holds(condition, facts)).toBe(expected))

  test('not is plain negation: of a leaf on an unknown fact it is true', () => {
    expect(holds({ not: unknown }, facts)).toBe(true)
  })
})

describe('what failed, in words', () => {
  test('names condition and actual value', () => {
    expect(failed({ fact: 'customer.kind', is: 'sme' }, { 'customer.kind': 'person' })).toEqual([
      'customer.kind 应为 sme，实际为 person',
    ])
  })

  test('says that a fact is unknown', () => {
    expect(failed({ fact: 'customer.tier', in: ['vip', 'gold'] }, {})).toEqual([
      'customer.tier 应为 vip、gold 之一，但未知',
    ])
  })

  test('never repeats what the customer wrote', () => {
    const [text] = failed({ fact: 'message.text', contains: ['贷款'] }, { 'message.text': '我的密码是 123456' })
    expect(text).toBe('message.text 应含有 贷款，但不符')
  })

  test('lists only the failing parts of all, and every branch of any', () => {
    const all: Condition = {
      all: [
        { fact: 'a.b', is: 1 },
        { fact: 'a.c', gte: 5 },
      ],
    }
    expect(failed(all, { 'a.b': 1, 'a.c': 2 })).toEqual(['a.c 应不小于 5，实际为 2'])
    const any: Condition = {
      any: [
        { fact: 'a.b', is: 1 },
        { fact: 'a.c', exists: true },
      ],
    }
    expect(failed(any, {})).toEqual(['以下皆不满足：a.b 应为 1，但未知；a.c 应为已知，但未知'])
    expect(failed({ not: { all: [{ fact: 'a.b', is: 1 }] } }, { 'a.b': 1 })).toEqual(['不得满足：（a.b 应为 1）'])
  })

  test('is empty exactly when the condition holds', () => {
    for (const [, leaf, facts] of rows)
      expect(failed(leaf, withTime(facts, { now: NOW, calendars: [office] })).length === 0).toBe(holds(leaf, facts))
  })
})

describe('facts that try to be more than facts', () => {
  const hostile = JSON.parse(
    '{"__proto__": {"customer.kind": "sme"}, "constructor": "x", "customer.tags": {"length": 9}}',
  )

  test('inherited properties are unknown', () => {
    for (const fact of ['constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
      expect(holds({ fact, exists: true }, {})).toBe(false)
    }
  })

  test('a __proto__ key from JSON reaches nothing', () => {
    expect(holds({ fact: 'customer.kind', is: 'sme' }, hostile)).toBe(false)
    expect(({} as Record<string, unknown>)['customer.kind']).toBeUndefined()
  })

  test('values of other types are unknown', () => {
    expect(holds({ fact: 'customer.tags', exists: true }, hostile)).toBe(false)
    expect(holds({ fact: 'a.b', is: '[object Object]' }, { 'a.b': {} as never })).toBe(false)
  })
})

describe('normalise', () => {
  test('comes to an end, and doing it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text))
      }),
      { numRuns: 5_000 },
    )
  })

  test.each([
    ['ＡＢＣ１２３　贷 款', 'abc123贷款'],
    ['贷\u200b\ufeff款', '贷款'],
    ['Straße\u00ad', 'straße'],
    ['①', '1'],
    ['℡', 'tel'],
    ['', ''],
  ])('%j becomes %j', (text, expected) => expect(normalise(text)).toBe(expected))
})

test('an expression that ruins backtracking engines stays fast on 50,000 characters', () => {
  const bad: Condition = { fact: 'message.text', matches: '(a+)+$' }
  const text = `${'a'.repeat(50_000)}b`
  holds(bad, { 'message.text': text })
  const before = performance.now()
  expect(holds(bad, { 'message.text': text })).toBe(false)
  expect(performance.now() - before).toBeLessThan(50)
})
