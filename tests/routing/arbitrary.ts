import fc from 'fast-check'
import type { Facts, Question, RosterRm } from '../../src/routing/model.ts'
import { STRATEGIES } from '../../src/routing/ruleset/schema.ts'
import type { Condition } from '../../src/routing/conditions/condition-schema.ts'
import type { Rule, Ruleset } from '../../src/routing/ruleset/schema.ts'
import { after, NOW, rm } from './people.ts'

/** Small alphabets, so that things meet often enough to matter. */
const FACT_NAMES = [
  'customer.kind',
  'customer.branch',
  'customer.tags',
  'message.text',
  'conversation.count',
  'constructor',
  'a.b',
]
const VALUES = ['sme', 'person', 'shanghai', '贷款', '1', '']
const WORDS = ['贷款', '贷', '理财', 'VIP', 'ab', 'b']
const USERS = ['a', 'b', 'c', 'd', 'e', 'f']

const fact = fc.constantFrom(...FACT_NAMES)
const words = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 })

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ fact, is: fc.oneof(fc.constantFrom(...VALUES), fc.integer({ min: 0, max: 2 }), fc.boolean()) }),
  fc.record({ fact, in: fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }) }),
  fc.record({ fact, exists: fc.boolean() }),
  fc.record({ fact, contains: words }),
  fc.record({ fact, matches: fc.constantFrom('^s', '贷+', '.', '^$') }),
  fc.record({ fact, gte: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ fact, lte: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ fact: fc.constant('time.now'), within: fc.constantFrom('office', 'never') }),
)

export const condition: fc.Arbitrary<Condition> = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('tree') }),
  ),
})).tree

/** Anything that a caller might put into facts, promised or not. */
export const facts: fc.Arbitrary<Facts> = fc
  .dictionary(
    fc.oneof(fact, fc.constantFrom('__proto__', 'time.hour', 'time.now')),
    fc.oneof(
      fc.constantFrom(...VALUES, ...WORDS, '我想贷 款', 'ＶＩＰ客户'),
      fc.integer({ min: 0, max: 3 }),
      fc.boolean(),
      fc.array(fc.constantFrom(...VALUES, ...WORDS), { maxLength: 3 }),
      fc.constantFrom(null, undefined, Number.NaN, {}, [1]),
    ),
    { maxKeys: 6 },
  )
  .map((one) => one as Facts)

const duration = fc.constantFrom('2s', '60s', '5m', '1bh')
const step = fc.record(
  {
    to: fc.constantFrom(
      'owner',
      'deputy',
      'last',
      'firm-lead',
      'rm:c',
      'pool:all',
      'pool:sme',
      'pool:fund',
      'pool:closed',
    ),
    stay: duration,
    skipIf: fc.constant('nobody-available' as const),
    relax: fc.constantFrom<string[]>(['skills'], ['branch'], ['branch/*'], ['skills.sme', 'lines']),
  },
  { requiredKeys: ['to'] },
)
const steps = fc.array(step, { maxLength: 4 })
const otherwise = fc.constantFrom('leave-message' as const, 'queue' as const, 'bot' as const)
const strategy = fc.constantFrom(...STRATEGIES)

const rule = fc.record(
  {
    name: fc.constant('r'),
    when: condition,
    steps,
    otherwise,
    priority: fc.constantFrom(0, 20, 60),
    units: fc.constantFrom(0.5, 1, 2),
    exceedFor: fc.constant(['owner']),
    canary: fc.record({ percent: fc.constantFrom(0, 50, 100) }),
  },
  { requiredKeys: ['name', 'when', 'steps', 'otherwise'] },
)

export const rules: fc.Arbitrary<Rule[]> = fc
  .array(rule, { maxLength: 12 })
  .map((list) => list.map((one, index) => ({ ...one, key: `r${index}` }) as Rule))

export const ruleset: fc.Arbitrary<Ruleset> = fc.record({ rules, steps, otherwise, strategy }).map((made) => ({
  calendars: {
    office: { hours: { 'mon-fri': ['09:00-12:00', '13:30-17:30'] }, holidays: 'cn' as const },
    never: { hours: {} },
  },
  opening: 'office',
  pools: {
    all: { name: 'all', members: {}, strategy: made.strategy },
    sme: {
      name: 'sme',
      members: { skills: { sme: 2 }, branch: 'shanghai' },
      strategy: made.strategy,
      handover: 'offer' as const,
    },
    fund: { name: 'fund', members: { licences: ['fund'] }, strategy: made.strategy, exceedFor: 'priority>=20' },
    closed: { name: 'closed', members: {}, calendar: 'never', strategy: made.strategy },
  },
  rules: made.rules,
  fallback: { steps: made.steps, otherwise: made.otherwise },
}))

const oneRm: fc.Arbitrary<Partial<RosterRm>> = fc.record({
  branch: fc.constantFrom('shanghai', 'shanghai/pudong', 'hangzhou'),
  skills: fc.constantFrom<Record<string, number>>({}, { sme: 1 }, { sme: 3 }),
  licences: fc.constantFrom<RosterRm['licences']>(
    [],
    [{ code: 'fund', expiresOn: '2026-06-02' }],
    [{ code: 'fund', expiresOn: '2030-01-01' }],
  ),
  capacity: fc.constantFrom(0, 1, 3),
  load: fc.constantFrom(0, 0.5, 1, 3),
  deputy: fc.constantFrom<string | null>(null, ...USERS),
  onDuty: fc.boolean(),
  lastAssignedAt: fc.constantFrom(null, after(-60), after(-600)),
  recent: fc.constantFrom(0, 5),
  kf: fc.constantFrom<RosterRm['kf']>({ kf1: 'receiving' }, { kf1: 'stopped' }, {}),
})

export const rms: fc.Arbitrary<RosterRm[]> = fc
  .dictionary(fc.constantFrom(...USERS), oneRm, { maxKeys: 6 })
  .map((people) => Object.entries(people).map(([userid, differs]) => rm(userid, differs)))

const someone = fc.constantFrom(null, ...USERS, 'gone')

export const question: fc.Arbitrary<Question> = fc.record({
  seed: fc.string({ maxLength: 4 }),
  openKfId: fc.constant('kf1'),
  facts,
  owner: someone,
  last: someone,
  firmLead: someone,
  units: fc.constantFrom(0, 0.5, 1, 2),
  excluded: fc
    .dictionary(fc.constantFrom(...USERS), fc.constantFrom('missed', 'refused'))
    .map((map) => new Map(Object.entries(map))),
  progress: fc.option(
    fc.record({
      rule: fc.constantFrom('fallback', 'r0', 'r1', null),
      step: fc.integer({ min: -1, max: 6 }),
      since: fc.constantFrom(NOW, after(-30), after(-9_000)),
    }),
  ),
})
