import type { Pool } from 'pg'
import { decide } from '../../routing/decide.ts'
import { dueOf } from '../../routing/calendar/durations.ts'
import type { Decision, Roster } from '../../routing/model.ts'
import { taskWork } from '../../tasks/hand.ts'
import { openTaskCounts, openTasksOf, readTask } from '../../tasks/read.ts'
import type { Task } from '../../tasks/task.ts'
import type { Arrival } from '../arrival/arrival.ts'
import { questionAbout } from './question-about.ts'
import type { ActiveRules } from '../rules.ts'
import type { Sought, Turn, TurnTask } from '../turn/turn.ts'

type Ground = { pool: Pool; roster: Roster; active: ActiveRules; now: Date }

/** As many as a message may list. */
const listed = 8
const aBusinessDay = dueOf('1bd')

/** The task that an event names, or the day's list of an RM. */
export const gatherTasks = async (arrival: Arrival, ground: Ground): Promise<Pick<Turn, 'task' | 'todo'>> => {
  const event = arrival.event as { rm?: string; until?: string }
  const id = taskIdIn(arrival)
  const task = id ? await readTask(ground.pool, id) : null
  return {
    task: task && (await inTurn(task, ground)),
    todo:
      arrival.kind === 'clock/day_list'
        ? await openTasksOf(ground.pool, {
            rm: event.rm as string,
            dueBefore: new Date(event.until as string),
            limit: listed,
          })
        : { tasks: [], count: 0 },
  }
}

/** Of a timer, or of the card `task@<id>@…`. */
const taskIdIn = ({ event }: Arrival): string | null => {
  const { taskId, TaskId = '' } = event as { taskId?: string; TaskId?: string }
  return taskId ?? /^task@(\d{1,18})@/.exec(TaskId)?.[1] ?? null
}

const inTurn = async (task: Task, ground: Ground): Promise<TurnTask> => {
  const open = task.state === 'open'
  const since = task.createdAt > task.dueAt ? task.createdAt : task.dueAt
  return {
    ...task,
    sought: open && task.rm === null ? await seek(task, ground) : nobodySought,
    unownedTooLong: open && task.rm === null && ground.active.later(since, aBusinessDay) <= ground.now,
    nextDay: ground.active.later(ground.now, aBusinessDay),
    deputyIsFull: open && task.deputy !== null && (await fullOfTasks(ground, [task.deputy])).has(task.deputy),
  }
}

const nobodySought: Sought = { rm: null, limited: false, why: null }

/** Whoever the customer's own RM is by now; else the rules are asked about its conversation. */
const seek = async ({ customerOwner, conversationId }: Task, ground: Ground): Promise<Sought> => {
  if (customerOwner && ground.roster.rms.has(customerOwner)) return { rm: customerOwner, limited: false, why: null }
  const decision = conversationId ? await decisionAbout(conversationId, ground) : null
  return { rm: decision?.rm ?? null, limited: true, why: decision && explained(decision, ground.now) }
}

/**
 * The conversation may be long over: the rules are asked from their first step, as if the customer had just written. Whoever has
 * as many open tasks as he may is left out, and the explanation says so.
 */
const decisionAbout = async (conversationId: string, ground: Ground): Promise<Decision | null> => {
  const { pool, roster, active, now } = ground
  const about = await questionAbout(pool, conversationId)
  if (!about) return null
  const full = await fullOfTasks(ground, [...roster.rms.keys()])
  const excluded = new Map([...full].map((rm) => [rm, `full:${taskWork}`]))
  return decide({ question: { ...about.question, progress: null, excluded }, roster, rules: active.rules, now })
}

/** Of these, who has as many open tasks as his `profile` allows. */
const fullOfTasks = async ({ pool, roster }: Ground, rms: readonly string[]): Promise<Set<string>> => {
  const limits = new Map(rms.flatMap((rm) => limitOf(roster, rm)))
  if (limits.size === 0) return new Set()
  const counts = await openTaskCounts(pool, [...limits.keys()])
  return new Set([...limits].flatMap(([rm, limit]) => ((counts.get(rm) ?? 0) >= limit ? [rm] : [])))
}

const limitOf = ({ rms }: Roster, rm: string): [string, number][] => {
  const limit = rms.get(rm)?.profile?.[taskWork]
  return limit === undefined ? [] : [[rm, limit]]
}

/** What is kept of the decision with the task: no message's text is among it. */
const explained = ({ rule, ruleName, rm, waitingReason, steps, candidates }: Decision, now: Date): object => ({
  at: now.toISOString(),
  rule,
  ruleName,
  rm,
  waitingReason,
  steps,
  candidates,
})
