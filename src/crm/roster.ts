import { sql } from 'kysely'
import type { Roster, RosterRm } from '../routing/model.ts'
import type { Db } from '../store/open.ts'

/** `now` says which day's new customers count; with `fairness`, `recent` is counted as far as its maximum. */
export type RosterMoment = { now: Date; fairness?: { windowMs: number; max: number } | null }

/**
 * Everybody who could get a customer now, for `decide()`: one query, about 30 ms for 5,000 RMs. The load is what the
 * claiming transactions keep; whoever assigns must check it again under the row's lock.
 */
export const readRoster = async (db: Db, { now, fairness = null }: RosterMoment): Promise<Roster> => {
  const { rows } = await sql<RosterRm>`
    select r.userid, r.name, r.branch, r.skills, r.lines, r.licences, r.capacity::float8 as capacity, r.load::float8 as load,
      r.deputy, r.on_duty and r.paused_at is null as "onDuty", r.supervises,
      r.daily_new_cap - case when r.new_day = (${now}::timestamptz at time zone 'Asia/Shanghai')::date then r.new_today else 0 end as "newLeft",
      r.profile, r.in_hand as "inHand", ${fairness ? given(now, fairness) : sql`0`} as recent,
      r.last_assigned_at as "lastAssignedAt", coalesce(s.kf, '{}') as kf
    from rms r
    left join (select userid, jsonb_object_agg(open_kfid, status) as kf from servicers group by userid) s using (userid)
    order by r.userid`.execute(db)
  return { rms: new Map(rows.map((rm) => [rm.userid, rm])) }
}

/** How many an RM was given within the window. Rules ask only whether it is as many as `max`: nobody's rows are read beyond that. */
const given = (now: Date, { windowMs, max }: NonNullable<RosterMoment['fairness']>) => sql`(
  select count(*)::int from (select from decisions d where d.rm = r.userid
    and d.at > ${new Date(now.getTime() - windowMs)} and d.at <= ${now} limit ${max}) given)`
