import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** sun.li serves no kf account: she is reached by relay. */
const rules = {
  ...smallRules,
  pools: {
    ...smallRules.pools,
    branch: { name: '网点', members: { rms: ['sun.li', 'zhao.lei'] }, strategy: 'least-loaded', handover: 'relay' },
  },
  firstReply: { remind: '60s', reassign: '180s', pauseAfter: 9 },
}
let world: World
beforeAll(async () => {
  const people = smallBank()
  people.rms.push({ ...(people.rms[2] as (typeof people.rms)[2]), userid: 'sun.li', name: '孙丽', capacity: 5 })
  people.customers.push({
    externalUserId: 'wm_sun1',
    nickname: '周一',
    gender: 1,
    known: { name: '周一鸣', kind: 'person', owner: 'sun.li', branch: 'shanghai', tags: [] },
  })
  people.customers.push({
    externalUserId: 'wm_sun2',
    nickname: '吴二',
    gender: 1,
    known: { name: '吴二宝', kind: 'person', owner: 'sun.li', branch: 'shanghai', tags: [] },
  })
  world = await createWorld({ rules, people })
})
afterAll(() => world.stop())

const says = async (text: string): Promise<string> => {
  const before = world.rings('sun.li').length
  world.rm('sun.li').writes(text)
  await world.settle()
  return world.rings('sun.li').slice(before).join('\n')
}
const hears = (name: string): string[] =>
  world
    .customer(name)
    .raw.sees(world.account)
    .filter(({ from }) => from === 'account')
    .map(({ payload }) => String(payload['content']))
const lines = async (name: string): Promise<string[]> =>
  (
    await world.pool.query<{ line: string }>(
      "select kind || coalesce(' ' || rm, '') as line from touchpoints where external_userid = $1 and kind like 'message.%' order by id",
      [name],
    )
  ).rows.map(({ line }) => line)

test('her customer writes: the bot keeps the session, she gets a card with what she may do', async () => {
  world.customer('wm_sun1').writes('想换一张卡')
  await world.settle()
  expect(await world.conversation('wm_sun1')).toMatchObject({ status: 'assigned', rm: 'sun.li', relay: true })
  expect(world.wecom.state(world.account, 'wm_sun1').servicer).toBeNull()
  expect(world.wecom.calls('kf/service_state/trans')).toEqual([])
  const card = world.rings('sun.li').at(-1)
  expect(card).toContain('【新客户】周一鸣')
  expect(card).toContain('想换一张卡')
  expect(card).toContain('还可回复4条') // one was for the words that somebody is coming
})

test('her plain words reach him as the account’s, and count as her first reply', async () => {
  expect(await says('您好，我是孙丽，今天下午都在网点')).toBe('')
  expect(hears('wm_sun1').at(-1)).toBe('您好，我是孙丽，今天下午都在网点')
  expect((await world.conversation('wm_sun1'))['first_reply_at']).not.toBeNull()
  expect((await lines('wm_sun1')).at(-1)).toBe('message.replied sun.li')
  const { rows } = await world.pool.query("select sender, rm, text from messages where sender = 'rm'")
  expect(rows).toEqual([{ sender: 'rm', rm: 'sun.li', text: '您好，我是孙丽，今天下午都在网点' }])
  await world.advance(181_000)
  expect(await world.conversation('wm_sun1')).toMatchObject({ rm: 'sun.li' }) // the clock was stopped
})

test('his words and pictures reach her, whole, with what is left and until when', async () => {
  const long = '请问需要带什么材料，' + '比如身份证'.repeat(160)
  world.customer('wm_sun1').writes(long)
  await world.settle()
  const told = world
    .rings('sun.li')
    .slice(1)
    .map((text) => text.replace(/\n编号.*/, ''))
  expect(told.join('').replaceAll('【周一鸣】', '')).toContain(long)
  expect(told.at(-1)).toMatch(/还可回复5条，11月25日 10:0\d前有效/)
  world.customer('wm_sun1').sends('image', { media_id: 'm1' })
  await world.settle()
  expect(world.rings('sun.li').at(-1)).toContain('【周一鸣】[图片]')
})

test('a command stays a command; pictures of hers are not passed on, and she knows', async () => {
  expect(await says('今日')).toContain('【今日】孙丽')
  const heard = hears('wm_sun1').length
  world.rm('sun.li').writes('')
  await world.settle()
  expect(hears('wm_sun1')).toHaveLength(heard)
})

