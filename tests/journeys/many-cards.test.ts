import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOf } from '../../src/outbox/gathered.ts'
import { createChanges } from '../contacts/changes.ts'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

const shown = (world: World, userid: string) => {
  const inbox = world.rm(userid).inbox()
  const about = (matter: string) => inbox.filter(({ card }) => card?.taskId.startsWith(`${matter}@`)).length
  const texts = inbox.flatMap(({ body }) => (typeof body['content'] === 'string' ? [body['content']] : []))
  return { inbox, about, digests: texts.filter((text) => text.includes('您又有') || text.includes('开始排队')) }
}

type Told = { id: string; state: string; in: string | null; more: number; sent: boolean }
/** What became of each card that may be gathered: sent, or in one that was. */
const fates = async (world: World, userid: string): Promise<Told[]> => {
  const { rows } = await world.pool.query<Told>(
    `select id, state, answer ->> 'in' as "in", coalesce((payload -> 'more' ->> 'count')::int, 0) as more, answer ->> 'msgid' is not null as sent
     from outbox where subject = 'digest:' || $1 order by id`,
    [userid],
  )
  return rows
}
const expectNoneLost = (told: readonly Told[], count: number): void => {
  expect(told).toHaveLength(count)
  expect(told.filter(({ state }) => state !== 'done')).toEqual([])
  const sent = told.filter((one) => one.sent)
  expect(sent.reduce((sum, { more }) => sum + more + 1, 0)).toBe(count)
  const heads = new Set(sent.map(({ id }) => id))
  expect(told.filter((one) => !one.sent && !heads.has(one.in ?? ''))).toEqual([])
}

describe('400 people add one RM, and WeCom gives no welcome codes', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ rules: smallRules, officialBudgets: true })
  })
  afterAll(() => world.stop())

  test('a new customer in the middle of it rings within seconds', async () => {
    const wecom = createChanges(world.app, world.wecom.corp)
    const at = Math.floor(world.clock.now() / 1000)
    const adding = Array.from({ length: 400 }, (_, n) =>
      wecom.contact('add_external_contact', { UserID: 'li.wei', ExternalUserID: `wm_${n}`, at }),
    )
    expect(new Set(await Promise.all(adding))).toEqual(new Set([200]))
    await expect.poll(() => shown(world, 'li.wei').digests.length, { timeout: 60_000 }).toBeGreaterThan(0)

    const told = await fates(world, 'li.wei')
    expect(told.length < 400 || told.some(({ state }) => state === 'new')).toBe(true) // it is not over yet
    const began = performance.now()
    world.customer('wm_bakery').writes('想贷款')
    await expect.poll(() => shown(world, 'li.wei').about('new'), { timeout: 30_000, interval: 20 }).toBe(1)
    expect(performance.now() - began).toBeLessThan(10_000)
  }, 120_000)

  test('so do an offer and a first-reply reminder', async () => {
    for (const matter of ['offer', 'remind']) {
      const began = performance.now()
      const card = { ...first, task: `${matter}@${world.account}@wm_chen@x` }
      await world.pool.query("insert into outbox (kind, subject, payload) values ('message/card', 'card:li.wei', $1)", [
        JSON.stringify({ rm: 'li.wei', card }),
      ])
      await expect.poll(() => shown(world, 'li.wei').about(matter), { timeout: 30_000, interval: 20 }).toBe(1)
      expect(performance.now() - began).toBeLessThan(10_000)
    }
    await world.settle(120_000)
  }, 240_000)

  test('he has some cards and a few messages about all the others; WeCom dropped none, and none is lost', async () => {
    const sent = world.wecom.sent('message/send').filter((body) => body['touser'] === 'li.wei')
    const { inbox, about, digests } = shown(world, 'li.wei')
    expect(inbox).toHaveLength(sent.length) // the simulator drops beyond 30 a minute, without a word
    expect(about('task') + digests.length).toBeLessThan(30)
    expect(digests.join('\n')).toMatch(
      /您又有\d+项待办到期：\n1\. .*新好友.*\n2\. .*\n8\. [^\n]*\n……\n写“待办”查看全部/su,
    )
    expectNoneLost(await fates(world, 'li.wei'), 400)
  })

  test('all of them are open in his list, page by page', async () => {
    world.rm('li.wei').writes('待办')
    await world.settle()
    expect(world.rings('li.wei').at(-1)).toMatch(/共400项\n1\. .*\n10\. .*第1页，共40页；写“待办 2”看下一页/su)
    world.rm('li.wei').writes('待办 40')
    await world.settle()
    expect(world.rings('li.wei').at(-1)).toMatch(/\n391\. .*\n400\. .*（第40页，共40页）/su)
    world.rm('li.wei').writes('待办 完成 400 已打招呼')
    await world.settle()
    const { rows } = await world.pool.query(
      "select count(*)::int as n from tasks where rm = 'li.wei' and state = 'open'",
    )
    expect(rows).toEqual([{ n: 399 }])
  })
})

