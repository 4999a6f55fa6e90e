import { sql, type Expression, type SqlBool } from 'kysely'
import type { Db } from '../store/open.ts'
import { everything, type Scope } from './scope.ts'

/** A firm (企业): its people are the customers with its number. `leadRm` leads, `coRms` know it, too. */
export type FirmFacts = { name: string; leadRm: string | null; coRms: string[]; branch: string | null }
export type Firm = FirmFacts & { firmNo: string; customers: number; updatedAt: Date }

const selectFirms = (db: Db) =>
  db
    .selectFrom('firms')
    .selectAll('firms')
    .select(
      sql<number>`(select count(*)::int from customers c where c.firm_no = firms.firm_no and c.merged_into is null)`.as(
        'customers',
      ),
    )
type Row = Awaited<ReturnType<ReturnType<typeof selectFirms>['executeTakeFirstOrThrow']>>

const fromRow = (row: Row): Firm => ({
  firmNo: row.firm_no,
  name: row.name,
  leadRm: row.lead_rm,
  coRms: row.co_rms,
  branch: row.branch,
  customers: row.customers,
  updatedAt: row.updated_at,
})

/** A branch sees its firms and those that one of its RMs leads; an RM those he leads or knows. */
const sees = ({ branch, rm }: Scope): Expression<SqlBool>[] => [
  ...(branch === null
    ? []
    : [
        sql<SqlBool>`(firms.branch = ${branch} or starts_with(firms.branch, ${`${branch}/`}) or exists (
          select from rms s where s.userid = firms.lead_rm and (s.branch = ${branch} or starts_with(s.branch, ${`${branch}/`}))))`,
      ]),
  ...(rm === null ? [] : [sql<SqlBool>`(firms.lead_rm = ${rm} or ${rm} = any(firms.co_rms))`]),
]

/** Firms by number, after the given one. */
export const listFirms = async (
  db: Db,
  { scope, after, limit }: { scope: Scope; after: string | null; limit: number },
): Promise<Firm[]> => {
  let query = selectFirms(db).orderBy('firms.firm_no').limit(limit)
  for (const condition of sees(scope)) query = query.where(condition)
  if (after !== null) query = query.where('firms.firm_no', '>', after)
  return (await query.execute()).map(fromRow)
}

/** Null when there is no such firm, or it is out of scope. */
export const getFirm = async (db: Db, firmNo: string, scope: Scope = everything): Promise<Firm | null> => {
  let query = selectFirms(db).where('firms.firm_no', '=', firmNo)
  for (const condition of sees(scope)) query = query.where(condition)
  const row = await query.executeTakeFirst()
  return row ? fromRow(row) : null
}

/** Creates or replaces what the bank says about a firm. */
export const putFirm = async (db: Db, firmNo: string, facts: FirmFacts): Promise<Firm> => {
  const values = {
    name: facts.name,
    lead_rm: facts.leadRm?.toLowerCase() ?? null,
    co_rms: [...new Set(facts.coRms.map((rm) => rm.toLowerCase()))],
    branch: facts.branch,
  }
  await db
    .insertInto('firms')
    .values({ firm_no: firmNo, ...values })
    .onConflict((known) => known.column('firm_no').doUpdateSet({ ...values, updated_at: sql`now()` }))
    .execute()
  const stored = await getFirm(db, firmNo)
  if (!stored) throw new Error(`the firm ${firmNo} vanished while it was being stored`)
  return stored
}
