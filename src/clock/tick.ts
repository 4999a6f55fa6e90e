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

type InHand = Record<string, number>
/** What was kept and what was counted: units of capacity, and pieces per kind of work. */
export type Drift = { userid: string; counted: number; kept: number; inHandCounted: InHand; inHandKept: InHand }

/** Loads are kept incrementally; here they are counted from the open conversations, mended and reported where they differ. */
export const reconcileLoads = async (pool: Pool): Promise<Drift[]> => {
  const { rows } = await pool.query<Drift>(
    `with held as (
        select rm, work, sum(units) as units, count(*) as pieces from conversations
        where status in ('assigned', 'offered') group by rm, work),
      counted as (
        select r.userid, r.load as kept, r.in_hand as kept_hand, coalesce(sum(h.units), 0) as counted,
          coalesce(jsonb_object_agg(h.work, h.pieces) filter (where h.work is not null), '{}') as counted_hand
        from rms r left join held h on h.rm = r.userid group by r.userid),
      locked as (
        select r.userid, c.kept, c.counted, c.kept_hand, c.counted_hand from rms r join counted c using (userid)
        where (c.kept <> c.counted or c.kept_hand <> c.counted_hand) and r.load = c.kept and r.in_hand = c.kept_hand
        for update of r skip locked)
     update rms r set load = l.counted, in_hand = l.counted_hand from locked l where r.userid = l.userid
     returning r.userid, l.counted::float8 as counted, l.kept::float8 as kept,
       l.counted_hand as "inHandCounted", l.kept_hand as "inHandKept"`,
  )
  return rows
}
