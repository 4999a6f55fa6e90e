import { createHash } from 'node:crypto'
import { createKey } from './api/access/key-store.ts'
import type { Db } from './store/open.ts'

/** Guessable by whoever gets hold of its hash. */
export const isShort = (given: string | undefined): boolean => given !== undefined && given.length < 20

/**
 * Sees to it that an admin can get in: with the key from the environment, or with one made now when there is none at all.
 * Answers the key only when it was made now; it can never be shown again.
 */
export const adminKey = async (db: Db, given: string | undefined): Promise<string | null> => {
  if (given) {
    const hash = createHash('sha256').update(given).digest('hex')
    await db.deleteFrom('api_keys').where('name', '=', 'ADMIN_API_KEY').where('hash', '<>', hash).execute()
    const row = { name: 'ADMIN_API_KEY', role: 'admin' as const, branch: null, rm: null, hash }
    await db
      .insertInto('api_keys')
      .values(row)
      .onConflict((known) => known.column('hash').doNothing())
      .execute()
    return null
  }
  const admin = await db.selectFrom('api_keys').select('id').where('role', '=', 'admin').executeTakeFirst()
  return admin ? null : (await createKey(db, { name: '首次启动', role: 'admin', branch: null, rm: null })).key
}
