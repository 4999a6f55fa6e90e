import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** Invitations that a manager asks for in the app's chat: done, or answered with why not and what to do. */
const says = (word: string) => ({ fact: 'message.text', contains: [word] })
const toLiWei = { steps: [{ to: 'rm:li.wei' }], otherwise: 'leave-message' }
const rules = {
  ...smallRules,
  pools: { ...smallRules.pools, branch: { name: '网点', members: { rms: ['sun.li'] }, handover: 'relay' } },
  invitation: { default: 'after-service', againDays: 30 },
  firstReply: { remind: '5h', reassign: '9h' },
  rules: [
    { key: 'complaint', name: '投诉', when: says('投诉'), invite: 'never', ...toLiWei },
    { key: 'branch', name: '网点', when: says('网点'), ...toLiWei, steps: [{ to: 'pool:branch' }] },
    { key: 'all', name: '全部', when: says('您好'), ...toLiWei },
  ],
}
let world: World
beforeAll(async () => {
  const people = smallBank()
  people.rms.push({ ...(people.rms[2] as (typeof people.rms)[2]), userid: 'sun.li', name: '孙丽' })
  world = await createWorld({ rules, people })
  await world.pool.query("update rms set capacity = 50, supervises = case when userid = 'zhao.lei' then 'shanghai' end")
  world.wecom.contacts.setQuota(100)
  await world.settle()
})
afterAll(() => world.stop())
beforeEach(async () => {
  // Whoever had a session before has it no more: each story has its own customer.
  for (const { rm, external_userid: name } of (
    await world.pool.query("select rm, external_userid from conversations where status = 'assigned' and not relay")
  ).rows)
    world.rm(rm).ends(world.account, name)
  await world.settle()
})

/** What the app answers to what he writes. */
const answer = async (userid: string, text: string): Promise<string[]> => {
  const before = world.rings(userid).length
  world.rm(userid).writes(text)
  await world.settle()
  return world.rings(userid).slice(before)
}
const knows = (name: string, called: string, owner = 'li.wei') =>
  world.pool.query(
    'insert into customers (external_userid, name, owner, known) values ($1, $2, $3, true) on conflict do nothing',
    [name, called, owner],
  )
