import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createCounter } from '../../src/figures/counter.ts'
import { createFigures } from '../../src/figures/figures.ts'
import { zoneOf } from '../../src/routing/calendar/zone.ts'
import type { Store } from '../../src/store/open.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { freshStore } from '../ground/fresh-store.ts'
import { definitions, write, type NewLine } from './random-ledger.ts'

let store: Store
beforeAll(async () => {
  store = await freshStore()
})
afterAll(() => store.stop())

const zone = zoneOf('Asia/Shanghai')
const now = () => new Date('2026-04-12T03:00:00Z')
const newCounter = (changed: Partial<typeof definitions> = {}) =>
  createCounter({ pool: store.pool, inTransaction, definitions: { ...definitions, ...changed }, zone, now })
const counter = () => newCounter()
const upTo = async (it: ReturnType<typeof counter>) => {
  while ((await it.catchUp()) !== 'done');
}

/** Each story has a customer of its own. */
let customer = 100
beforeEach(() => {
  customer += 1
})
const line = (kind: string, at: string, rest: Partial<NewLine> = {}): NewLine => ({
  at: new Date(`${at}+08:00`),
  kind,
  customer,
  channel: null,
  rm: null,
  data: {},
  ...rest,
})
const days = { from: '2026-03-01', to: '2026-05-01', scope: { branch: null, rm: null } }
const funnel = async (slice: object = {}) => {
  const { total } = await createFigures({ pool: store.pool, definitions, zone }).funnel({ ...days, ...slice })
  return total.map(({ persons }) => persons)
}
const mine = () => ({ channel: `c${customer}` })

test('a line that is committed late, with a lower id than others, is counted', async () => {
  const it = counter()
  await upTo(it)
  const slow = await store.pool.connect()
  await slow.query('begin')
  const { channel } = mine()
  await write(slow, [line('entry.opened', '2026-03-04T10:00', { channel })])
  await write(store.pool, [line('message.received', '2026-03-04T11:00', { channel })])
  expect(await it.catchUp()).toBe('waiting')
  expect(await it.catchUp()).toBe('waiting')
  await slow.query('commit')
  slow.release()
  await upTo(it)
  expect(await funnel({ channel })).toEqual([0, 1, 1, 0, 0, 0, 0])
})

test('a line that tells of a time long past moves everything that came after it', async () => {
  const { channel } = mine()
  await write(store.pool, [
    line('contact.added', '2026-03-06T10:00', { rm: 'li', channel }),
    line('app.buy', '2026-03-07T10:00'),
  ])
  await upTo(counter())
  expect(await funnel({ channel })).toEqual([0, 0, 0, 0, 0, 1, 1])
  await write(store.pool, [line('app.viewed', '2026-03-03T10:00', { channel })])
  await upTo(counter())
  expect(await funnel({ channel })).toEqual([1, 0, 0, 0, 0, 1, 1])
})

test('two customers who become one are one person, and two again when that is taken back', async () => {
  const { channel } = mine()
  const other = (customer += 1)
  const claim = { claimId: String(customer), by: 'client_no', otherCustomerId: String(other) }
  const into = customer - 1
  await write(store.pool, [
    line('app.viewed', '2026-03-03T10:00', { channel }),
    line('entry.opened', '2026-03-04T10:00', { channel, customer: into }),
  ])
  await upTo(counter())
  expect(await funnel({ channel })).toEqual([1, 1, 0, 0, 0, 0, 0])
  await write(store.pool, [line('identity.joined', '2026-03-04T10:01', { customer: into, data: claim })])
  await upTo(counter())
  expect(await store.pool.query('select person from figure_journeys where channel = $1', [channel])).toMatchObject({
    rows: [{ person: String(into) }],
  })
  await write(store.pool, [line('identity.undone', '2026-03-05T10:00', { customer: into, data: claim })])
  await upTo(counter())
  const { rows } = await store.pool.query('select person from figure_journeys where channel = $1 order by person', [
    channel,
  ])
  expect(rows).toEqual([{ person: String(into) }, { person: String(other) }])
})

