import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** Each way in which an invitation can reach a customer, from the app's button to his manager's contact list. */
const says = (word: string) => ({ fact: 'message.text', contains: [word] })
const toLiWei = { steps: [{ to: 'rm:li.wei' }], otherwise: 'leave-message' }
const rules = {
  ...smallRules,
  pools: {
    ...smallRules.pools,
    branch: { name: '网点', members: { rms: ['sun.li'] }, handover: 'relay' },
  },
  invitation: { default: 'never', linkPrice: 1.5 },
  rules: [
    { key: 'wealth', name: '理财', when: says('理财'), invite: 'at-once', ...toLiWei },
    { key: 'loan', name: '贷款', when: says('贷款'), invite: 'after-service', ...toLiWei },
    {
      key: 'branch',
      name: '网点',
      when: says('网点'),
      invite: 'after-service',
      ...toLiWei,
      steps: [{ to: 'pool:branch' }],
    },
  ],
}
let world: World
beforeAll(async () => {
  const people = smallBank()
  people.rms.push({ ...(people.rms[2] as (typeof people.rms)[2]), userid: 'sun.li', name: '孙丽', capacity: 50 })
  world = await createWorld({ rules, people })
  await world.pool.query("update rms set capacity = 50, supervises = case when userid = 'zhao.lei' then 'shanghai' end")
  await world.api('PUT', '/channels/app_home', { name: '手机银行首页', kind: 'app', openKfId: world.account })
})
afterAll(() => world.stop())

/** He comes by the button of the bank's app and writes. */
const asks = async (name: string, text: string): Promise<void> => {
  const made = await world.api('POST', '/channels/app_home/links', { campaign: 'autumn' })
  world.customer(name).opens({ url: String(made.body['url']) })
  await world.settle()
  world.customer(name).writes(text)
  await world.settle()
}
const sees = (name: string) =>
  world.wecom
    .customer(name)
    .sees(world.account)
    .filter(({ from }) => from === 'account')
const lastSeen = (name: string): string => JSON.stringify(sees(name).at(-1)?.payload)
const linkIn = (line: string): string => /"url":"(https:[^"]+)"/.exec(line)?.[1] ?? ''
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
      'select id, rm, by, via, sent_at is not null as sent, failed, added_rm from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows
const notDone = async () =>
  (await world.pool.query("select kind, error from outbox where state in ('failed', 'expired')")).rows

/** Entry, conversation, invitation and add are one story in the ledger, by this way and to this manager. */
const joined = async (name: string, { via, by, rm = 'li.wei' }: { via: string; by: string; rm?: string }) => {
  const [invitation] = await invitations(name)
  expect(invitation).toMatchObject({ rm, by, via, sent: true, added_rm: rm })
  const { id: conversationId } = await world.conversation(name)
  expect(await touch(name, 'contact.invited')).toEqual([
    {
      channel: 'app_home',
      rm,
      conversation_id: conversationId,
      data: { invitationId: invitation.id, via, by },
    },
  ])
  expect(await touch(name, 'contact.added')).toMatchObject([
    {
      channel: 'app_home',
      rm,
      conversation_id: conversationId,
      data: {
        first: true,
        invitation: { id: invitation.id, via, conversationId },
        entry: { channel: 'app_home', campaign: 'autumn' },
      },
    },
  ])
}

describe('at once, where the rule says so', () => {
  test('the card of his manager and a line with it, then the hand-over; he adds him from the card', async () => {
    world.wecom.contacts.setQuota(100)
    await world.settle()
    await asks('wm_card', '想了解理财')
    expect(sees('wm_card').map(({ type }) => type)).toEqual(['msgmenu', 'ca_link', 'msgmenu', 'text'])
    expect(JSON.stringify(sees('wm_card')[2]?.payload)).toContain('可以直接找李伟')
    expect(world.wecom.state(world.account, 'wm_card')).toEqual({ state: 3, servicer: 'li.wei' })
    world.customer('wm_card').raw.addsFromCard(world.account)
    await world.settle()
    await joined('wm_card', { via: 'acquisition-link', by: 'rule' })
    const said = await world.pool.query(
      "select type from messages where external_userid = 'wm_card' and sender = 'bot' order by at, seq",
    )
    expect(said.rows.map(({ type }) => type)).toEqual(['msgmenu', 'ca_link', 'msgmenu', 'text'])
    expect(await notDone()).toEqual([])
  })

  test('"no thanks" while his manager has him: kept, and nobody says a word', async () => {
    await asks('wm_no', '想了解理财')
    const before = sees('wm_no').length
    world.customer('wm_no').clicks('invite_decline')
    await world.settle()
    expect(sees('wm_no')).toHaveLength(before)
    const { rows } = await world.pool.query(
      "select invites_declined_at is not null as declined from customers where external_userid = 'wm_no'",
    )
    expect(rows).toEqual([{ declined: true }])
    expect(await notDone()).toEqual([])
  })

  test('the answer to the card gets lost: he sees card and line once, and is invited once', async () => {
    world.wecom.faults.add({ path: 'kf/send_msg', does: 'drop', times: 1 })
    await asks('wm_lost', '想了解理财')
    world.wecom.faults.clear()
    expect(sees('wm_lost').filter(({ type }) => type === 'ca_link')).toHaveLength(1)
    expect(await touch('wm_lost', 'contact.invited')).toHaveLength(1)
  })

  test('no rule invites: nobody is invited', async () => {
    await asks('wm_plain', '你好')
    expect(await invitations('wm_plain')).toEqual([])
  })
})

