import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

/** WeCom refuses, and each refusal leads to its own next move: never to silence, never to a storm of repeats. */
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  await world.pool.query('update rms set capacity = 100')
})
afterAll(() => world.stop())
afterEach(async () => {
  world.wecom.faults.clear()
  for (const userid of ['li.wei', 'wang.fang', 'zhao.lei']) world.rm(userid).resumes(world.account)
  await world.settle()
})

const refuses = (errcode: number, times = 1) =>
  world.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode, times })
const asks = async (name: string): Promise<void> => {
  world.customer(name).raw.writes(world.account, '想贷款')
  await world.settle()
}
/** A small company of Li Wei's, whose deputy is Wang Fang. */
const company = async (name: string): Promise<string> => {
  await world.pool.query(
    "insert into customers (external_userid, kind, owner, known) values ($1, 'sme', 'li.wei', true)",
    [name],
  )
  return name
}
const tries = (name: string) =>
  world.wecom.calls('kf/service_state/trans').filter(({ body }) => body['external_userid'] === name)
/** What happened between him and us, without what we learned about him by the way. */
const story = async (name: string) => (await world.touchpoints(name)).filter((kind) => !kind.startsWith('identity.'))
const loadOf = async (userid: string) =>
  Number((await world.pool.query('select load from rms where userid = $1', [userid])).rows[0].load)
const presence = async (userid: string): Promise<string> =>
  (await world.pool.query('select status from servicers where userid = $1', [userid])).rows[0].status

describe.each([
  [95014, 'is no servicer or not activated', 'stopped', {}],
  [95019, 'has stopped receiving', 'stopped', {}],
  [95016, 'the session cannot change in this way', 'receiving', { 'li.wei': 'refused' }],
])('%i: %s', (errcode, _, status, excluded) => {
  test("the next one of the rule gets the customer, the first one's phone stays silent, and the books say why", async () => {
    const name = await company(`wm_${errcode}`)
    const [rings, load] = [world.rings('li.wei').length, await loadOf('li.wei')]
    refuses(errcode)
    await asks(name)
    expect(world.wecom.state(world.account, name)).toEqual({ state: 3, servicer: 'wang.fang' })
    expect(await world.conversation(name)).toMatchObject({ status: 'assigned', rm: 'wang.fang', excluded })
    expect([world.rings('li.wei').length, await loadOf('li.wei'), await presence('li.wei')]).toEqual([
      rings,
      load,
      status,
    ])
    expect(world.customer(name).sees().at(-1)).toContain('王芳')
    expect(tries(name).map(({ body, errcode: code }) => [body['servicer_userid'], code])).toEqual([
      ['li.wei', errcode],
      ['wang.fang', 0],
    ])
    const { rows } = await world.pool.query(
      "select data from touchpoints where external_userid = $1 and kind = 'conversation.refused'",
      [name],
    )
    expect(rows).toMatchObject([{ data: { rm: 'li.wei', errcode } }])
  })
})

test('95019 from all of them: the message is kept, the customer is told once, and the first who receives again gets him', async () => {
  const name = await company('wm_all_stopped')
  refuses(95019, 2)
  await asks(name)
  expect(tries(name)).toHaveLength(2) // the rule asks the owner, his deputy and the desk, which is the two of them
  expect(await world.conversation(name)).toMatchObject({
    status: 'bot',
    left_message: true,
    waiting_reason: 'nobody-on-duty',
  })
  expect(
    world
      .customer(name)
      .sees()
      .filter((line) => line.includes('已收到')),
  ).toHaveLength(1)
  world.rm('wang.fang').resumes(world.account)
  await world.settle()
  expect(await world.conversation(name)).toMatchObject({ status: 'assigned', rm: 'wang.fang' })
})

test('they had stopped in WeCom while no callback came; one resumes: the waiting customer is his', async () => {
  world.wecom.callbacks.knobs.stopped = true
  for (const userid of ['li.wei', 'wang.fang', 'zhao.lei']) world.rm(userid).stops(world.account)
  world.wecom.callbacks.knobs.stopped = false
  await asks('wm_new_face') // the bell brings their stops together with his words: what is tried meanwhile is refused
  expect(await world.conversation('wm_new_face')).toMatchObject({ status: 'bot', left_message: true })
  for (const { errcode } of tries('wm_new_face')) expect(errcode).toBe(95019)
  world.rm('zhao.lei').resumes(world.account)
  await world.settle()
  expect(await world.conversation('wm_new_face')).toMatchObject({ status: 'assigned', rm: 'zhao.lei' })
  expect(world.wecom.state(world.account, 'wm_new_face')).toEqual({ state: 3, servicer: 'zhao.lei' })
})

test('95013, the session has ended: no second try; his next words begin anew', async () => {
  const name = await company('wm_ended')
  refuses(95013)
  await asks(name)
  expect(tries(name)).toHaveLength(1)
  expect(await world.conversation(name)).toMatchObject({ status: 'closed' })
  expect(await story(name)).toEqual(['message.received', 'conversation.routed', 'conversation.closed'])
  await asks(name)
  expect(await world.conversation(name)).toMatchObject({ status: 'assigned', rm: 'li.wei' })
  expect(world.wecom.state(world.account, name)).toEqual({ state: 3, servicer: 'li.wei' })
})

test('95016 because a colleague has him already: he keeps the customer', async () => {
  const name = await company('wm_taken')
  world.wecom.settings.firstState = 3
  world.rm('li.wei').stops(world.account)
  await world.settle()
  refuses(95016)
  await asks(name)
  world.wecom.settings.firstState = 0
  const { servicer } = world.wecom.state(world.account, name)
  expect(await world.conversation(name)).toMatchObject({ status: 'assigned', rm: servicer })
  expect(tries(name)).toHaveLength(1)
})

test('95018, the bot may not speak: the true state is read, the words are not repeated', async () => {
  await world.pool.query('update rms set on_duty = false')
  world.wecom.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: 95018, times: 1 })
  await asks('wm_95018')
  expect(world.wecom.calls('kf/send_msg').filter(({ body }) => body['touser'] === 'wm_95018')).toHaveLength(1)
  expect(
    world.wecom.calls('kf/service_state/get').filter(({ body }) => body['external_userid'] === 'wm_95018'),
  ).toHaveLength(1)
  expect((await story('wm_95018')).at(-1)).toBe('message.failed')
  expect(await world.conversation('wm_95018')).toMatchObject({ status: 'bot' })
  await world.pool.query('update rms set on_duty = true')
})

test('after all of it nothing is stuck, every load is right, and nobody holds a customer whom WeCom gave to another', async () => {
  const { rows: stuck } = await world.pool.query("select kind, error from inbox where state = 'dead'")
  expect(stuck).toEqual([])
  const { rows: drift } = await world.pool.query(
    `select userid, load from rms r where load <> (select coalesce(sum(units), 0) from conversations v where v.rm = r.userid and status in ('assigned', 'offered'))`,
  )
  expect(drift).toEqual([])
  const { rows } = await world.pool.query("select external_userid, rm from conversations where status = 'assigned'")
  for (const { external_userid, rm } of rows)
    expect(world.wecom.state(world.account, external_userid)).toEqual({ state: 3, servicer: rm })
})
