import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { startEmbedded } from './embedded.ts'
import { silent, type Log } from './log.ts'
import { migrate } from './migrate.ts'
import { ensureMonths } from './months.ts'
import { ackPool, throwingAwayFrozen, workPool } from './pools.ts'
import { checkServer } from './server-check.ts'
import type { Tables } from './tables.ts'

export type Db = Kysely<Tables>

export type Store = {
  db: Db
  /** The connections under `db`, for hot statements as plain SQL. */
  pool: pg.Pool
  /** For the acknowledgement path alone (answers or fails within 2 s). */
  ackPool: pg.Pool
  /** For whatever needs a connection of its own, LISTEN for one. Holds a password when DATABASE_URL does: never log it. */
  url: string
  stop(): Promise<void>
}

type Options = {
  /** A PostgreSQL 15 or newer; without it the embedded server under `dataDir` is started. */
  databaseUrl?: string | undefined
  dataDir: string
  log?: Log
  /** Shown in pg_stat_activity. */
  applicationName?: string
}

/** The database, checked, migrated and ready. Rejects with a sentence that says what is wrong and what to do. */
export const openStore = async ({
  databaseUrl,
  dataDir,
  log = silent,
  applicationName = 'yinqiao',
}: Options): Promise<Store> => {
  const embedded = databaseUrl ? null : await startEmbedded({ dataDir, log })
  const url = databaseUrl ?? embedded?.url ?? ''
  const pool = workPool({ url, applicationName, log })
  const forAcks = ackPool({ url, applicationName: `${applicationName} ack`, log })
  const db: Db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: throwingAwayFrozen(pool) }) })
  const stop = async () => {
    await db.destroy()
    await Promise.allSettled([pool.end(), forAcks.end()])
    await embedded?.stop()
  }
  try {
    await checkServer(pool, log)
    const ran = await migrate(url)
    if (ran.length > 0) log.info({ migrations: ran }, 'the database was migrated')
    await ensureMonths(db)
    return { db, pool, ackPool: forAcks, url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
