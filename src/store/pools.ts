import type { PostgresPool } from 'kysely'
import pg from 'pg'
import type { Log } from './log.ts'

type PoolOptions = { url: string; applicationName: string; log: Log }

const NUMERIC = pg.types.builtins.NUMERIC
const DATE = pg.types.builtins.DATE

/** numeric becomes a number (capacities, units); int8 stays a string (ids), date stays `2026-11-23`; timestamptz is a Date. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === NUMERIC) return Number
    return oid === DATE ? String : pg.types.getTypeParser(oid, format)
  },
}

/** For handlers, workers and the API: patient, but never for ever. The server gives up before we do, so nothing runs on unseen. */
export const workPool = (options: PoolOptions): pg.Pool =>
  open(options, {
    max: 20,
    connectionTimeoutMillis: 5000,
    statement_timeout: 30_000,
    query_timeout: 32_000,
    idle_in_transaction_session_timeout: 30_000,
  })

/** For the acknowledgement of a callback alone: few connections that nobody else can use up, and an answer within 2 s. */
export const ackPool = (options: PoolOptions): pg.Pool =>
  open(options, {
    max: 4,
    connectionTimeoutMillis: 1000,
    statement_timeout: 1500,
    query_timeout: 2000,
    idle_in_transaction_session_timeout: 5000,
  })

const open = ({ url, applicationName, log }: PoolOptions, limits: pg.PoolConfig): pg.Pool => {
  const pool = new pg.Pool({
    ...limits,
    connectionString: url,
    pipeline: true,
    application_name: applicationName,
    types,
    keepAlive: true,
    options: '-c timezone=UTC -c jit=off', // compiling costs more than our short statements
    idleTimeoutMillis: 60_000,
  })
  // An idle connection that the server closes is no accident: the next query opens another.
  pool.on('error', (error) => log.warn({ reason: error.message }, 'a database connection ended'))
  return pool
}

/**
 * The pool as Kysely sees it. A connection whose query timed out may be frozen with the query still on it; Kysely would hand
 * it out again, so it is thrown away here.
 */
export const throwingAwayFrozen = (pool: pg.Pool): PostgresPool => ({
  options: pool.options,
  end: async () => {}, // whoever opened the pool ends it, also when Kysely never used it
  connect: async () => {
    const client = await pool.connect()
    let frozen = false
    const query = async (text: string, values: readonly unknown[]) => {
      try {
        return await client.query(text, [...values])
      } catch (error) {
        frozen ||= error instanceof Error && error.message === 'Query read timeout'
        throw error
      }
    }
    const release = (destroy?: boolean) => client.release(destroy || frozen)
    // Kysely's type has a second form of `query` for cursors, which it uses only when the dialect was given one.
    return { query, release } as unknown as Awaited<ReturnType<PostgresPool['connect']>>
  },
})
