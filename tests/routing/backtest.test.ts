import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backtest } from '../../src/routing/backtest/backtest.ts'
import type { BacktestInput, PastConversation } from '../../src/routing/backtest/model.ts'
import { compile } from '../../src/routing/compile.ts'
import type { RosterRm } from '../../src/routing/model.ts'
import { withoutTime } from '../../src/routing/question.ts'
import { timeQueue } from '../../src/routing/backtest/time-queue.ts'
import type { Ruleset } from '../../src/routing/ruleset/schema.ts'
import * as any from './arbitrary.ts'
import { after, rm, team } from './people.ts'
import { recorded, type Comer } from './recorded.ts'

const pool = (skill: string) => ({ name: skill, members: { skills: { [skill]: 1 } } })
const bank = [
  rm('li', { skills: { sme: 3 }, capacity: 2 }),
  rm('wang', { skills: { sme: 1 }, capacity: 2 }),
  rm('zhao', { skills: { fund: 2 }, capacity: 2 }),
]
const toOwner = { key: 'sme', name: '小微', when: { fact: 'customer.kind', is: 'sme' }, otherwise: 'queue' as const }
const rules = (sme: Ruleset['fallback']['steps'], more: Partial<Ruleset> = {}): Ruleset => ({
  pools: { sme: pool('sme'), fund: pool('fund') },
  rules: [{ ...toOwner, steps: sme }],
  fallback: { steps: [{ to: 'pool:fund' }], otherwise: 'leave-message' },
  firstReply: { remind: '60s', reassign: '180s' },
  ...more,
})
const live = rules([{ to: 'owner' }, { to: 'pool:sme', stay: '10m' }])
const comers = (count: number, differs: (n: number) => Partial<Comer> = () => ({})): Comer[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `c${n}`,
    at: n * 1_000,
    stays: 600,
    owner: 'li',
    facts: { 'customer.kind': 'sme' },
    ...differs(n),
  }))
const replay = (
  draft: Ruleset,
  conversations: PastConversation[],
  more: Partial<BacktestInput> & { rms?: RosterRm[] } = {},
) => {
  const { rms = bank, ...rest } = more
  const versions = new Map([[1, compile(live)]])
  const until = after(100_000)
  return backtest({ ruleset: draft, conversations, roster: team(...rms), versions, until, ...rest })
}

describe('the same rules', () => {
  const asked = fc.record({
    ruleset: any.ruleset,
    rms: any.rms,
    comers: fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 3_000 }),
        stays: fc.integer({ min: 1, max: 2_000 }),
        facts: any.facts.map(withoutTime),
        owner: fc.constantFrom(null, 'a', 'b'),
      }),
      { maxLength: 25 },
    ),
  })

  test('move nobody, whatever rules, people and customers', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (one) => {
        const compiled = compile(one.ruleset)
        const people = one.rms.map((each) => ({ ...each, load: 0 }))
        const past = recorded(
          compiled,
          people,
          one.comers.map((comer, n) => ({ ...comer, id: `c${n}` })),
        )
        const report = await replay(one.ruleset, past, { rms: people, versions: new Map([[1, compiled]]) })
        expect(report).toMatchObject({ moved: 0, ruleChanged: 0, conversations: past.length })
        expect(report.outcomes.draft).toEqual(report.outcomes.recorded)
        expect(report.waits.draft).toEqual({ ...report.waits.recorded, estimated: 0 })
        for (const { lost, gained, peak, breaches } of report.rms)
          expect([lost, gained, peak.draft, breaches.draft]).toEqual([0, 0, peak.recorded, breaches.recorded])
      }),
      { numRuns: 150 },
    )
  })

  test('repeat every recorded decision where the record tells everything', async () => {
    const past = recorded(
      compile(live),
      bank,
      comers(60, (n) => ({ at: n * 100, stays: 700, owner: n % 3 === 0 ? 'wang' : 'li' })),
    )
    const { fidelity } = await replay(live, past)
    expect(fidelity.decisions).toBeGreaterThan(60)
    expect(fidelity.repeated).toBe(fidelity.decisions)
  })
})

