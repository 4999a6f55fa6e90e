import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claim, release, renew } from '../../src/store/lease.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { freshDatabase } from '../ground/ground.ts'

let store: Store
let drop: () => Promise<void>

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  store = await openStore({ databaseUrl: fresh.url, dataDir: '/nonexistent' })
})
afterAll(async () => {
  await store.stop()
  await drop()
})

/** What the tables should say, in the plainest words: a list. */
type Row = { id: number; subject: string; lane: number; state: string; due: boolean; leased: boolean; fence: string }
type World = { rows: Row[] }
type Step = (world: World) => Promise<void>

const claimable = ({ rows }: World, lanes: number[] | undefined) => {
  const waiting = rows.filter(({ state }) => state === 'new')
  const inFlight = new Set(waiting.filter(({ leased }) => leased).map(({ subject }) => subject))
  const heads = [...Map.groupBy(waiting, ({ subject }) => subject).values()].flatMap(([head]) => head ?? [])
  return heads
    .filter(({ subject, due, lane }) => due && !inFlight.has(subject) && (!lanes || lanes.includes(lane)))
    .sort((a, b) => a.lane - b.lane || a.id - b.id)
}

const query = (text: string, values: unknown[]) => store.pool.query<{ id: string }>(text, values)
let keys = 0

const insert =
  (subjects: string[], lane: number): Step =>
  async (world) => {
    const values = [subjects, lane, subjects.map(() => `key ${(keys += 1)}`)]
    const { rows } = await query(
      `insert into inbox (kind, key, subject, lane, payload, occurred_at)
    select 'test', key, subject, $2, '{}', now() from unnest($1::text[], $3::text[]) with ordinality as t (subject, key, n) order by n returning id`,
      values,
    )
    rows.forEach(({ id }, i) =>
      world.rows.push({
        id: Number(id),
        subject: subjects[i] ?? '',
        lane,
        state: 'new',
        due: true,
        leased: false,
        fence: '0',
      }),
    )
  }

const claims =
  (limit: number, lanes: number[] | undefined): Step =>
  async (world) => {
    const expected = claimable(world, lanes).slice(0, limit)
    const got = await claim(store.pool, 'inbox', { limit, leaseMs: 60_000, ...(lanes && { lanes }) })
    expect(got.map(({ id }) => Number(id))).toEqual(expected.map(({ id }) => id))
    got.forEach(({ fence }, i) => Object.assign(expected[i] ?? {}, { leased: true, fence }))
  }

/** One of the rows for which it holds, chosen by number; nothing happens when there is none. */
const oneOf =
  (pick: number, when: (row: Row) => boolean, act: (row: Row) => Promise<void>): Step =>
  async ({ rows }) => {
    const fitting = rows.filter(when)
    const row = fitting[pick % Math.max(1, fitting.length)]
    if (row) await act(row)
  }

const leaves = (pick: number, state: string, when: (row: Row) => boolean): Step =>
  oneOf(pick, when, async (row) => {
    await query('update inbox set state = $2, lease_until = null where id = $1', [row.id, state])
    Object.assign(row, { state, leased: false })
  })

/** Everything in flight is done, in one statement and so in one transaction. */
const done: Step = async ({ rows }) => {
  const finished = rows.filter(({ leased }) => leased)
  await query(`update inbox set state = 'done', lease_until = null where id = any ($1)`, [finished.map(({ id }) => id)])
  for (const row of finished) Object.assign(row, { state: 'done', leased: false })
}

const returns = (pick: number): Step =>
  oneOf(
    pick,
    ({ state }) => state === 'dead',
    async (row) => {
      await query(`update inbox set state = 'new', due_at = now() where id = $1`, [row.id])
      Object.assign(row, { state: 'new', due: true })
    },
  )

const removed =
  (pick: number): Step =>
  async (world) =>
    oneOf(
      pick,
      () => true,
      async (row) => {
        await query('delete from inbox where id = $1', [row.id])
        world.rows.splice(world.rows.indexOf(row), 1)
      },
    )(world)

