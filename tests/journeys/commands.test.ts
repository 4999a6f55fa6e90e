import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
})
afterAll(() => world.stop())
/** What happened between him and us, without what we learned about him by the way. */
const story = async (name: string) => (await world.touchpoints(name)).filter((kind) => !kind.startsWith('identity.'))

const state = (name: string) => world.wecom.state(world.account, name)
const idOf = async (name: string): Promise<string> => String((await world.conversation(name))['id'])
const order = (id: string, name: string, body: object) => world.api('POST', `/conversations/${id}/${name}`, body)
const loads = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await world.pool.query<{ userid: string; load: string }>('select userid, load from rms')).rows.map(
      ({ userid, load }) => [userid, Number(load)],
    ),
  )

test('assign: the customer goes to whom the admin names, everybody is told, and the decision says who ordered it', async () => {
  world.customer('wm_bakery').writes('想贷款')
  await world.settle()
  const id = await idOf('wm_bakery')
  const { status, body } = await order(id, 'assign', { rm: 'zhao.lei', reason: '客户要求' })
  await world.settle()
  expect([status, body['rm'], body['status']]).toEqual([200, 'zhao.lei', 'assigned'])
  expect(state('wm_bakery')).toEqual({ state: 3, servicer: 'zhao.lei' })
  expect(world.rings('zhao.lei').at(-1)).toContain('客户要求')
  expect(world.rings('li.wei').at(-1)).toContain('【已转走】')
  expect(await loads()).toEqual({ 'li.wei': 0, 'wang.fang': 0, 'zhao.lei': 1 })
  const { rows } = await world.pool.query(
    'select rule, explanation from decisions where conversation_id = $1 order by id desc limit 1',
    [id],
  )
  expect(rows).toMatchObject([
    { rule: 'admin', explanation: { steps: [{ result: expect.stringContaining('客户要求') }] } },
  ])
})

test('assign to whom it is assigned already changes nothing', async () => {
  const before = await story('wm_bakery')
  expect((await order(await idOf('wm_bakery'), 'assign', { rm: 'zhao.lei', reason: '再来一次' })).status).toBe(200)
  await world.settle()
  expect(await story('wm_bakery')).toEqual(before)
  expect(await loads()).toMatchObject({ 'zhao.lei': 1 })
})

test("assign to somebody who is full and off duty: an admin's word counts more", async () => {
  await world.pool.query("update rms set capacity = 0, on_duty = false where userid = 'wang.fang'")
  expect((await order(await idOf('wm_bakery'), 'assign', { rm: 'wang.fang', reason: '领导指定' })).status).toBe(200)
  await world.settle()
  expect(state('wm_bakery').servicer).toBe('wang.fang')
  expect(await loads()).toEqual({ 'li.wei': 0, 'wang.fang': 1, 'zhao.lei': 0 })
  await world.pool.query("update rms set capacity = 2, on_duty = true where userid = 'wang.fang'")
})

test('assign to somebody whom WeCom refuses: the customer is not lost on the way', async () => {
  world.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode: 95019, times: 1 })
  expect((await order(await idOf('wm_bakery'), 'assign', { rm: 'zhao.lei', reason: '试试' })).status).toBe(200)
  await world.settle()
  const { rm, status } = await world.conversation('wm_bakery')
  expect([status, state('wm_bakery')]).toEqual(['assigned', { state: 3, servicer: rm }])
  expect(Object.values(await loads()).reduce((sum, load) => sum + load, 0)).toBe(1)
  world.rm('zhao.lei').resumes(world.account)
  await world.settle()
})

test('reroute: the rules decide again, without the one who has it', async () => {
  const before = (await world.conversation('wm_bakery'))['rm']
  const { status, body } = await order(await idOf('wm_bakery'), 'reroute', { reason: '不合适' })
  await world.settle()
  expect(status).toBe(200)
  expect(body['rm']).not.toBe(before)
  expect(state('wm_bakery').servicer).toBe((await world.conversation('wm_bakery'))['rm'])
})

test('close: the customer hears closing words, the RM is free; his next words begin a new conversation', async () => {
  const id = await idOf('wm_bakery')
  const { status, body } = await order(id, 'close', { reason: '已办结' })
  await world.settle()
  expect([status, body['status'], state('wm_bakery').state]).toEqual([200, 'closed', 4])
  expect(world.customer('wm_bakery').sees().at(-1)).toContain('感谢您的咨询')
  expect(Object.values(await loads())).toEqual([0, 0, 0])
  world.customer('wm_bakery').writes('还有一个问题')
  await world.settle()
  expect(await idOf('wm_bakery')).not.toBe(id)
  expect(await world.conversation('wm_bakery')).toMatchObject({ status: 'assigned' })
  for (const name of ['assign', 'close', 'reroute']) {
    const late = await order(id, name, { reason: '晚了', ...(name === 'assign' && { rm: 'li.wei' }) })
    expect([name, late.status]).toEqual([name, 409])
  }
})

test('orders about what does not exist, or with a word too many or too few', async () => {
  const id = await idOf('wm_bakery')
  expect((await order('999999', 'close', { reason: 'x' })).status).toBe(404)
  expect((await order('abc', 'close', { reason: 'x' })).status).toBe(404)
  expect((await order(id, 'assign', { rm: 'nobody.at.all', reason: 'x' })).status).toBe(422)
  for (const body of [{}, { reason: '' }, { reason: 'x', rm: 'li.wei' }, { raeson: 'x' }, []])
    expect((await order(id, 'close', body)).status, JSON.stringify(body)).toBe(422)
  const nobody = await fetch(`${world.app.url}/api/v1/conversations/${id}/close`, {
    method: 'POST',
    body: '{"reason":"x"}',
  })
  expect(nobody.status).toBe(401)
  await world.settle()
  expect(await world.conversation('wm_bakery')).toMatchObject({ id, status: 'assigned' })
})

test('eight orders at once: one after the other, one owner, one load', async () => {
  const id = await idOf('wm_bakery')
  const rms = ['li.wei', 'wang.fang', 'zhao.lei']
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => order(id, 'assign', { rm: rms[n % 3], reason: `第${n}次` })),
  )
  await world.settle(40_000)
  for (const { status } of answers) expect([200, 409]).toContain(status)
  expect(state('wm_bakery').servicer).toBe((await world.conversation('wm_bakery'))['rm'])
  expect(Object.values(await loads()).reduce((sum, load) => sum + load, 0)).toBe(1)
})
