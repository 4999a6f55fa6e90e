import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

type Listed = { chatId: string; status: number }

/** Enters what a page of WeCom's list names, and answers which of these groups to read: those not read since `fresh`. */
export const noteListed = async (
  db: Db,
  listed: readonly Listed[],
  { began, fresh }: { began: Date; fresh: Date },
): Promise<string[]> => {
  const { rows } = await sql<{ chat_id: string; due: boolean }>`
    insert into customer_groups as g (chat_id, status, listed_at)
    select distinct on (1) t."chatId", t.status, ${began}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) as t ("chatId" text, status smallint) order by 1
    on conflict (chat_id) do update set status = excluded.status, listed_at = excluded.listed_at
    returning chat_id, read_at is null or read_at < ${fresh} as due`.execute(db)
  return rows.filter(({ due }) => due).map(({ chat_id: chatId }) => chatId)
}

/** Whose groups our books have that still exist. */
export const groupOwners = async (db: Db): Promise<string[]> => {
  const { rows } = await sql<{ owner: string }>`
    select distinct owner from customer_groups where dismissed_at is null and owner is not null order by 1`.execute(db)
  return rows.map(({ owner }) => owner)
}

type Unlisted = { chatId: string; owner: string | null }

/** Groups of our books that this walk did not meet, some at a time, behind `after`. */
export const unlistedGroups = async (db: Db, { began, after }: { began: Date; after: string }): Promise<Unlisted[]> => {
  const { rows } = await sql<Unlisted>`
    select chat_id as "chatId", owner from customer_groups
    where dismissed_at is null and (listed_at is null or listed_at < ${began}) and chat_id > ${after}
    order by chat_id limit 100`.execute(db)
  return rows
}

/** WeCom does not know it any more, and its owner is in sight: an event in the group's line. */
export const noteDissolved = async (db: Db, chatId: string, now: Date): Promise<void> => {
  const change = JSON.stringify({ change: { ChatId: chatId } })
  await sql`insert into inbox (kind, key, subject, lane, payload, occurred_at)
    values ('group/gone', ${`gone:${chatId}:${now.getTime()}`}, ${`group:${chatId}`}, 2, ${change}::jsonb, ${now})`.execute(
    db,
  )
}

/** WeCom does not show it to us, which says nothing about the group: its owner is out of the app's range, or nobody knows who it is. */
export const noteHidden = async (db: Db, chatId: string, now: Date): Promise<void> => {
  await sql`update customer_groups set hidden_at = coalesce(hidden_at, ${now}) where chat_id = ${chatId}`.execute(db)
}
