import type { Pool, PoolClient } from 'pg'

/** The business day as SQL needs it: its date, when it opened, and when it is over. */
export type Day = { date: string; opensAt: Date; endsAt: Date }

/**
 * Asks for the day's list of every RM on duty who has something to do until the end of the day and was not told today. Of
 * several processes one gets each RM, because the row that notes it decides. Answers how many.
 */
export const askForDayLists = async (tx: PoolClient, { date, opensAt, endsAt }: Day): Promise<number> => {
  const { rowCount } = await tx.query(
    `with due as (
       select distinct coalesce(d.userid, r.userid) as rm from tasks t join rms r on r.userid = t.rm
       left join rms d on d.userid = r.deputy and not r.on_duty and d.on_duty
       where t.state = 'open' and t.due_at < $3 and t.created_at < $2 and (r.on_duty or d.userid is not null)),
     told as (
       insert into day_lists as l (rm, day) select rm, $1::text::date from due order by rm
       on conflict (rm) do update set day = excluded.day where l.day < excluded.day returning rm)
     insert into inbox (kind, key, subject, lane, payload, occurred_at)
     select 'clock/day_list', 'day_list:' || $1::text || ':' || rm, 'rm:' || rm, 1, jsonb_build_object('rm', rm, 'until', $4::text), $2 from told
     on conflict (key) do nothing`,
    [date, opensAt, endsAt, endsAt.toISOString()],
  )
  return rowCount ?? 0
}

/** The next ring of the day's clock; an earlier one that stands already stays. */
export const setDayClock = async (tx: Pool | PoolClient, at: Date): Promise<void> => {
  await tx.query(
    `insert into timers as t (key, kind, subject, due_at, payload) values ('day_begins', 'clock/day_begins', 'clock', $1, '{}')
     on conflict (key) do update set due_at = excluded.due_at where t.due_at > excluded.due_at`,
    [at],
  )
}
