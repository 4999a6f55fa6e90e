import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claim, release, renew, type Line } from '../../src/store/lease.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { waits } from '../../src/store/waits.ts'
import { freshDatabase } from '../ground/ground.ts'

let store: Store
let drop: () => Promise<void>

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  store = await openStore({ databaseUrl: fresh.url, dataDir: '/nonexistent' })
  // What a claim reads is counted: nobody's snapshot is to keep dead rows in sight meanwhile.
  await store.pool.query('alter table inbox set (autovacuum_enabled = false)')
})
afterAll(async () => {
  await store.stop()
  await drop()
})
beforeEach(async () => {
  await store.pool.query('delete from inbox; delete from outbox')
})

let keys = 0
const arrive = async (subject: string, lane = 1): Promise<string> => {
  const {
    rows: [row],
  } = await store.pool.query<{ id: string }>(
    `insert into inbox (kind, key, subject, lane, payload, occurred_at) values ('test', $1, $2, $3, '{}', now()) returning id`,
    [`k${(keys += 1)}`, subject, lane],
  )
  return row?.id ?? ''
}
const take = (limit = 10, leaseMs = 60_000) => claim(store.pool, 'inbox', { limit, leaseMs })
const first = async () => {
  const [row] = await take(1)
  if (!row) throw new Error('nothing to claim')
  return row
}
const row = async (id: string) =>
  store.db.selectFrom('inbox').selectAll().where('id', '=', id).executeTakeFirstOrThrow()

test('lanes come first, then the oldest; a lane can be asked for alone', async () => {
  const [slow, normal, urgent] = [await arrive('a', 2), await arrive('b', 1), await arrive('c', 0)]
  expect((await claim(store.pool, 'inbox', { limit: 1, leaseMs: 1, lanes: [2] })).map(({ id }) => id)).toEqual([slow])
  await expect.poll(async () => (await take(3)).map(({ id }) => id)).toEqual([urgent, normal, slow])
})

test('a row comes as its columns say: ids as text, times as dates, the attempt counted', async () => {
  const id = await arrive('a')
  const before = Date.now()
  const claimed = await first()
  expect(claimed).toMatchObject({ id, subject: 'a', attempts: 1, state: 'new', payload: {} })
  expect(claimed.received_at).toBeInstanceOf(Date)
  expect(Number(claimed.lease_until) - before).toBeGreaterThan(50_000)
  expect(BigInt(claimed.fence)).toBeGreaterThan(0n)
})

test.each<Line>(['inbox', 'outbox'])(
  '%s: claimed through Kysely as through pg, renewed, released and fenced',
  async (line) => {
    const what =
      line === 'inbox'
        ? `(kind, key, subject, payload, occurred_at) values ('test', 'one', 'a', '{}', now())`
        : `(kind, subject, payload) values ('test', 'a', '{}')`
    await store.pool.query(`insert into ${line} ${what}`)
    const [mine] = await claim(store.db, line, { limit: 1, leaseMs: 60_000 })
    if (!mine) throw new Error('nothing to claim')
    const old = { id: mine.id, fence: mine.fence }
    expect(await renew(store.db, line, { ...old, leaseMs: 120_000 })).toBe(true)
    expect(await release(store.db, line, { ...old, afterMs: 0 })).toBe(true)
    const [next] = await claim(store.pool, line, { limit: 1, leaseMs: 60_000 })
    expect(next).toMatchObject({ id: mine.id, attempts: 2 })
    expect(BigInt(next?.fence ?? 0)).toBeGreaterThan(BigInt(mine.fence))
    expect([await renew(store.pool, line, { ...old, leaseMs: 1000 }), await release(store.pool, line, old)]).toEqual([
      false,
      false,
    ])
  },
)

test('the next of a subject comes when the first is done, not when it only waits to be tried again', async () => {
  const [one, two, other] = [await arrive('a'), await arrive('a'), await arrive('b')]
  const [held, elsewhere] = await take()
  expect([held?.id, elsewhere?.id]).toEqual([one, other])
  await release(store.pool, 'inbox', { id: one, fence: held?.fence ?? '', afterMs: 60_000, error: 'WeCom is away' })
  expect(await take()).toEqual([])
  expect(await row(one)).toMatchObject({ error: 'WeCom is away', lease_until: null })
  await store.pool.query(`update inbox set state = 'dead' where id = $1`, [one])
  expect((await take()).map(({ id }) => id)).toEqual([two])
})

