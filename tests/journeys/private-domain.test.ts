import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** From the button in the bank's app to the manager's contact list. */
const day = 24 * 3_600_000
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: { ...smallRules, invitation: { default: 'after-service' } } })
  world.wecom.contacts.setQuota(100)
  await world.settle()
})
afterAll(() => world.stop())

const touch = async (name: string, kind: string) =>
  (
    await world.pool.query(
      'select at, channel, rm, conversation_id, data from touchpoints where external_userid = $1 and kind = $2 order by id',
      [name, kind],
    )
  ).rows
/** He comes by the app's link, is served, and the session ends. Answers the link that he was given. */
const served = async (name: string, manager = 'li.wei'): Promise<string> => {
  const link = await appLink()
  world.customer(name).opens({ url: link })
  await world.settle()
  world.customer(name).writes('想了解经营贷款')
  await world.settle()
  const { rm } = await world.conversation(name)
  expect(rm).toBe(manager)
  world.rm(manager).replies(world.account, name, '您好，可以的')
  world.rm(manager).ends(world.account, name)
  await world.settle()
  return /"url":"(https:[^"]+)"/.exec(world.customer(name).sees().at(-1) ?? '')?.[1] ?? ''
}
const appLink = async (): Promise<string> => {
  await world.api('PUT', '/channels/app_home', { name: '手机银行首页', kind: 'app', openKfId: world.account })
  const made = await world.api('POST', '/channels/app_home/links', { campaign: 'autumn' })
  expect(made.status).toBe(200)
  return String(made.body['url'])
}
const known = (name: string, owner = 'li.wei') =>
  world.pool.query(
    "insert into customers (external_userid, owner, kind) values ($1, $2, 'sme') on conflict do nothing",
    [name, owner],
  )

test('app link, chat, service, invitation, contact with the whole attribution, welcome: one story in the ledger', async () => {
  await known('wm_story')
  const link = await served('wm_story')
  expect(link).toMatch(/^https:\/\/work\.weixin\.qq\.com\/ca\/.+customer_channel=i[0-9a-f]{19}$/)
  const met = world.customer('wm_story').raw.addsByLink(link)
  expect(met).toMatchObject({ userid: 'li.wei' })
  await world.settle()

  const [invited] = await touch('wm_story', 'contact.invited')
  const [added] = await touch('wm_story', 'contact.added')
  const { id: conversationId } = await world.conversation('wm_story')
  expect(invited).toMatchObject({ rm: 'li.wei', data: { via: 'acquisition-link', by: 'after-service' } })
  expect(added).toMatchObject({
    rm: 'li.wei',
    channel: 'app_home',
    conversation_id: conversationId,
    data: {
      first: true,
      half: true,
      state: /customer_channel=(.+)$/.exec(link)?.[1],
      invitation: { id: invited.data.invitationId, via: 'acquisition-link', conversationId },
      channel: 'app_home',
      entry: { channel: 'app_home', campaign: 'autumn' },
    },
  })
  const welcome = (await touch('wm_story', 'message.sent')).find(({ data }) => data.via === 'welcome')
  expect(welcome.at - added.at).toBeLessThan(20_000)
  expect(JSON.stringify(world.customer('wm_story').raw.seesOf('li.wei'))).toContain('刚才为您服务的李伟')

  const { body } = await world.api('GET', '/invitations?externalUserId=wm_story')
  expect(body).toMatchObject({
    items: [{ status: 'added', channel: 'app_home', campaign: 'autumn', addedRm: 'li.wei' }],
  })
  expect((await world.api('GET', '/touchpoints?externalUserId=wm_story&kind=contact.added')).body).toMatchObject({
    items: [{ conversationId: String(conversationId) }],
  })
  expect((await world.api('GET', '/integrity')).body).toMatchObject({ gaps: [] })
})

test('an existing contact is served and not invited', async () => {
  world.clock.advance(31 * day)
  expect(await served('wm_story')).toBe('')
  expect(await touch('wm_story', 'contact.invited')).toHaveLength(1)
})

test('the paid links are used up: he gets the code of his manager; the add is joined by customer and manager', async () => {
  world.wecom.contacts.setQuota(1)
  const [link] = world.wecom.contacts.links()
  world.customer('wm_last_one').raw.addsByLink(link?.url as string)
  await world.settle()
  expect((await world.api('GET', '/acquisition')).body).toMatchObject({ balance: 0, links: 1, contactWays: 0 })
  await known('wm_code')
  const code = await served('wm_code')
  expect(code).not.toContain('/ca/')
  world.customer('wm_code').raw.scans(code)
  await world.settle()
  const [added] = await touch('wm_code', 'contact.added')
  expect(added).toMatchObject({
    rm: 'li.wei',
    channel: 'app_home',
    data: { state: expect.stringMatching(/^w/), invitation: { via: 'contact-way' }, entry: { campaign: 'autumn' } },
  })
  // The same code serves every customer of his: WeCom counts them.
  await known('wm_code_2')
  expect(await served('wm_code_2')).toBe(code)
  expect(world.wecom.calls('externalcontact/add_contact_way')).toHaveLength(1)
})

test('no state comes back: the invitation explains the add within its days, and not after', async () => {
  world.customer('wm_code_2').raw.adds('li.wei')
  await world.settle()
  expect((await touch('wm_code_2', 'contact.added'))[0].data).toMatchObject({ invitation: { via: 'contact-way' } })
  await known('wm_slow')
  await served('wm_slow')
  await world.advance(15 * day)
  world.customer('wm_slow').raw.adds('li.wei')
  await world.settle()
  expect((await touch('wm_slow', 'contact.added'))[0].data).not.toHaveProperty('invitation')
})

test('a link that he passes on brings a friend by the same channel, not by his invitation', async () => {
  world.wecom.contacts.setQuota(100)
  await world.settle()
  expect((await world.api('GET', '/acquisition')).body).toMatchObject({ balance: 100, expiring: [{ balance: 100 }] })
  await known('wm_sharer')
  const link = await served('wm_sharer')
  world.customer('wm_friend').raw.addsByLink(link)
  await world.settle()
  const [added] = await touch('wm_friend', 'contact.added')
  expect(added).toMatchObject({ channel: 'app_home', conversation_id: null })
  expect(added.data).not.toHaveProperty('invitation')
  expect((await world.api('GET', '/invitations?externalUserId=wm_sharer')).body).toMatchObject({
    items: [{ status: 'sent' }],
  })
})
