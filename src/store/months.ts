import { sql, type Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Makes the touchpoints' monthly partitions from last month to three months ahead. Called at start; call it daily as well,
 * else a process that runs for a quarter fills the default partition. Safe to call from several processes at once.
 */
export const ensureMonths = async (db: Kysely<Tables>): Promise<void> => {
  await sql`select ensure_touchpoint_months((now() - interval '1 month')::date, (now() + interval '3 months')::date)`.execute(
    db,
  )
}
