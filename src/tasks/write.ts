import type { NewTask, TaskOutcome } from './task.ts'
import { line, tell, type Conn, type Line, type What } from './tell.ts'

type By = { by: string; now: Date }

/**
 * Stores a task and its reminder. Without an RM it is the owner's; a task that a rule makes again for the same conversation
 * takes the place of the first. Answers its id.
 */
export const createTask = async (tx: Conn, task: NewTask, now: Date): Promise<string> => {
  const { rows } = await tx.query<Line & { isNew: boolean }>(
    `with same as (
       update tasks set title = $3, rm = coalesce($4, rm), updated_at = $9,
         due_at = case kind when 'follow-up' then $2 else least(due_at, $2) end
       where conversation_id = $6 and kind = $1 and state = 'open'
         and created_by in ('rule', 'handler') and $7::text in ('rule', 'handler')
       returning *),
     made as (
       insert into tasks (kind, due_at, title, rm, customer_id, external_userid, conversation_id, created_by, creator, note, created_at, updated_at)
       select $1, $2, $3, coalesce($4, c.owner), c.id, $5, $6, $7, $8, $10, $9, $9
       from (select 1) one left join customers c on c.external_userid = $5 where not exists (select from same)
       returning *),
     tasks as (select *, false as "isNew" from same union all select *, true from made),
     ring as (
       insert into timers (key, kind, subject, due_at, payload)
       select 'task_due:' || id, 'clock/task_due', 'task:' || id, due_at, jsonb_build_object('taskId', id::text) from tasks
       on conflict (key) do update set due_at = excluded.due_at)
     select ${line}, "isNew" from tasks`,
    [
      task.kind,
      task.dueAt,
      task.title,
      task.rm,
      task.externalUserId,
      task.conversationId,
      task.createdBy,
      task.creator,
      now,
      task.note,
    ],
  )
  const made = rows.flatMap(({ isNew, ...row }) => (isNew ? [row] : []))
  await tell(tx, { what: 'task.created', rows: made, now })
  return (rows[0] as Line).id
}

type End = { what: What; set: string; where: string; values: unknown[]; now: Date }
/** The reminder goes with it. Answers the tasks that it ended. */
const end = async (tx: Conn, { what, set, where, values, now }: End): Promise<Line[]> => {
  const { rows } = await tx.query<Line>(
    `with tasks as (
       update tasks set ${set}, done_at = $1, updated_at = $1 where state = 'open' and ${where} returning *),
     quiet as (delete from timers where key in (select 'task_due:' || id from tasks))
     select ${line} from tasks`,
    [now, ...values],
  )
  await tell(tx, { what, rows, now })
  return rows
}

export type Finished = By & { id: string; outcome: TaskOutcome; note: string | null }
/** False when it is not open any more. */
export const finishTask = async (tx: Conn, { id, outcome, note, by, now }: Finished): Promise<boolean> => {
  const query = {
    what: 'task.done' as const,
    now,
    set: "state = 'done', outcome = $3, note = coalesce($4, note), done_by = $5",
    where: 'id = $2',
    values: [id, outcome, note, by],
  }
  return (await end(tx, query)).length > 0
}

export const cancelTask = async (tx: Conn, { id, by, now }: By & { id: string }): Promise<boolean> => {
  const set = "state = 'cancelled', done_by = $3"
  return (await end(tx, { what: 'task.cancelled', set, where: 'id = $2', values: [id, by], now })).length > 0
}

/** The RM has answered this customer: what waited for that is done. */
export const finishAnswered = async (
  tx: Conn,
  { externalUserId, by, now }: By & { externalUserId: string },
): Promise<void> => {
  await end(tx, {
    what: 'task.done',
    set: "state = 'done', outcome = 'contacted', done_by = $3",
    where: "external_userid = $2 and kind in ('left-message', 'call-back')",
    values: [externalUserId, by],
    now,
  })
}

type Snooze = { id: string; until: Date; now: Date; by: 'rm' | 'clock' }
/** The next reminder comes at `until`; when it is due stays what it is. False when it is not open any more. */
export const snoozeTask = async (tx: Conn, { id, until, now, by }: Snooze): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `with task as (
       update tasks set updated_at = $3, snoozed = snoozed + case $4 when 'rm' then 1 else 0 end,
         snoozed_until = case $4 when 'rm' then $2 else snoozed_until end
       where id = $1 and state = 'open' returning id)
     insert into timers (key, kind, subject, due_at, payload)
     select 'task_due:' || id, 'clock/task_due', 'task:' || id, $2, jsonb_build_object('taskId', id::text) from task
     on conflict (key) do update set due_at = excluded.due_at`,
    [id, until, now, by],
  )
  return rowCount === 1
}

export const noteReminded = async (tx: Conn, { id, now }: { id: string; now: Date }): Promise<boolean> => {
  const { rowCount } = await tx.query(
    "update tasks set reminded_at = $2, snoozed_until = null, updated_at = $2 where id = $1 and state = 'open'",
    [id, now],
  )
  return rowCount === 1
}