describe('a draft', () => {
  test('moves exactly the conversations that its rules decide otherwise: how many, by which rule, from whom to whom', async () => {
    const past = recorded(
      compile(live),
      bank,
      comers(20, (n) => (n % 4 === 0 ? { facts: {}, owner: null } : {})),
    )
    const report = await replay(rules([{ to: 'rm:wang' }]), past)
    const move = { from: 'li', to: 'wang', conversations: 15 }
    expect(report).toMatchObject({ conversations: 20, moved: 15, movedCertain: 0, moves: [move], unmatched: 5 })
    expect(report.rules).toMatchObject([
      { key: 'sme', recorded: 15, draft: 15, moved: 15, moves: [move] },
      { key: 'fallback', recorded: 5, draft: 5, moved: 0, moves: [] },
    ])
    expect(report.rms).toMatchObject([
      { rm: 'li', recorded: 15, draft: 0, lost: 15, gained: 0 },
      { rm: 'wang', recorded: 0, draft: 15, lost: 0, gained: 15 },
      { rm: 'zhao', recorded: 5, draft: 5, lost: 0, gained: 0 },
    ])
  })

  test('a move is certain where the record says that the new one was free then', async () => {
    const desk = rules([{ to: 'pool:sme' }])
    const past = recorded(compile(desk), bank, comers(10))
    const best = { ...desk, pools: { ...desk.pools, sme: { ...pool('sme'), strategy: 'best-skill' as const } } }
    const report = await replay(best, past, { versions: new Map([[1, compile(desk)]]) })
    expect(report.moves).toEqual([{ from: 'wang', to: 'li', conversations: report.moved }])
    expect(report.movedCertain).toBe(report.moved)
    expect(report.moved).toBeGreaterThan(3)
  })

  test('whoever is known to be off duty or full then gets nobody by it', async () => {
    const away = bank.map((one) => (one.userid === 'wang' ? { ...one, onDuty: false } : one))
    const desk = rules([{ to: 'pool:sme', stay: '10m' }])
    const past = recorded(compile(desk), away, comers(10))
    // Today she is there; what the record says of then goes before.
    const report = await replay(rules([{ to: 'rm:wang', stay: '60s' }, { to: 'pool:sme' }]), past, {
      versions: new Map([[1, compile(desk)]]),
    })
    expect(report).toMatchObject({ moved: 0, conversations: 10 })
    expect(report.waits).toMatchObject({
      recorded: { atOnce: 10 },
      draft: { waited: 10, medianSeconds: 60, estimated: 10 },
    })
  })

  test('waits are compared: saved ones are facts, new ones are estimated by the steps and said to be', async () => {
    const slow = rules([{ to: 'owner', stay: '5m' }, { to: 'pool:sme' }])
    const full = comers(6, () => ({ at: 0, stays: 3_000 }))
    const past = recorded(compile(slow), bank, full)
    const versions = new Map([[1, compile(slow)]])
    const { waits } = await replay(rules([{ to: 'owner' }, { to: 'pool:sme' }]), past, { versions })
    expect(waits.recorded).toMatchObject({ atOnce: 2, waited: 4 })
    expect(waits.draft.atOnce).toBe(6)
    expect(waits.draft.estimated).toBe(0)
    const slower = await replay(rules([{ to: 'owner', stay: '9m' }, { to: 'pool:sme' }]), past, { versions })
    // Two wait longer for Wang; the other two get Li when he is free again, as they did.
    expect(slower.waits.draft).toMatchObject({ atOnce: 2, waited: 4, estimated: 2 })
    expect(slower.moved).toBe(0)
  })

  test('what it would pile up on one RM is counted as loads over time', async () => {
    const past = recorded(
      compile(live),
      bank,
      comers(8, (n) => ({ at: n * 10, stays: 5_000, owner: n % 2 ? 'li' : 'wang' })),
    )
    expect((await replay(live, past)).rms.map(({ breaches }) => breaches.recorded)).toEqual([0, 0])
    const three = comers(3, (n) => ({ at: n * 10, stays: 5_000, facts: {}, owner: null }))
    const quiet = recorded(compile(live), [...bank, rm('qian', { skills: { fund: 1 }, capacity: 9 })], three)
    const all = await replay(rules([], { fallback: { steps: [{ to: 'rm:li' }], otherwise: 'queue' } }), quiet, {
      rms: [...bank, rm('qian', { skills: { fund: 1 }, capacity: 9 })],
    })
    expect(all.rms.find((one) => one.rm === 'li')).toMatchObject({
      gained: 3,
      capacity: 2,
      peak: { recorded: 0, draft: 3 },
      breaches: { recorded: 0, draft: 1 },
    })
  })

  test('rules that catch nobody are named, and what no rule catches is counted', async () => {
    const past = recorded(
      compile(live),
      bank,
      comers(10, (n) => (n < 3 ? { facts: {} } : {})),
    )
    const idle = {
      key: 'idle',
      name: '没人',
      when: { fact: 'customer.tier', is: 'vip' },
      steps: [],
      otherwise: 'bot' as const,
    }
    const report = await replay({ ...live, rules: [idle, ...(live.rules ?? [])] }, past)
    expect(report).toMatchObject({ neverMatched: ['idle'], unmatched: 3, moved: 0 })
  })

  test('first replies in time: kept ones as they were, moved ones by what their new RM is used to', async () => {
    const each = (n: number): Partial<Comer> =>
      n % 2 ? { owner: 'li', reply: 30 } : { owner: 'wang', reply: n % 4 ? 30 : null }
    const past = recorded(compile(live), bank, comers(40, each))
    const { firstReply } = await replay(rules([{ to: 'rm:wang' }]), past)
    expect(firstReply).toMatchObject({ targetSeconds: 180, recorded: { given: 40, inTime: 30, share: 0.75 } })
    // Wang answers half of hers in time: 10 that she had, and 10 of the 20 that move to her.
    expect(firstReply.draft).toMatchObject({ given: 40, inTime: 20, expected: 10, share: 0.5, unknown: 0 })
  })

  test('an answer that a colleague gave, to whom he was handed on, is not his', async () => {
    const past = recorded(compile(live), bank, comers(4))
    for (const one of past.slice(1)) one.answered = one.answered && { ...one.answered, rm: 'wang' }
    const { firstReply } = await replay(live, past)
    expect(firstReply.recorded).toMatchObject({ given: 4, inTime: 1 })
  })
})

