import type { Pool } from 'pg'
import type { Roster } from '../../routing/model.ts'
import type { Manager } from '../turn/turn.ts'
import type { Command } from './command.ts'
import type { Found, Me, OpenTask, Staff, Talk } from './staff.ts'

type Asked = { userid: string; command: Command; now: Date; roster: Roster }

/** What an RM's command needs to be answered; nothing is asked for that it does not need. */
export const gatherStaff = async (pool: Pool, { userid, command, now, roster }: Asked): Promise<Staff> => {
  const me = await meOf(pool, userid, now)
  const nobody = { answered: 0, newContacts: 0 }
  const needs = (...kinds: Command['kind'][]) => me !== null && kinds.includes(command.kind)
  const [talks, tasks, day, found] = await Promise.all([
    me ? talksOf(pool, userid, now) : [],
    needs('today', 'tasks', 'done') ? tasksOf(pool, userid) : [],
    needs('today') ? dayOf(pool, userid, now) : nobody,
    me && (command.kind === 'customer' || command.kind === 'invite') && command.name
      ? search(pool, userid, command.name)
      : [],
  ])
  const colleagues = (name: string) => colleaguesNamed(roster, userid, name)
  return { userid, me, command, talks, tasks, day, found, colleagues }
}

/** By userid, or by the whole name; if nobody has it, by a part of the name. */
const colleaguesNamed = ({ rms }: Roster, self: string, asked: string): Manager[] => {
  const name = asked.trim()
  const others = [...rms.values()].filter((rm) => rm.userid !== self)
  const exact = others.filter((rm) => rm.userid === name.toLowerCase() || rm.name === name)
  return exact.length > 0 || name === '' ? exact : others.filter((rm) => rm.name.includes(name))
}

const meOf = async (pool: Pool, userid: string, now: Date): Promise<Me | null> => {
  const { rows } = await pool.query<Me>(
    `select userid, name, branch, on_duty as "onDuty", paused_at is not null as paused, relay_focus as focus,
       coalesce(greeted_on = ($2::timestamptz at time zone 'Asia/Shanghai')::date, false) as "greetedToday"
     from rms where userid = $1`,
    [userid, now],
  )
  return rows[0] ?? null
}

const nameOf = (table: string): string =>
  `coalesce(${table}.firm_name, ${table}.name, case when ${table}.known then '老客户' else '新访客' end)`

const talksOf = async (pool: Pool, userid: string, now: Date): Promise<Talk[]> => {
  const { rows } = await pool.query<Talk>(
    `select v.id as "conversationId", v.open_kfid as "openKfId", v.external_userid as "externalUserId", ${nameOf('c')} as customer,
       v.status <> 'closed' as open, v.relay and v.status = 'assigned' as relay, v.first_reply_at is not null as answered,
       coalesce(m.sender = 'customer', true) as waits, coalesce(v.assigned_at, v.opened_at) as since
     from conversations v join customers c on c.id = v.customer_id
     left join lateral (select sender from messages where conversation_id = v.id and sender <> 'bot' order by at desc, seq desc limit 1) m on true
     where v.rm = $1 and (v.status = 'assigned' or (v.status = 'closed' and v.closed_at > $2::timestamptz - interval '1 day'))
     order by v.status = 'closed', v.id limit 50`,
    [userid, now],
  )
  return rows
}

/** As many as he can call by number. */
const mostTasks = 999

/** His own, and those of colleagues off duty whose deputy he is. */
const tasksOf = async (pool: Pool, userid: string): Promise<OpenTask[]> => {
  const { rows } = await pool.query<OpenTask>(
    `select t.id, t.title, t.due_at as "dueAt", case when c.id is null then null else ${nameOf('c')} end as customer,
       case when t.rm <> $1 then r.name end as instead
     from tasks t left join customers c on c.id = t.customer_id left join rms r on r.userid = t.rm
     where t.state = 'open' and t.rm in (select $1::text union all select userid from rms where deputy = $1 and not on_duty)
     order by t.due_at, t.id limit $2`,
    [userid, mostTasks],
  )
  return rows
}

const dayOf = async (pool: Pool, userid: string, now: Date): Promise<Staff['day']> => {
  const { rows } = await pool.query<Staff['day']>(
    `with today as (select date_trunc('day', $2::timestamptz at time zone 'Asia/Shanghai') at time zone 'Asia/Shanghai' as start)
     select (select count(*)::int from conversations, today where rm = $1 and first_reply_at >= start) as answered,
       (select count(*)::int from contacts, today where rm = $1 and state = 'active' and since >= start) as "newContacts"`,
    [userid, now],
  )
  return rows[0] ?? { answered: 0, newContacts: 0 }
}

/** Only his own: he owns them, has them in his contact list or is talking with them; a supervisor also those of his branch. */
const search = async (pool: Pool, userid: string, name: string): Promise<Found[]> => {
  const { rows } = await pool.query<Found>(
    `with me as (select userid, nullif(supervises, '') as supervises from rms where userid = $1),
     own as (
       select id from customers where owner = $1
       union select customer_id from contacts where rm = $1 and state = 'active'
       union select customer_id from conversations where rm = $1 and status <> 'closed'),
     seen as (
       select id from own
       union select c.id from customers c, me where c.branch = rtrim(supervises, '/*')
         or (supervises like '%/*' and starts_with(c.branch, rtrim(supervises, '*'))))
     select ${nameOf('c')} as name, c.kind, c.tier, c.owner, c.branch, c.tags, t.kind as "lastKind", t.at as "lastAt",
       $2 in (c.name, c.firm_name, c.client_no, c.external_userid) is true as exact,
       c.external_userid as "externalUserId", c.id in (select id from own) as mine,
       (select open_kfid from kf_chats where external_userid = c.external_userid order by last_customer_at desc nulls last limit 1) as "openKfId"
     from seen join customers c using (id)
     left join lateral (
       select kind, at from touchpoints
       where customer_id = c.id and (kind = 'entry.opened' or starts_with(kind, 'message.') or starts_with(kind, 'contact.') or starts_with(kind, 'app.'))
       order by at desc, id desc limit 1) t on true
     where c.merged_into is null and ($2 in (c.client_no, c.external_userid) or position($2 in coalesce(c.name, '')) > 0 or position($2 in coalesce(c.firm_name, '')) > 0)
     order by exact desc, t.at desc nulls last, c.id limit 6`,
    [userid, name],
  )
  return rows
}
