import type { Pool, PoolClient } from 'pg'
import type { Task, TaskKind, TaskState } from './task.ts'

type Conn = Pool | PoolClient

const columns = `t.id, t.kind, t.state, t.title, t.rm, r.name as "rmName", r.deputy,
  case when not r.on_duty then r.deputy end as "standIn", t.customer_id as "customerId", t.external_userid as "externalUserId",
  coalesce(c.firm_name, c.name) as "customerName", t.conversation_id as "conversationId", v.status as "conversationStatus", t.due_at as "dueAt",
  t.snoozed_until as "snoozedUntil", t.snoozed, t.reminded_at as "remindedAt", t.outcome, t.note, t.created_by as "createdBy",
  t.creator, t.created_at as "createdAt", t.done_at as "doneAt", t.done_by as "doneBy",
  c.owner as "customerOwner", t.search, t.alarmed_at as "alarmedAt"`
const source = `tasks t left join rms r on r.userid = t.rm left join customers c on c.id = t.customer_id
  left join conversations v on v.id = t.conversation_id`

/** Null when there is no such task. */
export const readTask = async (db: Conn, id: string): Promise<Task | null> => {
  const { rows } = await db.query<Task>(`select ${columns} from ${source} where t.id = $1`, [id])
  return rows[0] ?? null
}

/** His own open tasks, and those of colleagues off duty whose deputy he is. */
const onHisList = (rm: string): string => `(t.rm = ${rm} or (r.deputy = ${rm} and not r.on_duty))`

type Mine = { rm: string; dueBefore?: Date; limit: number }
/** What an RM has to do, the most urgent first, and how many there are in all. */
export const openTasksOf = async (
  db: Conn,
  { rm, dueBefore, limit }: Mine,
): Promise<{ tasks: Task[]; count: number }> => {
  const { rows } = await db.query<Task & { count: number }>(
    `select ${columns}, count(*) over ()::int as count from ${source}
     where t.state = 'open' and ($2::timestamptz is null or t.due_at < $2) and t.rm in (
       select $1::text union all select userid from rms where deputy = $1 and not on_duty)
     order by t.due_at, t.id limit $3`,
    [rm, dueBefore ?? null, limit],
  )
  return { tasks: rows.map(({ count: _, ...task }) => task), count: rows[0]?.count ?? 0 }
}

export type TaskFilter = {
  rm?: string | undefined
  state?: TaskState | undefined
  kind?: TaskKind | undefined
  externalUserId?: string | undefined
  /** Only those for which nobody has been found. */
  unowned?: boolean | undefined
  dueBefore?: Date | undefined
}
/** What part of the bank is seen: a branch and those below it, or what is on one RM's list; both null: everything. */
export type TaskScope = { branch: string | null; rm: string | null }
type Page = { filter: TaskFilter; scope: TaskScope; after: { dueAt: string; id: string } | null; limit: number }

const inBranch = (column: string): string => `(${column} = $1 or starts_with(${column}, $1 || '/'))`
const seen = `($1::text is null or ${inBranch('r.branch')} or ${inBranch('c.branch')}) and ($2::text is null or ${onHisList('$2')})`

/** By due time, after the given place. */
export const listTasks = async (db: Conn, { filter, scope, after, limit }: Page): Promise<Task[]> => {
  const { rows } = await db.query<Task>(
    `select ${columns} from ${source} where ${seen}
       and ($3::text is null or t.rm = $3) and ($4::text is null or t.state = $4) and ($5::text is null or t.kind = $5)
       and ($6::text is null or t.external_userid = $6) and ($7::timestamptz is null or t.due_at < $7)
       and ($8::timestamptz is null or (t.due_at, t.id) > ($8, $9::bigint))
       and (not $11 or (t.rm is null and t.state = 'open'))
     order by t.due_at, t.id limit $10`,
    [
      scope.branch,
      scope.rm,
      filter.rm ?? null,
      filter.state ?? null,
      filter.kind ?? null,
      filter.externalUserId ?? null,
      filter.dueBefore ?? null,
      after?.dueAt ?? null,
      after?.id ?? null,
      limit,
      filter.unowned ?? false,
    ],
  )
  return rows
}

/** How many open tasks each of these has; whoever has none is left out. */
export const openTaskCounts = async (db: Conn, rms: readonly string[]): Promise<Map<string, number>> => {
  const { rows } = await db.query<{ rm: string; n: number }>(
    "select rm, count(*)::int as n from tasks where rm = any ($1) and state = 'open' group by rm",
    [rms],
  )
  return new Map(rows.map(({ rm, n }) => [rm, n]))
}

/** Whether this task is in sight: null when it is not, or does not exist. */
export const seeTask = async (db: Conn, id: string, scope: TaskScope): Promise<Task | null> => {
  const { rows } = await db.query<Task>(`select ${columns} from ${source} where ${seen} and t.id = $3`, [
    scope.branch,
    scope.rm,
    id,
  ])
  return rows[0] ?? null
}
