import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** While a person has the session the app is silent: the servicer is asked to send the card (升级服务). */
const rules = {
  ...smallRules,
  invitation: { default: 'at-once', ways: ['acquisition-link', 'upgrade', 'contact-way'] },
}
let world: World
beforeAll(async () => {
  world = await createWorld({ rules })
  await world.pool.query('update rms set capacity = 50')
})
afterAll(() => world.stop())

const asks = async (name: string): Promise<void> => {
  await world.pool.query(
    "insert into customers (external_userid, owner, kind) values ($1, 'li.wei', 'sme') on conflict do nothing",
    [name],
  )
  await world.api('PUT', '/channels/app_home', { name: '手机银行首页', kind: 'app', openKfId: world.account })
  const made = await world.api('POST', '/channels/app_home/links', { campaign: 'autumn' })
  world.customer(name).opens({ url: String(made.body['url']) })
  await world.settle()
  world.customer(name).writes('想了解经营贷款')
  await world.settle()
}
const kindsSeen = (name: string) =>
  world.wecom
    .customer(name)
    .sees(world.account)
    .filter(({ from }) => from !== 'customer')
    .map(({ type }) => type)
const touch = async (name: string, kind: string) =>
  (
    await world.pool.query(
      'select channel, rm, conversation_id, data from touchpoints where external_userid = $1 and kind = $2 order by id',
      [name, kind],
    )
  ).rows
const invitations = async (name: string) =>
  (
    await world.pool.query(
      'select rm, by, via, sent_at is not null as sent, failed, added_rm from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows

describe('no paid link is left: his manager recommends herself', () => {
  test('after the hand-over her client offers the card; she sends it, he adds her, and the add is joined', async () => {
    world.wecom.contacts.setQuota(0)
    await world.pool.query('insert into acquisition_quota (balance, read_at) values (0, now())')
    await asks('wm_upgrade')
    expect(kindsSeen('wm_upgrade')).toEqual(['msgmenu', 'text'])
    expect(world.wecom.calls('kf/customer/upgrade_service')).toMatchObject([
      { body: { external_userid: 'wm_upgrade', type: 1, member: { userid: 'li.wei' } } },
    ])
    expect(await invitations('wm_upgrade')).toMatchObject([{ rm: 'li.wei', by: 'rule', via: 'upgrade', sent: true }])
    world.rm('li.wei').sendsCard(world.account, 'wm_upgrade')
    world.customer('wm_upgrade').raw.addsFromCard(world.account)
    await world.settle()
    const { id: conversationId } = await world.conversation('wm_upgrade')
    expect(await touch('wm_upgrade', 'contact.invited')).toMatchObject([
      { channel: 'app_home', rm: 'li.wei', conversation_id: conversationId, data: { via: 'upgrade', by: 'rule' } },
    ])
    expect(await touch('wm_upgrade', 'contact.added')).toMatchObject([
      {
        channel: 'app_home',
        rm: 'li.wei',
        conversation_id: conversationId,
        data: { invitation: { via: 'upgrade', conversationId }, entry: { channel: 'app_home', campaign: 'autumn' } },
      },
    ])
    expect(await touch('wm_upgrade', 'message.failed')).toEqual([])
  })

  test('WeCom does not allow her (95021): no invitation, nothing else is held up, and he may be invited again', async () => {
    world.wecom.faults.add({ path: 'kf/customer/upgrade_service', does: 'errcode', errcode: 95021, times: 1 })
    await asks('wm_not_allowed')
    expect(world.wecom.state(world.account, 'wm_not_allowed').servicer).toBe('li.wei')
    expect(await invitations('wm_not_allowed')).toMatchObject([
      { via: null, sent: false, failed: expect.stringContaining('95021') },
    ])
    expect(await touch('wm_not_allowed', 'contact.invited')).toEqual([])
  })

  test('WeCom refuses the hand-over itself: nobody would see the card, so nobody is said to have been invited', async () => {
    world.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode: 95019, times: 1 })
    await asks('wm_refused')
    expect(world.wecom.state(world.account, 'wm_refused')).toMatchObject({ state: 3 })
    expect(await invitations('wm_refused')).toMatchObject([{ sent: false, failed: 'nobody has the session' }])
    expect(await touch('wm_refused', 'contact.invited')).toEqual([])
  })
})

test('a paid link comes first where there is one', async () => {
  world.wecom.contacts.setQuota(10)
  await world.settle()
  await asks('wm_link')
  expect(kindsSeen('wm_link')).toEqual(['msgmenu', 'ca_link', 'msgmenu', 'text'])
  expect(world.wecom.calls('kf/customer/upgrade_service')).toHaveLength(2)
})
