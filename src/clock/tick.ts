import type { Pool } from 'pg'

/** Timers that are due become events; each exactly once, whoever of several processes comes first. Answers how many. */
export const ringTimers = async (pool: Pool, now: Date): Promise<number> => {
  const { rowCount } = await pool.query({
    name: 'clock-ring',
    text: `with due as (
        select key from timers where due_at <= $1 order by due_at limit 500 for update skip locked),
      rung as (delete from timers t using due where t.key = due.key returning t.*)
      insert into inbox (kind, key, subject, lane, payload, occurred_at)
      select kind, key || ':' || extract(epoch from due_at), subject, 1, payload, due_at from rung order by due_at
      on conflict (key) do nothing`,
    values: [now],
  })
  return rowCount ?? 0
}

/** WeCom ends a session 48 h after the customer's last word and tells nobody: our books follow. */
export const endSilentSessions = async (pool: Pool, now: Date): Promise<number> => {
  const { rowCount } = await pool.query(
    `insert into inbox (kind, key, subject, lane, payload, occurred_at)
     select 'clock/session_over', 'session_over:' || v.id, v.external_userid, 2, jsonb_build_object('conversationId', v.id::text), $1
     from conversations v join kf_chats c using (open_kfid, external_userid)
     where v.status <> 'closed' and c.last_customer_at < $1::timestamptz - interval '48 hours'
     on conflict (key) do nothing`,
    [now],
  )
  return rowCount ?? 0
}

export type Drift = { userid: string; counted: number; kept: number }

/** Loads are kept incrementally; here they are counted from the open conversations, mended and reported where they differ. */
export const reconcileLoads = async (pool: Pool): Promise<Drift[]> => {
  const { rows } = await pool.query<Drift>(
    `with counted as (
        select r.userid, r.load as kept, coalesce(sum(v.units), 0) as counted
        from rms r left join conversations v on v.rm = r.userid and v.status in ('assigned', 'offered')
        group by r.userid, r.load),
      locked as (
        select r.userid, c.kept, c.counted from rms r join counted c using (userid)
        where c.kept <> c.counted and r.load = c.kept for update of r skip locked)
     update rms r set load = l.counted from locked l where r.userid = l.userid
     returning r.userid, l.counted::float8 as counted, l.kept::float8 as kept`,
  )
  return rows
}
