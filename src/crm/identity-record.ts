import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { IdentityKind } from './identity.ts'

type Line = {
  customerId: string
  claimId: string
  at: Date
  kind: IdentityKind
  outcome: 'set' | 'merged' | 'conflict' | 'undone'
  via?: string
  /** Merged or undone: the other customer. */
  otherId: string | null
}

const kinds = {
  set: 'identity.joined',
  merged: 'identity.joined',
  conflict: 'identity.conflict',
  undone: 'identity.undone',
}

/** A line for the ledger: which customer, by which kind of name; the name itself stays in the claim. */
export const recordIdentity = async (
  db: Db,
  { customerId, claimId, at, kind, outcome, via, otherId }: Line,
): Promise<void> => {
  const data = { claimId, by: kind, ...(via && { via }), ...(otherId && { otherCustomerId: otherId }) }
  await sql`insert into touchpoints (at, kind, external_userid, customer_id, channel, data)
    select ${at}, ${kinds[outcome]}, external_userid, id, channel, ${JSON.stringify(data)}::jsonb
    from customers where id = ${customerId}`.execute(db)
}
