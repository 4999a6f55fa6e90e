import type { ExampleContacts, ExampleFriend } from '../simulator/example/contacts.ts'
import type { Db } from '../store/open.ts'

/** Friendships of an earlier simulator that Yinqiao keeps: the next one must know them, and none that ended since. */
export const keptContacts = async (
  db: Db,
  example: ExampleContacts | undefined,
  now: number,
): Promise<ExampleContacts | undefined> => {
  const rows = await db
    .selectFrom('contacts as k')
    .innerJoin('customers as c', 'c.id', 'k.customer_id')
    .select(['k.rm', 'k.state', 'k.since', 'k.added_at', 'k.wecom_state', 'k.add_way', 'k.remark', 'k.tags'])
    .select('c.external_userid')
    .where('c.external_userid', 'is not', null)
    .execute()
  if (rows.length === 0) return example
  const { friends, ...rest } = example ?? { tags: [], friends: [], quota: 1000 }
  const seen = new Set(rows.map((row) => `${row.rm} ${row.external_userid}`))
  const kept = rows.flatMap((row): ExampleFriend[] => {
    if (row.state === 'lost' || row.external_userid === null) return []
    return [
      {
        userid: row.rm,
        externalUserId: row.external_userid,
        remark: row.remark ?? '',
        tags: row.tags,
        since: now - (row.added_at ?? row.since).getTime(),
        half: row.state === 'half',
        ...(row.wecom_state === null ? {} : { state: row.wecom_state }),
        ...(row.add_way === null ? {} : { addWay: row.add_way }),
      },
    ]
  })
  const untouched = friends.filter(({ userid, externalUserId }) => !seen.has(`${userid} ${externalUserId}`))
  return { ...rest, friends: [...untouched, ...kept] }
}