describe('what the rules have no part in', () => {
  const past = () => recorded(compile(live), bank, comers(6))

  test('an admin gave it by hand: left out and counted, but his load stays', async () => {
    const [first, ...others] = past()
    const byHand = { ...first!, decisions: first!.decisions.map((one) => ({ ...one, rule: 'admin' })) }
    const report = await replay(rules([{ to: 'rm:wang' }]), [byHand, ...others])
    expect(report).toMatchObject({ conversations: 5, moved: 5, notReplayed: { byHand: 1, rmGone: 0 } })
  })

  test('an RM who is no longer there', async () => {
    const report = await replay(live, past(), { rms: bank.filter(({ userid }) => userid !== 'li') })
    expect(report).toMatchObject({ conversations: 0, notReplayed: { byHand: 0, rmGone: 6 } })
  })

  test('later decisions (he did not answer, the next one got it) move loads, and are not replayed', async () => {
    const [first, ...others] = past()
    const [given] = first!.decisions
    const moved = { ...given!, at: after(180, given!.at), rm: 'wang' }
    const report = await replay(live, [{ ...first!, decisions: [given!, moved] }, ...others])
    expect(report).toMatchObject({ conversations: 6, moved: 0 })
    expect(report.rms.map((one) => [one.rm, one.recorded])).toEqual([['li', 6]])
  })
})

test('what RMs had in hand before the period counts', async () => {
  const past = recorded(compile(live), bank, comers(1))
  const held = ['a', 'b'].map((id) => ({ id, rm: 'wang', units: 1, until: null }))
  const report = await replay(rules([{ to: 'rm:wang' }, { to: 'rm:zhao' }]), past, {
    before: { held, lastAssigned: new Map() },
  })
  expect(report.moves).toEqual([{ from: 'li', to: 'zhao', conversations: 1 }])
})

test('others get their turn every few conversations, and a stream is read as it comes', async () => {
  const past = recorded(compile(live), bank, comers(100))
  let pauses = 0
  async function* stream() {
    yield* past
  }
  const report = await replay(live, [], { conversations: stream(), pause: async () => void (pauses += 1) })
  expect(report.conversations).toBe(100)
  expect(pauses).toBeGreaterThanOrEqual(3)
})

test('the queue of times gives the earliest first, and equal ones in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = timeQueue<number>()
      for (const [n, seconds] of times.entries()) queue.add(after(seconds), n)
      const taken: number[] = []
      for (let next = queue.next(after(30)); next; next = queue.next(after(30))) taken.push(next.item)
      const sorted = [...times.entries()].toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
      expect(taken).toEqual(sorted.map(([n]) => n))
    }),
  )
})
