import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openStream, type Stream } from './open-stream.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { addDecision, addTouchpoint, smallHouse } from './bank.ts'

let it: ApiGround
let house: Awaited<ReturnType<typeof smallHouse>>
const streams: Stream[] = []
beforeAll(async () => {
  it = await startApi({ live: { pollMs: 25, pingMs: 40 } })
  house = await smallHouse(it.db)
})
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close()
})
afterAll(() => it.stop())

const listen = async (options: { key?: string; lastEventId?: string } = {}): Promise<Stream> => {
  const stream = await openStream(`${it.url}/api/v1/live`, { key: it.admin, ...options })
  streams.push(stream)
  return stream
}
const add = (kind: string, rest: Partial<Parameters<typeof addTouchpoint>[1]> = {}) =>
  addTouchpoint(it.db, { kind, ...rest })

const told = async (kind: string, rest: Partial<Parameters<typeof addTouchpoint>[1]> = {}) => {
  const stream = await listen()
  await add(kind, rest)
  await stream.until(1)
  stream.close()
  return stream.events[0]?.data as { title: string; detail: string; data: object }
}
const decided = (explanation: object, rm: string | null = 'li.wei', version = 1) =>
  addDecision(it.db, { conversation: house.li.conversation, rm, explanation, version })
const candidates = [
  { rm: 'wang.fang', eligible: true, load: 0, capacity: 9 },
  { rm: 'li.wei', eligible: true, excludedBy: null, load: 2, capacity: 5 },
]

beforeAll(async () => {
  await it.pool.query("update rms set name = '李伟' where userid = 'li.wei'")
  await it.pool.query("update rms set name = '王芳' where userid = 'wang.fang'")
  await it.pool.query("update customers set name = '陈静怡' where external_userid = 'wm_li'")
})

test('why he got the conversation, from the decision', async () => {
  const decisionId = await decided({ ruleName: '小微贷款', steps: [{ to: 'owner' }], candidates })
  expect(
    await told('conversation.routed', { rm: 'li.wei', conversation: house.li.conversation, data: { decisionId } }),
  ).toMatchObject({
    title: '会话已分配',
    detail: '命中规则“小微贷款”→ 归属客户经理 李伟（在岗，2/5）',
  })
})

test('a pool by the name it had in the rule set that decided', async () => {
  const { body } = await it.call('PUT', '/routing', {
    body: {
      pools: { desk: { name: '小微专席', members: {} } },
      fallback: { steps: [{ to: 'pool:desk' }], otherwise: 'queue' },
    },
  })
  const decisionId = await decided(
    { ruleName: '兜底', pool: 'desk', steps: [{ to: 'owner' }, { to: 'pool:desk' }], candidates },
    'li.wei',
    body['version'] as number,
  )
  await it.pool.query("update decisions set rule = 'fallback' where id = $1", [decisionId])
  expect((await told('conversation.routed', { rm: 'li.wei', data: { decisionId } })).detail).toBe(
    '没有规则命中，按兜底规则→ 小微专席 李伟（在岗，2/5）',
  )
})

test('why somebody waits, and why nobody answered', async () => {
  const decisionId = await decided({ ruleName: '小微贷款', waitingReason: 'all-full', steps: [{ to: 'owner' }] }, null)
  const rest = {
    externalUserId: 'wm_li',
    customerId: (await it.call('GET', '/customers/wm_li')).body['id'] as string,
  }
  expect((await told('conversation.queued', { ...rest, data: { decisionId } })).detail).toBe(
    '陈静怡 正在排队：可接待的客户经理均已满员',
  )
  await it.pool.query("update decisions set outcome = 'left-message' where id = $1", [decisionId])
  expect((await told('conversation.routed', { ...rest, data: { decisionId } })).detail).toBe(
    '命中规则“小微贷款”→ 暂请客户留言（可接待的客户经理均已满员）',
  )
})

test.each([
  [{ from: 'wang.fang', reason: 'transferred-by-manager' }, '由 王芳 转交 李伟：客户经理在企业微信中转接'],
  [{ from: 'wang.fang', reason: 'admin:客户投诉' }, '由 王芳 转交 李伟：人工处理：客户投诉'],
  [{ from: null, reason: 'a-code-of-tomorrow' }, '转交 李伟'],
  [{ from: 'gone.one' }, '由 gone.one 转交 李伟'],
])('a transfer with %j', async (data, detail) => {
  expect((await told('conversation.transferred', { rm: 'li.wei', data })).detail).toBe(detail)
})

test('what a page of the app tells, and the way in, by their names', async () => {
  const openKfId = 'wkJustForThisTest0000000000000001'
  await it.db
    .insertInto('channels')
    .values({ key: 'app_home', name: '手机银行首页', kind: 'app', open_kfid: openKfId })
    .execute()
  const rest = { externalUserId: 'wm_li', channel: 'app_home' }
  expect(await told('app.page.loan', rest)).toMatchObject({
    title: '浏览应用页面',
    detail: expect.stringMatching(/：loan（手机银行首页）$/),
  })
  expect(await told('app.tap.contact', rest)).toMatchObject({ title: '点击应用按钮' })
  expect((await told('entry.opened', rest)).detail).toMatch(/从 手机银行首页 进入$/)
})

test('never a message text, even if a line of the ledger should bring one', async () => {
  const event = await told('message.received', {
    externalUserId: 'wm_li',
    data: { type: 'text', text: '我的卡号是 6222', content: '机密' },
  })
  expect(event.data).toEqual({ type: 'text' })
  expect(JSON.stringify(event)).not.toMatch(/6222|机密/)
})

test.each([
  ['decisionId', 'abc'],
  ['decisionId', '99999999999999999999'],
  ['decisionId', { a: 1 }],
  ['from', 5],
  ['reason', { x: 1 }],
  ['type', null],
])('data that is not what it should be (%s: %j) stops nothing', async (name, value) => {
  for (const kind of ['conversation.routed', 'conversation.transferred', 'message.received'])
    expect((await told(kind, { data: { [name]: value } })).title).toEqual(expect.any(String))
})

test('every kind of the ledger has words of its own, and an unknown one is shown as it is', async () => {
  const all = [
    'entry.opened',
    'message.received',
    'message.replied',
    'message.sent',
    'message.failed',
    'message.recalled',
    'conversation.routed',
    'conversation.queued',
    'conversation.offered',
    'conversation.transferred',
    'conversation.refused',
    'conversation.reminded',
    'conversation.escalated',
    'conversation.closed',
    'rating.given',
    'contact.invited',
    'contact.added',
    'contact.lost',
    'group.joined',
    'group.left',
  ]
  const stream = await listen()
  for (const kind of [...all, 'app.opened', 'future.kind']) await add(kind)
  await stream.until(all.length + 2)
  const titles = stream.events.map((event) => event.data.title)
  expect(new Set(titles).size).toBe(all.length + 2)
  expect(titles.slice(-2)).toEqual(['应用触点', '其他触点'])
})
