import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

export type StoredVersion = {
  version: number
  origin: string
  author: string
  createdAt: Date
  active: boolean
  activatedAt: Date | null
}

const columns = ['version', 'origin', 'author', 'created_at', 'active', 'activated_at'] as const

export const activeRuleset = async (db: Db): Promise<{ version: number; ruleset: unknown } | null> => {
  const row = await db
    .selectFrom('rulesets')
    .select(['version', 'ruleset'])
    .where('active', '=', true)
    .executeTakeFirst()
  return row ?? null
}

/** The newest first, before the given version. */
export const listVersions = async (
  db: Db,
  { before, limit }: { before: number | null; limit: number },
): Promise<StoredVersion[]> => {
  let query = db.selectFrom('rulesets').select(columns).orderBy('version', 'desc').limit(limit)
  if (before !== null) query = query.where('version', '<', before)
  const rows = await query.execute()
  return rows.map(({ created_at, activated_at, ...row }) => ({
    ...row,
    createdAt: created_at,
    activatedAt: activated_at,
  }))
}

/** One change at a time: two that both find the old version active would both make theirs so. */
const lockVersions = (db: Db) => sql`lock table rulesets in share row exclusive mode`.execute(db)
const retire = (db: Db) => db.updateTable('rulesets').set({ active: false }).where('active', '=', true).execute()

/**
 * Stores a checked rule set as the next version and makes it the active one, in one transaction. Answers the
 * version.
 */
export const publishRuleset = (db: Db, { ruleset, author }: { ruleset: object; author: string }): Promise<number> =>
  db.transaction().execute(async (trx) => {
    await lockVersions(trx)
    await retire(trx)
    const { version } = await trx
      .insertInto('rulesets')
      .values({ ruleset: JSON.stringify(ruleset), origin: 'api', author, active: true, activated_at: sql<Date>`now()` })
      .returning('version')
      .executeTakeFirstOrThrow()
    return version
  })

export const rulesetOf = async (db: Db, version: number): Promise<unknown> => {
  const row = await db.selectFrom('rulesets').select('ruleset').where('version', '=', version).executeTakeFirst()
  return row?.ruleset
}

/** Makes a stored version the active one again. */
export const activateVersion = (db: Db, version: number): Promise<void> =>
  db.transaction().execute(async (trx) => {
    await lockVersions(trx)
    await retire(trx)
    await trx
      .updateTable('rulesets')
      .set({ active: true, activated_at: sql<Date>`now()` })
      .where('version', '=', version)
      .execute()
  })
