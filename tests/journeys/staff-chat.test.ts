import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const rules = { ...smallRules, firstReply: { remind: '1h', reassign: '2h' } }
let world: World
beforeAll(async () => {
  const people = smallBank()
  people.rms.push({ ...(people.rms[1] as (typeof people.rms)[1]), userid: 'wang.min', name: '王敏', skills: {} })
  world = await createWorld({ rules, people })
})
afterAll(() => world.stop())

/** What the app answers to what he writes. */
const says = async (userid: string, text: string): Promise<string> => {
  const before = world.rings(userid).length
  world.rm(userid).writes(text)
  await world.settle()
  return world.rings(userid).slice(before).join('\n')
}
const owner = async (name: string) => (await world.conversation(name))['rm']

test('his day: who waits, whom he answered, what is due', async () => {
  world.customer('wm_bakery').writes('想申请贷款')
  await world.settle()
  await world.pool.query(
    `insert into tasks (kind, rm, customer_id, title, due_at, created_by)
     select 'follow-up', 'li.wei', id, '回访授信进度', $1, 'rm' from customers where external_userid = 'wm_bakery'`,
    [new Date(world.clock.now() + 3_600_000)],
  )
  const day = await says('li.wei', '　今天。')
  expect(day).toContain('【今日】李伟，空闲')
  expect(day).toContain('接待中1位：等您回复1位（麦香面包房），已回复0位')
  expect(day).toContain('今天到期的待办1项')
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好')
  await world.settle()
  const later = await says('li.wei', '今日')
  expect(later).toContain('等您回复0位，已回复1位')
  expect(later).toContain('今日首次回复1位')
  expect(await says('li.wei', '待办')).toMatch(/【待办】共1项\s+1\. 回访授信进度：麦香面包房（11月23日/)
  expect(await says('wang.fang', '待办')).toContain('没有未完成的待办')
  expect(await says('li.wei', '待办 完成 2 已联系')).toContain('没有第2项待办（共1项）')
  expect(await says('li.wei', '待办　完成　１，已预约周五面谈')).toContain('已完成：回访授信进度（约定再联系）')
  expect((await world.pool.query('select state, outcome, note, done_by from tasks')).rows).toEqual([
    { state: 'done', outcome: 'appointed', note: '已预约周五面谈', done_by: 'li.wei' },
  ])
})

describe('客户', () => {
  test('one: his profile and the last touch', async () => {
    const found = await says('li.wei', '客户　麦香面包房')
    expect(found).toMatch(
      /【客户】麦香面包房（小微企业，shanghai）\n归属：李伟\n标签：暂无\n最近：11月23日 \d\d:\d\d (客户经理|系统)回复/,
    )
    expect(await says('li.wei', '客户麦香')).toContain('【客户】麦香面包房')
  })
  test('several: who they are; somebody else’s and nobody: told so', async () => {
    await world.pool.query(
      "insert into customers (external_userid, name, owner, known) values ('wm_twin1', '麦香超市', 'li.wei', true), ('wm_alien', '麦香酒店', 'zhao.lei', true)",
    )
    const found = await says('li.wei', '客户 麦香')
    expect(found).toContain('· 麦香面包房')
    expect(found).toContain('· 麦香超市')
    expect(found).not.toContain('麦香酒店')
    expect(await says('li.wei', '客户 麦香酒店')).toContain('没有找到“麦香酒店”')
    expect(await says('li.wei', '客户 %')).toContain('没有找到“%”')
    expect(await says('li.wei', '客户')).toContain('请写上姓名')
  })
})