const asks = async (name: string, text = '您好，请问'): Promise<void> => {
  world.customer(name).writes(text)
  await world.settle()
}
const invitations = async (name: string) =>
  (
    await world.pool.query(
      'select rm, by, via, sent_at is not null as sent, failed from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows
const kindsSeen = (name: string) =>
  world.wecom
    .customer(name)
    .sees(world.account)
    .map(({ type }) => type)

describe('whom he means', () => {
  test('nobody, somebody unknown, several, and somebody else’s: told what to write', async () => {
    await knows('wm_twin1', '麦香超市')
    await knows('wm_twin2', '麦香酒店')
    expect(await answer('li.wei', '邀请')).toEqual([expect.stringContaining('请写上客户姓名，例如“邀请 张三”')])
    expect(await answer('li.wei', '邀请 张飞')).toEqual([expect.stringContaining('没有找到“张飞”')])
    expect(await answer('li.wei', '邀请 麦香')).toEqual([expect.stringMatching(/多位客户[^]*· 麦香超市[^]*· 麦香酒店/)])
    expect(await answer('wang.fang', '邀请 麦香超市')).toEqual([expect.stringContaining('没有找到“麦香超市”')])
    await world.pool.query("update customers set branch = 'shanghai' where external_userid = 'wm_twin1'")
    expect(await answer('zhao.lei', '邀请 麦香超市')).toEqual([
      expect.stringContaining('麦香超市由李伟维护，请由归属的客户经理邀请'),
    ])
    expect(await answer('some.body', '邀请 麦香超市')).toEqual([expect.stringContaining('尚未登记为客户经理')])
  })

  test('a sentence that only begins so is none: 邀请您来网点', async () => {
    expect(await answer('li.wei', '邀请您来网点')).toEqual([expect.stringContaining('没有看懂')])
    expect(await answer('li.wei', '邀请函已寄出')).toEqual([expect.stringContaining('没有看懂')])
    expect(await answer('li.wei', '帮助')).toEqual([expect.stringContaining('邀请 张三：')])
  })

  test('of two whom he is answering he must say which', async () => {
    await knows('wm_one', '钱一')
    await knows('wm_two', '钱二')
    await asks('wm_one')
    await asks('wm_two')
    expect(await answer('li.wei', '邀请')).toEqual([expect.stringMatching(/多位客户：1 钱一、2 钱二/)])
    expect(await answer('li.wei', '邀请 2')).toEqual([expect.stringContaining('与钱二的会话里')])
    expect(await invitations('wm_one')).toEqual([])
    expect(await invitations('wm_two')).toMatchObject([{ rm: 'li.wei', by: 'rm', via: 'upgrade', sent: true }])
  })
})

describe('it can be done', () => {
  test('he has the session: his client offers the card, he sends it, and the add is joined to it', async () => {
    await knows('wm_card', '周卡')
    await asks('wm_card')
    expect(await answer('li.wei', '邀请 周卡')).toEqual([expect.stringContaining('名片须由您亲手发出')])
    world.rm('li.wei').sendsCard(world.account, 'wm_card')
    world.customer('wm_card').raw.addsFromCard(world.account)
    await world.settle()
    const { rows } = await world.pool.query(
      "select kind, rm, data -> 'invitation' ->> 'via' as via from touchpoints where external_userid = 'wm_card' and kind like 'contact.%' order by id",
    )
    expect(rows.slice(0, 2)).toEqual([
      { kind: 'contact.invited', rm: 'li.wei', via: null },
      { kind: 'contact.added', rm: 'li.wei', via: 'upgrade' },
    ])
  })

  test('she answers through the bot: the bot sends her card; "邀请" alone means him', async () => {
    await knows('wm_relay', '吴网点', 'sun.li')
    await asks('wm_relay', '想去网点')
    expect(await answer('sun.li', '邀请')).toEqual([expect.stringContaining('已邀请吴网点添加您为微信好友')])
    expect(kindsSeen('wm_relay').slice(-2)).toEqual(['ca_link', 'msgmenu'])
    expect(await answer('sun.li', '邀请吴网点')).toEqual([
      expect.stringContaining('吴网点已于11月23日星期一收到过邀请，30天内不重复邀请'),
    ])
    expect(await invitations('wm_relay')).toHaveLength(1)
    await answer('sun.li', '结束')
  })
})

describe('it cannot be done: he hears why, once', () => {
  const refusal = async (name: string, called: string): Promise<string[]> => {
    await asks(name)
    return answer('li.wei', `邀请 ${called}`)
  }
  const contact = (name: string, state: string) =>
    world.pool.query(
      `insert into contacts (customer_id, rm, state, since) select id, 'li.wei', '${state}', now() from customers where external_userid = $1`,
      [name],
    )

  test.each([
    ['active', '已经是您的微信好友'],
    ['half', '已添加您，请在企业微信“新的客户”里通过'],
    ['lost', '请勿再次邀请'],
  ])('he is his contact already, or was: %s', async (state, words) => {
    await knows(`wm_${state}`, `李${state}`)
    await contact(`wm_${state}`, state)
    expect(await refusal(`wm_${state}`, `李${state}`)).toEqual([expect.stringContaining(words)])
    expect(await invitations(`wm_${state}`)).toEqual([])
  })

  test('he wants no invitations, or not him', async () => {
    await knows('wm_declined', '郑不用')
    await world.pool.query("update customers set invites_declined_at = now() where external_userid = 'wm_declined'")
    expect(await refusal('wm_declined', '郑不用')).toEqual([expect.stringContaining('请尊重客户意愿')])
    await knows('wm_avoids', '郑回避')
    await asks('wm_avoids')
    await world.pool.query("update customers set avoid = '{li.wei}' where external_userid = 'wm_avoids'")
    expect(await answer('li.wei', '邀请 郑回避')).toEqual([expect.stringContaining('已登记为不由您服务')])
  })

  test('a complaint: the rule itself says never', async () => {
    await knows('wm_angry', '王投诉')
    await asks('wm_angry', '我要投诉')
    expect(await answer('li.wei', '邀请 王投诉')).toEqual([expect.stringContaining('按本行规则')])
  })

  test('a colleague has the session; none is going on; he never wrote', async () => {
    await knows('wm_colleague', '冯同事')
    await asks('wm_colleague')
    const { id } = await world.conversation('wm_colleague')
    await world.api('POST', `/conversations/${id}/assign`, { rm: 'wang.fang', reason: '指定' })
    await world.settle()
    expect(await answer('li.wei', '邀请 冯同事')).toEqual([expect.stringContaining('正由王芳接待')])
    world.rm('wang.fang').ends(world.account, 'wm_colleague')
    await world.settle()
    expect(await answer('li.wei', '邀请 冯同事')).toEqual([expect.stringContaining('现在没有进行中的客服会话')])
    await knows('wm_never', '陈未来')
    expect(await answer('li.wei', '邀请 陈未来')).toEqual([expect.stringContaining('现在没有进行中的客服会话')])
  })

  test('WeCom refuses: told, and it may be tried again', async () => {
    await knows('wm_refused', '褚拒绝')
    world.wecom.faults.add({ path: 'kf/customer/upgrade_service', does: 'errcode', errcode: 95021, times: 1 })
    expect(await refusal('wm_refused', '褚拒绝')).toEqual([expect.stringContaining('企业微信没有发出给褚拒绝的邀请')])
    expect(await answer('li.wei', '邀请 褚拒绝')).toEqual([expect.stringContaining('名片须由您亲手发出')])
    expect(await invitations('wm_refused')).toMatchObject([{ sent: false }, { sent: true }])
  })

  test('no link can be had; the paid ones are used up', async () => {
    await world.pool.query(`insert into manager_links (rm, via, trouble, trouble_at)
      select 'sun.li', via, 'no', now() from unnest('{acquisition-link,contact-way}'::text[]) via
      on conflict (rm, via) do update set url = null, trouble = 'no', trouble_at = now()`)
    await knows('wm_nolink', '卫无链', 'sun.li')
    await asks('wm_nolink', '想去网点')
    expect(await answer('sun.li', '邀请 卫无链')).toEqual([expect.stringContaining('没有给出您的获客链接')])
    world.wecom.contacts.setQuota(0)
    await world.pool.query('update acquisition_quota set balance = 0')
    expect(await answer('sun.li', '邀请 卫无链')).toEqual([expect.stringContaining('可用名额已用完')])
    expect(kindsSeen('wm_nolink')).not.toContain('ca_link')
    expect(await invitations('wm_nolink')).toMatchObject([{ sent: false }, { sent: false }])
  })
})

test('the books have no gap', async () => {
  expect((await world.api('GET', '/integrity')).body).toMatchObject({ gaps: [] })
})
