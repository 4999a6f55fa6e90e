import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCounter } from '../../src/figures/counter.ts'
import { createFigures } from '../../src/figures/figures.ts'
import type { FunnelAsk, FunnelRow } from '../../src/figures/funnel.ts'
import { dimensions, type Dimension } from '../../src/figures/slice.ts'
import { zoneOf } from '../../src/routing/calendar/zone.ts'
import type { Store } from '../../src/store/open.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { freshStore } from '../ground/fresh-store.ts'
import { attribution, bruteForce, comparison, connections, flags, funnel, type Row } from './brute-force.ts'
import { asks, definitions, ledgers, write, type NewLine } from './random-ledger.ts'

let store: Store
beforeAll(async () => {
  store = await freshStore()
})
afterAll(() => store.stop())

const zone = zoneOf('Asia/Shanghai')
const now = new Date('2026-04-12T03:00:00Z')
const scope = { branch: null, rm: null }

const newCounter = () =>
  createCounter({
    pool: store.pool,
    inTransaction,
    definitions,
    zone,
    now: () => now,
    batch: { customers: 2, lines: 7 },
  })
const catchUp = async (counter = newCounter()) => {
  while ((await counter.catchUp()) !== 'done');
}

/** The ledger cannot be emptied, so between two of them its guard is sent away. */
const emptied = async () => {
  const client = new pg.Client({ connectionString: store.url })
  await client.connect()
  await client.query('set session_replication_role = replica; truncate touchpoints')
  await client.end()
  await newCounter().startOver()
}

/** Written in three parts, counted in between by counters that know nothing of each other. */
const counted = async (lines: readonly NewLine[]) => {
  await emptied()
  const third = Math.ceil(lines.length / 3)
  for (const from of [0, third, 2 * third]) {
    await write(store.pool, lines.slice(from, from + third))
    await catchUp()
  }
  const { rows } = await store.pool.query<Row>(
    'select id, at, kind, customer_id, channel, rm, data from touchpoints order by id',
  )
  return { figures: createFigures({ pool: store.pool, definitions, zone }), ground: bruteForce(rows) }
}

const spans = [
  { from: '2026-01-01', to: '2027-01-01' },
  { from: '2026-03-09', to: '2026-03-23' },
]
const without = <T extends object>(rows: readonly T[]) => rows.map(({ ...row }) => row)

test('whatever is in the ledger and however it came: the counts are those of a brute-force computation', async () => {
  await fc.assert(
    fc.asyncProperty(ledgers, asks, async (lines, asked) => {
      const { figures, ground } = await counted(lines)
      for (const span of spans) {
        for (const by of [undefined, ...dimensions] as (Dimension | undefined)[]) {
          const { rows } = await figures.funnel({ ...span, scope, by })
          expect(numbersOf(rows)).toEqual(by ? funnel(ground, span, by) : [])
          const sums = await figures.connections({ ...span, scope, by, now })
          expect(without(sums.rows)).toEqual(by ? connections(ground, { ...span, now, by }) : [])
        }
        const { total } = await figures.funnel({ ...span, scope })
        const [all] = funnel(ground, span, undefined)
        expect(total.map(({ persons }) => persons)).toEqual(
          all?.stages.map(({ persons }) => persons) ?? Array(7).fill(0),
        )
        await sameAttribution(figures, ground, { ...span, scope })
        await sameFlags(figures, ground, span)
        for (const ask of asked) await sameCrossed(figures, ground, { ...span, ...ask })
      }
      await sameComparison(figures, ground)
    }),
    { numRuns: Number(process.env['FIGURES_RUNS'] ?? 25), endOnFailure: true },
  )
}, 240_000)

type Counted = Awaited<ReturnType<typeof counted>>

const numbersOf = (rows: readonly FunnelRow[]) =>
  rows.map(({ key, stages }) => ({
    key,
    stages: stages.map(({ persons, fromPrevious }) => ({ persons, fromPrevious })),
  }))

const sameCrossed = async (figures: Counted['figures'], ground: Counted['ground'], ask: FunnelAsk) => {
  const { rows, total } = await figures.funnel(ask)
  expect(numbersOf(rows)).toEqual(ask.by ? funnel(ground, ask, ask.by) : [])
  expect(numbersOf([{ key: null, stages: total }])).toEqual(
    funnel(ground, ask, undefined).concat(nobodyCame).slice(0, 1),
  )
  const sums = await figures.connections({ ...ask, now })
  expect(sums.rows).toEqual(ask.by ? connections(ground, { ...ask, now, by: ask.by }) : [])
  const [all] = connections(ground, { ...ask, now, by: undefined })
  expect(all ? { key: null, ...sums.total } : sums.total.raw).toEqual(all ?? 0)
  if (ask.by) await sameAttribution(figures, ground, ask)
}
const nobodyCame = { key: null, stages: Array.from({ length: 7 }, () => ({ persons: 0, fromPrevious: 0 })) }

const sameAttribution = async (figures: Counted['figures'], ground: Counted['ground'], ask: FunnelAsk) => {
  for (const goal of ['contact', 'value', 'app.loan'])
    for (const by of ask.by ? [ask.by] : dimensions) {
      const { rows, ...sums } = await figures.attribution({ ...ask, goal, by })
      const expected = attribution(ground, ask, { goal, by })
      expect({
        ...sums,
        rows: rows.map(({ linear, ...row }) => ({ ...row, linear: expect.closeTo(linear, 3) })),
      }).toEqual(expected)
    }
}

const sameFlags = async (figures: Counted['figures'], ground: Counted['ground'], span: (typeof spans)[number]) => {
  const { flags: found } = await figures.connections({ ...span, scope, now })
  const expected = flags(ground, span)
  expect(found.manyManagers.toSorted((a, b) => Number(a.customerId) - Number(b.customerId))).toEqual(
    expected.many.toSorted((a, b) => Number(a.customerId) - Number(b.customerId)),
  )
  const day = (at: Date) => new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)
  expect(found.bursts.map(({ rm, to, adds }) => `${rm} ${day(to)} ${adds}`).toSorted()).toEqual(
    expected.bursts.toSorted(),
  )
}

const sameComparison = async (figures: Counted['figures'], ground: Counted['ground']) => {
  for (const value of [definitions.valueEvents, ['app.loan']]) {
    const found = await figures.comparison({ from: '2026-03-03', to: '2026-04-06', scope, value, now })
    expect(found.weeks).toEqual(['2026-03-09', '2026-03-16', '2026-03-23'])
    expect(found.weeksTooYoung).toBe(1)
    const rows = found.strata.map(({ segment, tenure, activity, connected, unconnected }) => ({
      cell: `${segment} ${tenure} ${activity}`,
      connected,
      unconnected,
    }))
    const expected = comparison(ground, { weeks: found.weeks, value })
    expect(rows.toSorted((a, b) => (a.cell < b.cell ? -1 : 1))).toEqual(expected)
  }
}
