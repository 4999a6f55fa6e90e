import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const second = 1_000
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  await world.pool.query('update rms set capacity = 1000')
})
afterAll(() => world.stop())
/** What happened between him and us, without what we learned about him by the way. */
const story = async (name: string) => (await world.touchpoints(name)).filter((kind) => !kind.startsWith('identity.'))

const welcomes = (name: string): string[] =>
  world
    .customer(name)
    .sees()
    .filter((line) => line.includes('欢迎'))
const errands = async (name: string) =>
  (
    await world.pool.query("select state, error from outbox where subject = $1 and kind = 'kf/send_msg_on_event'", [
      name,
    ])
  ).rows
/** News that no callback tells of, until the next one does. */
const unheard = (act: () => void): void => {
  world.wecom.callbacks.knobs.stopped = true
  act()
  world.wecom.callbacks.knobs.stopped = false
}
const ring = async (): Promise<void> => {
  world.customer('wm_bell').writes('铃')
  await world.settle()
}

test('he opens the chat and is welcomed with a menu; what he taps reaches his manager', async () => {
  const visitor = world.customer('wm_bakery')
  visitor.opens({ openKfId: world.account, scene: 'app_home' })
  await world.settle()
  expect(welcomes('wm_bakery')).toEqual([expect.stringContaining('小城银行客服')])
  visitor.clicks('loan')
  await world.settle()
  expect(world.rings('li.wei')).toEqual([expect.stringContaining('经营贷款')])
  expect(await story('wm_bakery')).toEqual([
    'entry.opened',
    'message.sent',
    'message.received',
    'conversation.routed',
    'message.sent',
  ])
  const { rows } = await world.pool.query(
    "select data from touchpoints where external_userid = 'wm_bakery' and kind = 'message.received'",
  )
  expect(rows).toMatchObject([{ data: { type: 'text', menuId: 'loan' } }])
})

test('who only looks in opens no conversation', async () => {
  world.customer('wm_looks').opens()
  await world.settle()
  expect(await world.conversation('wm_looks')).toBeUndefined()
})

test('within 48 hours he is welcomed once; after that again', async () => {
  world.customer('wm_again').opens()
  await world.settle()
  world.customer('wm_again').opens()
  await world.settle()
  expect(welcomes('wm_again')).toHaveLength(1)
  await world.advance(49 * 3600 * second)
  world.customer('wm_again').opens()
  await world.settle()
  expect(welcomes('wm_again')).toHaveLength(2)
})

test('heard of after 15 seconds: still welcomed', async () => {
  unheard(() => void world.customer('wm_15s').opens())
  world.clock.advance(15 * second)
  await ring()
  expect(welcomes('wm_15s')).toHaveLength(1)
})

test('heard of after 21 seconds: nobody tries, nothing fails, the visit is on record', async () => {
  const calls = world.wecom.calls('kf/send_msg_on_event').length
  unheard(() => void world.customer('wm_21s').opens())
  world.clock.advance(21 * second)
  await ring()
  expect(welcomes('wm_21s')).toEqual([])
  expect(await errands('wm_21s')).toEqual([{ state: 'expired', error: 'its time was over' }])
  expect(world.wecom.calls('kf/send_msg_on_event').length - calls).toBeLessThanOrEqual(1) // the bell's own
  expect(await story('wm_21s')).toEqual(['entry.opened', 'message.failed'])
  expect((await world.api('GET', '/integrity')).body).toMatchObject({ gaps: [] })
})

test('a welcome overtakes a backlog', async () => {
  await world.pool.query('update rms set on_duty = false') // RMs' phones take 30 messages a minute
  unheard(() => {
    for (let n = 0; n < 120; n += 1) world.customer(`wm_backlog_${n % 40}`).writes(`第${n}条`)
    world.customer('wm_newcomer').opens()
  })
  await ring()
  expect(welcomes('wm_newcomer')).toHaveLength(1)
  const { rows } = await world.pool.query(
    `select count(*)::int as before from inbox where subject like 'wm_backlog%' and done_at < (select done_at from inbox where subject = 'wm_newcomer')`,
  )
  expect(rows[0].before).toBeLessThan(30)
})
