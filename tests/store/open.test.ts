import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openStore, type Store } from '../../src/store/open.ts'
import { throwingAwayFrozen } from '../../src/store/pools.ts'
import type { Tables } from '../../src/store/tables.ts'
import { freePort, freshDatabase, tempDir } from '../ground/ground.ts'

test('without an address it starts a server of its own, migrated and ready, and ends it', async () => {
  const dataDir = tempDir()
  const first = await openStore({ dataDir, applicationName: 'yinqiao test' })
  const { code } = await first.db.selectFrom('installation').select('code').executeTakeFirstOrThrow()
  await first.stop()
  const second = await openStore({ dataDir })
  expect(await second.db.selectFrom('installation').select('code').executeTakeFirstOrThrow()).toEqual({ code })
  await second.stop()
})

describe('with an address', () => {
  let url: string
  let drop: () => Promise<void>
  let opened: Store[]

  beforeEach(async () => {
    ;({ url, drop } = await freshDatabase())
    opened = []
  })
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.stop()))
    await drop()
  })
  const open = async (): Promise<Store> => {
    const store = await openStore({ databaseUrl: url, dataDir: '/nonexistent' })
    opened.push(store)
    return store
  }
  const setting = (text: string) => inDatabase(`alter database ${new URL(url).pathname.slice(1)} ${text}`)
  const inDatabase = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(text)
    await client.end()
  }

  test('values come as tables.ts says', async () => {
    const { db } = await open()
    await db
      .insertInto('rms')
      .values({ userid: 'li.wei', name: '李伟', skills: '{"sme": 3}', licences: '[]', capacity: 2.5 })
      .execute()
    const rm = await db
      .selectFrom('rms')
      .select(['capacity', 'skills', 'lines', 'duty_since', 'new_day'])
      .executeTakeFirstOrThrow()
    expect(rm).toMatchObject({ capacity: 2.5, skills: { sme: 3 }, lines: [], new_day: null })
    expect(rm.duty_since).toBeInstanceOf(Date)
    const { rows } =
      await sql`select 9007199254740993 as big, date '2026-11-23' as day, current_setting('TimeZone') as zone`.execute(
        db,
      )
    expect(rows).toEqual([{ big: '9007199254740993', day: '2026-11-23', zone: 'UTC' }])
  })

  test('a session holds the promised limits', async () => {
    const { pool, ackPool } = await open()
    const limits = `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle, current_setting('synchronous_commit') as commits`
    expect((await pool.query(limits)).rows).toEqual([{ statement: '30s', idle: '30s', commits: 'on' }])
    expect((await ackPool.query(limits)).rows).toEqual([{ statement: '1500ms', idle: '5s', commits: 'on' }])
  })

  test('the acknowledgement path answers or fails within two seconds, also when the server is frozen or the pool used up', async () => {
    const { ackPool } = await open()
    const {
      rows: [backend],
    } = await ackPool.query<{ pid: number }>('select pg_backend_pid() as pid')
    process.kill(backend?.pid ?? 0, 'SIGSTOP')
    let began = performance.now()
    await expect(ackPool.query('select 1')).rejects.toThrow('timeout')
    expect(performance.now() - began).toBeLessThan(2500)
    expect((await ackPool.query('select 1 as one')).rows).toEqual([{ one: 1 }]) // by another connection
    process.kill(backend?.pid ?? 0, 'SIGCONT')

    const busy = await Promise.all([1, 2, 3, 4].map(() => ackPool.connect()))
    began = performance.now()
    await expect(ackPool.query('select 1')).rejects.toThrow('timeout')
    expect(performance.now() - began).toBeLessThan(1500)
    for (const client of busy) client.release()
  })

  test('a frozen connection is not handed out again by Kysely', async () => {
    const pool = new pg.Pool({ connectionString: url, max: 1, query_timeout: 300 })
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: throwingAwayFrozen(pool) }) })
    const pid = async () => (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)).rows[0]?.pid ?? 0
    const frozen = await pid()
    process.kill(frozen, 'SIGSTOP')
    await expect(pid()).rejects.toThrow('timeout')
    expect(await pid()).not.toBe(frozen)
    process.kill(frozen, 'SIGCONT')
    await pool.end()
  })

  test('a connection that the server ends does not end the process', async () => {
    const { pool, db } = await open()
    await inDatabase(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await expect
      .poll(() =>
        pool.query('select 1 as one').then(
          ({ rows }) => rows,
          () => [],
        ),
      )
      .toEqual([{ one: 1 }])
    expect((await sql`select 1 as one`.execute(db)).rows).toEqual([{ one: 1 }])
  })

  test('a server that is too old is refused', async () => {
    // The server says that it is 14, as an old one would.
    await inDatabase(`create function current_setting(text) returns text language sql as
      $$ select case $1 when 'server_version_num' then '140011' when 'server_version' then '14.11' else pg_catalog.current_setting($1) end $$`)
    await setting('set search_path = public, pg_catalog')
    await expect(open()).rejects.toThrow('The database is PostgreSQL 14.11; Yinqiao needs 15 or newer.')
  })

  test('a server that forgets what it acknowledged is refused', async () => {
    await setting('set synchronous_commit = off')
    await expect(open()).rejects.toThrow('synchronous_commit=off')
  })
})

test('a database that is not there is named by its variable, not by its password', async () => {
  const opening = openStore({
    databaseUrl: `postgresql://bank:geheim@127.0.0.1:${await freePort()}/bank`,
    dataDir: '/nonexistent',
  })
  await expect(opening).rejects.toThrow(/does not answer: .*ECONNREFUSED.*DATABASE_URL/)
  await expect(opening).rejects.not.toThrow('geheim')
})
