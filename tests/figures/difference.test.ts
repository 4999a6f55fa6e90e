import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cautions } from '../../src/figures/cautions.ts'
import { difference, type Stratum } from '../../src/figures/difference.ts'

const cell = (connected: [number, number], unconnected: [number, number], segment = 'person'): Stratum => ({
  segment,
  tenure: 0,
  activity: 0,
  connected: { n: connected[0], converted: connected[1] },
  unconnected: { n: unconnected[0], converted: unconnected[1] },
})

describe('the difference', () => {
  test('one cell: the plain difference of two shares, and an interval as the textbook has it', () => {
    const found = difference([cell([1_000, 120], [4_000, 280])])
    expect(found).toMatchObject({ connected: 0.12, unconnected: 0.07 })
    expect(found?.difference).toBeCloseTo(0.05, 12)
    // sqrt(.12*.88/1000 + .07*.93/4000) * 1.96 = 0.0216
    expect(found?.low).toBeCloseTo(0.05 - 0.0216, 3)
    expect(found?.high).toBeCloseTo(0.05 + 0.0216, 3)
  })

  test('what only seems to be a difference, because the connected are of another kind, goes away', () => {
    // Rich customers convert at 20 %, others at 2 %, connected or not; RMs have more of the rich.
    const found = difference([cell([900, 180], [1_000, 200], 'gold'), cell([100, 2], [9_000, 180], 'person')])
    expect(found?.difference).toBeCloseTo(0, 12)
    expect(found?.low).toBeLessThan(0)
    expect(found?.high).toBeGreaterThan(0)
  })

  test('customers without anybody like them are left out', () => {
    const found = difference([
      cell([100, 10], [100, 5]),
      cell([50, 50], [0, 0], 'gold'),
      cell([0, 0], [70, 70], 'silver'),
    ])
    expect(found?.difference).toBeCloseTo(0.05, 12)
    expect(difference([cell([50, 50], [0, 0])])).toBeNull()
  })

  test('lies within its interval, and the interval within what a difference can be; nobody converting makes nothing certain', () => {
    const arm = fc.integer({ min: 1, max: 500 }).chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n })))
    fc.assert(
      fc.property(fc.array(fc.tuple(arm, arm), { minLength: 1, maxLength: 20 }), (cells) => {
        const found = difference(cells.map(([a, b], index) => cell(a, b, `s${index}`)))
        if (!found) return false
        const { low, difference: middle, high } = found
        return -1 <= low && low <= middle && middle <= high && high <= 1 && high - low > 0
      }),
    )
  })

  test('over many samples from one and the same share, the interval misses no difference about as seldom as it says', () => {
    let seed = 7
    const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const draws = (n: number, p: number) => Array.from({ length: n }, chance).filter((one) => one < p).length
    let missed = 0
    const rounds = 600
    for (let round = 0; round < rounds; round += 1) {
      const found = difference(
        [0.05, 0.1, 0.3].map((p, index) => cell([120, draws(120, p)], [400, draws(400, p)], `s${index}`)),
      )
      if (found && (found.low > 0 || found.high < 0)) missed += 1
    }
    expect(missed / rounds).toBeGreaterThan(0.02)
    expect(missed / rounds).toBeLessThan(0.08)
  })
})

describe('the warnings', () => {
  const found = (strata: Stratum[], rest: object = {}) => {
    const sum = (side: 'connected' | 'unconnected') => ({
      n: strata.reduce((total, one) => total + one[side].n, 0),
      converted: strata.reduce((total, one) => total + one[side].converted, 0),
      matched: strata
        .filter((one) => one.connected.n * one.unconnected.n > 0)
        .reduce((total, one) => total + one[side].n, 0),
    })
    const weeks = { weeks: ['2026-03-02'], weeksTooYoung: 0, horizonDays: 30 }
    const unconnected = { ...sum('unconnected'), connectedLater: 0 }
    return { ...weeks, strata, difference: difference(strata), connected: sum('connected'), unconnected, ...rest }
  }
  const wide = [cell([1_000, 200], [5_000, 400])]
  const said = (words: string, it: ReturnType<typeof found>) => cautions(it).some((line) => line.includes(words))

  test('a large and clear comparison has one warning: that it is no experiment', () => {
    expect(cautions(found(wide))).toHaveLength(1)
    expect(said('不是随机试验', found(wide))).toBe(true)
  })

  test.each([
    ['样本太小', [cell([40, 20], [5_000, 400])], {}],
    ['成交太少', [cell([1_000, 3], [5_000, 40])], {}],
    ['重合不足', [...wide, cell([600, 10], [0, 0], 'gold')], {}],
    ['包含 0', [cell([1_000, 100], [5_000, 500])], {}],
    ['没有可比的客户', [cell([10, 1], [0, 0])], {}],
    ['观察不足', wide, { weeksTooYoung: 3 }],
  ])('%s', (words, strata, rest) => {
    expect(said(words, found(strata, rest))).toBe(true)
    expect(said(words, found(wide))).toBe(false)
  })

  test('controls that were connected soon after', () => {
    const many = found(wide)
    many.unconnected.connectedLater = 700
    expect(said('会被低估', many)).toBe(true)
  })
})
