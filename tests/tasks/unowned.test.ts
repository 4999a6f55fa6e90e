import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChanges } from '../contacts/changes.ts'
import { createWorld, type World } from '../world.ts'
import { goTo, officeRules, taskCards, tasksIn } from './bank.ts'

const monday = Date.parse('2026-11-23T10:00:00+08:00')
const make = async (world: World, body: object = {}) =>
  (await world.api('POST', '/tasks', { title: '寄送对账单', dueAt: '2026-11-23T02:10:00Z', ...body })).body
const alarms = (world: World, userid: string) => world.rings(userid).filter((text) => text.includes('【待办无人负责】'))
const seen = async (world: World, id: string) => (await world.api('GET', `/tasks/${id}`)).body
const unowned = async (world: World) =>
  ((await world.api('GET', '/tasks?unowned=true')).body['items'] as unknown as { id: string }[]).map(({ id }) => id)

describe('a task with neither owner nor conversation', () => {
  let world: World
  let id: string
  beforeAll(async () => {
    world = await createWorld({ rules: officeRules, startAt: monday })
    await world.pool.query("update rms set supervises = 'shanghai' where userid = 'zhao.lei'")
    id = (await make(world))['id'] as unknown as string
  })
  afterAll(() => world.stop())

  test('is looked for every half hour of business time, and nobody is alarmed for a business day', async () => {
    await goTo(world, '2026-11-23T10:11:00')
    await goTo(world, '2026-11-23T11:50:00')
    await goTo(world, '2026-11-24T10:09:00')
    expect(alarms(world, 'zhao.lei')).toEqual([])
    expect(await seen(world, id)).toMatchObject({ rm: null, alarmedAt: null })
  })

  test('then whoever answers for the whole bank is told, once, and the task says since when', async () => {
    await goTo(world, '2026-11-24T10:45:00')
    expect(alarms(world, 'zhao.lei')).toEqual([expect.stringContaining('“寄送对账单”（未登记客户）昨天10:10到期')])
    expect(await seen(world, id)).toMatchObject({ alarmedAt: expect.stringMatching(/^2026-11-24T02:/) })
    for (const day of ['25', '26', '27']) await goTo(world, `2026-11-${day}T15:00:00`)
    expect(alarms(world, 'zhao.lei')).toHaveLength(1)
    expect(await unowned(world)).toEqual([id])
  })

  test('an admin gives it to somebody, who is reminded at once; the ledger knows of it', async () => {
    const asked = await world.api('POST', `/tasks/${id}/assign`, { rm: 'nobody.here' })
    expect(asked).toMatchObject({ status: 422, body: { errors: [{ path: 'rm' }] } })
    expect(await world.api('POST', `/tasks/${id}/assign`, { rm: 'wang.fang' })).toMatchObject({
      status: 200,
      body: { rm: 'wang.fang' },
    })
    await world.advance(1_000)
    expect(taskCards(world, 'wang.fang')).toMatchObject([{ text: expect.stringContaining('寄送对账单') }])
    expect(await unowned(world)).toEqual([])
    const { rows } = await world.pool.query(
      "select rm, data ->> 'by' as by from touchpoints where kind = 'task.passed'",
    )
    expect(rows).toEqual([{ rm: 'wang.fang', by: expect.any(String) }])
    await world.api('POST', `/tasks/${id}/finish`, { outcome: 'contacted' })
    expect(await world.api('POST', `/tasks/${id}/assign`, { rm: 'li.wei' })).toMatchObject({ status: 409 })
  })
})

describe('where nobody answers for the whole bank', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ rules: officeRules, startAt: monday })
  })
  afterAll(() => world.stop())

  test('the ledger keeps it as unheard (GET /integrity names those), once', async () => {
    const id = (await make(world))['id'] as unknown as string
    await goTo(world, '2026-11-23T10:11:00')
    for (const day of ['24', '25', '26']) await goTo(world, `2026-11-${day}T15:00:00`)
    const unheard = (
      await world.pool.query("select data ->> 'what' as what from touchpoints where kind = 'alarm.unheard'")
    ).rows
    expect(unheard).toEqual([{ what: `task-without-manager:${id}` }])
  })

  test('a customer who adds an RM has one from then on, and so have his tasks', async () => {
    await world.api('PUT', '/customers/wm_new', { name: '新客', kind: 'person', tags: [] })
    const id = (await make(world, { externalUserId: 'wm_new', dueAt: '2026-11-26T08:00:00Z' }))[
      'id'
    ] as unknown as string
    await goTo(world, '2026-11-26T16:20:00')
    expect(await seen(world, id)).toMatchObject({ rm: null })
    const at = Math.floor(world.clock.now() / 1000)
    const wecom = createChanges(world.app, world.wecom.corp)
    await wecom.contact('add_external_contact', { UserID: 'li.wei', ExternalUserID: 'wm_new', at })
    await world.settle()
    expect(await seen(world, id)).toMatchObject({ rm: 'li.wei', customerName: '新客' })
    expect(taskCards(world, 'li.wei').map(({ text }) => text)).toContainEqual(expect.stringContaining('寄送对账单'))
  })

  test('a customer whom the bank gives an owner: found at the next look', async () => {
    await world.api('PUT', '/customers/wm_other', { name: '他人', kind: 'person', tags: [] })
    const id = (await make(world, { externalUserId: 'wm_other', dueAt: '2026-11-26T08:30:00Z' }))['id']
    await goTo(world, '2026-11-26T16:31:00')
    await world.api('PUT', '/customers/wm_other', { name: '他人', kind: 'person', owner: 'zhao.lei', tags: [] })
    await goTo(world, '2026-11-26T17:05:00')
    expect((await tasksIn(world)).find((one) => one.id === (id as unknown as string))).toMatchObject({ rm: 'zhao.lei' })
    expect(taskCards(world, 'zhao.lei').at(-1)?.text).toContain('寄送对账单')
  })

  test('an RM who leaves the bank: what he has not done has nobody, is said a business day later, and can be given away', async () => {
    const id = (await make(world, { title: '他的', rm: 'li.wei', dueAt: '2026-11-24T02:00:00Z' }))[
      'id'
    ] as unknown as string
    await world.advance(1_000)
    expect(taskCards(world, 'li.wei').at(-1)?.text).toContain('他的')
    expect((await world.api('DELETE', '/rms/li.wei')).status).toBe(204)
    await world.advance(1_000)
    const gone = await world.pool.query(
      "select rm, data ->> 'by' as by from touchpoints where kind = 'task.passed' and data ->> 'taskId' = $1",
      [id],
    )
    expect(gone.rows).toEqual([{ rm: null, by: 'rm-deleted' }])
    expect(await unowned(world)).toContain(id)
    expect(await seen(world, id)).toMatchObject({ rm: null, alarmedAt: null })
    await goTo(world, '2026-11-30T09:05:00')
    expect(await seen(world, id)).toMatchObject({ rm: null, alarmedAt: expect.any(String) })
    await world.api('POST', `/tasks/${id}/assign`, { rm: 'wang.fang' })
    await world.advance(1_000)
    expect(taskCards(world, 'wang.fang').at(-1)?.text).toContain('他的')
  })
})
