import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { emptyDatabase, tempDir } from '../ground/ground.ts'

const ours = new URL('../../src/store/migrations/', import.meta.url)
const names = readdirSync(ours)
  .map((file) => file.replace('.sql', ''))
  .sort()

let url: string
let drop: () => Promise<void>
let client: pg.Client

beforeEach(async () => {
  ;({ url, drop } = await emptyDatabase())
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await drop()
})

/** Our migrations and one more, as a later version would bring it. */
const later = (name: string, text: string): URL => {
  const folder = join(tempDir(), 'migrations')
  mkdirSync(folder)
  cpSync(ours, folder, { recursive: true })
  writeFileSync(join(folder, name), text)
  return pathToFileURL(`${folder}/`)
}
/** Our migrations as they were before this one. */
const earlierThan = (name: string): URL => {
  const folder = join(tempDir(), 'migrations')
  cpSync(ours, folder, { recursive: true, filter: (file) => basename(file) < name || !file.endsWith('.sql') })
  return pathToFileURL(`${folder}/`)
}
const tables = async () =>
  (
    await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
    )
  ).rows.map(({ name }) => name)

test('an empty database gets every migration once', async () => {
  expect(await migrate(url)).toEqual(names)
  expect(await tables()).toContain('touchpoints')
  expect(await migrate(url)).toEqual([])
})

test('four processes that start at once migrate it once between them', async () => {
  const ran = await Promise.all([1, 2, 3, 4].map(() => migrate(url)))
  expect(ran.filter((each) => each.length > 0)).toEqual([names])
  const { rows } = await client.query('select count(*)::int as n from installation')
  expect(rows).toEqual([{ n: 1 }])
})

test('a file holds any number of statements, functions with semicolons and percent signs included', async () => {
  await migrate(url)
  const next = later(
    '9001_two.sql',
    `create table one (n integer); insert into one values (1); -- a comment; with a semicolon
    create function twice() returns integer language plpgsql as $$ begin perform 1; return (select 2 * n from one where 'a%' like 'a%'); end $$;`,
  )
  expect(await migrate(url, next)).toEqual(['9001_two'])
  expect((await client.query('select twice() as n')).rows).toEqual([{ n: 2 }])
})

test('a migration that fails leaves nothing behind and says which one it was', async () => {
  await migrate(url)
  const before = await tables()
  await expect(
    migrate(url, later('9001_bad.sql', 'create table half (n integer); create table half (n integer);')),
  ).rejects.toThrow(/9001_bad failed and left nothing behind: .*"half" already exists/)
  expect(await tables()).toEqual(before)
  expect(await migrate(url)).toEqual([])
})

test('a database that a newer version migrated is refused with a sentence', async () => {
  await migrate(url, later('9001_new.sql', 'create table newer (n integer)'))
  await expect(migrate(url)).rejects.toThrow(
    `The database is newer than this program: it has migration 9001_new, this version knows up to ${names.at(-1)}.`,
  )
})

test('a file that is not named like a migration stops everything', async () => {
  await expect(migrate(url, later('fix.sql', 'select 1'))).rejects.toThrow('NNNN_name.sql')
  expect(await tables()).toEqual([])
})

test('conversations of an older version know who answered first: the messages tell, or else the reply that stopped the clock', async () => {
  await migrate(url, earlierThan('0018_answered.sql'))
  await client.query(`
    insert into customers (id, external_userid) overriding system value values (1, 'wm1');
    insert into conversations (id, open_kfid, external_userid, customer_id, status, rm, opened_at, first_reply_at) overriding system value
      values (1, 'wk1', 'wm1', 1, 'closed', 'wang.fang', '2026-11-23T01:00Z', null), (2, 'wk1', 'wm1', 1, 'closed', 'li.wei', '2026-11-23T01:00Z', '2026-11-23T03:00Z'),
        (3, 'wk1', 'wm1', 1, 'closed', 'li.wei', '2026-11-23T01:00Z', null);
    insert into messages (id, conversation_id, open_kfid, external_userid, at, sender, rm, type, status)
      values ('b', 1, 'wk1', 'wm1', '2026-11-23T02:30Z', 'rm', 'wang.fang', 'text', 'received'),
        ('a', 1, 'wk1', 'wm1', '2026-11-23T02:00Z', 'rm', 'li.wei', 'text', 'received'),
        ('c', 3, 'wk1', 'wm1', '2026-11-23T02:00Z', 'customer', null, 'text', 'received')`)
  await migrate(url)
  const { rows } = await client.query('select id, answered_at, answered_by from conversations order by id')
  expect(rows).toEqual([
    { id: '1', answered_at: new Date('2026-11-23T02:00Z'), answered_by: 'li.wei' },
    { id: '2', answered_at: new Date('2026-11-23T03:00Z'), answered_by: 'li.wei' },
    { id: '3', answered_at: null, answered_by: null },
  ])
})
