import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureMonths } from '../../src/store/months.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { freshDatabase, tempDir } from '../ground/ground.ts'

let store: Store
let drop: () => Promise<void>

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  store = await openStore({ databaseUrl: fresh.url, dataDir: tempDir() })
})
afterAll(async () => {
  await store.stop()
  await drop()
})

const partitions = async (): Promise<string[]> =>
  (
    await store.pool.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'touchpoints'::regclass order by 1`,
    )
  ).rows.map(({ name }) => name)
const month = async (ahead: number): Promise<string> => {
  const {
    rows: [row],
  } = await store.pool.query<{ name: string }>(
    `select 'touchpoints_' || to_char(now() + make_interval(months => $1), 'YYYY_MM') as name`,
    [ahead],
  )
  return row?.name ?? ''
}

test('a touchpoint can be added, but neither changed nor removed nor emptied away', async () => {
  await store.pool.query(`insert into touchpoints (at, kind) values (now(), 'entry.opened')`)
  for (const attempt of [
    sql`update touchpoints set kind = 'x'`,
    sql`delete from touchpoints`,
    sql`truncate touchpoints`,
    sql`delete from ${sql.table(await month(0))}`,
    sql`insert into touchpoints (id, at, kind) select id, at, 'x' from touchpoints on conflict (at, id) do update set kind = 'x'`,
  ]) {
    await expect(attempt.execute(store.db)).rejects.toThrow('append-only')
  }
  expect((await store.pool.query('select kind from touchpoints')).rows).toEqual([{ kind: 'entry.opened' }])
})

test('the months from the last one to three ahead are there, and what happens now goes into its month', async () => {
  const made = await partitions()
  for (const ahead of [-1, 0, 1, 2, 3]) expect(made).toContain(await month(ahead))
  const { rows } = await store.pool.query(`select distinct tableoid::regclass::text as name from touchpoints`)
  expect(rows).toEqual([{ name: await month(0) }])
})

test('several processes may make months at the same time', async () => {
  const {
    rows: [range],
  } = await store.pool.query<{ a: string; b: string }>(
    `select (now() + interval '20 months')::date as a, (now() + interval '26 months')::date as b`,
  )
  await Promise.all(
    [1, 2, 3, 4].map(() => store.pool.query('select ensure_touchpoint_months($1, $2)', [range?.a, range?.b])),
  )
  for (const ahead of [20, 23, 26]) expect(await partitions()).toContain(await month(ahead))
})

test('a touchpoint dated ahead of its month does not keep the later ones from being made', async () => {
  await store.pool.query(`insert into touchpoints (at, kind) values (now() + interval '5 months', 'app.early')`)
  await store.pool.query(
    `select ensure_touchpoint_months((now() + interval '4 months')::date, (now() + interval '6 months')::date)`,
  )
  const made = await partitions()
  expect([made.includes(await month(4)), made.includes(await month(5)), made.includes(await month(6))]).toEqual([
    true,
    false,
    true,
  ])
  await store.pool.query(`insert into touchpoints (at, kind) values (now() + interval '5 months', 'app.later')`)
  await ensureMonths(store.db)
  const { rows } = await store.pool.query(`select kind from touchpoints_elsewhen order by id`)
  expect(rows).toEqual([{ kind: 'app.early' }, { kind: 'app.later' }])
})

test('months begin at midnight UTC, whatever the time zone of the session', async () => {
  const client = await store.pool.connect()
  await client.query(`set timezone to 'Asia/Shanghai'`)
  await client.query(`select ensure_touchpoint_months('2031-01-15', '2031-01-15')`)
  const { rows } = await client
    .query<{ bounds: string }>(`set timezone to 'UTC'; `)
    .then(() =>
      client.query<{ bounds: string }>(
        `select pg_get_expr(relpartbound, oid) as bounds from pg_class where relname = 'touchpoints_2031_01'`,
      ),
    )
  client.release()
  expect(rows[0]?.bounds).toBe(`FOR VALUES FROM ('2031-01-01 00:00:00+00') TO ('2031-02-01 00:00:00+00')`)
})
