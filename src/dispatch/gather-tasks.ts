import type { Pool } from 'pg'
import { decide } from '../routing/decide.ts'
import type { Roster } from '../routing/model.ts'
import { openTasksOf, readTask } from '../tasks/read.ts'
import type { Arrival } from './arrival.ts'
import { questionAbout } from './question-about.ts'
import type { ActiveRules } from './rules.ts'
import type { Turn, TurnTask } from './turn.ts'

type Ground = { pool: Pool; roster: Roster; active: ActiveRules; now: Date }

/** As many as a message may list. */
const listed = 8

/** The task that an event names, or the day's list of an RM. */
export const gatherTasks = async (arrival: Arrival, ground: Ground): Promise<Pick<Turn, 'task' | 'todo'>> => {
  const event = arrival.event as { rm?: string; until?: string }
  const id = taskIdIn(arrival)
  return {
    task: id ? await taskWithTaker(id, ground) : null,
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

const taskWithTaker = async (id: string, ground: Ground): Promise<TurnTask | null> => {
  const task = await readTask(ground.pool, id)
  if (!task) return null
  const orphan = task.rm === null && task.state === 'open' && task.conversationId
  return { ...task, taker: orphan ? await takerOf(task.conversationId as string, ground) : null }
}

/** The conversation may be long over: the rules are asked from their first step, as if the customer had just written. */
const takerOf = async (conversationId: string, { pool, roster, active, now }: Ground): Promise<string | null> => {
  const about = await questionAbout(pool, conversationId)
  if (!about) return null
  const question = { ...about.question, progress: null, excluded: new Map<string, string>() }
  return decide({ question, roster, rules: active.rules, now }).rm
}
