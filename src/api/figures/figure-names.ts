import type { Dimension } from '../../figures/slice.ts'
import type { Db } from '../../store/open.ts'

/** What people call these RMs or channels today; the figures themselves know only their ids. */
export const namesOf = async (
  db: Db,
  by: Dimension | undefined,
  keys: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> => {
  const ids = keys.filter((key) => key !== null)
  if (ids.length === 0 || (by !== 'rm' && by !== 'channel')) return new Map()
  const rows =
    by === 'rm'
      ? await db.selectFrom('rms').select(['userid as key', 'name']).where('userid', 'in', ids).execute()
      : await db.selectFrom('channels').select(['key', 'name']).where('key', 'in', ids).execute()
  return new Map(rows.map(({ key, name }) => [key, name]))
}
