import type { Db } from '../../store/open.ts'

/** `approval`: whether a version needs somebody other than its author before it goes live. Null: never changed. */
export type RoutingSettings = { approval: 'none' | 'required'; changedBy: string | null; changedAt: Date | null }

export const readSettings = async (db: Db): Promise<RoutingSettings> => {
  const row = await db.selectFrom('routing_settings').selectAll().executeTakeFirstOrThrow()
  return { approval: row.approval, changedBy: row.changed_by, changedAt: row.changed_at }
}

type Change = { approval: 'none' | 'required'; by: string; now: Date }

/** Who changed it and when is kept: one person's word turns the two-person rule off, and it shows. */
export const putSettings = async (db: Db, { approval, by, now }: Change): Promise<RoutingSettings> => {
  await db
    .updateTable('routing_settings')
    .set({ approval, changed_by: by, changed_at: now })
    .where('approval', '<>', approval)
    .execute()
  return readSettings(db)
}
