import { sql } from 'kysely'
import type { Db } from '../store/open.ts'
import type { ToldContact } from '../wecom/contact-told.ts'

export type Noted = { changed: number; found: number }

/**
 * Makes our books what WeCom's lists say of these friendships: remark, tags and how they met. One that we do not know, or that is
 * newer than its loss, becomes an event in the customer's line (`contact/found`); who is not on a list is not touched.
 */
export const noteContacts = async (db: Db, told: readonly ToldContact[], now: Date): Promise<Noted> => {
  if (told.length === 0) return { changed: 0, found: 0 }
  const { rows } = await sql<Noted>`
    with told as (
      select * from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as t ("externalUserId" text, name text, rm text,
        created timestamptz, "addWay" integer, state text, remark text, tags text[])),
    known as materialized (
      select t.*, c.id as customer_id, c.channel, k.state as before, k.lost_at, k.add_way as way_before
      from told t left join customers c on c.external_userid = t."externalUserId"
      left join contacts k on k.customer_id = c.id and k.rm = t.rm),
    named as (
      update customers c set name = n.name, updated_at = now() from known n where c.id = n.customer_id and c.name is null and n.name is not null),
    noted as (
      update contacts k set remark = n.remark, tags = n.tags, add_way = n."addWay",
        wecom_state = coalesce(n.state, k.wecom_state), read_at = ${now}
      from known n where k.customer_id = n.customer_id and k.rm = n.rm and k.state <> 'lost'
        and (k.read_at is null or (k.remark, k.add_way, k.tags) is distinct from (n.remark, n."addWay", n.tags))
      returning 1),
    described as (
      insert into touchpoints (at, kind, external_userid, customer_id, channel, rm, data)
      select ${now}, 'contact.described', "externalUserId", customer_id, channel, rm,
        jsonb_strip_nulls(jsonb_build_object('addWay', "addWay", 'state', state))
      from known where before <> 'lost' and way_before is null),
    found as (
      insert into inbox (kind, key, subject, lane, payload, occurred_at)
      select 'contact/found', 'found:' || rm || ':' || "externalUserId" || ':' || extract(epoch from created), "externalUserId", 2,
        jsonb_build_object('change', jsonb_strip_nulls(jsonb_build_object('UserID', rm, 'ExternalUserID', "externalUserId", 'State', state, 'addWay', "addWay"))),
        created
      from known where before is null or (before = 'lost' and created > lost_at)
      on conflict (key) do nothing returning 1)
    select (select count(*)::int from noted) as changed, (select count(*)::int from found) as found`.execute(db)
  return rows[0] as Noted
}

type Missing = { rm: string; externalUserId: string; addedAt: Date }

/** Whom our books have as contacts of these RMs since before `since`. Half-added ones are left out: WeCom does not promise to list them. */
export const activeContactsOf = async (db: Db, rms: readonly string[], since: Date): Promise<Missing[]> => {
  const { rows } = await sql<Missing>`
    select k.rm, c.external_userid as "externalUserId", k.added_at as "addedAt"
    from contacts k join customers c on c.id = k.customer_id
    where k.rm = any(${[...rms]}::text[]) and k.state = 'active' and k.added_at < ${since} and c.external_userid is not null`.execute(
    db,
  )
  return rows
}

/** WeCom confirms that they are friends no more: an event in the customer's line, once per connection. */
export const noteGone = async (db: Db, { rm, externalUserId, addedAt }: Missing, now: Date): Promise<void> => {
  const key = `gone:${rm}:${externalUserId}:${addedAt.getTime()}`
  const change = JSON.stringify({ change: { UserID: rm, ExternalUserID: externalUserId } })
  await sql`insert into inbox (kind, key, subject, lane, payload, occurred_at)
    values ('contact/gone', ${key}, ${externalUserId}, 2, ${change}::jsonb, ${now}) on conflict (key) do nothing`.execute(
    db,
  )
}