test('an RM moves: what he did before stays with his former branch', async () => {
  const { channel } = mine()
  const rm = `rm${customer}`
  const added = (at: string, who: number) => line('contact.added', at, { rm, channel, customer: who })
  const placed = (at: string, branch: string) => line('rm.placed', at, { customer: null, data: { rm, branch } })
  await write(store.pool, [added('2026-03-10T10:00', customer), added('2026-03-20T10:00', (customer += 1))])
  await upTo(counter())
  const byBranch = async () => {
    const { rows } = await createFigures({ pool: store.pool, definitions, zone }).funnel({
      ...days,
      channel,
      by: 'branch',
    })
    return rows.map(({ key, stages }) => [key, stages[5]?.persons])
  }
  expect(await byBranch()).toEqual([[null, 2]])
  await write(store.pool, [placed('2026-03-12T00:00', 'south')])
  await upTo(counter())
  expect(await byBranch()).toEqual([['south', 2]])
  await write(store.pool, [placed('2026-01-01T00:00', 'north')])
  await upTo(counter())
  expect(await byBranch()).toEqual([
    ['north', 1],
    ['south', 1],
  ])
})

test('somebody with several ways through the funnel is one person in the total, and one in each of its weeks', async () => {
  const { channel } = mine()
  await write(
    store.pool,
    ['2026-03-03', '2026-03-10', '2026-03-11', '2026-03-17'].map((day) =>
      line('app.viewed', `${day}T09:00`, { channel, data: { campaign: day < '2026-03-10' ? 'old' : 'new' } }),
    ),
  )
  await upTo(counter())
  const { rows, total } = await createFigures({ pool: store.pool, definitions, zone }).funnel({
    ...days,
    channel,
    by: 'week',
  })
  expect(total[0]?.persons).toBe(1)
  expect(rows.map(({ key, stages }) => [key, stages[0]?.persons])).toEqual([
    ['2026-03-02', 1],
    ['2026-03-09', 1],
    ['2026-03-16', 1],
  ])
  expect((await funnel({ channel, campaign: 'new' }))[0]).toBe(1)
})

test('two processes count at once and everything is counted once; one that died is carried on by the next', async () => {
  const { channel } = mine()
  const people = Array.from({ length: 300 }, (_, index) => 10_000 + index)
  await write(
    store.pool,
    people.map((who) => line('entry.opened', '2026-03-04T10:00', { channel, customer: who })),
  )
  const small = () =>
    createCounter({ pool: store.pool, inTransaction, definitions, zone, now, batch: { customers: 20, lines: 50 } })
  const dying = small()
  await dying.catchUp()
  await dying.catchUp()
  await Promise.all([upTo(small()), upTo(small())])
  expect(await funnel({ channel })).toEqual([0, 300, 0, 0, 0, 0, 0])
})

test('other definitions, or a start over, count everything again from the first line', async () => {
  const { channel } = mine()
  await write(store.pool, [
    line('entry.opened', '2026-03-04T10:00', { channel }),
    line('message.received', '2026-03-14T10:00', { channel }),
  ])
  await upTo(counter())
  expect(await funnel({ channel })).toEqual([0, 1, 1, 0, 0, 0, 0])
  expect((await funnelRows(channel)).length).toBe(2)
  await upTo(newCounter({ windowDays: 20 }))
  expect((await funnelRows(channel)).length).toBe(1)
  await upTo(counter())
  const before = await everything()
  await counter().startOver()
  expect(await funnel()).toEqual([0, 0, 0, 0, 0, 0, 0])
  await upTo(counter())
  expect(await everything()).toEqual(before)
})

const funnelRows = async (channel: string) =>
  (await store.pool.query('select stages from figure_journeys where channel = $1', [channel])).rows

const everything = async () => {
  const tables = [
    'figure_funnel',
    'figure_journeys',
    'figure_credits',
    'figure_connections',
    'figure_people',
    'figure_places',
    'figure_claims',
  ]
  const read = tables.map((table) => store.pool.query(`select t::text as row from ${table} t order by 1`))
  return (await Promise.all(read)).map(({ rows }) => rows)
}
