import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'

/** He waits in the queue and would rather have a manager of his own: he is invited at once, and his question is not lost. */
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: {
      pools: { general: { name: '综合客服', members: {} } },
      fallback: { steps: [{ to: 'pool:general', stay: '2h' }], otherwise: 'leave-message' },
      invitation: { default: 'after-service' },
      firstReply: { remind: '5h', reassign: '9h' },
    },
  })
  await world.pool.query("update rms set capacity = 1, on_duty = userid = 'li.wei'")
  world.wecom.contacts.setQuota(100)
  world.customer('wm_served').writes('你好')
  await world.settle()
})
afterAll(() => world.stop())

const wishes = async (name: string): Promise<void> => {
  world.customer(name).writes('你好')
  await world.settle()
  expect(await world.conversation(name)).toMatchObject({ status: 'queued' })
  world.customer(name).clicks('queue_add_manager')
  await world.settle()
}
const knows = (name: string, owner: string) =>
  world.pool.query('insert into customers (external_userid, owner) values ($1, $2)', [name, owner])
const hears = (name: string) =>
  world.wecom
    .customer(name)
    .sees(world.account)
    .filter(({ from }) => from === 'account')
    .map(({ type, payload }) => `${type} ${JSON.stringify(payload)}`)
const invitations = async (name: string) =>
  (
    await world.pool.query(
      'select rm, by, via, sent_at is not null as sent from invitations where external_userid = $1 order by id',
      [name],
    )
  ).rows
const tasksOf = async (name: string) =>
  (await world.pool.query('select kind, rm, title from tasks where external_userid = $1', [name])).rows

test('he gets the card of whom he would get, and no task is left behind; he adds him and is still served', async () => {
  await wishes('wm_wish')
  const [card, line] = hears('wm_wish').slice(-2)
  expect(card).toMatch(/^ca_link/)
  expect(line).toContain('客户经理李伟的名片在这里')
  expect(line).toContain('您的问题已为您登记')
  expect(await tasksOf('wm_wish')).toEqual([])
  expect(await world.conversation('wm_wish')).toMatchObject({ status: 'bot', left_message: true })
  world.customer('wm_wish').raw.addsFromCard(world.account)
  await world.settle()
  expect(await invitations('wm_wish')).toEqual([{ rm: 'li.wei', by: 'customer', via: 'acquisition-link', sent: true }])
  const { rows } = await world.pool.query(
    "select conversation_id, data -> 'invitation' ->> 'via' as via from touchpoints where external_userid = 'wm_wish' and kind = 'contact.added'",
  )
  expect(rows).toEqual([{ conversation_id: (await world.conversation('wm_wish'))['id'], via: 'acquisition-link' }])
  world.rm('li.wei').ends(world.account, 'wm_served')
  await world.settle()
  expect(await world.conversation('wm_wish')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
})

test('his own manager is the one, on duty or not', async () => {
  await knows('wm_owned', 'wang.fang')
  await wishes('wm_owned')
  expect(await invitations('wm_owned')).toMatchObject([{ rm: 'wang.fang', sent: true }])
})

test('no link can be had: it is work for her, and he is told what will happen', async () => {
  await world.pool.query(`insert into manager_links (rm, via, trouble, trouble_at)
    select 'zhao.lei', via, 'no', now() from unnest('{acquisition-link,contact-way}'::text[]) via`)
  await knows('wm_nolink', 'zhao.lei')
  await wishes('wm_nolink')
  expect(hears('wm_nolink').at(-1)).toContain('已为您登记，客户经理会尽快与您联系并添加好友')
  expect(await world.touchpoints('wm_nolink')).not.toContain('message.failed')
  expect(await tasksOf('wm_nolink')).toEqual([{ kind: 'follow-up', rm: 'zhao.lei', title: '客户想加客户经理微信' }])
})

test('they are friends already: he is told so, and nobody gets work of it', async () => {
  await knows('wm_friend', 'wang.fang')
  await world.pool.query(
    "insert into contacts (customer_id, rm, state, since) select id, 'wang.fang', 'active', now() from customers where external_userid = 'wm_friend'",
  )
  await wishes('wm_friend')
  expect(hears('wm_friend').at(-1)).toContain('您和客户经理王芳已经是微信好友')
  expect(await tasksOf('wm_friend')).toEqual([])
  expect(await invitations('wm_friend')).toEqual([])
})

test('he deleted her once and wants her back: he is invited', async () => {
  await knows('wm_back', 'wang.fang')
  await world.pool.query(
    "insert into contacts (customer_id, rm, state, since) select id, 'wang.fang', 'lost', now() from customers where external_userid = 'wm_back'",
  )
  await wishes('wm_back')
  expect(await invitations('wm_back')).toMatchObject([{ rm: 'wang.fang', by: 'customer', sent: true }])
})

test('nobody whom he may have: it stays a task', async () => {
  world.customer('wm_alone').writes('你好')
  await world.settle()
  await world.pool.query(
    "update customers set avoid = '{li.wei,wang.fang,zhao.lei}' where external_userid = 'wm_alone'",
  )
  world.customer('wm_alone').clicks('queue_add_manager')
  await world.settle()
  expect(hears('wm_alone').at(-1)).toContain('已为您登记，客户经理会尽快与您联系并添加好友')
  expect(await tasksOf('wm_alone')).toMatchObject([{ kind: 'follow-up', title: '客户想加客户经理微信' }])
  expect(await invitations('wm_alone')).toEqual([])
})
