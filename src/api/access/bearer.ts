import type { Db } from '../../store/open.ts'
import type { Way } from './auth.ts'
import type { Caller } from './caller.ts'
import { findKey, noteUse, type ApiKey } from './key-store.ts'

const header = /^Bearer +([\x21-\x7e]{1,512})$/i

/** `Authorization: Bearer KEY`. A withdrawn key is dead at once: nothing is kept in memory. */
export const bearer = ({ db, now }: { db: Db; now: () => Date }): Way => ({
  ambient: false,
  identify: async (ctx) => {
    const authorization = ctx.get('authorization')
    if (authorization === '') return 'none'
    const key = header.exec(authorization)?.[1]
    const found = key === undefined ? null : await findKey(db, key)
    if (!found) return 'wrong'
    if (isStale(found, now())) await noteUse(db, found)
    return callerOf(found)
  },
})

const isStale = ({ lastUsedAt }: ApiKey, now: Date): boolean =>
  lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > 60_000

const callerOf = ({ id, name, role, branch, rm }: ApiKey): Caller => ({
  name: rm ?? `${name} (key ${id})`,
  role,
  branch,
  rm,
})
