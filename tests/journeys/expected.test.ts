import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'

/** 李伟 is full, 赵磊 at home; 王芳 has room for one, but is asked only at the third step. */
const minute = 60_000
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: {
      pools: { general: { name: '综合客服', members: {} } },
      fallback: {
        steps: [
          { to: 'rm:li.wei', stay: '2m' },
          { to: 'rm:zhao.lei', stay: '3m' },
          { to: 'pool:general', stay: '10m' },
        ],
        otherwise: 'leave-message',
      },
      firstReply: { remind: '1h', reassign: '2h' },
    },
  })
  await world.pool.query("update rms set capacity = 1, on_duty = userid <> 'zhao.lei'")
})
afterAll(() => world.stop())

const writes = async (name: string): Promise<void> => {
  world.customer(name).writes('你好')
  await world.settle()
  await world.advance(1000)
}
/** One by one: a step's stay begins when the step before is left. */
const minutes = async (count: number): Promise<void> => {
  for (let passed = 0; passed < count; passed += 1) await world.advance(minute)
}
const told = (name: string) =>
  world
    .customer(name)
    .sees()
    .filter((line) => line.includes('排队'))

test('who waits for a step with somebody free hears how long its turn takes, and is served then', async () => {
  await writes('wm_first')
  await writes('wm_second')
  expect(told('wm_second')).toEqual([expect.stringContaining('您排在第1位，预计约5分钟')])
  await minutes(4)
  expect(await world.conversation('wm_second')).toMatchObject({ status: 'queued' })
  await minutes(1)
  expect(await world.conversation('wm_second')).toMatchObject({ status: 'assigned', rm: 'wang.fang' })
})

test('where the room is not enough for those in front, the pace of the last half hour counts', async () => {
  await writes('wm_third')
  await writes('wm_fourth')
  world.rm('wang.fang').ends(world.account, 'wm_second')
  await world.settle()
  expect(told('wm_third')).toEqual([expect.stringContaining('您排在第1位，预计约15分钟')])
  expect(told('wm_fourth')).toEqual([expect.stringContaining('您排在第2位，预计约30分钟')])
  await writes('wm_fifth')
  expect(told('wm_fifth')).toEqual([expect.stringContaining('您排在第3位，预计约45分钟')])
})
