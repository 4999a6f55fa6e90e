import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const rules = {
  ...smallRules,
  firstReply: { remind: '1h', reassign: '2h', pauseAfter: 1 },
  pools: { ...smallRules.pools, general: { ...smallRules.pools.general, handover: 'offer' } },
}
let world: World
beforeAll(async () => {
  world = await createWorld({ rules })
})
afterAll(() => world.stop())

const cards = (userid: string) =>
  world
    .rm(userid)
    .inbox()
    .flatMap(({ card }) => card ?? [])
const offeredTo = async (name: string): Promise<string> => {
  const { status, rm } = await world.conversation(name)
  expect(status).toBe('offered')
  return rm as string
}

test('an offer: the first one passes it on, the second takes it, both cards say what came of them', async () => {
  world.customer('wm_stranger').writes('你好')
  await world.settle()
  const first = await offeredTo('wm_stranger')
  world.rm(first).clicks('decline_busy')
  await world.settle()
  expect(cards(first)).toMatchObject([{ replaced: '已转给同事' }])
  const second = await offeredTo('wm_stranger')
  expect(second).not.toBe(first)

  world.rm(second).clicks('accept')
  await world.settle()
  expect(cards(second)).toMatchObject([{ replaced: '已接待' }])
  expect(await world.conversation('wm_stranger')).toMatchObject({ status: 'assigned', rm: second })
})

test('whoever lets an offer pass too often is paused: the old card is dead, the card about the pause brings him back', async () => {
  world.customer('wm_late').writes('在吗')
  await world.settle()
  const slow = await offeredTo('wm_late')
  await world.advance(61_000)
  const next = await offeredTo('wm_late')
  const paused = world.rm(slow).inbox().at(-1)
  expect(JSON.stringify(paused?.body)).toContain('已为您暂停分配新客户')
  // Nobody has tapped it: it says by itself that the customer is with a colleague, and cannot be tapped any more.
  expect(cards(slow).slice(-2)).toMatchObject([{ replaced: '已转给同事' }, { replaced: null }])
  expect(await offeredTo('wm_late')).toBe(next)

  world.rm(slow).clicks('back')
  await world.settle()
  expect(cards(slow).at(-1)).toMatchObject({ replaced: '已恢复分配' })
  expect((await world.pool.query('select missed, paused_at from rms where userid = $1', [slow])).rows).toEqual([
    { missed: 0, paused_at: null },
  ])
})

test('a card that no handler knows, of an older version perhaps, says that it is over', async () => {
  await world.pool.query(`insert into outbox (kind, subject, payload) values ('message/card', 'rm:li.wei', $1)`, [
    JSON.stringify({ rm: 'li.wei', card: strange }),
  ])
  await world.settle()
  world.rm('li.wei').clicks('go')
  await world.settle()
  expect(cards('li.wei').at(-1)).toMatchObject({ replaced: '已失效' })
})

const strange = {
  task: 'lottery@1@x',
  title: '抽奖',
  lines: [],
  buttons: [{ key: 'go', text: '好', style: 1 }],
}