describe('60 customers begin to wait for one RM, who is full', () => {
  let world: World
  beforeAll(async () => {
    const fallback = { steps: [{ to: 'pool:general', stay: '30m' }], otherwise: 'queue' }
    world = await createWorld({ rules: { ...smallRules, fallback }, officialBudgets: true })
    await world.pool.query("update rms set on_duty = userid = 'li.wei'")
  })
  afterAll(() => world.stop())

  const line = "subject = 'digest:li.wei' and conversation_id is not null"

  test('one who leaves before his card was sent needs none', async () => {
    // Something of another kind stands at the front of the line, so that nothing is sent for now.
    await world.pool.query(
      "insert into outbox (kind, subject, payload, due_at) values ('message/card', 'digest:li.wei', $1, now() + interval '1 hour')",
      [JSON.stringify({ rm: 'li.wei', card: first, digest: { line: '其他', words: '{count}{list}' } })],
    )
    // He has room for two of them.
    for (let n = 0; n < 62; n += 1) world.customer(`wm_q${n}`).writes('有人吗')
    const waiting = () => world.pool.query<{ id: string }>(`select conversation_id as id from outbox where ${line}`)
    await expect.poll(async () => (await waiting()).rowCount, { timeout: 60_000 }).toBe(60)
    const leaving = (await waiting()).rows[29]?.id
    await world.api('POST', `/conversations/${leaving}/close`, { reason: '客户已离开' })
    const spared = () =>
      world.pool.query<{ id: string }>(
        `select conversation_id as id from outbox where ${line} and state = 'expired' and error = 'its matter was over before it was sent'`,
      )
    await expect.poll(async () => (await spared()).rows, { timeout: 20_000 }).toEqual([{ id: leaving }])
  }, 120_000)

  test('the others are told of together', async () => {
    await world.pool.query("update outbox set due_at = now() where subject = 'digest:li.wei'")
    await world.settle(120_000)
    const told = await fates(world, 'li.wei')
    expectNoneLost(
      told.filter(({ state }) => state !== 'expired'),
      60,
    )
    const { about, digests, inbox } = shown(world, 'li.wei')
    expect(about('queue')).toBeLessThanOrEqual(10)
    expect(inbox.length).toBeLessThan(30)
    expect(digests.join('\n')).toMatch(/又有\d+位客户开始排队，同事都在忙：\n1\. 新访客（个人）：有人吗/u)
  }, 180_000)

  test('their cards grey when somebody takes them; what came in a list has nothing to grey, and nothing fails', async () => {
    for (const { id } of (
      await world.pool.query<{ id: string }>("select id from conversations where status = 'queued'")
    ).rows)
      await world.api('POST', `/conversations/${id}/close`, { reason: '下班' })
    await world.settle(60_000)
    const cards = shown(world, 'li.wei').inbox.flatMap(({ card }) => (card?.taskId.startsWith('queue@') ? card : []))
    expect(new Set(cards.map(({ replaced }) => replaced))).toEqual(new Set(['会话已结束']))
    const { rows } = await world.pool.query("select error from outbox where state = 'failed' and kind like 'message/%'")
    expect(rows).toEqual([])
  }, 120_000)
})

const first = { task: 'watch@1@x', title: '其他', lines: [], buttons: [{ key: 'seen', text: '好', style: 1 }] }

test('of long lines fewer are named, so that the words at the end are never cut', () => {
  const digest = { line: '很长的标题'.repeat(40), words: '您有{count}项：\n{list}\n写“待办”查看全部' }
  const text = digestOf(digest, { count: 36, lines: Array.from({ length: 7 }, () => digest.line) })
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2000)
  expect(text).toMatch(/^您有37项：\n1\. .*\n……\n写“待办”查看全部$/su)
  expect(digestOf({ line: '甲', words: '{count}：{list}' }, { count: 1, lines: ['乙 {count} $1'] })).toBe(
    '2：1. 甲\n2. 乙 {count} $1',
  )
})
