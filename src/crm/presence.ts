import { sql } from 'kysely'
import type { RmStatus } from '../routing/model.ts'
import type { OpenKfId, UserId } from '../wecom/ids.ts'
import type { Db } from '../store/open.ts'

/** One servicer's reception status at one kf account, as of `at`. */
export type Seen = { openKfId: OpenKfId; userid: UserId; status: RmStatus; at: Date }

/**
 * Notes what a status event said. Answers whether the status is another one than before. An event older than what is known
 * changes nothing: pages may be read twice, and what WeCom refuses may be known before its event comes. WeCom tells whole
 * seconds; within one second whatever is heard last holds.
 */
export const noteStatus = async (db: Db, { openKfId, userid, status, at }: Seen): Promise<boolean> => {
  const { rows } = await sql`insert into servicers as s (open_kfid, userid, status, since)
    values (${openKfId}, ${userid}, ${status}, date_trunc('second', ${at}::timestamptz))
    on conflict (open_kfid, userid) do update set status = excluded.status, since = excluded.since
    where s.status <> excluded.status and s.since <= excluded.since returning 1`.execute(db)
  return rows.length > 0
}

type Snapshot = { openKfId: OpenKfId; servicers: readonly { userid: UserId; status: RmStatus }[]; at: Date }

/**
 * Makes the account's servicers what `servicer/list` answered; `at` is when it was asked, so that an event which came
 * meanwhile wins. Whoever is no longer listed is forgotten. Answers the userids whose status changed.
 */
export const noteServicers = async (db: Db, { openKfId, servicers, at }: Snapshot): Promise<string[]> => {
  const { rows } = await sql<{ userid: string }>`
    with listed as (
      select distinct on (userid) userid, status
      from unnest(${servicers.map((s) => s.userid)}::text[], ${servicers.map((s) => s.status)}::text[]) as l (userid, status)),
    gone as (
      delete from servicers s where s.open_kfid = ${openKfId} and s.since <= ${at}
        and not exists (select from listed l where l.userid = s.userid) returning s.userid),
    noted as (
      insert into servicers as s (open_kfid, userid, status, since) select ${openKfId}, userid, status, date_trunc('second', ${at}::timestamptz) from listed
      on conflict (open_kfid, userid) do update set status = excluded.status, since = excluded.since
      where s.status <> excluded.status and s.since <= excluded.since returning s.userid)
    select userid from gone union select userid from noted`.execute(db)
  return rows.map((row) => row.userid)
}
