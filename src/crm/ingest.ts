import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { ingestCustomers } from './ingest-customers.ts'

/** A touchpoint that a program of the bank's tells of. One of the three names says whose it is. */
export type AppTouchpoint = {
  /** The teller's own id of it: the same key is recorded once, for ever. */
  key: string
  kind: `app.${string}`
  at: Date
  who: { kind: 'external_userid' | 'client_no' | 'unionid'; value: string }
  channel: string | null
  data: Record<string, unknown>
}
export type Ingested = { accepted: number; duplicates: number }

/**
 * Records touchpoints (1,000 in six statements); customers who are known by this name alone are made. A key that came before
 * is a duplicate, whatever else it says now. All or nothing: repeat it after an error. `db` must not be a transaction.
 */
export const ingest = async (db: Db, touchpoints: readonly AppTouchpoint[]): Promise<Ingested> => {
  const once = [...new Map(touchpoints.toReversed().map((one) => [one.key, one])).values()].toReversed()
  if (once.length === 0) return { accepted: 0, duplicates: 0 }
  await ensureMonths(db, once)
  const accepted = await db.transaction().execute(async (trx) => {
    const fresh = await newOnes(trx, once)
    await record(trx, fresh, await ingestCustomers(trx, fresh))
    return fresh.length
  })
  return { accepted, duplicates: touchpoints.length - accepted }
}

/** Old touchpoints get their months before they come: the ledger's default partition stays empty. */
const ensureMonths = async (db: Db, touchpoints: readonly AppTouchpoint[]): Promise<void> => {
  const months = [...new Set(touchpoints.map(({ at }) => `${at.toISOString().slice(0, 7)}-01`))].sort()
  await sql`select ensure_touchpoint_months(month, month) from unnest(${months}::date[]) month`.execute(db)
}

/** In the order of the keys: two calls with the same ones wait for each other, never in a circle. */
const newOnes = async (db: Db, touchpoints: readonly AppTouchpoint[]): Promise<AppTouchpoint[]> => {
  const keys = touchpoints.map(({ key }) => key).toSorted()
  const { rows } = await sql<{ key: string }>`insert into app_touchpoint_keys (key) select unnest(${keys}::text[])
    on conflict do nothing returning key`.execute(db)
  const fresh = new Set(rows.map(({ key }) => key))
  return touchpoints.filter(({ key }) => fresh.has(key))
}

type Known = Awaited<ReturnType<typeof ingestCustomers>>

const record = async (db: Db, touchpoints: readonly AppTouchpoint[], customers: Known): Promise<void> => {
  if (touchpoints.length === 0) return
  const column = (read: (one: AppTouchpoint) => string | null) => touchpoints.map(read)
  const customer = ({ who }: AppTouchpoint) => customers.get(`${who.kind}:${who.value}`)
  await sql`insert into touchpoints (at, kind, external_userid, customer_id, channel, source_id, data)
    select * from unnest(${column(({ at }) => at.toISOString())}::timestamptz[], ${column(({ kind }) => kind)}::text[],
      ${column((one) => customer(one)?.externalUserId ?? null)}::text[], ${column((one) => customer(one)?.id ?? null)}::bigint[],
      ${column(({ channel }) => channel)}::text[], ${column(({ key }) => `app:${key}`)}::text[],
      ${column(({ data }) => JSON.stringify(data))}::jsonb[])`.execute(db)
}
