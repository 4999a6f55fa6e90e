import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pathFor, type Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import { OWNER } from './cluster.ts'
import { spawnGuarded } from './guard.ts'
import { alive, endLeftovers, endStrayBackends, postmasterPid, signal, takesConnections } from './leftovers.ts'

export type Place = {
  dir: string
  logFile: string
  binaries: Binaries
  account: Account | null
  settings: string[]
  connection: pg.ClientConfig
}
export type Running = { pid: number; process: ChildProcess }

/**
 * Starts the server and answers when it takes connections. A start that meets the memory or the lock file of dying children
 * is tried again for some seconds; recovery after a crash may take as long as it needs.
 */
export const startServer = async (place: Place): Promise<Running> => {
  const since = performance.now()
  for (;;) {
    await endLeftovers(place.dir)
    const log = openLog(place.logFile)
    const from = fstatSync(log).size
    const process = launch(place, log)
    const running = await ready(place, process)
    const said = readFrom(log, from)
    closeSync(log)
    if (running) return running
    const waited = performance.now() - since
    if (!/lock file|shared memory block/.test(said) || waited > 15_000) throw new Error(why(place, said))
    if (waited > 5000) endStrayBackends(place.dir)
    await sleep(100)
  }
}

/** Fast shutdown: sessions are ended, everything committed is on disk. Hard after 10 s. */
export const stopServer = async ({ pid, process }: Running): Promise<void> => {
  if (process.exitCode !== null || process.signalCode !== null) return
  const gone = once(process, 'exit')
  signal(pid, 'SIGINT')
  const hard = setTimeout(() => signal(pid, 'SIGQUIT'), 10_000)
  await gone
  clearTimeout(hard)
}

const launch = ({ dir, binaries, account, settings }: Place, log: number): ChildProcess => {
  const args = ['-D', pathFor(dir, account), ...settings.flatMap((setting) => ['-c', setting])]
  return spawnGuarded({ program: binaries.postgres, args, cwd: dir, account, output: log, signal: 'INT' })
}

const ready = async ({ dir, connection }: Place, process: ChildProcess): Promise<Running | null> => {
  let ended = false
  process.once('exit', () => (ended = true))
  process.once('error', () => (ended = true))
  while (!ended) {
    const pid = postmasterPid(dir)
    if (pid !== null && alive(pid) && takesConnections(dir) && (await answers(connection))) return { pid, process }
    await sleep(20)
  }
  return null
}

const answers = async (connection: pg.ClientConfig): Promise<boolean> => {
  const client = new pg.Client({
    ...connection,
    database: 'postgres',
    connectionTimeoutMillis: 2000,
    query_timeout: 5000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rowCount } = await client.query('select from pg_database where datname = $1', [OWNER])
    if (rowCount === 0) await client.query(`create database ${OWNER}`)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

const openLog = (file: string): number => {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10 * 1024 * 1024) renameSync(file, `${file}.1`)
  return openSync(file, 'a+', 0o600)
}

const readFrom = (log: number, from: number): string => {
  const buffer = Buffer.alloc(Math.min(fstatSync(log).size - from, 65_536))
  return buffer.subarray(0, readSync(log, buffer, 0, buffer.length, from)).toString()
}

const why = ({ logFile }: Place, said: string): string => {
  const fatal =
    said
      .split('\n')
      .filter((line) => /FATAL|PANIC|error/i.test(line))
      .at(-1) ?? 'it said nothing'
  return `The embedded database did not start: ${fatal.replace(/^.*?(FATAL|PANIC):\s*/, '')} (more in ${join(logFile)})`
}
