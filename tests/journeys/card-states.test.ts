import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const second = 1_000
const rules = { ...smallRules, firstReply: { remind: '60s', reassign: '180s', pauseAfter: 9 } }
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: { ...rules, fallback: { steps: [{ to: 'pool:general', stay: '30m' }], otherwise: 'leave-message' } },
  })
})
afterAll(() => world.stop())

/** What each card on his phone says in place of its buttons, oldest first; null while they can be tapped. */
const states = (userid: string) =>
  world
    .rm(userid)
    .inbox()
    .flatMap(({ card }) => (card ? [card.replaced] : []))
const cardAbout = (userid: string, title: string): string => {
  const found = world
    .rm(userid)
    .inbox()
    .findLast(({ body }) => JSON.stringify(body['main_title'] ?? '').includes(title))
  return found?.msgid ?? ''
}
const stateOf = async (name: string) => {
  const { status, rm } = await world.conversation(name)
  return { status, rm }
}

test('a new customer comes as a card that says who, what and why; knowing is enough for a tap', async () => {
  world.customer('wm_bakery').writes(`想申请贷款，${'材料很多'.repeat(60)}`)
  await world.settle()
  const [card] = world.rings('li.wei').map((text) => JSON.parse(text) as Record<string, never>)
  expect(card?.['main_title']).toMatchObject({ title: expect.stringMatching(/^【新客户】麦香面包房（小微企业）/) })
  const below = String(card?.['sub_title_text'])
  expect([...below].length).toBeLessThanOrEqual(160)
  expect(below).toMatch(/客户说：想申请贷款，.*…\n为什么是您：规则“小微贷款” → 归属客户经理\n请在.*将转给其他同事/s)
  world.rm('li.wei').clicks('seen')
  await world.settle()
  expect(states('li.wei')).toEqual(['已知晓'])
})

test('he stays silent: the cards on his phone say without a tap that the customer is with a colleague', async () => {
  await world.advance(61 * second)
  expect(states('li.wei')).toEqual(['已知晓', null])
  await world.advance(120 * second)
  expect(await stateOf('wm_bakery')).toEqual({ status: 'assigned', rm: 'wang.fang' })
  expect(states('li.wei')).toEqual(['已转给同事', '已转给同事'])
  expect(states('wang.fang')).toEqual([null])
})

test('too busy: one tap and the next colleague has him, who hears why', async () => {
  world.rm('wang.fang').clicks('busy')
  await world.settle()
  expect(await stateOf('wm_bakery')).toEqual({ status: 'assigned', rm: 'wang.fang' }) // li.wei is out, zhao.lei is no specialist
  expect(world.rings('wang.fang').at(-1)).toContain('暂时没有其他同事可以接待麦香面包房')
  expect(states('wang.fang')).toEqual([null]) // it can still be tapped

  world.customer('wm_chen').writes('你好')
  await world.settle()
  expect(await stateOf('wm_chen')).toEqual({ status: 'assigned', rm: 'zhao.lei' })
  world.rm('zhao.lei').clicks('busy')
  await world.settle()
  const { rm } = await stateOf('wm_chen')
  expect(rm).not.toBe('zhao.lei')
  expect(states('zhao.lei')).toEqual(['已转给同事'])
  expect(world.rings(String(rm)).at(-1)).toContain('同事正忙')
})

test('the end of a conversation greys what nobody has tapped', async () => {
  world.rm('wang.fang').ends(world.account, 'wm_bakery')
  await world.settle()
  expect(states('wang.fang')[0]).toBe('会话已结束')
})

test('everybody is full: his own manager hears who waits, and may take him all the same', async () => {
  await world.pool.query('update rms set capacity = 0')
  world.customer('wm_bakery').writes('还想问一下')
  await world.settle()
  expect(await stateOf('wm_bakery')).toEqual({ status: 'bot', rm: null }) // this rule keeps the message
  await world.pool.query('update rms set capacity = 1, load = 1')
  world.customer('wm_stranger').writes('有人吗')
  await world.settle()
  expect(await stateOf('wm_stranger')).toEqual({ status: 'queued', rm: null })
  const asked = ['li.wei', 'wang.fang', 'zhao.lei'].filter((rm) => cardAbout(rm, '【有人排队】'))
  expect(asked).toHaveLength(1)
  world.rm(asked[0] as string).clicks('take', { msgid: cardAbout(asked[0] as string, '【有人排队】') })
  await world.settle()
  expect(await stateOf('wm_stranger')).toEqual({ status: 'assigned', rm: asked[0] })
  expect(world.wecom.state(world.account, 'wm_stranger')).toEqual({ state: 3, servicer: asked[0] })
})

test('somebody else was quicker: the card about the queue says so by itself', async () => {
  world.customer('wm_other').writes('在吗')
  await world.settle()
  const asked = ['li.wei', 'wang.fang', 'zhao.lei'].filter(
    (rm) => states(rm).at(-1) === null && cardAbout(rm, '【有人排队】'),
  )
  expect(await stateOf('wm_other')).toEqual({ status: 'queued', rm: null })
  await world.pool.query("update rms set load = 0 where userid = 'zhao.lei'")
  await world.api('POST', `/conversations/${(await world.conversation('wm_other'))['id']}/assign`, {
    rm: 'zhao.lei',
    reason: '客户要求',
  })
  await world.settle()
  expect(await stateOf('wm_other')).toEqual({ status: 'assigned', rm: 'zhao.lei' })
  expect(asked.map((rm) => states(rm)).flat()).toContain('已有人接待')
})
