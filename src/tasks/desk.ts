import type { Pool, PoolClient } from 'pg'
import { passTask, releaseTasks } from './hand.ts'
import { listTasks, seeTask, type TaskScope } from './read.ts'
import type { NewTask, Task, TaskOutcome } from './task.ts'
import { cancelTask, createTask, finishTask, snoozeTask } from './write.ts'

type Desk = {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  now: () => Date
}
type Of = { id: string; by: string }

/**
 * What programs and the web pages may do with tasks. Each change is written with its touchpoint and its reminder, or not at all;
 * `false` when the task is not open any more.
 */
export const createTaskDesk = ({ pool, inTransaction, now }: Desk) => ({
  list: (asked: Parameters<typeof listTasks>[1]): Promise<Task[]> => listTasks(pool, asked),
  see: (id: string, scope: TaskScope): Promise<Task | null> => seeTask(pool, id, scope),
  create: (task: NewTask): Promise<string> => inTransaction(pool, (tx) => createTask(tx, task, now())),
  finish: (it: Of & { outcome: TaskOutcome; note: string | null }): Promise<boolean> =>
    inTransaction(pool, (tx) => finishTask(tx, { ...it, now: now() })),
  assign: ({ id, rm, by }: Of & { rm: string }): Promise<boolean> =>
    inTransaction(pool, (tx) => passTask(tx, { id, rm, by, limited: false, now: now() })),
  /** Of an RM who was deleted. */
  release: (rm: string): Promise<void> => inTransaction(pool, (tx) => releaseTasks(tx, { rm, now: now() })),
  cancel: (it: Of): Promise<boolean> => inTransaction(pool, (tx) => cancelTask(tx, { ...it, now: now() })),
  snooze: (id: string, until: Date): Promise<boolean> =>
    inTransaction(pool, (tx) => snoozeTask(tx, { id, until, now: now(), by: 'rm' })),
})
export type TaskDesk = ReturnType<typeof createTaskDesk>
