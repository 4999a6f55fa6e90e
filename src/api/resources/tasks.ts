import { z } from 'zod'
import { getCustomer } from '../../crm/customers.ts'
import { getRm } from '../../crm/rms.ts'
import { DueText, dueOf, type Duration } from '../../routing/calendar/durations.ts'
import type { Db } from '../../store/open.ts'
import type { TaskDesk } from '../../tasks/desk.ts'
import { outcomeKeys, taskKinds, taskStates, type Task } from '../../tasks/task.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { At, ExternalUserid, Line, RowId, time, Userid } from '../fields.ts'
import { page, pageOf, pageQuery, placeIn } from '../http/page.ts'
import { invalid, notFound, Problem } from '../http/problem.ts'
import { json, route, type Doc, type Route } from '../http/route.ts'
import { TaskAnswer, taskAnswer } from '../conversations/task-answer.ts'

type Deps = {
  db: Db
  now: () => Date
  tasks: TaskDesk
  /** Business time by the rules that are active. */
  later: (from: Date, duration: Duration) => Date
}

const tag = '待办'
const readers = ['admin', 'supervisor', 'rm', 'auditor'] as const
const writers = ['admin', 'supervisor', 'rm'] as const
const place = { list: 'tasks', schema: z.tuple([z.iso.datetime(), RowId]) }

const query = z.object({
  ...pageQuery,
  rm: Userid.optional(),
  state: z.enum(taskStates).optional(),
  kind: z.enum(taskKinds).optional(),
  externalUserId: ExternalUserid.optional(),
  dueBefore: At.optional(),
  unowned: z.literal('true').optional().meta({ description: 'Only open ones that have no RM' }),
})

const NewTask = z
  .strictObject({
    kind: z.enum(taskKinds).default('follow-up'),
    title: Line(60),
    rm: Userid.optional().meta({ description: 'Without: the customer’s owner; an RM’s own key makes his own tasks' }),
    externalUserId: ExternalUserid.optional(),
    dueAt: At.optional(),
    dueIn: DueText.optional().meta({
      description: 'Instead of `dueAt`, counted from now: `2bd`, `2bh`, `30bm`, `2h`, `1d`',
    }),
    note: Line(500).optional(),
  })
  .refine(({ dueAt, dueIn }) => (dueAt === undefined) !== (dueIn === undefined), {
    error: '写明 dueAt 或 dueIn，只写一个',
    path: ['dueAt'],
  })

/** RMs' work: lists, new tasks, and how they end. */
export const taskRoutes = (deps: Deps): Route[] => [
  route({
    method: 'GET',
    path: '/tasks',
    roles: readers,
    doc: {
      tag,
      summary: 'List tasks by due time',
      description: 'An RM sees his own, and those of colleagues off duty whose deputy he is.',
    },
    query,
    answer: pageOf(TaskAnswer),
    run: async ({ query: { limit, cursor, dueBefore, unowned, ...filter }, caller }) => {
      const from = placeIn(place, cursor)
      const found = await deps.tasks.list({
        filter: {
          ...filter,
          unowned: unowned === 'true',
          dueBefore: dueBefore === undefined ? undefined : new Date(dueBefore),
        },
        scope: scopeOf(caller),
        after: from && { dueAt: from[0], id: from[1] },
        limit: limit + 1,
      })
      const { rows, nextCursor } = page({
        list: 'tasks',
        rows: found,
        limit,
        place: (one) => [time(one.dueAt), one.id],
      })
      return { items: rows.map(taskAnswer), nextCursor }
    },
  }),
  route({
    method: 'POST',
    path: '/tasks',
    roles: writers,
    doc: { tag, summary: 'Give an RM a task', description: 'He is reminded by card when it is due, in business time.' },
    body: json(NewTask),
    status: 201,
    answer: TaskAnswer,
    run: async ({ body, caller }) => {
      const rm = await rmFor(deps.db, body.rm, caller)
      await checkCustomer(deps.db, body.externalUserId, caller)
      const id = await deps.tasks.create({
        kind: body.kind,
        title: body.title,
        dueAt: dueAtOf(body, deps),
        rm,
        externalUserId: body.externalUserId ?? null,
        conversationId: null,
        note: body.note ?? null,
        createdBy: caller.role === 'rm' ? 'rm' : 'admin',
        creator: nameOf(caller),
      })
      return taskAnswer((await deps.tasks.see(id, { branch: null, rm: null })) as Task)
    },
  }),
  route({
    method: 'GET',
    path: '/tasks/{id}',
    roles: readers,
    doc: { tag, summary: 'One task' },
    params: z.object({ id: RowId }),
    answer: TaskAnswer,
    run: async ({ params: { id }, caller }) => taskAnswer(await seen(deps.tasks, id, caller)),
  }),
  ...steps(deps),
]