const releases = (pick: number, due: boolean): Step =>
  oneOf(
    pick,
    ({ leased }) => leased,
    async (row) => {
      const hold = { id: String(row.id), fence: row.fence }
      expect(await release(store.pool, 'inbox', { ...hold, afterMs: due ? 0 : 60_000 })).toBe(true)
      expect(await renew(store.pool, 'inbox', { ...hold, leaseMs: 60_000 })).toBe(false)
      Object.assign(row, { leased: false, due })
    },
  )

const expires = (pick: number): Step =>
  oneOf(
    pick,
    ({ leased }) => leased,
    async (row) => {
      await query(`update inbox set lease_until = now() - interval '1 second' where id = $1`, [row.id])
      row.leased = false
    },
  )

const subject = fc.constantFrom('a', 'b', 'c', 'd')
const pick = fc.nat(1000)
const some = fc
  .tuple(fc.array(subject, { minLength: 1, maxLength: 6 }), fc.constantFrom(0, 1, 2))
  .map(([subjects, lane]) => insert(subjects, lane))
// More than a claim looks at first, so that rows are set back.
const crowd = fc.tuple(subject, fc.constantFrom(80, 150), fc.constantFrom(0, 1)).map(([name, n, lane]) =>
  insert(
    Array.from({ length: n }, () => name),
    lane,
  ),
)
const claiming = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom<number[] | undefined>(undefined, [0], [1, 2]))
  .map(([limit, lanes]) => claims(limit, lanes))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: some },
  { weight: 1, arbitrary: crowd },
  { weight: 6, arbitrary: claiming },
  { weight: 2, arbitrary: fc.constant(done) },
  { weight: 1, arbitrary: pick.map((n) => leaves(n, 'done', ({ leased }) => leased)) },
  { weight: 1, arbitrary: pick.map((n) => leaves(n, 'dead', ({ state }) => state === 'new')) },
  { weight: 1, arbitrary: pick.map(returns) },
  { weight: 1, arbitrary: pick.map(removed) },
  { weight: 1, arbitrary: pick.map(expires) },
  { weight: 1, arbitrary: fc.tuple(pick, fc.boolean()).map(([n, due]) => releases(n, due)) },
)

test('claims take exactly what a plain list would give, whatever happened before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 50, size: 'max' }), async (steps) => {
      await store.pool.query('delete from inbox')
      const world: World = { rows: [] }
      for (const go of steps) await go(world)
      // At the end everything due comes out, subject by subject in order: nothing was forgotten behind.
      while (claimable(world, undefined).length > 0) {
        await claims(50, undefined)(world)
        await done(world)
      }
    }),
    { numRuns: 30 },
  )
}, 120_000)

test('a row that was set back, died and is tried again comes out, as does one whose predecessors were removed', async () => {
  await store.pool.query('delete from inbox')
  const world: World = { rows: [] }
  await insert(
    Array.from({ length: 200 }, () => 'a'),
    1,
  )(world)
  await claims(2, undefined)(world) // there is but one to take: it looks further and sets back
  const behind = (await query('select id from inbox where not front order by id', [])).rows.map(({ id }) => Number(id))
  expect(behind.length).toBeGreaterThan(50)

  await leaves(0, 'dead', ({ id }) => id === behind.at(-1))(world)
  await query(`delete from inbox where state = 'new' and id <> $1`, [behind.at(-2)])
  world.rows = world.rows.filter(({ id }) => id === behind.at(-1) || id === behind.at(-2))
  await claims(1, undefined)(world)
  await done(world)
  await returns(0)(world)
  await claims(1, undefined)(world)
  await done(world)
  expect(
    (await query(`select id from inbox where state = 'done' order by id`, [])).rows.map(({ id }) => Number(id)),
  ).toEqual(behind.slice(-2))
})
