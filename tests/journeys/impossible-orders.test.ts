import { afterAll, beforeAll, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** wang.min and sun.li serve no kf account; sun.li may be reached through the bot. */
const rules = {
  ...smallRules,
  rules: [
    smallRules.rules[0],
    {
      key: 'known',
      name: '老客户',
      steps: [{ to: 'owner', stay: '2h' }],
      otherwise: 'queue',
      when: { fact: 'customer.known', is: true },
    },
  ],
  pools: {
    ...smallRules.pools,
    general: { ...smallRules.pools.general, handover: 'offer' },
    branch: { name: '网点', members: { rms: ['sun.li'] }, strategy: 'least-loaded', handover: 'relay' },
  },
}
let world: World
beforeAll(async () => {
  const people = smallBank()
  const model = people.rms[2] as (typeof people.rms)[2]
  people.rms.push({ ...model, userid: 'wang.min', name: '王敏' }, { ...model, userid: 'sun.li', name: '孙丽' })
  world = await createWorld({ rules, people })
  world.customer('wm_bakery').writes('想贷款')
  await world.settle()
})
afterAll(() => world.stop())

const assign = async (rm: string, name = 'wm_bakery') => {
  const id = (await world.conversation(name))['id']
  const answer = await world.api('POST', `/conversations/${id}/assign`, { rm, reason: '客户要求' })
  return { status: answer.status, detail: String(answer.body['detail'] ?? ''), body: answer.body }
}
/** All that an order could have touched. */
const books = async () => {
  const { rows } = await world.pool.query(
    `select (select json_agg(v order by id) from conversations v) as conversations, (select json_agg(t.id) from touchpoints t) as ledger,
       (select count(*)::int from decisions) as decisions, (select json_agg(json_build_array(userid, load) order by userid) from rms) as loads`,
  )
  const phones = ['li.wei', 'wang.min', 'sun.li', 'zhao.lei'].map((rm) => world.rings(rm).length)
  return {
    ...rows[0],
    phones,
    hears: world.customer('wm_bakery').sees().length,
    trans: world.wecom.calls('kf/service_state/trans'),
  }
}
const untouched = async (order: () => ReturnType<typeof assign>) => {
  const before = await books()
  const answer = await order()
  await world.settle()
  expect(await books()).toEqual(before)
  expect(answer.body['title']).toBe('指令没有执行，会话没有变动')
  return answer
}
const says = async (userid: string, text: string): Promise<string> => {
  const before = world.rings(userid).length
  world.rm(userid).writes(text)
  await world.settle()
  return world.rings(userid).slice(before).join('\n')
}
test('to an RM who serves another account: 409 says who, where and what to do, and nothing has moved', async () => {
  const { status, detail } = await untouched(() => assign('wang.min'))
  expect(status).toBe(409)
  expect(detail).toMatch(/王敏不是客服账号“小城银行客服”的接待人员.*95014.*把他加为该账号的接待人员，或指派给其他/)
})

test('to one who is reached through the bot only: not while a colleague has the session in WeCom', async () => {
  const { status, detail } = await untouched(() => assign('sun.li'))
  expect([status, detail]).toEqual([
    409,
    expect.stringMatching(/孙丽.*只能由机器人中转；而客户已由李伟在企业微信中接待/),
  ])
})

test('… but while the bot has it he is, although she is off duty and full: that an order goes over', async () => {
  await world.pool.query(
    "update rms set on_duty = false, capacity = 0 where userid in ('sun.li', 'wang.fang', 'zhao.lei')",
  )
  world.customer('wm_chen').writes('你好')
  await world.settle()
  await world.pool.query("update rms set on_duty = false where userid = 'li.wei'")
  world.customer('wm_stranger').writes('有人吗')
  await world.settle()
  expect(await world.conversation('wm_stranger')).toMatchObject({ status: 'bot', rm: null })
  expect((await assign('sun.li', 'wm_stranger')).status).toBe(200)
  expect(await world.conversation('wm_stranger')).toMatchObject({ status: 'assigned', rm: 'sun.li', relay: true })
  await world.pool.query('update rms set on_duty = true, capacity = 2')
  await world.settle()
})

test('to one who has stopped receiving in WeCom: refused until he receives again', async () => {
  world.rm('zhao.lei').suspends(world.account)
  await world.settle()
  const { status, detail } = await untouched(() => assign('zhao.lei'))
  expect([status, detail]).toEqual([409, expect.stringMatching(/赵磊在客服账号“小城银行客服”已停止接待.*恢复接待/)])
  world.rm('zhao.lei').resumes(world.account)
  await world.settle()
  expect((await assign('zhao.lei')).status).toBe(200)
  await world.settle()
  expect(world.wecom.state(world.account, 'wm_bakery')).toEqual({ state: 3, servicer: 'zhao.lei' })
})

/** Until somebody waits for a row that another holds. */
const waitsForALock = async (): Promise<void> => {
  const waiting = 'select from pg_locks where not granted'
  while ((await world.pool.query(waiting)).rowCount === 0) await world.pool.query('select')
}

test('to one who leaves while the order is carried out: what is written decides, not what was read before', async () => {
  await world.pool.query("insert into rms (userid, name) values ('lin.tao', '林涛')")
  await world.pool.query("insert into servicers (open_kfid, userid, status) values ($1, 'lin.tao', 'receiving')", [
    world.account,
  ])
  const leaving = await world.pool.connect()
  await leaving.query('begin')
  await leaving.query("delete from rms where userid = 'lin.tao'")
  const before = await world.conversation('wm_bakery')
  const answer = assign('lin.tao')
  await waitsForALock()
  await leaving.query('commit')
  leaving.release()
  const { status, detail } = await answer
  expect([status, detail]).toEqual([409, expect.stringContaining('客户经理名单里已没有lin.tao')])
  await world.settle()
  expect(await world.conversation('wm_bakery')).toEqual(before)
})

test('to one who is taken off the account a moment ago', async () => {
  expect((await assign('zhao.lei')).status).toBe(200) // now everybody's state is fresh in the memory of the process
  await world.pool.query("delete from servicers where userid = 'wang.fang'")
  expect((await assign('wang.fang')).status).toBe(409)
  await world.pool.query("insert into servicers (open_kfid, userid, status) values ($1, 'wang.fang', 'receiving')", [
    world.account,
  ])
  await world.settle()
})

test('reroute with nobody else there: the session cannot go back to the bot, so it stays where it is', async () => {
  await world.pool.query("update rms set on_duty = userid = 'zhao.lei'")
  const id = (await world.conversation('wm_bakery'))['id']
  const answer = async () => {
    const { status, body } = await world.api('POST', `/conversations/${id}/reroute`, { reason: '不合适' })
    return { status, detail: String(body['detail'] ?? ''), body }
  }
  const { status, detail } = await untouched(answer)
  expect([status, detail]).toEqual([409, expect.stringContaining('客户已由赵磊在企业微信中接待')])
  await world.pool.query('update rms set on_duty = true')
})

test('转接 that WeCom refuses: the session is still hers, and she is told so instead of believing that it went', async () => {
  world.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode: 95014, times: 1 })
  const told = await says('zhao.lei', '转接 麦香面包房 给 李伟 去开会')
  expect(told).toMatch(/【没有转成】李伟不是该客服账号的接待人员，或尚未激活企业微信.*麦香面包房的会话仍在您手上/)
  expect(await world.conversation('wm_bakery')).toMatchObject({ status: 'assigned', rm: 'zhao.lei' })
})

