import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** "At once" also holds where a manager takes the customer by his own hand, or an admin gives him. */
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: {
      pools: { general: { ...smallRules.pools.general, handover: 'offer' } },
      fallback: { steps: [{ to: 'pool:general', stay: '2h' }], otherwise: 'leave-message' },
      invitation: { default: 'at-once' },
      firstReply: { remind: '5h', reassign: '9h' },
    },
  })
  await world.pool.query("update rms set capacity = 1, on_duty = userid = 'li.wei'")
  world.wecom.contacts.setQuota(100)
  await world.settle()
})
afterAll(() => world.stop())

const writes = async (name: string): Promise<void> => {
  world.customer(name).writes('你好')
  await world.settle()
}
const kindsSeen = (name: string) =>
  world.wecom
    .customer(name)
    .sees(world.account)
    .filter(({ from }) => from === 'account')
    .map(({ type }) => type)
const invitations = async (name: string) =>
  (
    await world.pool.query(
      'select rm, by, via, sent_at is not null as sent from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows
const sent = (rm: string) => [{ rm, by: 'rule', via: 'acquisition-link', sent: true }]

test('an offer: not while it is open, but when he takes it', async () => {
  await writes('wm_offer')
  expect(await world.conversation('wm_offer')).toMatchObject({ status: 'offered', rm: 'li.wei' })
  expect(await invitations('wm_offer')).toEqual([])
  world.rm('li.wei').clicks('accept')
  await world.settle()
  expect(world.wecom.state(world.account, 'wm_offer')).toEqual({ state: 3, servicer: 'li.wei' })
  expect(kindsSeen('wm_offer')).toEqual(['ca_link', 'msgmenu', 'text'])
  expect(await invitations('wm_offer')).toEqual(sent('li.wei'))
})

test('somebody waits, and he takes him from the card about the queue', async () => {
  await writes('wm_queue')
  expect(await world.conversation('wm_queue')).toMatchObject({ status: 'queued' })
  world.rm('li.wei').clicks('take')
  await world.settle()
  expect(await world.conversation('wm_queue')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
  expect(await invitations('wm_queue')).toEqual(sent('li.wei'))
})

test('an admin gives him to somebody: that one; given on to another, he is not asked a second time', async () => {
  await writes('wm_assigned')
  expect(await world.conversation('wm_assigned')).toMatchObject({ status: 'queued' })
  const { id } = await world.conversation('wm_assigned')
  const assign = (rm: string) => world.api('POST', `/conversations/${id}/assign`, { rm, reason: '指定' })
  await assign('wang.fang')
  await world.settle()
  expect(await invitations('wm_assigned')).toEqual(sent('wang.fang'))
  await assign('zhao.lei')
  await world.settle()
  expect(world.wecom.state(world.account, 'wm_assigned').servicer).toBe('zhao.lei')
  expect(await invitations('wm_assigned')).toEqual(sent('wang.fang'))
  expect(world.wecom.calls('kf/customer/upgrade_service')).toEqual([])
})
