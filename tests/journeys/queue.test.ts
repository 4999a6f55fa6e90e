import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'

const second = 1_000
const rules = {
  pools: { general: { name: '综合客服', members: {}, strategy: 'least-loaded' } },
  rules: [
    {
      key: 'urgent',
      name: '投诉',
      when: { fact: 'message.text', contains: ['投诉'] },
      priority: 60,
      steps: [{ to: 'pool:general', stay: '30m' }],
      otherwise: 'leave-message',
    },
  ],
  fallback: { steps: [{ to: 'pool:general', stay: '10m' }], otherwise: 'leave-message' },
  firstReply: { remind: '1h', reassign: '2h' },
}
let world: World
beforeAll(async () => {
  world = await createWorld({ rules })
  await world.pool.query("update rms set capacity = 1, on_duty = userid = 'li.wei'")
})
afterAll(() => world.stop())

test('everybody full: the others wait, each told once, and can say why they wait', async () => {
  world.customer('wm_first').writes('你好')
  await world.settle()
  for (const [index, name] of ['wm_second', 'wm_third'].entries()) {
    await world.advance(second)
    world.customer(name).writes(`第${index + 2}位`)
    await world.settle()
  }
  world.customer('wm_second').writes('还在吗')
  await world.settle()
  expect(await world.conversation('wm_second')).toMatchObject({ status: 'queued', waiting_reason: 'all-full' })
  expect(
    world
      .customer('wm_second')
      .sees()
      .filter((line) => line.includes('排队')),
  ).toHaveLength(1)
})

test('who is freed serves the complaint first, then the one who waits longest', async () => {
  await world.advance(second)
  world.customer('wm_angry').writes('我要投诉')
  await world.settle()
  const served: string[] = []
  for (let turn = 0; turn < 3; turn += 1) {
    const { rows } = await world.pool.query("select external_userid from conversations where status = 'assigned'")
    expect(rows).toHaveLength(1)
    world.rm('li.wei').ends(world.account, rows[0].external_userid)
    await world.settle()
    const next = await world.pool.query("select external_userid from conversations where status = 'assigned'")
    served.push(next.rows[0].external_userid)
  }
  expect(served).toEqual(['wm_angry', 'wm_second', 'wm_third'])
})

test('an RM who comes back to reception gets who waits; nobody on duty is another reason than all full', async () => {
  world.rm('li.wei').stops(world.account)
  world.rm('li.wei').ends(world.account, 'wm_third')
  world.customer('wm_fourth').writes('有人吗')
  await world.settle()
  expect(await world.conversation('wm_fourth')).toMatchObject({ status: 'queued', waiting_reason: 'nobody-on-duty' })
  world.rm('li.wei').resumes(world.account)
  await world.settle()
  expect(await world.conversation('wm_fourth')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
})

test('a step that is over leads to the end of the rule: the message is kept, and the customer is told', async () => {
  world.customer('wm_fifth').writes('在吗')
  await world.settle()
  await world.advance(601 * second)
  expect(await world.conversation('wm_fifth')).toMatchObject({ status: 'bot', left_message: true })
  expect(world.customer('wm_fifth').sees().at(-1)).toContain('已收到')
})
