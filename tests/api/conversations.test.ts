import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'
import { addConversation, addDecision, addTouchpoint, rmFacts, smallHouse } from './bank.ts'

let it: ApiGround
let house: Awaited<ReturnType<typeof smallHouse>>
beforeAll(async () => {
  it = await startApi()
  house = await smallHouse(it.db)
})
afterAll(() => it.stop())

const act = (id: string, action: string, body: object) => it.call('POST', `/conversations/${id}/${action}`, { body })
const fresh = async (externalUserId: string, status: 'assigned' | 'queued' = 'assigned') => {
  const { id } = (await it.call('PUT', `/customers/${externalUserId}`, { body: { kind: 'person' } })).body as {
    id: string
  }
  return addConversation(it.db, { externalUserId, customerId: id, rm: status === 'assigned' ? 'li.wei' : null, status })
}

test('a conversation is shown with its messages in order and its decisions', async () => {
  const { conversation, decision } = house.li
  const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 0, 0, second))
  const message = (id: string, second: number, sender: 'rm' | 'bot', text: string | null) => ({
    id,
    conversation_id: conversation,
    open_kfid: 'wk1',
    external_userid: 'wm_li',
    at: at(second),
    sender,
    rm: sender === 'rm' ? 'li.wei' : null,
    type: text === null ? 'image' : 'text',
    text,
    payload: '{"media_id": "x"}',
    status: 'accepted' as const,
  })
  await it.db
    .insertInto('messages')
    .values([message('m3', 2, 'rm', '您好'), message('m2', 1, 'bot', null), message('m4', 2, 'rm', '请讲')])
    .execute()
  const { body } = await it.call('GET', `/conversations/${conversation}`)
  expect(body).toMatchObject({
    id: conversation,
    openKfId: 'wk1',
    externalUserId: 'wm_li',
    status: 'assigned',
    rm: 'li.wei',
    closedAt: null,
  })
  expect((body['messages'] as { id: string }[]).map((one) => one.id)).toEqual(['m_li', 'm2', 'm3', 'm4'])
  expect((body['messages'] as object[])[1]).toEqual({
    id: 'm2',
    at: at(1).toISOString(),
    from: 'bot',
    rm: null,
    type: 'image',
    text: null,
    status: 'accepted',
  })
  expect(body['decisions']).toEqual([(await it.call('GET', `/decisions/${decision}`)).body])
})

test('a decision explains itself', async () => {
  expect((await it.call('GET', `/decisions/${house.li.decision}`)).body).toMatchObject({
    conversationId: house.li.conversation,
    rulesetVersion: 1,
    rule: 'sme-loan',
    ruleName: '小微贷款',
    outcome: 'assigned',
    rm: 'li.wei',
    steps: [{ to: 'owner', result: '李伟接待', waitedSeconds: 0 }],
    rules: [{ key: 'sme-loan', matched: true, failed: [] }],
    candidates: [{ rm: 'li.wei', eligible: true, excludedBy: null, load: 2, capacity: 5 }],
    facts: { 'customer.kind': 'sme' },
  })
})

test('a decision of an older engine that stored less is still shown', async () => {
  const id = await addDecision(it.db, {
    conversation: house.li.conversation,
    rm: null,
    explanation: { steps: 'none', old: true },
  })
  expect(await it.call('GET', `/decisions/${id}`)).toMatchObject({
    status: 200,
    body: { outcome: 'queued', steps: [], rules: [], candidates: [], facts: {} },
  })
})

test('the list can be asked for status, RM and customer', async () => {
  const waiting = await fresh('wm_waiting', 'queued')
  const found = async (query: string) =>
    (await it.call<{ items: { id: string }[] }>('GET', `/conversations?${query}`)).body.items.map((one) => one.id)
  expect(await found('status=queued')).toEqual([waiting])
  expect(await found('rm=WANG.FANG')).toEqual([house.wang.conversation])
  expect(await found('externalUserId=wm_zhou&status=assigned')).toEqual([house.zhou.conversation])
  expect(await found('status=offered')).toEqual([])
})

test('assign, reroute and close answer the conversation as it then is', async () => {
  const id = await fresh('wm_act')
  expect(await act(id, 'assign', { rm: 'Wang.Fang', reason: '客户要求' })).toMatchObject({
    status: 200,
    body: { id, status: 'assigned', rm: 'wang.fang' },
  })
  expect(await act(id, 'reroute', { reason: '休假' })).toMatchObject({
    status: 200,
    body: { status: 'queued', rm: null, waitingReason: 'nobody-on-duty' },
  })
  expect(await act(id, 'close', { reason: '重复' })).toMatchObject({
    status: 200,
    body: { status: 'closed', closedAt: expect.any(String) },
  })
})

