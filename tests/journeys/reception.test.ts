import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  await world.advance(60_000)
})
afterAll(() => world.stop())

const reception = async () =>
  (await world.pool.query("select status, since from servicers where userid = 'zhao.lei'")).rows[0]
/** A status event as `sync_msg` tells it, however late we come to read it. */
const hears = async (status: number, secondsAgo: number): Promise<void> => {
  const item = {
    msgid: `m_status_${status}_${world.clock.now()}`,
    send_time: Math.floor(world.clock.now() / 1_000) - secondsAgo,
    origin: 4,
    msgtype: 'event',
    event: { event_type: 'servicer_status_change', servicer_userid: 'zhao.lei', status, open_kfid: world.account },
  }
  await world.pool.query(
    `insert into inbox (kind, key, subject, payload, occurred_at) values ('kf/servicer_status_change', $1, $2, $3, now())`,
    [item.msgid, `account:${world.account}`, JSON.stringify({ item })],
  )
  await world.settle()
}

test('what WeCom said last holds, in whatever order it is heard', async () => {
  await hears(2, 5)
  expect(await reception()).toMatchObject({ status: 'stopped' })
  const { since } = await reception()
  await hears(1, 30)
  expect(await reception()).toEqual({ status: 'stopped', since })
  await hears(1, 2)
  expect(await reception()).toMatchObject({ status: 'receiving' })
})

test('within one second, which is all that WeCom tells, whatever is heard last holds', async () => {
  world.rm('zhao.lei').stops(world.account)
  world.rm('zhao.lei').resumes(world.account)
  await world.settle()
  expect(await reception()).toMatchObject({ status: 'receiving' })
})
