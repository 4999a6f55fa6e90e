import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { absorb } from './absorb.ts'
import { recordIdentity } from './identity-record.ts'
import type { IdentityKind } from './identity.ts'

/** Who was told of: by his entry link, by WeCom's profile, by the bank's word, or by an imported file. */
export type Via = 'entry' | 'profile' | 'bank' | 'import'

export type Merging = {
  /** Known under a name of the bank's, not in WeCom; becomes part of `into`. */
  from: string
  into: string
  via: Via
  /** When it was said; now, when left out. */
  at?: Date
  /** What the two have in common; when left out, the name that `from` brings. */
  kind?: IdentityKind
  value?: string
  sourceId?: string | null
}

/** What must be put back to undo a merge: both customers as they were, and what came to the one that stays. */
export type Before = {
  into: object
  from: object
  /** As `into` was right after the merge: what was changed later stays. */
  after: object
  contacts: { rm: string; state: string; since: string }[]
  moved: string[]
}

const rowOf = async (db: Db, id: string): Promise<Record<string, unknown>> => {
  const { rows } = await sql<{
    row: Record<string, unknown>
  }>`select to_jsonb(c) as row from customers c where id = ${id} for update`.execute(db)
  if (!rows[0]) throw new Error(`there is no customer ${id} to merge`)
  return rows[0].row
}

/** Makes `from` part of `into`, writes down how to undo it, and tells the ledger. Answers the id of the record. Call it in a transaction. */
export const mergeCustomers = async (db: Db, merging: Merging): Promise<string> => {
  const { from, into } = merging
  const [intoBefore, fromBefore] = [await rowOf(db, into), await rowOf(db, from)]
  const contacts = await sql<Before['contacts'][number]>`
    select rm, state, to_jsonb(since) #>> '{}' as since from contacts f where customer_id = ${from}
      and not exists (select from contacts i where i.customer_id = ${into} and i.rm = f.rm)`.execute(db)
  const moved = await db.selectFrom('customers').select('id').where('merged_into', '=', from).execute()
  await absorb(db, { from, into })
  const before: Before = {
    into: intoBefore,
    from: fromBefore,
    after: await rowOf(db, into),
    contacts: contacts.rows,
    moved: moved.map(({ id }) => id),
  }
  const named = { ...merging, ...nameOf(merging, fromBefore) }
  const claim = await note(db, named, before)
  await recordIdentity(db, {
    ...named,
    customerId: into,
    claimId: claim.id,
    at: claim.at,
    outcome: 'merged',
    otherId: from,
  })
  return claim.id
}

const nameOf = ({ kind, value }: Merging, from: Record<string, unknown>): { kind: IdentityKind; value: string } => {
  if (kind !== undefined && value !== undefined) return { kind, value }
  const own: IdentityKind = from['client_no'] === null ? 'unionid' : 'client_no'
  return { kind: own, value: String(from[own]) }
}

const note = async (db: Db, it: Merging & { kind: IdentityKind; value: string }, before: Before) =>
  db
    .insertInto('identity_claims')
    .values({
      at: it.at ?? sql`now()`,
      last_at: it.at ?? sql`now()`,
      customer_id: it.into,
      other_id: it.from,
      kind: it.kind,
      value: it.value,
      via: it.via,
      source_id: it.sourceId ?? null,
      outcome: 'merged',
      before: JSON.stringify(before),
    })
    .returning(['id', 'at'])
    .executeTakeFirstOrThrow()
