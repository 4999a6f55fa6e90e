import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { Merge } from './absorb.ts'
import { describedNow, recordDescribed } from './described.ts'
import type { Rejected } from './csv-rows.ts'
import type { ImportRow } from './import-line.ts'
import { mergeCustomers } from './merge.ts'

type Known = { id: string; external_userid: string | null; client_no: string | null; unionid: string | null }
type Match = { target: Known | null; merged: Known[] } | Rejected

const names = ['external_userid', 'client_no', 'unionid'] as const

/**
 * Stores a batch in one transaction of the caller's: new customers are made, known ones (by any of their names) are
 * filled in. Lines that speak of two different customers at once are rejected. A unique violation means that
 * somebody else changed the same customers meanwhile, or that lines swap names among themselves: the caller rolls
 * back and repeats line by line.
 */
export const importRows = async (db: Db, rows: readonly ImportRow[]): Promise<Rejected[]> => {
  const index = indexByName(await knownAs(db, rows))
  const plan = planOf(rows, index)
  const known = plan.updates.map(({ id }) => id)
  const before = await describedNow(db, known)
  for (const merge of plan.merges) await mergeCustomers(db, { ...merge, via: 'import' })
  await update(db, plan.updates)
  const made = await insert(db, plan.inserts)
  await recordDescribed(db, [...known, ...made], before)
  return plan.rejected
}

const knownAs = (db: Db, rows: readonly ImportRow[]): Promise<Known[]> => {
  const values = (name: (typeof names)[number]) => rows.flatMap((row) => row[name] ?? [])
  return sql<Known>`select id, external_userid, client_no, unionid from customers
    where external_userid = any(${values('external_userid')}::text[]) or client_no = any(${values('client_no')}::text[])
      or unionid = any(${values('unionid')}::text[]) order by id for update`
    .execute(db)
    .then((answer) => answer.rows)
}

type Index = ReadonlyMap<string, Known>
const indexByName = (known: readonly Known[]): Index =>
  new Map(known.flatMap((one) => names.map((name) => [`${name}:${one[name]}`, one] as const)))

const planOf = (rows: readonly ImportRow[], index: Index) => {
  const updates: (ImportRow & { id: string })[] = []
  const inserts: ImportRow[] = []
  const merges: Merge[] = []
  const rejected: Rejected[] = []
  const taken = new Map<string, number>()
  for (const row of rows) {
    const match = matchOf(row, index)
    if ('message' in match) rejected.push(match)
    else if (!match.target) inserts.push(row)
    else {
      const { target, merged } = match
      const earlier = [target, ...merged].map((one) => taken.get(one.id)).find((line) => line !== undefined)
      if (earlier !== undefined) {
        rejected.push({ line: row.line, message: `与第 ${earlier} 行是同一位客户` })
        continue
      }
      for (const one of [target, ...merged]) taken.set(one.id, row.line)
      merges.push(...merged.map((one) => ({ from: one.id, into: target.id })))
      updates.push({ ...row, id: target.id })
    }
  }
  return { updates, inserts, merges, rejected }
}

/** Who a line is about: whoever has one of its names. Of several, the one in WeCom; the others become part of him. */
const matchOf = (row: ImportRow, index: Index): Match => {
  const found = names.flatMap((name) => (row[name] === null ? [] : (index.get(`${name}:${row[name]}`) ?? [])))
  const known = [...new Map(found.map((one) => [one.id, one])).values()]
  const inWecom = known.filter((one) => one.external_userid !== null)
  const [target = known[0] ?? null] = inWecom
  const another =
    row.external_userid !== null && target?.external_userid && target.external_userid !== row.external_userid
  if (inWecom.length > 1 || another)
    return { line: row.line, message: '客户号或 unionid 已属于另一位企业微信客户，请核对后再导入' }
  return { target, merged: known.filter((one) => one !== target) }
}

const shape = sql`(id bigint, external_userid text, client_no text, unionid text, kind text, tier text, owner text, branch text,
  firm_no text, firm_name text, tags text[])`

const update = async (db: Db, rows: readonly ImportRow[]): Promise<void> => {
  if (rows.length === 0) return
  await sql`update customers c set
      external_userid = coalesce(r.external_userid, c.external_userid), client_no = coalesce(r.client_no, c.client_no),
      unionid = coalesce(r.unionid, c.unionid), kind = coalesce(r.kind, c.kind), tier = coalesce(r.tier, c.tier),
      owner = coalesce(r.owner, c.owner), branch = coalesce(r.branch, c.branch), firm_no = coalesce(r.firm_no, c.firm_no),
      firm_name = coalesce(r.firm_name, c.firm_name), tags = coalesce(r.tags, c.tags), known = true, updated_at = now()
    from json_to_recordset(${JSON.stringify(rows)}::json) as r ${shape} where c.id = r.id`.execute(db)
}

const insert = async (db: Db, rows: readonly ImportRow[]): Promise<string[]> => {
  if (rows.length === 0) return []
  const made = await sql<{
    id: string
  }>`insert into customers (external_userid, client_no, unionid, kind, tier, owner, branch, firm_no, firm_name, tags, known)
    select external_userid, client_no, unionid, coalesce(kind, 'person'), tier, owner, branch, firm_no, firm_name,
      coalesce(tags, '{}'), true
    from json_to_recordset(${JSON.stringify(rows)}::json) as r ${shape} returning id`.execute(db)
  return made.rows.map(({ id }) => id)
}
