import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { recordIdentity } from './identity-record.ts'
import { mergeCustomers, type Via } from './merge.ts'

/** The names by which a customer of WeCom may turn out to be a client of the bank. */
export type IdentityKind = 'client_no' | 'unionid'

/** Somebody says that this customer of WeCom has this name. `sourceId`: the event or errand that said so. */
export type Claim = {
  customerId: string
  kind: IdentityKind
  value: string
  via: Extract<Via, 'entry' | 'profile'>
  at: Date
  sourceId: string
}

/**
 * `same`: known already, nothing is written. `set`: he has the name now. `merged`: whoever had it, and was not in WeCom, is part
 * of him now. `conflict`: nothing was changed.
 */
export type Outcome = 'same' | 'set' | 'merged' | 'conflict'
export type ConflictReason = 'taken' | 'has-another' | 'names-differ' | 'undone-before'

type Person = {
  id: string
  external_userid: string | null
  client_no: string | null
  unionid: string | null
  known: boolean
}
type Standing = { person: Person; holder: Person | null; kind: IdentityKind; value: string; undone: boolean }
type Verdict = { outcome: Exclude<Outcome, 'conflict'> } | { outcome: 'conflict'; reason: ConflictReason }

/**
 * What may come of a claim. A link can be forwarded, so it never takes a client away from another customer of WeCom, never
 * gives one a second number, and never repeats what an admin has undone.
 */
export const judge = ({ person, holder, kind, value, undone }: Standing): Verdict => {
  if (person[kind] === value) return { outcome: 'same' }
  if (person[kind] !== null) return { outcome: 'conflict', reason: 'has-another' }
  if (undone) return { outcome: 'conflict', reason: 'undone-before' }
  if (!holder) return { outcome: 'set' }
  if (holder.external_userid !== null) return { outcome: 'conflict', reason: 'taken' }
  const rest = kind === 'client_no' ? 'unionid' : 'client_no'
  const differ = person[rest] !== null && holder[rest] !== null && person[rest] !== holder[rest]
  return differ ? { outcome: 'conflict', reason: 'names-differ' } : { outcome: 'merged' }
}

/** Carries a claim out, or writes down why not. The same claim again changes nothing. Call it in a transaction. */
export const claimIdentity = async (db: Db, claim: Claim): Promise<Outcome> => {
  const { customerId, kind, value } = claim
  // Two links for one client that are opened at the same moment: one after the other.
  await sql`select pg_advisory_xact_lock(hashtext(${`identity:${kind}`}), hashtext(${value}))`.execute(db)
  const { rows } = await sql<Person>`select id, external_userid, client_no, unionid, known from customers
    where id = ${customerId} or ${sql.ref(kind)} = ${value} order by id for update`.execute(db)
  const person = rows.find((one) => one.id === customerId)
  if (!person) throw new Error(`there is no customer ${customerId}`)
  const holder = rows.find((one) => one.id !== customerId) ?? null
  const verdict = judge({ person, holder, kind, value, undone: await wasUndone(db, claim) })
  if (verdict.outcome === 'same') return 'same'
  const claimId = await carryOut(db, claim, { person, holder, verdict })
  const { outcome } = verdict
  // A merge tells the ledger itself.
  if (claimId && outcome !== 'merged')
    await recordIdentity(db, { ...claim, claimId, outcome, otherId: holder?.id ?? null })
  return outcome
}

const wasUndone = async (db: Db, { customerId, kind, value }: Claim): Promise<boolean> => {
  const { rows } =
    await sql`select from identity_claims where customer_id = ${customerId} and kind = ${kind} and value = ${value}
    and undone_at is not null limit 1`.execute(db)
  return rows.length > 0
}

type Judged = { person: Person; holder: Person | null; verdict: Verdict }

/** Answers the record's id; null when there is nothing new to tell. */
const carryOut = async (db: Db, claim: Claim, { person, holder, verdict }: Judged): Promise<string | null> => {
  if (verdict.outcome === 'conflict')
    return noteConflict(db, claim, { otherId: holder?.id ?? null, reason: verdict.reason })
  if (verdict.outcome === 'merged' && holder) return mergeCustomers(db, { ...claim, from: holder.id, into: person.id })
  return setName(db, claim, person)
}

/**
 * A client number makes him known: the bank has told us who this is. A unionid that nobody else has is a fact of his profile and
 * joins nothing: it is not written down as a claim.
 */
const setName = async (db: Db, claim: Claim, person: Person): Promise<string | null> => {
  const known = person.known || claim.kind === 'client_no'
  await db
    .updateTable('customers')
    .set({ [claim.kind]: claim.value, known, updated_at: sql`now()` })
    .where('id', '=', person.id)
    .execute()
  if (claim.kind === 'unionid') return null
  const { id } = await db
    .insertInto('identity_claims')
    .values({ ...written(claim), outcome: 'set', before: JSON.stringify({ known: person.known }) })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** A conflict is written down once and counted: a link that goes round would fill the table. */
const noteConflict = async (
  db: Db,
  claim: Claim,
  { otherId, reason }: { otherId: string | null; reason: ConflictReason },
): Promise<string | null> => {
  const { id, times } = await db
    .insertInto('identity_claims')
    .values({ ...written(claim), outcome: 'conflict', reason, other_id: otherId })
    .onConflict((known) =>
      known
        .columns(['customer_id', 'kind', 'value'])
        .where('outcome', '=', 'conflict')
        .doUpdateSet({
          // An event that is handled twice has happened once.
          times: sql`identity_claims.times + (identity_claims.source_id is distinct from excluded.source_id)::int`,
          last_at: claim.at,
          source_id: claim.sourceId,
          other_id: otherId,
          reason,
        }),
    )
    .returning(['id', 'times'])
    .executeTakeFirstOrThrow()
  return times === 1 ? id : null
}

const written = ({ customerId, kind, value, via, at, sourceId }: Claim) => ({
  customer_id: customerId,
  kind,
  value,
  via,
  at,
  last_at: at,
  source_id: sourceId,
})
