import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import { seesInvitation, type Scope } from './scope.ts'

const select = (db: Db) => db.selectFrom('invitations').selectAll()
export type InvitationRow = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>

type Page = {
  scope: Scope
  filter: { rm?: string | undefined; externalUserId?: string | undefined }
  before: string | null
  limit: number
}

/** The newest first, older than `before`. */
export const listInvitations = (db: Db, { scope, filter, before, limit }: Page): Promise<InvitationRow[]> => {
  let query = select(db).orderBy('invitations.id', 'desc').limit(limit)
  for (const condition of seesInvitation(scope)) query = query.where(condition)
  if (filter.rm !== undefined) query = query.where('invitations.rm', '=', filter.rm)
  if (filter.externalUserId !== undefined)
    query = query.where('invitations.external_userid', '=', filter.externalUserId)
  if (before !== null) query = query.where('invitations.id', '<', before)
  return query.execute()
}

export type Acquisition = {
  readAt: Date | null
  balance: number | null
  total: number | null
  expiring: { expiresAt: string; balance: number }[]
  trouble: string | null
  links: number
  contactWays: number
  usedThisMonth: number
  addedThisMonth: number
}

/** What WeCom last said of the paid links, beside what we made and used (`add_way` 16: by such a link). Months are those of China. */
export const acquisitionOf = async (db: Db, now: Date): Promise<Acquisition> => {
  const quota = await db.selectFrom('acquisition_quota').selectAll().executeTakeFirst()
  const counted = await sql<{ links: number; ways: number; used: number; added: number }>`
    with month as (select date_trunc('month', ${now}::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai' as begins)
    select (select count(*)::int from manager_links where via = 'acquisition-link' and url is not null) as links,
      (select count(*)::int from manager_links where via = 'contact-way' and url is not null) as ways,
      (select count(*)::int from invitations, month where via = 'acquisition-link' and added_at >= begins) as used,
      (select count(*)::int from contacts, month where add_way = 16 and added_at >= begins) as added`.execute(db)
  const { links = 0, ways = 0, used = 0, added = 0 } = counted.rows[0] ?? {}
  const batches = quota?.batches ?? []
  return {
    readAt: quota?.read_at ?? null,
    balance: quota?.balance ?? null,
    total: quota?.total ?? null,
    expiring: batches.toSorted((a, b) => a.expiresAt.localeCompare(b.expiresAt)),
    trouble: quota?.trouble ?? null,
    links,
    contactWays: ways,
    usedThisMonth: used,
    addedThisMonth: Math.max(added, used),
  }
}

export type WelcomeFigures = {
  codes: number
  delivered: number
  already: number
  missed: number
  refused: number
  waiting: number
  missedShare: number
  p95Ms: number | null
}

/** Codes of this time by what became of them. */
export const welcomeFigures = async (
  db: Db,
  { after, before }: { after: Date; before: Date | null },
): Promise<WelcomeFigures> => {
  const { rows } = await sql<Omit<WelcomeFigures, 'missedShare'>>`
    select count(*)::int as codes,
      count(*) filter (where outcome = 'delivered')::int as delivered, count(*) filter (where outcome = 'already')::int as already,
      count(*) filter (where outcome = 'missed')::int as missed, count(*) filter (where outcome = 'refused')::int as refused,
      count(*) filter (where outcome = 'waiting')::int as waiting,
      round(percentile_cont(0.95) within group (order by delay_ms) filter (where outcome = 'delivered'))::int as "p95Ms"
    from welcomes where code_at >= ${after} and (${before}::timestamptz is null or code_at < ${before}::timestamptz)`.execute(
    db,
  )
  const counted = rows[0] as Omit<WelcomeFigures, 'missedShare'>
  const known = counted.codes - counted.waiting
  return { ...counted, missedShare: known === 0 ? 0 : counted.missed / known }
}
