import { describe, expect, test } from 'vitest'
import { route, rulesFrom, team } from './people.ts'

describe('a rule on trial', () => {
  const yaml = (canary: string) => `
rules: [ { key: new, name: 新, when: { fact: customer.kind, is: sme }, canary: ${canary}, steps: [], otherwise: queue } ]
fallback: { steps: [], otherwise: bot }`
  const shareOf = (canary: string) => {
    const rules = rulesFrom(yaml(canary))
    const asked = Array.from({ length: 1_000 }, (_, n) =>
      route(rules, team(), {
        seed: `c${n}`,
        facts: { 'customer.kind': 'sme', 'customer.branch': n % 2 ? 'shanghai' : 'hangzhou' },
      }),
    )
    return asked.filter(({ rule }) => rule === 'new').length / 1_000
  }

  test('applies to about its share, and to the same conversations each time', () => {
    expect(shareOf('{ percent: 0 }')).toBe(0)
    expect(shareOf('{ percent: 100 }')).toBe(1)
    expect(shareOf('{ percent: 30 }')).toBeCloseTo(0.3, 1)
    expect(shareOf('{ percent: 30 }')).toBe(shareOf('{ percent: 30 }'))
  })

  test('may be limited to a branch, and says when it passes a conversation by', () => {
    expect(shareOf('{ percent: 100, branch: shanghai }')).toBe(0.5)
    const decision = route(rulesFrom(yaml('{ percent: 0 }')), team(), { facts: { 'customer.kind': 'sme' } })
    expect(decision.rules[0]).toEqual({ key: 'new', matched: false, failed: ['灰度范围：全部机构 0%，此会话不在其中'] })
  })
})