test('the pause before the next try doubles, is spread a little and ends at five minutes', async () => {
  const id = await arrive('a')
  const pauses: number[] = []
  for (const attempts of [1, 2, 3, 8, 30, 1000]) {
    await store.pool.query('update inbox set due_at = now(), attempts = $2 where id = $1', [id, attempts - 1])
    const { fence } = await first()
    await release(store.pool, 'inbox', { id, fence })
    const { rows } = await store.pool.query<{ s: number }>(
      'select extract(epoch from due_at - clock_timestamp())::float8 as s from inbox',
    )
    pauses.push(rows[0]?.s ?? 0)
  }
  const spread = 1 + (Number(id) % 100) / 400
  pauses.forEach((pause, i) => {
    const expected = ([1, 2, 4, 128, 300, 300][i] ?? 0) * spread
    expect(pause).toBeLessThanOrEqual(expected)
    expect(pause).toBeGreaterThan(expected - 1)
  })
})

test('a try that was none does not count', async () => {
  const id = await arrive('a')
  const { fence } = await first()
  await release(store.pool, 'inbox', { id, fence, afterMs: 0, uncounted: true })
  expect((await first()).attempts).toBe(1)
})

test('a lease that ended goes to the next claimer, by the time of the database', async () => {
  const id = await arrive('a')
  const [dead] = await take(1, 50)
  await expect.poll(async () => (await take(1)).map((again) => again.id)).toEqual([id])
  expect(await renew(store.pool, 'inbox', { id, fence: dead?.fence ?? '', leaseMs: 1000 })).toBe(false)
})

test('a row with a lower id that is committed late waits for the one in flight, even while that claim is not committed', async () => {
  const [writer, claimer] = [await store.pool.connect(), await store.pool.connect()]
  await writer.query('begin')
  await writer.query(
    `insert into inbox (kind, key, subject, payload, occurred_at) values ('test', 'late', 'a', '{}', now())`,
  )
  const early = await arrive('a')
  await claimer.query('begin')
  expect((await claim(claimer, 'inbox', { limit: 5, leaseMs: 60_000 })).map(({ id }) => id)).toEqual([early])
  await writer.query('commit')
  expect(await take()).toEqual([]) // the other claim is not visible yet, but its lock is
  await claimer.query('commit')
  expect(await take()).toEqual([])
  await store.pool.query(`update inbox set state = 'done', lease_until = null where id = $1`, [early])
  expect((await take()).map(({ key }) => key)).toEqual(['late'])
  writer.release()
  claimer.release()
})

test.each(['nothing was there', 'nothing waited'])(
  'a claim is as cheap, and a row found by its number, after statistics of when %s',
  async (when) => {
    const many = (word: string, state: string) =>
      store.pool.query(
        `insert into inbox (kind, key, subject, payload, occurred_at, state)
       select 'test', $1 || n, $1 || n, '{}', now(), $2 from generate_series(1, 20000) n`,
        [word, state],
      )
    if (when === 'nothing waited') await many('past', 'done')
    await store.pool.query('vacuum analyze inbox')
    await many('waiting', 'new')
    await take(20)
    const before = await read()
    for (let i = 0; i < 10; i += 1) expect(await take(20)).toHaveLength(20)
    const [probes = 0, entries = 0] = (await read()).map((now, i) => (now - (before[i] ?? 0)) / 10)
    expect(probes).toBeLessThan(1000)
    expect(entries).toBeLessThan(5000)
    const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(
      `explain select from inbox where id = 1 and fence = 1 and ${waits()}`,
    )
    expect(rows[0]?.['QUERY PLAN']).toContain('using inbox_pkey')
  },
)

test('a subject with 50,000 waiting rows costs a claim no more than any other', async () => {
  await store.pool.query(`insert into inbox (kind, key, subject, payload, occurred_at)
    select 'test', 'hot' || n, case when n <= 50000 then 'hot' else 's' || n end, '{}', now() from generate_series(1, 50500) n`)
  // Each of them is looked at once and set back, by as many claims as that takes; what is left fits into one look.
  const inSight = async (): Promise<number> => {
    await take(1)
    const { rows } = await store.pool.query<{ n: number }>(
      "select count(*)::int as n from inbox where subject = 'hot' and front",
    )
    return rows[0]?.n ?? 0
  }
  await expect.poll(inSight, { timeout: 60_000, interval: 0 }).toBeLessThanOrEqual(64)

  const before = await read()
  for (let i = 0; i < 10; i += 1) expect(await take(5)).toHaveLength(5)
  const [probes = 0, entries = 0] = (await read()).map((now, i) => (now - (before[i] ?? 0)) / 10)
  expect(probes).toBeLessThan(1000)
  expect(entries).toBeLessThan(5000)
}, 90_000)

/** How often the indexes of inbox were entered, and how many entries were read from them. */
const read = async (): Promise<number[]> => {
  const client = await store.pool.connect()
  await client.query('select pg_stat_force_next_flush()')
  client.release()
  await store.pool.query('select pg_stat_clear_snapshot()')
  const {
    rows: [sums],
  } = await store.pool.query<{ scans: number; entries: number }>(
    `select sum(idx_scan)::float8 as scans, sum(idx_tup_read)::float8 as entries from pg_stat_user_indexes where relname = 'inbox'`,
  )
  return [sums?.scans ?? 0, sums?.entries ?? 0]
}
