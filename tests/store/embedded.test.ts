import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { startEmbedded, type Embedded } from '../../src/store/embedded.ts'
import { tempDir } from '../ground/ground.ts'
import { startOwner } from './owner-process.ts'

const running: Embedded[] = []
afterEach(async () => {
  for (const database of running.splice(0)) await database.stop()
})
const start = async (dataDir: string): Promise<Embedded> => {
  const database = await startEmbedded({ dataDir })
  running.push(database)
  return database
}
const ask = async <Row extends object>(url: string, text: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

test('a durable server in UTF-8 that listens on a Unix socket only and does not run as root', async () => {
  const dataDir = join(tempDir(), 'data')
  const { url, pid } = await start(dataDir)
  const [settings] = await ask(
    url,
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commits,
    current_setting('full_page_writes') as pages, current_setting('data_checksums') as checksums, current_setting('listen_addresses') as tcp,
    current_setting('max_connections') as connections, current_setting('server_encoding') as encoding, current_setting('TimeZone') as zone,
    (select datctype from pg_database where datname = current_database()) as ctype, inet_server_addr() as address`,
  )
  expect(settings).toEqual({
    fsync: 'on',
    commits: 'on',
    pages: 'on',
    checksums: 'on',
    tcp: '',
    connections: '100',
    encoding: 'UTF8',
    zone: 'UTC',
    ctype: 'C.UTF-8',
    address: null,
  })
  expect(statSync(`/proc/${pid}`).uid).not.toBe(0)
  expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700)
  expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('ready to accept connections')
})

test('trigrams see Chinese', async () => {
  const { url } = await start(tempDir())
  const [row] = await ask<{ grams: string[] }>(url, `create extension pg_trgm; select 1`).then(() =>
    ask<{ grams: string[] }>(url, `select show_trgm('深圳科技') as grams`),
  )
  expect(row?.grams).toHaveLength(5)
})

test('what was written is there after a stop and a start; nothing keeps running in between', async () => {
  const dataDir = tempDir()
  const first = await startEmbedded({ dataDir })
  await ask(first.url, `create table kept as select '引桥' as name`)
  await first.stop()
  expect(existsSync(`/proc/${first.pid}`)).toBe(false)
  expect(await ask((await start(dataDir)).url, 'select name from kept')).toEqual([{ name: '引桥' }])
})

test('a second process is refused at once, told who holds the directory, and let in when the holder is gone', async () => {
  const dataDir = tempDir()
  const holder = await startOwner({ dataDir })
  const link = join(tempDir(), 'link')
  symlinkSync(dataDir, link)
  for (const path of [dataDir, link]) {
    const began = performance.now()
    await expect(startEmbedded({ dataDir: path })).rejects.toThrow(`in use by process ${holder.process.pid}.`)
    expect(performance.now() - began).toBeLessThan(1000)
  }
  holder.process.kill('SIGSTOP') // too busy to say who he is
  await expect(startEmbedded({ dataDir })).rejects.toThrow('in use by another process')
  holder.process.kill('SIGKILL')
  await expect
    .poll(
      () =>
        start(dataDir).then(
          () => 'in',
          (error: Error) => error.message,
        ),
      { timeout: 10_000 },
    )
    .toBe('in')
})

test('of several processes that start at the same time exactly one gets the directory', async () => {
  const dataDir = tempDir()
  const owners = await Promise.all([1, 2, 3].map(() => startOwner({ dataDir })))
  expect(owners.filter(({ refused }) => refused === null)).toHaveLength(1)
  expect(owners.filter(({ refused }) => refused?.includes('in use by'))).toHaveLength(2)
  await Promise.all(owners.map((owner) => owner.stop()))
})

test('a path too long for a socket gets a short one, which is gone after the stop', async () => {
  const dataDir = join(tempDir(), '客户关系管理'.repeat(6), 'x'.repeat(60))
  const database = await startEmbedded({ dataDir })
  const host = new URL(database.url).searchParams.get('host') ?? ''
  expect(Buffer.byteLength(`${host}/.s.PGSQL.5432`)).toBeLessThanOrEqual(100)
  expect(statSync(host).mode & 0o777).toBe(0o700)
  expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await database.stop()
  expect(existsSync(host)).toBe(false)
})

test('the draft of an initdb that was killed is removed and the cluster made anew', async () => {
  const dataDir = tempDir()
  mkdirSync(join(dataDir, 'postgres.draft-4242/base'), { recursive: true })
  await start(dataDir)
  expect(existsSync(join(dataDir, 'postgres.draft-4242'))).toBe(false)
})

test('a lock file that names a process which is no server of ours does not block', async () => {
  const dataDir = tempDir()
  await (await startEmbedded({ dataDir })).stop()
  writeFileSync(join(dataDir, 'postgres/postmaster.pid'), `${process.pid}\n/elsewhere\n1700000000\n5432\n\n\n\n`)
  expect(await ask((await start(dataDir)).url, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a cluster of another major version is refused with a way out', async () => {
  const dataDir = tempDir()
  await (await startEmbedded({ dataDir })).stop()
  writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n')
  await expect(startEmbedded({ dataDir })).rejects.toThrow(/made by PostgreSQL 17, this is 18.*(Dump|DATA_DIR)/s)
})

test('a server that cannot start says why and where to read more, and gives the directory back', async () => {
  const dataDir = tempDir()
  const began = performance.now()
  await expect(startEmbedded({ dataDir, settings: ['shared_buffers=nonsense'] })).rejects.toThrow(
    /did not start: .*shared_buffers.*postgres\.log/,
  )
  expect(performance.now() - began).toBeLessThan(10_000)
  rmSync(join(dataDir, 'postgres.log'))
  await start(dataDir)
})
