import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from '../api/api-ground.ts'

type Task = { id: string; title: string; rm: string | null; state: string; createdBy: string; doneBy: string | null }
type List = { items: Task[]; nextCursor: string | null }

let it: ApiGround
const keys: Record<string, string> = {}
beforeAll(async () => {
  it = await startApi()
  await it.pool.query(
    `insert into rms (userid, name, branch, skills, licences, deputy) values
       ('li.wei', '李伟', 'shanghai/pudong', '{}', '[]', 'wang.fang'), ('wang.fang', '王芳', 'shanghai', '{}', '[]', null),
       ('sun.li', '孙丽', 'hangzhou', '{}', '[]', null)`,
  )
  await it.pool.query(
    "insert into customers (external_userid, name, owner, branch) values ('wm_sh', '沪上客户', 'li.wei', 'shanghai'), ('wm_hz', '杭州客户', null, 'hangzhou')",
  )
  keys['li'] = await it.key('rm', { rm: 'li.wei' })
  keys['wang'] = await it.key('rm', { rm: 'wang.fang' })
  keys['shanghai'] = await it.key('supervisor', { branch: 'shanghai' })
  keys['auditor'] = await it.key('auditor')
})
afterAll(() => it.stop())

const make = (body: object, key?: string) => it.call<Task>('POST', '/tasks', { body, ...(key && { key }) })
const list = async (query: string, key?: string): Promise<string[]> =>
  (await it.call<List>('GET', `/tasks?limit=200&${query}`, key ? { key } : {})).body.items.map(({ title }) => title)
const at = (hours: number): string => new Date(Date.UTC(2026, 10, 23, hours)).toISOString()

test('a task is the customer’s owner’s unless an RM is named; each sees his own part of the bank', async () => {
  expect(await make({ title: '归属', externalUserId: 'wm_sh', dueAt: at(3) })).toMatchObject({
    status: 201,
    body: { rm: 'li.wei', createdBy: 'admin' },
  })
  expect((await make({ title: '无归属', externalUserId: 'wm_hz', dueAt: at(4) })).body.rm).toBeNull()
  await make({ title: '指定', rm: 'sun.li', dueAt: at(1) })
  expect((await make({ title: '自己的', dueAt: at(2) }, keys['li'])).body).toMatchObject({
    rm: 'li.wei',
    createdBy: 'rm',
  })

  expect(await list('')).toEqual(['指定', '自己的', '归属', '无归属'])
  expect(await list('', keys['auditor'])).toHaveLength(4)
  expect(await list('', keys['shanghai'])).toEqual(['自己的', '归属'])
  expect(await list('', keys['li'])).toEqual(['自己的', '归属'])
  expect(await list('', keys['wang'])).toEqual([])
})

test('while an RM is off duty his deputy has his list, and it is said so', async () => {
  await it.pool.query("update rms set on_duty = false where userid = 'li.wei'")
  const { body } = await it.call<{ items: object[] }>('GET', '/tasks', { key: keys['wang'] as string })
  expect(body.items).toMatchObject([{ rm: 'li.wei', rmName: '李伟', standIn: 'wang.fang' }, { rm: 'li.wei' }])
  await it.pool.query("update rms set on_duty = true where userid = 'li.wei'")
})

test('filters, and pages that neither repeat nor miss one with the same due time', async () => {
  for (let index = 0; index < 5; index += 1)
    await make({ title: `同时${index}`, rm: 'sun.li', kind: 'call-back', dueAt: at(9) })
  expect(await list('rm=sun.li&kind=follow-up')).toEqual(['指定'])
  expect(await list(`externalUserId=wm_sh&state=open&dueBefore=${at(4)}`)).toEqual(['归属'])
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page: List = (await it.call<List>('GET', `/tasks?limit=2${cursor ? `&cursor=${cursor}` : ''}`)).body
    seen.push(...page.items.map(({ title }) => title))
    cursor = page.nextCursor
  } while (cursor)
  expect(seen).toEqual(['指定', '自己的', '归属', '无归属', '同时0', '同时1', '同时2', '同时3', '同时4'])
})

test('finished once with an outcome; the ledger keeps the ids and not the note', async () => {
  const { id } = (
    await make({ title: '面谈', rm: 'li.wei', externalUserId: 'wm_sh', dueAt: at(5), note: '身份证 310' })
  ).body
  const done = await it.call<Task>('POST', `/tasks/${id}/finish`, {
    key: keys['li'] as string,
    body: { outcome: 'won', note: '签约三年' },
  })
  expect(done.body).toMatchObject({ state: 'done', outcome: 'won', note: '签约三年', doneBy: 'li.wei' })
  for (const again of ['finish', 'cancel', 'snooze']) {
    const body = { finish: { outcome: 'won' }, cancel: {}, snooze: { until: at(8) } }[again]
    expect((await it.call('POST', `/tasks/${id}/${again}`, { body })).status).toBe(409)
  }
  const { rows } = await it.pool.query(
    "select kind, rm, external_userid, data from touchpoints where data ->> 'taskId' = $1 order by id",
    [id],
  )
  expect(rows).toEqual([
    {
      kind: 'task.created',
      rm: 'li.wei',
      external_userid: 'wm_sh',
      data: { taskId: id, kind: 'follow-up', createdBy: 'admin' },
    },
    {
      kind: 'task.done',
      rm: 'li.wei',
      external_userid: 'wm_sh',
      data: { taskId: id, kind: 'follow-up', createdBy: 'admin', outcome: 'won' },
    },
  ])
  expect((await it.pool.query('select key from timers where key = $1', [`task_due:${id}`])).rows).toEqual([])
})

test('cancelled or put off by who sees it, out of sight for the others', async () => {
  const { id } = (await make({ title: '取消', rm: 'li.wei', dueAt: at(6) })).body
  expect((await it.call('POST', `/tasks/${id}/cancel`, { key: keys['wang'] as string, body: {} })).status).toBe(404)
  expect(
    (await it.call('POST', `/tasks/${id}/snooze`, { key: keys['shanghai'] as string, body: { until: at(8) } })).body,
  ).toMatchObject({
    dueAt: at(6),
    snoozedUntil: at(8),
    snoozed: 1,
  })
  expect((await it.pool.query('select due_at from timers where key = $1', [`task_due:${id}`])).rows).toEqual([
    { due_at: new Date(at(8)) },
  ])
  expect(
    (await it.call('POST', `/tasks/${id}/cancel`, { key: keys['shanghai'] as string, body: {} })).body,
  ).toMatchObject({ state: 'cancelled' })
})

test.each([
  [{ title: '何时' }, 'dueAt'],
  [{ title: '两个时间', dueAt: at(1), dueIn: '2h' }, 'dueAt'],
  [{ title: '不是时间', dueIn: '2 days' }, 'dueIn'],
  [{ title: '没有此人', dueIn: '1bd', rm: 'nobody' }, 'rm'],
  [{ title: '没有客户', dueIn: '1bd', externalUserId: 'wm_none' }, 'externalUserId'],
  [{ title: '', dueIn: '1bd' }, 'title'],
])('%j is refused at %s', async (body, path) => {
  expect(await it.call('POST', '/tasks', { body })).toMatchObject({ status: 422, body: { errors: [{ path }] } })
})

test('an RM gives no work to others, a supervisor not beyond his branch', async () => {
  const asked = { title: '别人的', rm: 'sun.li', dueAt: at(1) }
  for (const key of [keys['li'], keys['shanghai']])
    expect(await it.call('POST', '/tasks', { body: asked, key: key as string })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'rm' }] },
    })
})
