import type { PoolClient } from 'pg'
import type { Errands } from './effects.ts'
import { finishDone } from './finish-done.ts'
import type { Succeeded } from './row.ts'

/** What WeCom told of a customer. */
export type ToldProfile = { externalUserId: string; nickname: string | null; unionid: string | null }

/**
 * Books profiles that were read, in three statements. Answers whether each errand was still ours; null, and nothing is booked, for
 * whoever may be somebody whom the bank knows: two become one only by themselves. Throws when somebody got a unionid meanwhile.
 */
export const finishProfiles = async (tx: PoolClient, tried: readonly Succeeded[]): Promise<(boolean | null)[]> => {
  const apart = await withMatch(tx, tried)
  const free = tried.filter(({ row }) => !apart.has(row.id))
  if (free.length === 0) return tried.map(() => null)
  const ours = await finishDone(tx, free)
  const stored = await storeProfiles(tx, free.filter(({ row }) => ours.has(row.id)).map(profileOf))
  if (stored.some(({ other }) => other)) throw new Error('a customer got another unionid in the same moment')
  return tried.map(({ row }) => (apart.has(row.id) ? null : ours.has(row.id)))
}

export const profileOf = ({ row, result }: Succeeded): ToldProfile => {
  const { nickname, unionid } = result.answer as { nickname?: string; unionid?: string }
  return {
    externalUserId: (row.payload as Errands['kf/profile']).externalUserId,
    nickname: nickname || null,
    unionid: unionid || null,
  }
}

/** Whose unionid somebody has or had: he himself, another customer, another one of these, or a merge that was undone. */
const withMatch = async (tx: PoolClient, tried: readonly Succeeded[]): Promise<Set<string>> => {
  const told = tried.map(profileOf)
  const { rows } = await tx.query<{ id: string }>({
    name: 'outbox-profile-matches',
    text: `with told as (select * from unnest($1::bigint[], $2::text[], $3::text[]) as t (id, external_userid, unionid) where unionid is not null)
           select t.id from told t join customers c on c.external_userid = t.external_userid
           where c.unionid is not null
             or exists (select from customers o where o.unionid = t.unionid)
             or exists (select from told o where o.unionid = t.unionid and o.id < t.id)
             or exists (select from identity_claims k where k.customer_id = c.id and k.kind = 'unionid' and k.value = t.unionid
               and k.undone_at is not null)`,
    values: [
      tried.map(({ row }) => row.id),
      told.map(({ externalUserId }) => externalUserId),
      told.map(({ unionid }) => unionid),
    ],
  })
  return new Set(rows.map(({ id }) => id))
}

type Stored = { id: string; other: boolean }

/** Keeps a name and a unionid that is known already; `other`: he has another unionid than the one told. */
export const storeProfiles = async (tx: PoolClient, told: readonly ToldProfile[]): Promise<Stored[]> => {
  const { rows } = await tx.query<Stored>({
    name: 'outbox-profiles',
    // Locked by id first, as everywhere: whoever writes about the same customers waits, never in a circle.
    text: `with held as materialized (
             select c.id, t.nickname, t.unionid from unnest($1::text[], $2::text[], $3::text[]) as t (external_userid, nickname, unionid)
             join customers c on c.external_userid = t.external_userid order by c.id for update of c)
           update customers c set name = coalesce(c.name, held.nickname), unionid = coalesce(c.unionid, held.unionid), updated_at = now()
           from held where c.id = held.id returning c.id, coalesce(c.unionid <> held.unionid, false) as other`,
    values: [
      told.map(({ externalUserId }) => externalUserId),
      told.map(({ nickname }) => nickname),
      told.map(({ unionid }) => unionid),
    ],
  })
  return rows
}
