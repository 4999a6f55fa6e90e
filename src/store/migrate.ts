import { readdirSync, readFileSync } from 'node:fs'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import pg from 'pg'
import type { Tables } from './tables.ts'

const folder = new URL('migrations/', import.meta.url)

/**
 * Brings the database to this version's schema; answers the names of the migrations that it ran. Several processes may call it
 * at once: one works, the others wait (Kysely's advisory lock). All pending files run in one transaction, so a failing one
 * leaves nothing behind. Rejects with a sentence when the database was migrated by a newer version.
 */
export const migrate = async (url: string, from: URL = folder): Promise<string[]> => {
  // Own connection: a migration may take longer than any statement of the running program is allowed to.
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: 'yinqiao migrate',
  })
  pool.on('error', () => {}) // a connection that ends while idle; the next query says so
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  try {
    const migrations = readMigrations(from)
    await refuseNewer(db, Object.keys(migrations))
    const { results = [], error } = await new Migrator({
      db,
      provider: { getMigrations: async () => migrations },
    }).migrateToLatest()
    if (error) throw explain(error, results.find(({ status }) => status === 'Error')?.migrationName)
    return results.map(({ migrationName }) => migrationName)
  } finally {
    await db.destroy()
  }
}

/** Each `NNNN_name.sql` is a migration of any number of statements. */
const readMigrations = (from: URL): Record<string, Migration> => {
  const files = readdirSync(from)
    .filter((name) => name.endsWith('.sql'))
    .sort()
  return Object.fromEntries(
    files.map((file) => {
      if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(file))
        throw new Error(`A migration's name is NNNN_name.sql; ${file} in src/store/migrations is not.`)
      const text = readFileSync(new URL(file, from), 'utf8')
      // Without parameters pg sends the text as it is, and the server takes any number of statements.
      return [file.slice(0, -'.sql'.length), { up: async (db) => void (await sql.raw(text).execute(db)) }]
    }),
  )
}

const refuseNewer = async (db: Kysely<Tables>, known: string[]): Promise<void> => {
  const {
    rows: [table],
  } = await sql<{ there: boolean }>`select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (!table?.there) return
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name desc`.execute(db)
  const unknown = rows.find(({ name }) => !known.includes(name))
  if (!unknown) return
  throw new Error(
    `The database is newer than this program: it has migration ${unknown.name}, this version knows up to ${known.at(-1)}. ` +
      'Start the newer version, or restore the backup that was made before the upgrade.',
  )
}

const explain = (error: unknown, name: string | undefined): Error =>
  new Error(
    `Migration ${name ?? 'set-up'} failed and left nothing behind: ${error instanceof Error ? error.message : String(error)}`,
    { cause: error },
  )
