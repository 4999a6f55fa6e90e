import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
})
afterAll(() => world.stop())

const state = (name: string) => world.wecom.state(world.account, name)
const loads = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await world.pool.query<{ userid: string; load: string }>('select userid, load from rms')).rows.map(
      ({ userid, load }) => [userid, Number(load)],
    ),
  )
const toldByBot = (name: string): number =>
  world.wecom.conversationView(world.account, name).lines.filter(({ from }) => from === 'account').length

test('from the bot to the manager to the end: the bot is silent from the hand-over on', async () => {
  world.customer('wm_bakery').writes('想贷款')
  await world.settle()
  expect(state('wm_bakery')).toEqual({ state: 3, servicer: 'li.wei' })
  const told = toldByBot('wm_bakery')
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好')
  for (const text of ['需要什么材料', '营业执照有了', '好的']) world.customer('wm_bakery').writes(text)
  await world.settle()
  expect(toldByBot('wm_bakery')).toBe(told)
  expect(world.wecom.calls('kf/send_msg')).toEqual([])
  world.rm('li.wei').ends(world.account, 'wm_bakery')
  await world.settle()
  expect(world.customer('wm_bakery').sees().at(-1)).toContain('感谢您的咨询') // with the end code, within 20 s
  expect([await world.conversation('wm_bakery'), await loads()]).toMatchObject([{ status: 'closed' }, { 'li.wei': 0 }])
})

test('he writes again: a new conversation, a new decision, the same manager', async () => {
  world.customer('wm_bakery').writes('还想问一下授信额度')
  await world.settle()
  const { rows } = await world.pool.query(
    "select status, rm from conversations where external_userid = 'wm_bakery' order by id",
  )
  expect(rows).toEqual([
    { status: 'closed', rm: 'li.wei' },
    { status: 'assigned', rm: 'li.wei' },
  ])
})

test('a manager hands the customer to a colleague in WeCom, who is not disturbed by us; the first one takes him back', async () => {
  const rings = world.rings('wang.fang').length
  world.rm('li.wei').transfers(world.account, 'wm_bakery', 'wang.fang')
  await world.settle()
  expect([await world.conversation('wm_bakery'), await loads()]).toMatchObject([
    { rm: 'wang.fang' },
    { 'li.wei': 0, 'wang.fang': 1 },
  ])
  world.rm('li.wei').reopens(world.account, 'wm_bakery')
  await world.settle()
  expect([await world.conversation('wm_bakery'), await loads()]).toMatchObject([
    { rm: 'li.wei', status: 'assigned' },
    { 'li.wei': 1, 'wang.fang': 0 },
  ])
  expect(world.rings('wang.fang')).toHaveLength(rings)
  const { rows } = await world.pool.query(
    "select data ->> 'reason' as reason from touchpoints where kind = 'conversation.transferred' and external_userid = 'wm_bakery' order by id",
  )
  expect(rows.map(({ reason }) => reason)).toEqual(['transferred-by-manager', 'taken-again'])
})

test('a manager writes into a session that has ended: it is open again, and his', async () => {
  world.rm('li.wei').ends(world.account, 'wm_bakery')
  await world.settle()
  world.rm('li.wei').replies(world.account, 'wm_bakery', '补充一点：需要近半年流水')
  await world.settle()
  expect(state('wm_bakery')).toEqual({ state: 3, servicer: 'li.wei' })
  expect([await world.conversation('wm_bakery'), await loads()]).toMatchObject([
    { status: 'assigned', rm: 'li.wei', first_reply_at: expect.any(Date) },
    { 'li.wei': 1 },
  ])
  world.rm('li.wei').ends(world.account, 'wm_bakery')
  await world.settle()
  expect(await loads()).toEqual({ 'li.wei': 0, 'wang.fang': 0, 'zhao.lei': 0 })
})

test('WeCom gave the first message to somebody at once (state 3): the rules decide all the same, and both books agree', async () => {
  world.wecom.settings.firstState = 3
  world.customer('wm_chen').writes('我要找我的客户经理')
  await world.settle()
  expect(state('wm_chen')).toEqual({ state: 3, servicer: 'zhao.lei' })
  expect(await world.conversation('wm_chen')).toMatchObject({ status: 'assigned', rm: 'zhao.lei' })
  expect(world.rings('zhao.lei')).toHaveLength(1)
})

test('state 3 while our rules find nobody: whoever has him keeps him, and the bot does not insist', async () => {
  await world.pool.query('update rms set on_duty = false')
  world.customer('wm_stranger').writes('有人吗')
  await world.settle()
  const { servicer } = state('wm_stranger')
  expect(await world.conversation('wm_stranger')).toMatchObject({ status: 'assigned', rm: servicer })
  expect(
    world.wecom
      .calls('kf/send_msg')
      .filter(({ body }) => body['touser'] === 'wm_stranger')
      .map(({ errcode }) => errcode),
  ).toEqual([95018])
})

test('WeCom put the first message into its pool (state 2): a colleague takes it there, and it is his', async () => {
  world.wecom.settings.firstState = 2
  world.customer('wm_pool').writes('排队中')
  await world.settle()
  expect([state('wm_pool').state, (await world.conversation('wm_pool'))['rm']]).toEqual([2, null])
  world.rm('wang.fang').takes(world.account, 'wm_pool')
  await world.settle()
  expect(await world.conversation('wm_pool')).toMatchObject({ status: 'assigned', rm: 'wang.fang' })
  world.wecom.settings.firstState = 0
  await world.pool.query('update rms set on_duty = true')
})

test('48 hours without a word: the session is over in WeCom and in our books, and his manager is free', async () => {
  await world.advance(48 * 3600_000 + 1_000)
  const { endSilentSessions } = await import('../../src/clock/tick.ts')
  await endSilentSessions(world.pool, new Date(world.clock.now()))
  await world.settle()
  expect(state('wm_chen').state).toBe(4)
  expect([await world.conversation('wm_chen'), await loads()]).toMatchObject([
    { status: 'closed' },
    { 'li.wei': 0, 'wang.fang': 0, 'zhao.lei': 0 },
  ])
})
