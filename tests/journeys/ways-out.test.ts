import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'

/** Nobody need stand in the queue: what a waiting customer hears, and how he can leave it without being forgotten. */
const minute = 60_000
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: {
      pools: { general: { name: '综合客服', members: {} } },
      fallback: { steps: [{ to: 'pool:general', stay: '2h' }], otherwise: 'leave-message' },
      firstReply: { remind: '5h', reassign: '9h' },
    },
  })
  await world.pool.query("update rms set capacity = 1, on_duty = userid = 'li.wei'")
})
afterAll(() => world.stop())

const writes = async (name: string): Promise<void> => {
  world.customer(name).writes('你好')
  await world.settle()
  await world.advance(minute)
}
const hears = (name: string) => world.customer(name).sees()
const tasksOf = async (name: string) =>
  (await world.pool.query('select kind, title, state from tasks where external_userid = $1', [name])).rows

test('he hears once how many are before him and how long it takes at the pace of the last half hour', async () => {
  await writes('wm_served')
  await writes('wm_one')
  await writes('wm_two')
  await writes('wm_two')
  const told = (name: string) => hears(name).filter((line) => line.includes('排队'))
  expect(told('wm_one')).toEqual([expect.stringContaining('您排在第1位，预计约30分钟')])
  expect(told('wm_two')).toEqual([expect.stringContaining('您排在第2位，预计约60分钟')])
})

const waysOut = [
  ['queue_leave_message', 'left-message', '客户经理会尽快联系您'],
  ['queue_call_back', 'call-back', '客户经理会尽快联系您'],
  ['queue_add_manager', 'follow-up', '添加好友'],
] as const
test.each(waysOut)(
  '%s: he no longer stands in the queue, the wish is work for somebody, and he knows it',
  async (item, kind, words) => {
    const name = `wm_${item}`
    await writes(name)
    world.customer(name).clicks(item)
    await world.settle()
    expect(await world.conversation(name)).toMatchObject({ status: 'bot', left_message: true, waiting_reason: null })
    expect(await tasksOf(name)).toMatchObject([{ kind, state: 'open' }])
    expect(hears(name).at(-1)).toContain(words)
    world.customer(name).clicks(item)
    await world.settle()
    expect(await tasksOf(name)).toHaveLength(1)
  },
)

test('who stayed is served before those who left; they too are served in the end', async () => {
  const served: string[] = []
  for (let turn = 0; turn < 6; turn += 1) {
    const { rows } = await world.pool.query("select external_userid from conversations where status = 'assigned'")
    served.push(rows[0].external_userid)
    world.rm('li.wei').ends(world.account, rows[0].external_userid)
    await world.settle()
  }
  expect(served).toEqual(['wm_served', 'wm_one', 'wm_two', ...waysOut.map(([item]) => `wm_${item}`)])
})
