import type pg from 'pg'
import type { Log } from './log.ts'

/** Refuses a server that is too old or that forgets what it acknowledged. */
export const checkServer = async (pool: pg.Pool, log: Log): Promise<void> => {
  const {
    rows: [server],
  } = await pool
    .query<{ number: string; version: string; commits: string; fsync: string }>(
      `select current_setting('server_version_num') as number, current_setting('server_version') as version,
      current_setting('synchronous_commit') as commits, current_setting('fsync') as fsync`,
    )
    .catch(unreachable)
  if (!server) throw new Error('The database did not tell its version. Is DATABASE_URL a PostgreSQL server?')
  if (Number(server.number) < 150_000) {
    throw new Error(
      `The database is PostgreSQL ${server.version}; Yinqiao needs 15 or newer. Upgrade it, or unset DATABASE_URL to use the embedded one.`,
    )
  }
  if (server.commits === 'off') {
    throw new Error(
      'The database has synchronous_commit=off: it could lose messages that were acknowledged. ' +
        'Set it to on for this role: alter role … set synchronous_commit = on.',
    )
  }
  if (server.fsync === 'off')
    log.warn({}, 'the database runs with fsync=off: a power cut can lose acknowledged messages')
}

const unreachable = (error: Error): never => {
  throw new Error(`The database does not answer: ${error.message}. Check DATABASE_URL, its network and its password.`, {
    cause: error,
  })
}
