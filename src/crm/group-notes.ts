import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { ToldGroup } from '../wecom/group-told.ts'
import { firstTouch } from './customers.ts'
import { claimIdentity } from './identity.ts'

/** So long a reading may show a group as it was before its last events; the same as where events are booked. */
const lagMs = 5 * 60_000
/** What an event and a reading tell of one coming differs by seconds. */
const sameS = 60

type Known = { told_version: string | null; told_at: Date | null; dismissed: boolean }

/**
 * Makes our books what reading a group tells: name, owner, and how each member came. Who is in it and should not be, or the other way
 * round, becomes an event in the group's line (`group/found`), where it meets the group's other events in order. A reading that is
 * older than another one changes nothing. Answers whether it found something. Call it in a transaction.
 */
export const noteGroup = async (db: Db, told: ToldGroup, now: Date): Promise<boolean> => {
  const known = await noteHead(db, told)
  if (!known) return false
  await noteMembers(db, told)
  const found = await noteDifference(db, told, known)
  if (!found) await noteVersion(db, told)
  if (mayLag(known, told, now)) await lookAgain(db, told.chatId, now)
  await claimNames(db, told, now)
  return found
}

const noteHead = async (db: Db, { chatId, name, owner, createdAt, askedAt }: ToldGroup): Promise<Known | undefined> => {
  const { rows } = await sql<Known>`
    insert into customer_groups as g (chat_id, name, owner, created_at, read_at)
    values (${chatId}, ${name}, ${owner}, ${createdAt}, ${askedAt})
    on conflict (chat_id) do update set name = excluded.name, owner = excluded.owner,
      created_at = coalesce(excluded.created_at, g.created_at), read_at = excluded.read_at, hidden_at = null
    where g.read_at is null or g.read_at <= excluded.read_at
    returning told_version, told_at, dismissed_at is not null as dismissed`.execute(db)
  return rows[0]
}

const asRows = ({ members }: ToldGroup) => sql`jsonb_to_recordset(${JSON.stringify(members)}::jsonb)
  as t (id text, customer boolean, "joinedAt" timestamptz, scene smallint, invitor text, state text, unionid text)`

/** How those came whom our books have in the group; an event says little of it. */
const noteMembers = (db: Db, told: ToldGroup) =>
  sql`update group_members m set customer = t.customer, scene = t.scene, invitor = t.invitor, state = t.state, unionid = t.unionid
    from ${asRows(told)} where m.chat_id = ${told.chatId} and m.member_id = t.id and m.present
      and (m.customer, m.scene, m.invitor, m.state, m.unionid) is distinct from (t.customer, t.scene, t.invitor, t.state, t.unionid)`.execute(
    db,
  )

const noteDifference = async (db: Db, told: ToldGroup, { dismissed }: Known): Promise<boolean> => {
  const { chatId, askedAt, version } = told
  const { rows } = await sql<{ seen: object[]; missing: string[] }>`
    with told as (select * from ${asRows(told)}),
    seen as (
      select t.* from told t left join group_members m on m.chat_id = ${chatId} and m.member_id = t.id
      where m.present is not true or t."joinedAt" > m.joined_at + make_interval(secs => ${sameS})),
    missing as (
      select member_id from group_members m where chat_id = ${chatId} and present and not exists (select from told t where t.id = m.member_id))
    select (select coalesce(jsonb_agg(to_jsonb(s) order by s."joinedAt", s.id), '[]') from seen s) as seen,
      array(select member_id from missing order by 1) as missing`.execute(db)
  const { seen = [], missing = [] } = rows[0] ?? {}
  if (seen.length + missing.length === 0 && !dismissed) return false
  const change = { ChatId: chatId, askedAt: askedAt.toISOString(), version, seen, missing }
  await sql`insert into inbox (kind, key, subject, lane, payload, occurred_at)
    values ('group/found', ${`found:${chatId}:${askedAt.getTime()}`}, ${`group:${chatId}`}, 2, ${JSON.stringify({ change })}::jsonb, ${askedAt})
    on conflict (key) do nothing`.execute(db)
  return true
}

const noteVersion = (db: Db, { chatId, version }: ToldGroup) =>
  sql`update customer_groups set member_version = ${version} where chat_id = ${chatId} and member_version is distinct from ${version}`.execute(
    db,
  )

/** An event has just named another version than WeCom shows: it may be behind its own events. */
const mayLag = ({ told_version, told_at }: Known, { version }: ToldGroup, now: Date): boolean =>
  told_version !== null && told_version !== version && told_at !== null && now.getTime() - told_at.getTime() < lagMs

const lookAgain = (db: Db, chatId: string, now: Date) =>
  sql`insert into timers (key, kind, subject, due_at, payload)
    values (${`group_refresh:${chatId}`}, 'clock/group_refresh', ${`group:${chatId}`}, ${now}::timestamptz + interval '30 seconds',
      ${JSON.stringify({ change: { ChatId: chatId } })}::jsonb)
    on conflict (key) do nothing`.execute(db)

/**
 * A group tells its members' unionids, also of people who never wrote: whoever is one of ours by that name is known from now on. A
 * stranger stays a stranger, for being in a group is no business with the bank.
 */
const claimNames = async (db: Db, told: ToldGroup, now: Date): Promise<void> => {
  const { rows } = await sql<{ id: string; unionid: string; customer: string | null }>`
    select t.id, t.unionid, c.id as customer from ${asRows(told)}
    left join customers c on c.external_userid = t.id
    where t.customer and t.unionid is not null and c.unionid is null
      and (c.id is not null or exists (select from customers o where o.unionid = t.unionid and o.external_userid is null))
    order by t.id`.execute(db)
  for (const { id, unionid, customer } of rows) {
    const customerId = customer ?? (await firstTouch(db, { externalUserId: id })).id
    const sourceId = `group:${told.chatId}:${told.askedAt.getTime()}:${id}`
    await claimIdentity(db, { customerId, kind: 'unionid', value: unionid, via: 'profile', at: now, sourceId })
  }
}
