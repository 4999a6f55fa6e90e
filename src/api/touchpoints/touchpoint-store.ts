import { sql, type Expression, type SqlBool } from 'kysely'
import { idsOf } from '../../crm/absorb.ts'
import { seesTouchpoint, type Scope } from '../../crm/scope.ts'
import type { Db } from '../../store/open.ts'

export type TouchpointFilter = {
  externalUserId?: string | undefined
  customerId?: string | undefined
  clientNo?: string | undefined
  kind?: string | undefined
  rm?: string | undefined
  channel?: string | undefined
  conversationId?: string | undefined
  after?: string | undefined
  before?: string | undefined
}
/** A place in the list; `at` as PostgreSQL writes it, with microseconds that a Date would lose. */
export type TouchpointPlace = { at: string; id: string }
type Page = { scope: Scope; filter: TouchpointFilter; place: TouchpointPlace | null; limit: number }

const exactly = sql<string>`to_char(touchpoints.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

const select = (db: Db) => db.selectFrom('touchpoints').selectAll('touchpoints').select(exactly.as('exactly'))
export type TouchpointRow = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

const equalities = [
  ['externalUserId', 'touchpoints.external_userid'],
  ['kind', 'touchpoints.kind'],
  ['rm', 'touchpoints.rm'],
  ['channel', 'touchpoints.channel'],
  ['conversationId', 'touchpoints.conversation_id'],
] as const

/** What the bank wrote about somebody, for the figures: nobody met anybody. Listed only when asked for by its kind. */
const bookkeeping = ['customer.described', 'rm.placed']

/** The newest first, after the given place. A customer is found under every id the ledger knows him by. */
export const listTouchpoints = async (db: Db, { scope, filter, place, limit }: Page): Promise<TouchpointRow[]> => {
  let query = select(db).orderBy('touchpoints.at', 'desc').orderBy('touchpoints.id', 'desc').limit(limit)
  for (const condition of seesTouchpoint(scope)) query = query.where(condition)
  for (const [name, column] of equalities) {
    const value = filter[name]
    if (value !== undefined) query = query.where(column, '=', value)
  }
  if (filter.kind === undefined) query = query.where('touchpoints.kind', 'not in', bookkeeping)
  if (filter.after !== undefined) query = query.where('touchpoints.at', '>=', new Date(filter.after))
  if (filter.before !== undefined) query = query.where('touchpoints.at', '<', new Date(filter.before))
  if (place)
    query = query.where(
      sql<boolean>`(touchpoints.at, touchpoints.id) < (${place.at}::timestamptz, ${place.id}::bigint)`,
    )
  const about = await isAbout(db, filter)
  if (about === null) return query.execute()
  const found = await Promise.all(about.map((condition) => query.where(condition).execute()))
  return newest(found.flat(), limit)
}

const newest = (rows: readonly TouchpointRow[], limit: number): TouchpointRow[] =>
  rows
    .toSorted((a, b) => {
      if (a.exactly !== b.exactly) return a.exactly < b.exactly ? 1 : -1
      return BigInt(a.id) < BigInt(b.id) ? 1 : -1
    })
    .slice(0, limit)

/**
 * Also what happened before he was a customer: a stranger in a group has lines by his external_userid alone. Asked for one after
 * the other, for with `or` between them no index would do, and a timeline would be as slow as the ledger is long.
 */
const isAbout = async (db: Db, filter: TouchpointFilter): Promise<Expression<SqlBool>[] | null> => {
  const [first, ...others] = await customerIds(db, filter)
  if (!first) return null
  const ids = first.filter((id) => others.every((list) => list.includes(id)))
  if (ids.length === 0) return []
  const named = await db.selectFrom('customers').select('external_userid').where('id', 'in', ids).execute()
  const names = named.flatMap((row) => row.external_userid ?? [])
  return [
    sql<boolean>`touchpoints.customer_id in (${sql.join(ids)})`,
    ...(names.length > 0
      ? [sql<boolean>`touchpoints.customer_id is null and touchpoints.external_userid in (${sql.join(names)})`]
      : []),
  ]
}

/** One list of ids per filter that names a customer; an id that nobody has stands for an unknown client number. */
const customerIds = async (db: Db, { customerId, clientNo }: TouchpointFilter): Promise<string[][]> => {
  const lists: string[][] = []
  if (customerId !== undefined) lists.push(await idsOf(db, customerId))
  if (clientNo !== undefined) {
    const holder = await db.selectFrom('customers').select('id').where('client_no', '=', clientNo).executeTakeFirst()
    lists.push(holder ? await idsOf(db, holder.id) : ['0'])
  }
  return lists
}