describe('after a conversation', () => {
  test('his manager ends the session: the closing words carry the link', async () => {
    await asks('wm_closed', '想了解贷款')
    world.rm('li.wei').replies(world.account, 'wm_closed', '您好')
    world.rm('li.wei').ends(world.account, 'wm_closed')
    await world.settle()
    expect(world.wecom.state(world.account, 'wm_closed').state).toBe(4)
    expect(lastSeen('wm_closed')).toContain('感谢您的咨询')
    world.customer('wm_closed').raw.addsByLink(linkIn(lastSeen('wm_closed')))
    await world.settle()
    await joined('wm_closed', { via: 'acquisition-link', by: 'after-service' })
  })

  test('she answered through the bot: the session is the bot’s, so closing words and card are messages', async () => {
    await asks('wm_relay', '想去网点')
    world.rm('sun.li').writes('您好，几点来都行')
    await world.settle()
    world.customer('wm_relay').writes('好的，谢谢')
    await world.settle()
    world.rm('sun.li').writes('结束')
    await world.settle()
    expect(world.wecom.state(world.account, 'wm_relay').state).toBe(1)
    expect(
      sees('wm_relay')
        .map(({ type }) => type)
        .slice(-3),
    ).toEqual(['text', 'ca_link', 'msgmenu'])
    world.customer('wm_relay').raw.addsFromCard(world.account)
    await world.settle()
    await joined('wm_relay', { via: 'acquisition-link', by: 'after-service', rm: 'sun.li' })
  })
})

describe('the quota of the paid links', () => {
  test('nearly used up: the admin is warned, once; used up: told, and the contact way takes over', async () => {
    world.wecom.contacts.setQuota(20)
    const [link] = world.wecom.contacts.links()
    const warned = (words: string) => world.rings('zhao.lei').filter((line) => line.includes(words)).length
    world.customer('wm_quota1').raw.addsByLink(link?.url as string)
    await world.settle()
    expect(warned('不足 20')).toBe(1)
    expect((await world.api('GET', '/acquisition')).body).toMatchObject({ balance: 19 })
    world.customer('wm_quota2').raw.addsByLink(link?.url as string)
    await world.settle()
    expect([warned('不足 20'), warned('已用完')]).toEqual([1, 0])
    world.wecom.contacts.setQuota(1)
    world.customer('wm_quota3').raw.addsByLink(link?.url as string)
    await world.settle()
    expect(warned('已用完')).toBe(1)
    expect((await world.api('GET', '/acquisition')).body).toMatchObject({ balance: 0 })
  })

  test('and the contact way’s code leads to the same story', async () => {
    await asks('wm_way', '想了解理财')
    expect(sees('wm_way').map(({ type }) => type)).toEqual(['msgmenu', 'msgmenu', 'text'])
    world.customer('wm_way').raw.scans(linkIn(JSON.stringify(sees('wm_way')[1]?.payload)))
    await world.settle()
    await joined('wm_way', { via: 'contact-way', by: 'rule' })
  })

  test('bought again: known at once, and links are used again', async () => {
    world.wecom.contacts.setQuota(20)
    await world.settle()
    expect((await world.api('GET', '/acquisition')).body).toMatchObject({ balance: 20 })
    await asks('wm_again', '想了解理财')
    expect(sees('wm_again').map(({ type }) => type)).toContain('ca_link')
  })

  test('a batch ends soon, and a link is deleted in the console: told; the next customer gets another link', async () => {
    const told = (words: string) => world.rings('zhao.lei').filter((line) => line.includes(words)).length
    world.wecom.contacts.setQuota(20, 7)
    world.wecom.contacts.tellExpiring()
    await world.settle()
    expect(told('有 20 个可添加客户名额将于11月30日到期')).toBe(1)
    const links = world.wecom.contacts.links().map(({ linkId }) => linkId)
    for (const linkId of links) world.wecom.contacts.deletesLink(linkId)
    await world.settle()
    expect(told('已不可用')).toBe(links.length)
    await asks('wm_new_link', '想了解理财')
    expect(sees('wm_new_link').map(({ type }) => type)).toContain('ca_link')
  })

  test('nobody in the bank to warn: the books say so', async () => {
    await world.pool.query('update rms set supervises = null')
    await world.advance(60_000)
    world.customer('wm_new_link').raw.addsFromCard(world.account)
    await world.settle()
    const { rows } = await world.pool.query("select data from touchpoints where kind = 'alarm.unheard'")
    expect(rows).toEqual([{ data: { what: 'acquisition/balance_low' } }])
  })
})

test('what the links cost this month: everybody who came by one, also by a link that was passed on', async () => {
  // Who came how is read from WeCom half a minute after the add.
  await world.advance(60_000)
  const { rows } = await world.pool.query('select count(*)::int as n from contacts where add_way = 16')
  const { body } = await world.api('GET', '/acquisition')
  expect(rows[0].n).toBeGreaterThan(Number(body['usedThisMonth']))
  expect(body).toMatchObject({ addedThisMonth: rows[0].n, price: 1.5, costThisMonth: rows[0].n * 1.5 })
})

test('the books of all this have no other gap', async () => {
  const { gaps } = (await world.api('GET', '/integrity')).body as unknown as { gaps: { what: string }[] }
  expect(gaps).toMatchObject([{ what: 'alarm-unheard' }])
})