const answered = async (name: string): Promise<[string | null, string | undefined]> => {
  await world.settle()
  const { status, rm } = await world.conversation(name)
  return [`${status} ${rm}`, world.rings('zhao.lei').at(-1)]
}

test('我来接待 by one who has stopped receiving: he reads what to do first, may tap again, and the customer waits on', async () => {
  await world.api('POST', `/conversations/${(await world.conversation('wm_chen'))['id']}/close`, { reason: '办结' })
  world.rm('zhao.lei').stops(world.account)
  await world.settle()
  world.customer('wm_chen').writes('还在吗')
  await world.settle()
  world.rm('zhao.lei').clicks('take')
  expect(await answered('wm_chen')).toEqual(['queued null', expect.stringContaining('【请先恢复接待】')])
  expect(
    world
      .rm('zhao.lei')
      .inbox()
      .findLast(({ card }) => card)?.card?.replaced,
  ).toBeNull()
})

test('我来接待, and WeCom refuses him: the card said 已接待, so he is told that it came otherwise', async () => {
  await world.pool.query("update rms set capacity = 0 where userid = 'zhao.lei'")
  world.rm('zhao.lei').resumes(world.account)
  await world.settle()
  world.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode: 95014, times: 1 })
  world.rm('zhao.lei').clicks('take')
  const [conversation, told] = await answered('wm_chen')
  expect(told).toMatch(/【未能接待】您不是该客服账号的接待人员，或尚未激活企业微信，企业微信没有把陈静怡转给您/)
  expect(conversation).toBe('queued null')
  await world.pool.query("update rms set capacity = 5 where userid = 'zhao.lei'")
})

test('接待 of an offer by one who serves the account no longer: he is told, and the next one is asked', async () => {
  world.customer('wm_new').writes('你好')
  await world.settle()
  const { status, rm } = await world.conversation('wm_new')
  expect(status).toBe('offered')
  await world.pool.query('delete from servicers where userid = $1', [rm])
  await world.advance(1_000)
  world.rm(rm as string).clicks('accept')
  await world.settle()
  expect(world.rings(rm as string).at(-1)).toContain('【未能接待】您不是该客服账号的接待人员')
  const after = await world.conversation('wm_new')
  expect(after['status']).toBe('offered')
  expect(after['rm']).not.toBe(rm)
})