test('the limit is told before it bites, and nothing is lost without a word', async () => {
  for (const text of ['第一条', '第二条', '第三条']) expect(await says(text)).toBe('')
  expect(await says('第四条')).toContain('只能再回复1条')
  expect(await says('第五条')).toContain('可回复的条数已用完')
  const heard = hears('wm_sun1').length
  expect(hears('wm_sun1').slice(-5)).toEqual(['第一条', '第二条', '第三条', '第四条', '第五条'])
  expect(await says('第六条')).toMatch(/【未发出】.*客户再次发言后即可回复/s)
  expect(hears('wm_sun1')).toHaveLength(heard)
  world.customer('wm_sun1').writes('好的')
  await world.settle()
  expect(await says('字'.repeat(700))).toContain('太长')
  expect(await says('不客气')).toBe('')
  expect(hears('wm_sun1').at(-1)).toBe('不客气')
})

test('two at once: she must say whom she means, by name, number or a tap', async () => {
  world.customer('wm_sun2').writes('我也想问问')
  await world.settle()
  expect(await world.conversation('wm_sun2')).toMatchObject({ rm: 'sun.li', relay: true })
  const [first, second] = [hears('wm_sun1').length, hears('wm_sun2').length]
  expect(await says('您好')).toMatch(/【未发出】.*1 周一鸣、2 吴二宝/s)
  expect([hears('wm_sun1').length, hears('wm_sun2').length]).toEqual([first, second])
  await says('回复 吴二宝 您请讲')
  expect(hears('wm_sun2').at(-1)).toBe('您请讲')
  await says('回复 1：马上到')
  expect(hears('wm_sun1').at(-1)).toBe('马上到')
  expect(await says('回复 吴二宝')).toContain('请在“回复”后面写上要说的话')
  const card = world
    .rm('sun.li')
    .inbox()
    .findLast(({ body }) => JSON.stringify(body).includes('【新客户】吴二宝'))
  world.rm('sun.li').clicks('switch', { msgid: card?.msgid as string })
  await world.settle()
  expect(world.rings('sun.li').at(-1)).toContain('会发给吴二宝')
  expect(await says('请问是哪方面')).toBe('')
  expect(hears('wm_sun2').at(-1)).toBe('请问是哪方面')
})

test('a message that WeCom fails to deliver comes back to her', async () => {
  world.wecom.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: 40201, times: 1 })
  expect(await says('回复 吴二宝 这句有问题')).toContain('【未送达】您给吴二宝的一条消息没有送达')
  expect((await lines('wm_sun2')).at(-1)).toBe('message.failed sun.li')
})

test('she hands him to a servicer: WeCom gets the session, and her later words are not lost in silence', async () => {
  await says('转接 吴二宝 赵磊 我去开会')
  expect(await world.conversation('wm_sun2')).toMatchObject({ rm: 'zhao.lei', relay: false })
  expect(world.wecom.state(world.account, 'wm_sun2')).toEqual({ state: 3, servicer: 'zhao.lei' })
  await world.pool.query(
    `insert into inbox (kind, key, subject, payload, occurred_at) values ('rm/reply', 'late', 'wm_sun2', $1, now())`,
    [JSON.stringify({ openKfId: world.account, externalUserId: 'wm_sun2', rm: 'sun.li', text: '还有一句' })],
  )
  await world.settle()
  expect(world.rings('sun.li').at(-1)).toMatch(/【未发出】.*吴二宝.*已结束或已转给同事/s)
})

test('from a servicer nobody comes back to the bot: by relay only while the bot has the session', async () => {
  world.rm('zhao.lei').stops(world.account)
  await world.settle()
  await world.advance(181_000)
  expect((await world.conversation('wm_sun2'))['rm']).not.toBe('sun.li')
})

test('she ends it: closing words from the bot, whose session WeCom lets nobody end; her load is free, and plain words go nowhere', async () => {
  expect(await says('结束')).toContain('已结束与周一鸣的会话')
  expect(hears('wm_sun1').at(-1)).toContain('感谢您的咨询')
  expect((await world.pool.query("select load::float8 from rms where userid = 'sun.li'")).rows).toEqual([{ load: 0 }])
  expect(await says('你好')).toContain('没有看懂')
  expect(await says('回复 周一鸣 你好')).toContain('没有发给任何人')
})

test('silent in a relay, too: reminded, then a colleague has the session', async () => {
  world.rm('zhao.lei').resumes(world.account)
  world.customer('wm_sun1').writes('还在吗')
  await world.settle()
  expect(await world.conversation('wm_sun1')).toMatchObject({ rm: 'sun.li', relay: true })
  await world.advance(61_000)
  expect(world.rings('sun.li').at(-1)).toContain('【请回复】周一鸣')
  await world.advance(120_000)
  const moved = await world.conversation('wm_sun1')
  expect(moved).toMatchObject({ status: 'assigned', relay: false })
  expect(world.wecom.state(world.account, 'wm_sun1')).toEqual({ state: 3, servicer: moved['rm'] })
  expect(world.rings('sun.li').at(-1)).toContain('【已转走】')
})
