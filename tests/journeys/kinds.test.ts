import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customerMessages } from '../../src/wecom/kf-events.ts'
import { kfKinds } from '../../src/wecom/kf-items.ts'
import { sample } from '../wecom/kf-samples.ts'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  await world.pool.query('update rms set capacity = 100')
})
afterAll(() => world.stop())
/** What happened between him and us, without what we learned about him by the way. */
const story = async (name: string) => (await world.touchpoints(name)).filter((kind) => !kind.startsWith('identity.'))

const rowsOf = async (customer: string) =>
  (
    await world.pool.query(
      'select id, sender, rm, type, text, status from messages where external_userid = $1 order by seq',
      [customer],
    )
  ).rows
const typeOf = (kind: string): string => kind.slice('kf/'.length)

describe('whatever a customer sends is on record, has a touchpoint and gets an RM', () => {
  const words: Record<string, RegExp> = {
    text: /^想了解经营贷款$/,
    location: /^\[位置\] 外滩$/,
    link: /^\[链接\] t$/,
    miniprogram: /^\[小程序\] t$/,
    merged_msg: /^\[聊天记录\] 聊天记录$/,
  }
  test.each(Object.keys(customerMessages))('%s', async (kind) => {
    const type = typeOf(kind)
    const customer = `wm_sends_${type}`
    const { msgid } = world.customer(customer).sends(type, sample(kind)[type] ?? {})
    await world.settle()

    const [message] = await rowsOf(customer)
    expect(message).toMatchObject({ id: msgid, sender: 'customer', type, status: 'received' })
    expect(message.text).toMatch(words[type] ?? /^\[[^\]]+\]/)
    expect(await story(customer)).toEqual(['message.received', 'conversation.routed', 'message.sent'])
    const { rows } = await world.pool.query(
      "select d.outcome, d.facts from (select outcome, explanation -> 'facts' as facts, conversation_id from decisions) d join conversations v on v.id = d.conversation_id where v.external_userid = $1",
      [customer],
    )
    expect(rows).toMatchObject([{ outcome: 'assigned', facts: { 'message.type': type } }])
    expect(world.wecom.state(world.account, customer)).toMatchObject({ state: 3 })
  })
})

describe('what happens in WeCom is in our books', () => {
  const customer = 'wm_events'
  beforeAll(async () => {
    world.customer(customer).writes('你好')
    await world.settle()
  })

  test('every kind that WeCom has is met in this file', () => {
    const met = [
      ...Object.keys(customerMessages),
      'kf/servicer_message',
      'kf/enter_session',
      'kf/msg_send_fail',
      'kf/servicer_status_change',
      'kf/session_status_change',
      'kf/user_recall_msg',
      'kf/servicer_recall_msg',
      'kf/reject_customer_msg_switch_change',
    ]
    expect([...kfKinds].sort()).toEqual(met.sort())
  })

  test('an RM answers, with words and with a picture, and takes words back', async () => {
    const { rm } = await world.conversation(customer)
    const his = world.rm(String(rm))
    const { msgid } = his.replies(world.account, customer, '您好，我是您的客户经理')
    his.sends(world.account, customer, { type: 'image', payload: { media_id: 'MEDIA' } })
    his.recalls(world.account, customer, msgid)
    await world.settle()
    expect((await rowsOf(customer)).filter(({ sender }) => sender === 'rm')).toMatchObject([
      { rm, type: 'text', text: '您好，我是您的客户经理', status: 'recalled' },
      { rm, type: 'image', text: '[图片]', status: 'accepted' },
    ])
    expect((await story(customer)).slice(-3)).toEqual(['message.replied', 'message.replied', 'message.recalled'])
    expect((await world.conversation(customer))['first_reply_at']).toBeInstanceOf(Date)
  })

  test('the customer takes a message back', async () => {
    const { msgid } = world.customer(customer).writes('发错了')
    await world.settle()
    world.customer(customer).recalls(msgid)
    await world.settle()
    expect((await rowsOf(customer)).find(({ id }) => id === msgid)).toMatchObject({ status: 'recalled' })
    expect((await story(customer)).at(-1)).toBe('message.recalled')
    const { rows } = await world.pool.query(
      "select source_id, data ->> 'msgid' as recalled from touchpoints where kind = 'message.recalled' order by id desc limit 1",
    )
    expect(rows).toEqual([{ source_id: world.wecom.log(world.account).at(-1)?.['msgid'], recalled: msgid }])
  })

  test('he opens the chat again through a link: where he came from is known', async () => {
    world.customer(customer).opens({ openKfId: world.account, scene: 'app_home', sceneParam: 'cmp17.ch3' })
    await world.settle()
    const { rows } = await world.pool.query(
      "select channel, data from touchpoints where external_userid = $1 and kind = 'entry.opened'",
      [customer],
    )
    expect(rows).toMatchObject([{ channel: 'app_home', data: { scene: 'app_home', sceneParam: 'cmp17.ch3' } }])
  })

  test('an RM stops, is away for a while, receives again', async () => {
    const status = async () =>
      (await world.pool.query("select status from servicers where userid = 'zhao.lei'")).rows[0].status
    const seen: string[] = []
    for (const act of ['stops', 'suspends', 'resumes'] as const) {
      world.rm('zhao.lei')[act](world.account)
      await world.settle()
      seen.push(await status())
    }
    expect(seen).toEqual(['stopped', 'suspended', 'receiving'])
  })

  test("an RM refuses a customer's messages: a supervisor can see it", async () => {
    const { rm } = await world.conversation(customer)
    world.rm(String(rm)).rejects(world.account, customer)
    await world.settle()
    const { rows } = await world.pool.query(
      'select kind, rm, data from touchpoints where external_userid = $1 order by id desc limit 1',
      [customer],
    )
    expect(rows).toMatchObject([{ kind: 'conversation.escalated', rm, data: { what: 'rejects-customer' } }])
  })

  test('who he is in WeChat is read once, while WeCom still tells it', async () => {
    world.wecom.customer('wm_zhang', { nickname: '小张', unionid: 'oUnionOfZhang' })
    for (const text of ['你好', '在吗']) world.customer('wm_zhang').writes(text)
    await world.settle()
    const { rows } = await world.pool.query("select name, unionid from customers where external_userid = 'wm_zhang'")
    expect(rows).toEqual([{ name: '小张', unionid: 'oUnionOfZhang' }])
    const asked = world.wecom
      .sent('kf/customer/batchget')
      .filter((body) => String(body['external_userid_list']) === 'wm_zhang')
    expect(asked).toHaveLength(1)
  })

  test('nothing of all this is left over, and the books balance', async () => {
    const { body } = await world.api('GET', '/integrity')
    expect(body).toMatchObject({ gaps: [] })
    expect([body['received'], body['stored']]).toEqual([body['decided'], body['decided']])
    expect((await world.pool.query("select kind, error from inbox where state = 'dead'")).rows).toEqual([])
  })
})