describe('转接', () => {
  test('nobody of that name, several, one who cannot: told, and nothing moves', async () => {
    expect(await says('li.wei', '转接')).toContain('没有找到同事')
    expect(await says('li.wei', '转接 张飞 开会')).toContain('没有找到同事“张飞”')
    expect(await says('li.wei', '转接 王 开会')).toMatch(/多位同事：王芳（wang.fang）、王敏（wang.min）/)
    expect(await says('li.wei', '转接 王敏 开会')).toContain(
      '没有转接：王敏不是该客服账号的接待人员，麦香面包房仍由您负责',
    )
    await says('wang.fang', '忙碌')
    expect(await says('li.wei', '转接 王芳 开会')).toContain('王芳不在岗')
    await says('wang.fang', '空闲')
    expect(await owner('wm_bakery')).toBe('li.wei')
  })
  test('a colleague who can: the session is his, with the reason', async () => {
    await says('li.wei', '转接 王芳，去开会了')
    expect(await owner('wm_bakery')).toBe('wang.fang')
    expect(world.wecom.state(world.account, 'wm_bakery')).toEqual({ state: 3, servicer: 'wang.fang' })
    expect(world.rings('wang.fang').at(-1)).toContain('去开会了')
    expect(await says('li.wei', '转接 王芳')).toContain('您手上没有进行中的会话，无法转接')
  })
  test('of several customers he must say which', async () => {
    world.customer('wm_two').writes('你好')
    await world.settle()
    await world.pool.query("update customers set name = '钱二' where external_userid = 'wm_two'")
    await world.api('POST', `/conversations/${(await world.conversation('wm_two'))['id']}/assign`, {
      rm: 'wang.fang',
      reason: '指定',
    })
    await world.settle()
    expect(await says('wang.fang', '转接 李伟 开会')).toMatch(/多位客户：1 麦香面包房、2 钱二/)
    await says('wang.fang', '转接 钱二 给 李伟 开会')
    expect(await owner('wm_two')).toBe('li.wei')
    expect(await owner('wm_bakery')).toBe('wang.fang')
  })
})

test('备注: kept for the customer; the ledger knows that, not what; empty or without a customer: told', async () => {
  expect(await says('wang.fang', '备注')).toContain('请在“备注”后面写上内容')
  expect(await says('zhao.lei', '备注 很有意向')).toContain('没有进行中的会话')
  expect(await says('wang.fang', '备注：周五上午面谈，带执照')).toContain('已为麦香面包房记下备注')
  expect((await world.pool.query('select rm, text from notes')).rows).toEqual([
    { rm: 'wang.fang', text: '周五上午面谈，带执照' },
  ])
  const { rows } = await world.pool.query("select rm, data from touchpoints where kind = 'note.added'")
  expect(rows).toEqual([{ rm: 'wang.fang', data: {} }])
})

test('忙碌 and 空闲: no new customers, and then who waits is his', async () => {
  for (const rm of ['li.wei', 'wang.fang', 'zhao.lei']) expect(await says(rm, '忙碌')).toContain('已暂停给您分配新客户')
  world.customer('wm_chen').writes('在吗')
  await world.settle()
  expect(await world.conversation('wm_chen')).toMatchObject({ status: 'bot', rm: null })
  expect(await says('zhao.lei', '今日')).toContain('忙碌，不接新客户')
  expect(await says('zhao.lei', '空闲')).toContain('已恢复分配')
  expect(await world.conversation('wm_chen')).toMatchObject({ status: 'assigned', rm: 'zhao.lei' })
})

test('help: by word, by menu, once a day when he opens the app; strangers get a polite line', async () => {
  expect(await says('li.wei', '嗯嗯')).toContain('没有看懂')
  expect(await says('li.wei', '帮助')).toContain('转接 李四 原因')
  const rings = () => world.rings('zhao.lei').filter((text) => text.includes('【可以这样写】')).length
  const before = rings()
  for (let time = 0; time < 3; time += 1) world.rm('zhao.lei').triggers('enter_agent')
  await world.settle()
  expect(rings()).toBe(before + 1)
  world.rm('zhao.lei').triggers('click', 'today')
  await world.settle()
  expect(world.rings('zhao.lei').at(-1)).toContain('【今日】赵磊')
  await world.advance(24 * 3_600_000)
  world.rm('zhao.lei').triggers('enter_agent')
  await world.settle()
  expect(rings()).toBe(before + 2)
  expect(await says('some.body', '今日')).toContain('尚未登记为客户经理')
})
