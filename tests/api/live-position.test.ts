import { expect, test } from 'vitest'
import { advance, forgetOldGaps, formatPosition, parsePosition, startAt } from '../../src/api/live-position.ts'

test('remembers what was passed over and forgets it after a minute', () => {
  const passed = advance(advance(startAt(10n), 14n, 1000), 12n, 1000)
  expect([...passed.missing.keys()]).toEqual([11n, 13n])
  expect(forgetOldGaps(passed, 60_999).missing.size).toBe(2)
  expect(forgetOldGaps(passed, 61_000).missing.size).toBe(0)
})
test('survives being an id of an event', () => {
  for (const position of [startAt(0n), startAt(7n), advance(startAt(10n), 14n, 5), advance(startAt(0n), 100_000n, 5)])
    expect(parsePosition(formatPosition(position), 5)).toEqual(position)
})
test('stays short however far the sequence jumps', () => {
  const far = advance(startAt(1n), 999_999_999_999_999_999n, 0)
  expect(far.missing.size).toBe(500)
  expect(formatPosition(far).length).toBeLessThan(16_384)
})
