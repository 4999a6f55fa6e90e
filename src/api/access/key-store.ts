import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Db } from '../../store/open.ts'
import type { Role } from './caller.ts'

export type ApiKey = {
  id: string
  name: string
  role: Role
  branch: string | null
  rm: string | null
  createdAt: Date
  lastUsedAt: Date | null
}
export type NewKey = { name: string; role: Role; branch: string | null; rm: string | null }

const columns = ['id', 'name', 'role', 'branch', 'rm', 'hash', 'created_at', 'last_used_at'] as const
type Row = Omit<ApiKey, 'createdAt' | 'lastUsedAt'> & { hash: string; created_at: Date; last_used_at: Date | null }

const fromRow = (row: Row): ApiKey => ({
  id: row.id,
  name: row.name,
  role: row.role,
  branch: row.branch,
  rm: row.rm,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

/** 256 random bits: too many to guess, so that a fast hash is enough to keep them. */
const randomKey = (): string => `yq_${randomBytes(32).toString('base64url')}`

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Stores a new key; the key itself is answered here and nowhere else, the database has its hash. */
export const createKey = async (db: Db, wanted: NewKey): Promise<ApiKey & { key: string }> => {
  const key = randomKey()
  const row = await db
    .insertInto('api_keys')
    .values({ ...wanted, hash: hashOf(key) })
    .returning(columns)
    .executeTakeFirstOrThrow()
  return { ...fromRow(row), key }
}

/** The key's row, or null. The index finds the hash of what was sent; the comparison after it takes constant time. */
export const findKey = async (db: Db, key: string): Promise<ApiKey | null> => {
  const hash = hashOf(key)
  const row = await db.selectFrom('api_keys').select(columns).where('hash', '=', hash).executeTakeFirst()
  return row && timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash)) ? fromRow(row) : null
}

/** Notes the use, at most once a minute per key: reading must not cost a write each time. */
export const noteUse = async (db: Db, { id }: ApiKey): Promise<void> => {
  await sql`update api_keys set last_used_at = now()
    where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')`.execute(db)
}

export const listKeys = async (
  db: Db,
  { before, limit }: { before: string | null; limit: number },
): Promise<ApiKey[]> => {
  let query = db.selectFrom('api_keys').select(columns).orderBy('id', 'desc').limit(limit)
  if (before !== null) query = query.where('id', '<', before)
  return (await query.execute()).map(fromRow)
}

export const getKey = async (db: Db, id: string): Promise<ApiKey | null> => {
  const row = await db.selectFrom('api_keys').select(columns).where('id', '=', id).executeTakeFirst()
  return row ? fromRow(row) : null
}

/**
 * `last-admin`: nobody could make keys afterwards. One deletion at a time, so that two admins cannot delete each
 * other.
 */
export const deleteKey = async (db: Db, id: string): Promise<'deleted' | 'unknown' | 'last-admin'> =>
  db.transaction().execute(async (trx) => {
    await sql`lock table api_keys in share row exclusive mode`.execute(trx)
    const key = await getKey(trx, id)
    if (!key) return 'unknown'
    const admins = await trx.selectFrom('api_keys').select('id').where('role', '=', 'admin').execute()
    if (key.role === 'admin' && admins.length === 1) return 'last-admin'
    await trx.deleteFrom('api_keys').where('id', '=', id).execute()
    return 'deleted'
  })
