import type { PoolClient } from 'pg'
import { followConversation, followOwner, noteSearch, passTask } from '../../tasks/hand.ts'
import { createTask, finishAnswered, finishTask, noteReminded, snoozeTask } from '../../tasks/write.ts'
import type { Changes, TaskStep } from '../changes.ts'
import { Conflict } from '../conflict.ts'

/** Throws `Conflict` when a task that the turn took for open has ended, or the RM who was to get it has all that he may have. */
export const takeTaskSteps = async (tx: PoolClient, { taskSteps }: Changes, now: Date): Promise<void> => {
  for (const step of taskSteps)
    if (!(await take(tx, step, now))) throw new Conflict(`task ${step.id} is not open any more, or not for him`)
}

const take = async (tx: PoolClient, step: TaskStep, now: Date): Promise<boolean> => {
  switch (step.step) {
    case 'finish':
      return finishTask(tx, { ...step, now })
    case 'snooze':
      return snoozeTask(tx, { ...step, now })
    case 'pass':
      return passTask(tx, { ...step, now })
    case 'search':
      return noteSearch(tx, { ...step, now })
    case 'reminded':
      return noteReminded(tx, { id: step.id, now })
  }
}

type Context = { conversationId: string | null; now: Date }

/** New tasks, those that the RM's answer ends, and those that go with the conversation to whoever has it now. */
export const storeTasks = async (tx: PoolClient, changes: Changes, { conversationId, now }: Context): Promise<void> => {
  const { tasks, conversation, answeredBy, claim, owner } = changes
  for (const task of tasks) {
    const own = task.externalUserId === null || task.externalUserId === conversation?.externalUserId
    const externalUserId = task.externalUserId ?? conversation?.externalUserId ?? null
    await createTask(tx, { ...task, externalUserId, conversationId: own ? conversationId : null }, now)
  }
  if (answeredBy && conversation)
    await finishAnswered(tx, { externalUserId: conversation.externalUserId, by: answeredBy, now })
  if (claim && conversationId && conversation?.leftMessage)
    await followConversation(tx, { conversationId, rm: claim.rm })
  if (owner) await followOwner(tx, { customerId: owner.customerId, rm: owner.rm, now })
}
