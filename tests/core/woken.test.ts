import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** No loop looks by itself within this test: whatever goes on has been woken. */
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules, pollMs: 3_600_000 })
})
afterAll(() => world.stop())

const errands = async (name: string): Promise<string[]> =>
  (
    await world.pool.query<{ what: string }>(
      `select distinct lane || ' ' || kind || ' ' || state as what from outbox
       where subject in ($1, 'profile:' || $1) or payload ->> 'externalUserId' = $1 order by 1`,
      [name],
    )
  ).rows.map(({ what }) => what)

test('what a message and a new contact leave to be done is done without anybody looking for it', async () => {
  world.customer('wm_bakery').opens()
  world.customer('wm_bakery').writes('想了解经营贷款')
  await world.settle()
  expect(world.rings('li.wei')).toEqual([expect.stringContaining('经营贷款')])
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好')
  world.rm('li.wei').ends(world.account, 'wm_bakery')
  world.customer('wm_bakery').raw.adds('li.wei')
  await world.settle()
  await world.advance(120_000)
  expect(await errands('wm_bakery')).toEqual([
    '0 contact/welcome done',
    '0 kf/send_msg_on_event done',
    '1 kf/send_msg_on_event done',
    '1 kf/trans done',
    '1 message/grey_cards done',
    '2 contact/read done',
    '3 kf/profile done',
  ])
}, 60_000)
