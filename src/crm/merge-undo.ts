import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { recordIdentity } from './identity-record.ts'
import type { IdentityKind } from './identity.ts'
import type { Before } from './merge.ts'

type Undoing = { externalUserId: string; claimId: string; by: string; now: Date }
/** `newer`: a later one of this customer stands on it. `taken`: the name belongs to somebody else by now. */
export type Undone = 'undone' | 'unknown' | 'not-a-merge' | 'undone-before' | 'newer' | 'taken'

type Claim = {
  id: string
  customer_id: string
  other_id: string | null
  kind: IdentityKind
  value: string
  via: string
  outcome: 'set' | 'merged' | 'conflict'
  before: Before & { known: boolean }
  undone_at: Date | null
}

/**
 * Takes a merge back: both customers are as they were before, except for what somebody changed since. What the ledger wrote
 * in between stays with the customer for whom it was written. The newest first, so that "before" means something. Call it
 * in a transaction; after `taken` it must be rolled back.
 */
export const undoMerge = async (db: Db, { externalUserId, claimId, by, now }: Undoing): Promise<Undone> => {
  const claim = await claimOf(db, externalUserId, claimId)
  if (!claim) return 'unknown'
  if (claim.outcome === 'conflict') return 'not-a-merge'
  if (claim.undone_at) return 'undone-before'
  if (await hasNewer(db, claim)) return 'newer'
  const done = claim.outcome === 'set' ? await takeName(db, claim) : await separate(db, claim)
  if (!done) return 'taken'
  await db.updateTable('identity_claims').set({ undone_at: now, undone_by: by }).where('id', '=', claimId).execute()
  const { customer_id: customerId, kind, other_id: otherId } = claim
  await recordIdentity(db, { customerId, claimId, at: now, kind, outcome: 'undone', otherId })
  return 'undone'
}

const claimOf = async (db: Db, externalUserId: string, claimId: string): Promise<Claim | undefined> => {
  const { rows } =
    await sql<Claim>`select k.id, k.customer_id, k.other_id, k.kind, k.value, k.via, k.outcome, k.before, k.undone_at
    from identity_claims k join customers c on c.id = k.customer_id
    where k.id = ${claimId} and c.external_userid = ${externalUserId} for update`.execute(db)
  return rows[0]
}

const hasNewer = async (db: Db, { id, customer_id }: Claim): Promise<boolean> => {
  const { rows } = await sql`select from identity_claims where customer_id = ${customer_id} and id > ${id}
    and outcome <> 'conflict' and undone_at is null limit 1`.execute(db)
  return rows.length > 0
}

const takeName = async (db: Db, { customer_id, kind, value, before }: Claim): Promise<boolean> => {
  await sql`update customers set ${sql.ref(kind)} = null, known = ${before.known}, updated_at = now()
    where id = ${customer_id} and ${sql.ref(kind)} = ${value}`.execute(db)
  return true
}

/** All that a merge may fill in. `known` is the bank's word where the bank itself brought the two together: that stays. */
const filled = [
  'client_no',
  'unionid',
  'name',
  'kind',
  'tier',
  'owner',
  'branch',
  'firm_no',
  'firm_name',
  'tags',
  'avoid',
  'channel',
  'first_seen_at',
]

const separate = async (db: Db, claim: Claim): Promise<boolean> => {
  const { customer_id: into, other_id: from, before, via } = claim
  const columns = via === 'bank' || via === 'import' ? filled : [...filled, 'known']
  const putBack = columns.map((name) => {
    const [own, old, since] = ['c', 'b', 'a'].map((table) => sql.ref(`${table}.${name}`))
    return sql`${sql.ref(name)} = case when ${own} is not distinct from ${since} then ${old} else ${own} end`
  })
  await sql`update customers c set ${sql.join(putBack)}, updated_at = now()
    from jsonb_populate_record(null::customers, ${JSON.stringify(before.into)}::jsonb) b,
      jsonb_populate_record(null::customers, ${JSON.stringify(before.after)}::jsonb) a
    where c.id = ${into}`.execute(db)
  await returnContacts(db, { into, contacts: before.contacts })
  await sql`update customers set merged_into = ${from} where id = any(${before.moved}::bigint[]) and merged_into = ${into}`.execute(
    db,
  )
  return revive(db, { from: from as string, old: before.from })
}

const returnContacts = (db: Db, { into, contacts }: { into: string; contacts: Before['contacts'] }) =>
  sql`delete from contacts k using jsonb_to_recordset(${JSON.stringify(contacts)}::jsonb) as g (rm text, state text, since timestamptz)
    where k.customer_id = ${into} and k.rm = g.rm and k.state = g.state and k.since = g.since`.execute(db)

/** False when somebody else has one of his names by now. */
const revive = async (db: Db, { from, old }: { from: string; old: object }): Promise<boolean> => {
  const { rows } = await sql`
    with o as (select * from jsonb_populate_record(null::customers, ${JSON.stringify(old)}::jsonb))
    update customers c set client_no = o.client_no, unionid = o.unionid, merged_into = null, updated_at = now() from o
    where c.id = ${from} and not exists (select from customers t
      where t.id <> ${from} and (t.client_no = o.client_no or t.unionid = o.unionid)) returning c.id`.execute(db)
  return rows.length > 0
}
