import { expect, test } from 'vitest'
import { advance, forgetOldGaps, formatPosition, parsePosition, startAt } from '../../src/api/live/position.ts'

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
  expect(far.missing.size).toBe(4000)
  expect(formatPosition(far).length).toBeLessThan(16_384)
})
test('stays short also with thousands of them here and there: the latest are told', () => {
  let scattered = startAt(0n)
  for (let id = 2n; id <= 2_000n; id += 2n) scattered = advance(scattered, id * 1_000_000_000_000n, 0)
  scattered = { last: scattered.last, missing: new Map([...scattered.missing].filter((_, index) => index % 2 === 0)) }
  const told = parsePosition(formatPosition(scattered), 0)
  expect(formatPosition(scattered).length).toBeLessThan(16_384)
  expect([...(told?.missing.keys() ?? [])]).toEqual([...scattered.missing.keys()].slice(-500))
})
test('is not read from what nobody gave out', () => {
  for (const text of ['', 'x', '5-', '5-1~', '5-1.', '5-1~99999', `5-${Array(500).fill('1~9999').join('.')}`, '-1'])
    expect(parsePosition(text, 0)).toBeNull()
})
