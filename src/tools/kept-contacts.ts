import type { ExampleContacts, ExampleFriend } from '../simulator/example/contacts.ts'
import type { Db } from '../store/open.ts'

const nothing: ExampleContacts = { tags: [], friends: [], quota: 1000 }

/** What an earlier simulator had in 客户联系 and Yinqiao keeps: the next one must know it, and no friendship that ended since. */
export const keptContacts = async (
  db: Db,
  example: ExampleContacts | undefined,
  now: number,
): Promise<ExampleContacts> => {
  const given = example ?? nothing
  return { ...given, friends: await keptFriends(db, given.friends, now), ...(await keptLinks(db)) }
}

/** The RMs' own links and codes. */
const keptLinks = async (db: Db): Promise<Required<Pick<ExampleContacts, 'links' | 'ways'>>> => {
  const rows = await db.selectFrom('manager_links').select(['rm', 'via', 'ref', 'url', 'state']).execute()
  const of = (via: string) => rows.filter((row) => row.via === via)
  return {
    links: of('acquisition-link').flatMap(({ rm, ref, url }) =>
      ref === null || url === null ? [] : [{ linkId: ref, url, name: rm, userids: [rm] }],
    ),
    ways: of('contact-way').flatMap(({ rm, ref, state }) =>
      ref === null ? [] : [{ configId: ref, userids: [rm], state, skipVerify: true }],
    ),
  }
}

const keptFriends = async (db: Db, friends: ExampleFriend[], now: number): Promise<ExampleFriend[]> => {
  const rows = await db
    .selectFrom('contacts as k')
    .innerJoin('customers as c', 'c.id', 'k.customer_id')
    .select(['k.rm', 'k.state', 'k.since', 'k.added_at', 'k.wecom_state', 'k.add_way', 'k.remark', 'k.tags'])
    .select('c.external_userid')
    .where('c.external_userid', 'is not', null)
    .execute()
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
  return [...untouched, ...kept]
}
