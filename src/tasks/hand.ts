import { line, tell, type Conn, type Line } from './tell.ts'

/** How `profile` of an RM calls tasks: how many open ones he may have before the rules or a colleague give him another. */
export const taskWork = 'task'

/** `limited`: not beyond what he may have. */
type Pass = { id: string; rm: string; by: string; limited: boolean; now: Date }
/** The task is this RM's, who is reminded of it now or when it is due. False when it is not open any more, or he has all that he may have. */
export const passTask = async (tx: Conn, { id, rm, by, limited, now }: Pass): Promise<boolean> => {
  if (limited && !(await hasRoom(tx, rm))) return false
  const { rows } = await tx.query<Line>(
    `with tasks as (
       update tasks set rm = $2, updated_at = $3 where id = $1 and state = 'open' returning *),
     ring as (
       insert into timers (key, kind, subject, due_at, payload)
       select 'task_due:' || id, 'clock/task_due', 'task:' || id, greatest(due_at, $3), jsonb_build_object('taskId', id::text) from tasks
       on conflict (key) do update set due_at = excluded.due_at)
     select ${line} from tasks`,
    [id, rm, now],
  )
  await tell(tx, { what: 'task.passed', rows, now, by })
  return rows.length > 0
}

/** Two tasks at once are counted one after the other: the RM's row is held first. */
const hasRoom = async (tx: Conn, rm: string): Promise<boolean> => {
  await tx.query('select from rms where userid = $1 for update', [rm])
  const { rows } = await tx.query<{ room: boolean }>(
    `select not profile ? $2 or (select count(*) from tasks where rm = $1 and state = 'open') < (profile ->> $2)::int as room
     from rms where userid = $1`,
    [rm, taskWork],
  )
  return rows[0]?.room ?? false
}

/** Nobody was found for it: who was considered, and whether that was told now. */
export type Search = { id: string; search: object | null; alarm: boolean; now: Date }
export const noteSearch = async (tx: Conn, { id, search, alarm, now }: Search): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `update tasks set search = coalesce($2, search), alarmed_at = case when $3 then $4 else alarmed_at end
     where id = $1 and state = 'open' and rm is null`,
    [id, search && JSON.stringify(search), alarm, now],
  )
  return rowCount === 1
}

/** Somebody has the conversation now: its message and call-back are his, and whatever had nobody. */
export const followConversation = async (
  tx: Conn,
  { conversationId, rm }: { conversationId: string; rm: string },
): Promise<void> => {
  await tx.query({
    name: 'tasks-follow',
    text: `update tasks set rm = $2 where conversation_id = $1 and state = 'open' and rm is distinct from $2
             and (rm is null or kind in ('left-message', 'call-back'))`,
    values: [conversationId, rm],
  })
}

/** The customer has an RM of his own now: what nobody had is his, and what was due reminds him. */
export const followOwner = async (
  tx: Conn,
  { customerId, rm, now }: { customerId: string; rm: string; now: Date },
): Promise<void> => {
  const { rows } = await tx.query<{ id: string }>(
    "select id from tasks where customer_id = $1 and state = 'open' and rm is null order by id for update",
    [customerId],
  )
  for (const { id } of rows) await passTask(tx, { id, rm, by: 'owner', limited: false, now })
}

/** The RM is gone: his open tasks have nobody, and are sought somebody for when they are due, or now. Nothing happens while he is there. */
export const releaseTasks = async (tx: Conn, { rm, now }: { rm: string; now: Date }): Promise<void> => {
  const { rows } = await tx.query<Line>(
    `with tasks as (
       update tasks set rm = null, updated_at = $2
       where rm = $1 and state = 'open' and not exists (select from rms where userid = $1) returning *),
     ring as (
       insert into timers (key, kind, subject, due_at, payload)
       select 'task_due:' || id, 'clock/task_due', 'task:' || id, greatest(due_at, $2), jsonb_build_object('taskId', id::text) from tasks
       on conflict (key) do update set due_at = excluded.due_at)
     select ${line} from tasks`,
    [rm, now],
  )
  await tell(tx, { what: 'task.passed', rows, now, by: 'rm-deleted' })
}