/** What becomes of a task. */
const steps = (deps: Deps): Route[] => [
  step(deps, {
    name: 'finish',
    doc: { summary: 'A task is done, and what came of it' },
    body: z.strictObject({ outcome: z.enum(outcomeKeys), note: Line(500).optional() }),
    take: ({ id, by }, { outcome, note }) => deps.tasks.finish({ id, by, outcome, note: note ?? null }),
  }),
  step(deps, {
    name: 'cancel',
    doc: { summary: 'A task is not to be done any more' },
    body: z.strictObject({}),
    take: (it) => deps.tasks.cancel(it),
  }),
  step(deps, {
    name: 'snooze',
    doc: { summary: 'Put the next reminder off; when it is due stays the same' },
    body: z.strictObject({ until: At }),
    take: ({ id }, { until }) => deps.tasks.snooze(id, new Date(until)),
  }),
  step(deps, {
    name: 'assign',
    doc: {
      summary: 'Give a task to an RM',
      description:
        'He is reminded of it now, or when it is due. Limits of his `profile` do not stand in the way of this word.',
    },
    roles: ['admin', 'supervisor'],
    body: z.strictObject({ rm: Userid }),
    take: async ({ id, by }, { rm }, caller) =>
      deps.tasks.assign({ id, by, rm: (await rmFor(deps.db, rm, caller)) as string }),
  }),
]

type Step<Body extends z.ZodType> = {
  name: string
  doc: Omit<Doc, 'tag'>
  body: Body
  roles?: Route['roles']
  take: (it: { id: string; by: string }, body: z.output<Body>, caller: Caller) => Promise<boolean>
}

const step = <Body extends z.ZodType>(
  { tasks }: Deps,
  { name, doc, body: schema, roles = writers, take }: Step<Body>,
): Route =>
  route({
    method: 'POST',
    path: `/tasks/{id}/${name}`,
    roles,
    doc: { tag, ...doc, fails: [409] },
    params: z.object({ id: RowId }),
    body: json(schema),
    answer: TaskAnswer,
    run: async ({ params: { id }, body, caller }) => {
      await seen(tasks, id, caller)
      if (!(await take({ id, by: nameOf(caller) }, body, caller))) throw new Problem(409, '这项待办已完成或已取消')
      return taskAnswer((await tasks.see(id, { branch: null, rm: null })) as Task)
    },
  })

const nameOf = ({ rm, name }: Caller): string => rm ?? name

const seen = async (tasks: TaskDesk, id: string, caller: Caller): Promise<Task> => {
  const task = await tasks.see(id, scopeOf(caller))
  if (!task) throw notFound('待办')
  return task
}

const dueAtOf = ({ dueAt, dueIn }: z.output<typeof NewTask>, { now, later }: Deps): Date =>
  dueAt === undefined ? later(now(), dueOf(dueIn as string)) : new Date(dueAt)

/** An RM makes his own tasks; a supervisor gives them to RMs of his branch. */
const rmFor = async (db: Db, asked: string | undefined, caller: Caller): Promise<string | null> => {
  if (caller.role === 'rm') {
    if (asked !== undefined && asked !== caller.rm) throw invalid([{ path: 'rm', message: '只能给自己建待办' }])
    return caller.rm
  }
  if (asked === undefined) return null
  if (!(await getRm(db, asked, { branch: caller.branch, rm: null })))
    throw invalid([{ path: 'rm', message: '没有这位客户经理，或不在您的机构' }])
  return asked
}

const checkCustomer = async (db: Db, externalUserId: string | undefined, caller: Caller): Promise<void> => {
  if (externalUserId === undefined || (await getCustomer(db, externalUserId, scopeOf(caller)))) return
  throw invalid([{ path: 'externalUserId', message: '没有这位客户，或不在您的范围' }])
}
