import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  joinByEvent,
  leaveByEvent,
  missingInGroup,
  seenInGroup,
  type GroupStep,
  type Membership,
  type Move,
} from '../../src/dispatch/arrival/group-step.ts'

/** What really happened to one customer and one group: he comes, leaves, comes again … at these seconds. */
type History = { at: number; what: 'joined' | 'left' }[]
type Delivery = { delay: number; lost: boolean }
type Reading = { after: number; lag: number }

const start = Date.parse('2026-11-23T10:00:00+08:00')
const time = (seconds: number): Date => new Date(start + seconds * 1000)
const id = 'wm_x'

/** One world: events come late, out of order or not at all; readings show the group as it was up to four minutes ago. */
const live = (history: History, deliveries: Delivery[], readings: Reading[]) => {
  let member: Membership | undefined
  const moves: Move[] = []
  const take = (step: GroupStep): void => {
    member = step.member
    moves.push(...step.moves)
  }
  const hear = (index: number): void => {
    const { at, what } = history[index] as History[number]
    const step = what === 'joined' ? joinByEvent : leaveByEvent
    take(step(member, { id, customer: true, at: time(at) }))
  }
  const read = (asked: number, lag: number): void => {
    const shown = history.filter(({ at }) => at <= asked - lag)
    const last = shown.at(-1)
    if (last?.what === 'joined') {
      const how = { id, customer: true, scene: 1, invitor: null, state: null, unionid: null }
      take(seenInGroup(member, { ...how, joinedAt: time(last.at) }, time(asked)))
    } else if (member) take(missingInGroup(member, time(asked)))
  }
  const acts: [when: number, act: () => void][] = [
    ...history.flatMap(({ at }, index): [number, () => void][] => {
      const { delay, lost } = deliveries[index] as Delivery
      return lost ? [] : [[at + delay, () => hear(index)]]
    }),
    ...readings.map(({ after, lag }): [number, () => void] => [after, () => read(after, lag)]),
  ]
  for (const [, act] of acts.toSorted(([one], [other]) => one - other)) act()
  const end = Math.max(0, ...acts.map(([when]) => when), ...history.map(({ at }) => at)) + 3600
  read(end, 0)
  const count = (what: Move['what']) => moves.filter((move) => move.what === what).length
  return { present: member?.present ?? false, joined: count('joined'), left: count('left') }
}

const histories = fc.array(fc.integer({ min: 61, max: 900 }), { minLength: 1, maxLength: 6 }).map((gaps): History => {
  let at = 0
  return gaps.map((gap, index) => ({ at: (at += gap), what: index % 2 === 0 ? 'joined' : 'left' }))
})
const readings = fc.array(
  fc.record({ after: fc.integer({ min: 0, max: 6000 }), lag: fc.integer({ min: 0, max: 240 }) }),
  { maxLength: 5 },
)
const deliveriesOf = (lost: fc.Arbitrary<boolean>) =>
  fc.array(fc.record({ delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })), lost }), {
    minLength: 6,
    maxLength: 6,
  })
const truth = (history: History) => ({
  present: history.at(-1)?.what === 'joined',
  joined: history.filter(({ what }) => what === 'joined').length,
  left: history.filter(({ what }) => what === 'left').length,
})

test('however late and out of order: each coming and leaving is told once, whatever readings told before', () => {
  const run = (history: History, deliveries: Delivery[], read: Reading[]): void => {
    expect(live(history, deliveries, read)).toEqual(truth(history))
  }
  fc.assert(fc.property(histories, deliveriesOf(fc.constant(false)), readings, run), { numRuns: 10_000 })
})

test('events that are lost: nothing is told that did not happen, and in the end the books are right', () => {
  const run = (history: History, deliveries: Delivery[], read: Reading[]): void => {
    const [came, real] = [live(history, deliveries, read), truth(history)]
    expect(came.present).toBe(real.present)
    expect(came.joined).toBeLessThanOrEqual(real.joined)
    expect(came.left).toBeLessThanOrEqual(real.left)
  }
  fc.assert(fc.property(histories, deliveriesOf(fc.boolean()), readings, run), { numRuns: 10_000 })
})