test('what the core refuses is told as it says it', async () => {
  const id = await fresh('wm_refused')
  await it.call('PUT', '/rms/full', { body: rmFacts({ capacity: 0 }) })
  expect(await act(id, 'assign', { rm: 'full', reason: 'x' })).toMatchObject({
    status: 422,
    body: { title: 'RM is full', status: 422, detail: '这位客户经理已满员，请换一位' },
  })
  await act(id, 'close', { reason: 'x' })
  for (const [action, body] of [
    ['assign', { rm: 'li.wei', reason: 'x' }],
    ['close', { reason: 'x' }],
    ['reroute', { reason: 'x' }],
  ] as const)
    expect(await act(id, action, body)).toMatchObject({ status: 409, body: { title: 'Already closed' } })
})

test.each([
  ['assign', {}, ['rm', 'reason']],
  ['assign', { rm: 'nobody', reason: 'x' }, ['rm']],
  ['assign', { rm: 'li.wei', reason: 'x', force: true }, ['force']],
  ['assign', { rm: 'li.wei', reason: '' }, ['reason']],
  ['close', { reason: 'x'.repeat(501) }, ['reason']],
  ['close', { rm: 'li.wei', reason: 'x' }, ['rm']],
  ['reroute', {}, ['reason']],
])('%s with %j is a 422 and changes nothing', async (action, body, places) => {
  const before = (await it.call('GET', `/conversations/${house.zhou.conversation}`)).body
  const answer = await it.call<{ errors: { path: string }[] }>(
    'POST',
    `/conversations/${house.zhou.conversation}/${action}`,
    { body },
  )
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toEqual(places)
  expect((await it.call('GET', `/conversations/${house.zhou.conversation}`)).body).toEqual(before)
})

test('the caller is named to the core: the key, or the RM himself', async () => {
  const orders: { by: string }[] = []
  const note = async (order: { by: string }) => void orders.push(order)
  const own = await startApi({ commands: { assign: note, close: note, reroute: note } })
  const { li } = await smallHouse(own.db)
  await own.call('POST', `/conversations/${li.conversation}/close`, { body: { reason: 'x' } })
  await own.call('POST', `/conversations/${li.conversation}/close`, {
    body: { reason: 'x' },
    key: await own.key('rm', { rm: 'li.wei' }),
  })
  expect(orders).toEqual([
    { conversationId: li.conversation, reason: 'x', by: expect.stringMatching(/^test admin \(key \d+\)$/) },
    { conversationId: li.conversation, reason: 'x', by: 'li.wei' },
  ])
  await own.stop()
})

test('touchpoints can be asked for everything they say', async () => {
  const { id } = (await it.call('GET', '/customers/wm_wang')).body as { id: string }
  await it.call('PUT', '/customers/wm_wang', {
    body: { kind: 'person', owner: 'wang.fang', branch: 'shanghai/pudong', clientNo: 'C_W' },
  })
  const day = (n: number) => new Date(Date.UTC(2026, 10, n))
  for (let n = 1; n <= 4; n++)
    await addTouchpoint(it.db, {
      kind: n % 2 ? 'message.received' : 'entry.opened',
      at: day(n),
      externalUserId: 'wm_wang',
      customerId: id,
      channel: n < 3 ? 'app-home' : 'sms',
      conversation: n === 4 ? house.wang.conversation : null,
      data: { type: 'text', n },
    })
  const found = async (query: string) =>
    (
      await it.call<{ items: { data: { n: number } }[] }>(
        'GET',
        `/touchpoints?before=${day(20).toISOString()}&${query}`,
      )
    ).body.items.map((one) => one.data.n)
  expect(await found('externalUserId=wm_wang')).toEqual([4, 3, 2, 1])
  expect(await found(`customerId=${id}&kind=entry.opened`)).toEqual([4, 2])
  expect(await found('clientNo=C_W&channel=app-home')).toEqual([2, 1])
  expect(await found('clientNo=C_UNKNOWN')).toEqual([])
  expect(await found(`conversationId=${house.wang.conversation}`)).toEqual([4])
  expect(await found(`after=${day(2).toISOString()}&externalUserId=wm_wang`)).toEqual([4, 3, 2])
  expect(await found(`after=${encodeURIComponent('2026-11-02T08:00:00+08:00')}&externalUserId=wm_wang`)).toEqual([
    4, 3, 2,
  ])
  expect(
    (
      await it.call<{ items: { data: { n: number } }[] }>(
        'GET',
        `/touchpoints?before=${day(2).toISOString()}&externalUserId=wm_wang`,
      )
    ).body.items.map((one) => one.data.n),
  ).toEqual([1])
})
