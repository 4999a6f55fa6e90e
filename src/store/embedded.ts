import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverAccount, type Account } from './embedded/account.ts'
import { findBinaries } from './embedded/binaries.ts'
import { ensureCluster, giveTo, OWNER, pathFor } from './embedded/cluster.ts'
import { lockDirectory } from './embedded/lock.ts'
import { startServer, stopServer, type Place } from './embedded/server.ts'
import { silent, type Log } from './log.ts'

export type Embedded = {
  /** For pg, psql and DATABASE_URL: a Unix socket that only this user (and the server's) can reach. */
  url: string
  /** The server's process id; another one after the server was restarted. */
  readonly pid: number
  stop(): Promise<void>
}

type Options = {
  dataDir: string
  log?: Log
  /** More server settings, `name=value`: tests that need no durability switch fsync off here. */
  settings?: string[]
}

/**
 * A real PostgreSQL server of one's own, from npm, under `<dataDir>/postgres`; its log is `<dataDir>/postgres.log`.
 * Rejects with a sentence when another process holds the directory. It survives `kill -9` of this process (stops itself),
 * of the server (is started again) and of both (the next start cleans up and recovers). Untested: macOS, Windows.
 */
export const startEmbedded = async ({ dataDir, log = silent, settings = [] }: Options): Promise<Embedded> => {
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const home = realpathSync(resolve(dataDir))
  const unlock = await lockDirectory(home)
  try {
    return await start(home, { log, settings, unlock })
  } catch (error) {
    await unlock()
    throw error
  }
}

type Holding = { log: Log; settings: string[]; unlock: () => Promise<void> }

const start = async (home: string, { log, settings, unlock }: Holding): Promise<Embedded> => {
  const dir = join(home, 'postgres')
  const account = serverAccount(dir)
  const binaries = findBinaries(account)
  await ensureCluster({ dir, binaries, account })
  const { listening, host, port } = await address(dir, account)
  const connection = { host, port, user: OWNER }
  const place: Place = { dir, logFile: join(home, 'postgres.log'), binaries, account, connection, settings: [...fixed, ...listening, ...settings] }
  const server = await supervise(place, log)
  const stop = async () => {
    await server.stop()
    if (host !== dir) rmSync(host, { recursive: true, force: true })
    await unlock()
  }
  return { url: `postgresql://${OWNER}@localhost:${port}/${OWNER}?host=${encodeURIComponent(host)}`, stop, get pid() { return server.pid() } }
}

/** Detail lines of the log could hold what customers wrote (`Failing row contains …`), so it stays terse. */
const fixed = ['fsync=on', 'synchronous_commit=on', 'max_connections=100', 'shared_buffers=128MB', 'work_mem=8MB', 'max_wal_size=2GB',
  'random_page_cost=1.1', 'jit=off', 'timezone=UTC', 'log_timezone=UTC', 'log_error_verbosity=terse', 'log_checkpoints=off',
  'cluster_name=yinqiao', 'lc_messages=C']

/** A server that dies although nobody stopped it (out of memory, kill -9) is started again, for as long as it takes. */
const supervise = async (place: Place, log: Log) => {
  let running = await startServer(place)
  let stopping = false
  let restarting = Promise.resolve()
  const watch = () => running.process.once('exit', () => {
    if (!stopping) restarting = restart()
  })
  const restart = async (): Promise<void> => {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 10_000)) {
      log.error({ pid: running.pid, logFile: place.logFile }, 'the embedded database ended unexpectedly; starting it again')
      try {
        running = await startServer(place)
        watch()
        return
      } catch (error) {
        log.error({ err: error }, 'the embedded database does not start')
        await sleep(pause)
      }
    }
  }
  watch()
  const stop = async () => {
    stopping = true
    await restarting
    await stopServer(running)
  }
  return { stop, pid: () => running.pid }
}

const address = async (dir: string, account: Account | null) => {
  if (process.platform === 'win32') {
    const port = await freePort()
    return { host: '127.0.0.1', port, listening: ['listen_addresses=127.0.0.1', `port=${port}`] }
  }
  const host = socketDir(dir, account)
  const where = host === dir ? pathFor(dir, account) : host
  return { host, port: 5432, listening: ['listen_addresses=', 'port=5432', `unix_socket_directories=${where}`] }
}

/** Beside the data if the kernel's 107 bytes allow it, else a short directory of our own under the system's temporary one. */
const socketDir = (dir: string, account: Account | null): string => {
  if (Buffer.byteLength(dir) + '/.s.PGSQL.5432.lock'.length <= 100) return dir
  const short = join(tmpdir(), `yinqiao-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`)
  mkdirSync(short, { recursive: true, mode: 0o700 })
  const { uid } = lstatSync(short)
  const mine = process.getuid?.()
  if (uid !== mine && uid !== account?.uid) throw new Error(`${short} belongs to another user; remove it or set TMPDIR or a shorter DATA_DIR.`)
  giveTo(short, account)
  return short
}

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => done(port))
    })
  })
