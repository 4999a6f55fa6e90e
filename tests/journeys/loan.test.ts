import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
})
afterAll(() => world.stop())

test('a bakery asks about a loan: its own manager hears of it once, with the reason', async () => {
  const bakery = world.customer('wm_bakery')
  bakery.writes('想了解经营贷款', 'm_loan_1')
  world.wecom.repeats(world.account, 'm_loan_1') // WeCom delivers twice
  await world.settle()

  expect(world.rings('li.wei')).toEqual([expect.stringContaining('规则“小微贷款” → 归属客户经理')])
  expect(world.rings('wang.fang')).toEqual([])
  expect(world.wecom.state(world.account, 'wm_bakery')).toMatchObject({ state: 3, servicer: 'li.wei' })
  expect(bakery.sees().at(-1)).toContain('李伟')
  expect(await world.touchpoints('wm_bakery')).toEqual(['message.received', 'conversation.routed', 'message.sent'])

  const decision = await world.pool.query('select outcome, rule, rm, explanation from decisions')
  expect(decision.rows).toMatchObject([{ outcome: 'assigned', rule: 'sme-loan', rm: 'li.wei' }])
})

test('the manager answers in WeCom, the bot keeps silent, and he ends the session', async () => {
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好，经营贷款可以这样申请…')
  world.customer('wm_bakery').writes('好的，谢谢')
  await world.settle()
  expect(await world.conversation('wm_bakery')).toMatchObject({
    status: 'assigned',
    rm: 'li.wei',
    first_reply_at: expect.any(Date),
  })
  expect(world.rings('li.wei')).toHaveLength(1)

  world.rm('li.wei').ends(world.account, 'wm_bakery')
  await world.settle()
  expect(await world.conversation('wm_bakery')).toMatchObject({ status: 'closed' })
  const { rows } = await world.pool.query("select load from rms where userid = 'li.wei'")
  expect(Number(rows[0].load)).toBe(0)
})
