import { z } from 'zod'
import { makers, outcomeKeys, taskKinds, taskStates, type Task } from '../../tasks/task.ts'
import { Candidate, Step } from './decision-answer.ts'
import { time, Time, timeOrNull } from '../fields.ts'

const Search = z.object({
  at: Time,
  rule: z.string().nullable(),
  ruleName: z.string().nullable(),
  waitingReason: z.string().nullable(),
  steps: z.array(Step),
  candidates: z.array(Candidate),
})

export const TaskAnswer = z
  .object({
    id: z.string(),
    kind: z.enum(taskKinds),
    state: z.enum(taskStates),
    title: z.string(),
    rm: z.string().nullable().meta({ description: 'Whose it is; null until somebody is found for it' }),
    rmName: z.string().nullable(),
    standIn: z.string().nullable().meta({ description: 'His deputy while he is off duty: it is on the deputy’s list' }),
    externalUserId: z.string().nullable(),
    customerId: z.string().nullable(),
    customerName: z.string().nullable(),
    conversationId: z.string().nullable(),
    dueAt: Time,
    remindedAt: Time.nullable(),
    search: Search.nullable().meta({
      description: 'Of a task that nobody was found for: who was considered when it was last sought',
    }),
    alarmedAt: Time.nullable().meta({
      description: 'When it was told that it has had nobody for a business day; once',
    }),
    snoozedUntil: Time.nullable(),
    snoozed: z.int().meta({ description: 'How often it was put off' }),
    outcome: z.enum(outcomeKeys).nullable(),
    note: z.string().nullable(),
    createdBy: z.enum(makers),
    creator: z.string().nullable().meta({ description: 'The rule’s key, the RM, or who asked' }),
    createdAt: Time,
    doneAt: Time.nullable(),
    doneBy: z.string().nullable(),
  })
  .meta({ id: 'Task' })

export const taskAnswer = (task: Task): z.input<typeof TaskAnswer> => ({
  ...task,
  dueAt: time(task.dueAt),
  remindedAt: timeOrNull(task.remindedAt),
  search: Search.nullable().catch(null).parse(task.search),
  alarmedAt: timeOrNull(task.alarmedAt),
  snoozedUntil: timeOrNull(task.snoozedUntil),
  createdAt: time(task.createdAt),
  doneAt: timeOrNull(task.doneAt),
})
