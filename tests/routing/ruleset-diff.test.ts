import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffRulesets } from '../../src/routing/ruleset/ruleset-diff.ts'
import type { Ruleset } from '../../src/routing/ruleset/schema.ts'
import { ruleset } from './arbitrary.ts'

const kinds = (before: Ruleset, after: Ruleset) =>
  diffRulesets(before, after).map(({ kind, section, key }) => `${kind} ${section} ${key ?? ''}`.trim())

test('nothing differs from itself, nor from itself with its keys in another order', () => {
  fc.assert(
    fc.property(ruleset, (one) => {
      const turned = JSON.parse(JSON.stringify(one), (_, value: unknown) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries(Object.entries(value).toReversed())
          : value,
      ) as Ruleset
      expect(diffRulesets(one, one)).toEqual([])
      expect(diffRulesets(one, turned)).toEqual([])
    }),
  )
})

test('one rule that went to another place is one move, whatever its neighbours', () => {
  const move = fc.record({ one: ruleset, from: fc.nat(), to: fc.nat() })
  fc.assert(
    fc.property(move, ({ one, from, to }) => {
      const rules = [...(one.rules ?? [])]
      if (rules.length < 2) return
      const [taken] = rules.splice(from % rules.length, 1)
      rules.splice(to % (rules.length + 1), 0, taken!)
      const changes = diffRulesets(one, { ...one, rules })
      expect(changes.length).toBeLessThanOrEqual(1)
      expect(changes.every(({ kind }) => kind === 'moved')).toBe(true)
    }),
  )
})

test('what one side has more, the other has less', () => {
  const rule = { name: 'r', when: { fact: 'a', is: 1 }, steps: [], otherwise: 'bot' as const }
  const before: Ruleset = {
    rules: [
      { ...rule, key: 'a' },
      { ...rule, key: 'b' },
    ],
    fallback: { steps: [], otherwise: 'bot' },
  }
  const after: Ruleset = {
    pools: { p: { name: 'p', members: { skills: { sme: 2 } } } },
    rules: [
      { ...rule, key: 'c' },
      { ...rule, key: 'b', steps: [{ to: 'owner', stay: '30s' }], when: { fact: 'a', is: 2 } },
    ],
    fallback: { steps: [], otherwise: 'queue' },
    stickiness: { days: 3 },
  }
  expect(kinds(before, after)).toEqual([
    'added pools p',
    'removed rules a',
    'changed rules b',
    'added rules c',
    'changed fallback',
    'added stickiness',
  ])
  expect(kinds(after, before)).toEqual([
    'removed pools p',
    'removed rules c',
    'changed rules b',
    'added rules a',
    'changed fallback',
    'removed stickiness',
  ])
  const details = diffRulesets(before, after).find(({ key }) => key === 'b')?.details
  expect(details).toEqual(['when.is：1 → 2', 'steps：[] → [{"to":"owner","stay":"30s"}]'])
})
