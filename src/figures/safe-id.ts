import type { Pool } from 'pg'

/**
 * Ids come from a sequence and are committed in any order: a transaction may still bring a lower id than the newest that can be
 * seen. `upTo` is final once everybody who was writing when it was read has ended; whoever began later has a higher id.
 */
export type Mark = { upTo: string; writers: readonly string[] }

/** In two statements, and in this order: whoever took an id up to `upTo` held the table by then. */
export const markNow = async (pool: Pool): Promise<Mark> => {
  const newest = await pool.query<{ id: string }>(
    'select case when is_called then last_value else 0 end as id from touchpoint_ids',
  )
  return { upTo: newest.rows[0]?.id as string, writers: await writersOf(pool) }
}

/** True when none of the writers is at work any more. */
export const isFinal = async (pool: Pool, { writers }: Mark): Promise<boolean> => {
  if (writers.length === 0) return true
  const now = new Set(await writersOf(pool))
  return !writers.some((writer) => now.has(writer))
}

/** An insert holds the table in this mode from before its ids are taken until its transaction has ended. */
const writersOf = async (pool: Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ writer: string }>(
    `select distinct virtualtransaction as writer from pg_locks
     where locktype = 'relation' and relation = 'touchpoints'::regclass and mode = 'RowExclusiveLock'
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows.map(({ writer }) => writer)
}
