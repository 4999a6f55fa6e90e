import type { Pool } from 'pg'

/** How far the counts have come: `waiting` customers have something new that is not in the figures yet. */
export type Freshness = { countedAt: Date | null; waiting: number }

export const readFreshness = async (pool: Pool): Promise<Freshness> => {
  const { rows } = await pool.query<Freshness>(
    `select counted_at as "countedAt", (select count(*)::int from (select from figure_dirty limit 100000) d) as waiting from figure_progress`,
  )
  return rows[0] as Freshness
}
