import { mkdirSync, realpathSync, rmSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { serverAccount } from './embedded/account.ts'
import { addressOf } from './embedded/address.ts'
import { findBinaries } from './embedded/binaries.ts'
import { ensureCluster, OWNER } from './embedded/cluster.ts'
import { lockDirectory } from './embedded/lock.ts'
import { supervise } from './embedded/supervise.ts'
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
  const { host, port, password, settings: listening } = await addressOf(dir, account)
  const logFile = join(home, 'postgres.log')
  const connection = { host, port, user: OWNER, ...(password && { password }) }
  const place = { dir, logFile, binaries, account, connection, settings: [...fixed, ...listening, ...settings] }
  const server = await supervise(place, log)
  const stop = async () => {
    await server.stop()
    if (host !== dir && isAbsolute(host)) rmSync(host, { recursive: true, force: true })
    await unlock()
  }
  const login = password ? `${OWNER}:${password}` : OWNER
  const url = `postgresql://${login}@localhost:${port}/${OWNER}?host=${encodeURIComponent(host)}`
  return {
    url,
    stop,
    get pid() {
      return server.pid()
    },
  }
}

/** Detail lines of the log could hold what customers wrote (`Failing row contains …`), so it stays terse. */
const fixed = [
  'fsync=on',
  'synchronous_commit=on',
  'max_connections=100',
  'shared_buffers=128MB',
  'work_mem=8MB',
  'max_wal_size=2GB',
  'random_page_cost=1.1',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_error_verbosity=terse',
  'log_checkpoints=off',
  'cluster_name=yinqiao',
  'lc_messages=C',
  // After a crash: one call for the whole disk instead of one for each of a thousand files (0.4 s instead of 2 s).
  ...(process.platform === 'linux' ? ['recovery_init_sync_method=syncfs'] : []),
]
