import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const second = 1_000
let world: World
beforeAll(async () => {
  const people = smallBank()
  people.rms.push({
    ...(people.rms[0] as (typeof people.rms)[0]),
    userid: 'zhou.boss',
    name: '周总',
    skills: {},
    onDuty: false,
  })
  world = await createWorld({
    rules: { ...smallRules, firstReply: { remind: '60s', reassign: '180s', pauseAfter: 2 } },
    people,
  })
  await world.pool.query("update rms set supervises = 'shanghai' where userid = 'zhou.boss'")
})
afterAll(() => world.stop())

test('an RM who is silent is reminded, then his deputy gets the customer, and everybody is told', async () => {
  world.customer('wm_bakery').writes('想申请贷款')
  await world.settle()
  expect(world.wecom.state(world.account, 'wm_bakery').servicer).toBe('li.wei')

  await world.advance(61 * second)
  expect(world.rings('li.wei').at(-1)).toContain('【请回复】')

  await world.advance(120 * second)
  expect(world.wecom.state(world.account, 'wm_bakery')).toMatchObject({ state: 3, servicer: 'wang.fang' })
  expect(world.rings('wang.fang').at(-1)).toContain('未及时回复')
  expect(world.rings('li.wei').at(-1)).toContain('【已转走】')
  expect(await world.conversation('wm_bakery')).toMatchObject({ rm: 'wang.fang', excluded: { 'li.wei': 'missed' } })
})

test('the deputy answers and the clock stops', async () => {
  world.rm('wang.fang').replies(world.account, 'wm_bakery', '您好，我是王芳')
  await world.settle()
  const rings = world.rings('wang.fang').length
  await world.advance(600 * second)
  expect(world.rings('wang.fang')).toHaveLength(rings)
  expect(await world.conversation('wm_bakery')).toMatchObject({ rm: 'wang.fang', status: 'assigned' })
})

test('with nobody else left the customer stays, and the supervisor hears of it once', async () => {
  for (const userid of ['li.wei', 'wang.fang']) world.rm(userid).stops(world.account)
  world.customer('wm_chen').writes('你好')
  await world.settle()
  expect(world.wecom.state(world.account, 'wm_chen').servicer).toBe('zhao.lei')
  await world.advance(181 * second)
  await world.advance(181 * second)
  expect(world.wecom.state(world.account, 'wm_chen').servicer).toBe('zhao.lei')
  expect(world.rings('zhou.boss')).toEqual([expect.stringContaining('赵磊未回复')])
})

test('who misses too often gets no more customers until he taps that he is back', async () => {
  await world.pool.query("update rms set missed = 1 where userid = 'zhao.lei'")
  world.rm('zhao.lei').replies(world.account, 'wm_chen', '不好意思久等了')
  await world.settle()
  expect((await world.pool.query("select missed, paused_at from rms where userid = 'zhao.lei'")).rows).toEqual([
    { missed: 0, paused_at: null },
  ])
})

test('a transfer after the first answer: the new RM is watched anew, and the API still says when the customer first got one', async () => {
  for (const userid of ['li.wei', 'wang.fang']) world.rm(userid).resumes(world.account)
  await world.settle()
  const shown = async () =>
    (await world.api('GET', `/conversations/${(await world.conversation('wm_bakery'))['id']}`)).body
  const { rm, firstReplyAt } = await shown()
  expect([rm, firstReplyAt]).toEqual(['wang.fang', expect.any(String)])
  await world.api('POST', `/conversations/${(await shown())['id']}/assign`, { rm: 'li.wei', reason: '客户要求' })
  await world.settle()
  expect(await shown()).toMatchObject({ rm: 'li.wei', firstReplyAt })
  await world.advance(61 * second)
  expect(world.rings('li.wei').at(-1)).toContain('【请回复】')
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好，我是李伟')
  await world.settle()
  expect(await shown()).toMatchObject({ rm: 'li.wei', firstReplyAt })
  expect((await world.conversation('wm_bakery'))['first_reply_at']).not.toEqual(new Date(String(firstReplyAt)))
})
