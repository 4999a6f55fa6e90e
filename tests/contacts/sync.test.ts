import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../core/bank.ts'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
/** Sixty RMs: more than are read together. */
const many = Array.from({ length: 57 }, (_, n) => ({ userid: `rm.${String(n).padStart(3, '0')}`, name: `经理${n}` }))
beforeAll(async () => {
  const bank = smallBank()
  const [first] = bank.rms
  const rms = [...bank.rms, ...many.map((who) => ({ ...(first as (typeof bank.rms)[number]), ...who }))]
  world = await createWorld({ rules: smallRules, people: { ...bank, rms }, syncAtOnce: true })
  await readLists()
})
afterAll(() => world.stop())

/** Waits until every list that is due was read, or refused. */
const readLists = async (...lists: string[]): Promise<void> => {
  await world.pool.query('update sync_jobs set due_at = now() where name = any($1)', [lists])
  await until('the lists to be read', async () => {
    const { rows } = await world.pool.query('select 1 from sync_jobs where due_at <= now() or lease_until is not null')
    return rows.length === 0
  })
  await world.settle()
}
const job = async (name: string) =>
  (await world.pool.query('select progress, trouble, finished_at from sync_jobs where name = $1', [name])).rows[0]

type Line = { kind: string; rm: string; at: Date; data: Record<string, unknown> }
const linesOf = async (externalUserId: string): Promise<Line[]> =>
  (
    await world.pool.query<Line>(
      "select kind, rm, at, data from touchpoints where external_userid = $1 and kind like 'contact.%' order by id",
      [externalUserId],
    )
  ).rows
const contactsOf = async (externalUserId: string) =>
  (
    await world.pool.query(
      'select k.rm, k.state, k.remark, k.add_way, k.tags from contacts k join customers c on c.id = k.customer_id where c.external_userid = $1 order by k.rm',
      [externalUserId],
    )
  ).rows
const reads = () => world.wecom.calls('externalcontact/get').length

describe('what an event does not tell is read', () => {
  test('how they met, his name and his unionid', async () => {
    world.wecom.customer('wm_scans', { nickname: '小周', unionid: 'oUnionZhou' })
    const { configId } = world.wecom.contacts.makeWay({ users: ['li.wei'], state: 'poster' })
    world.wecom.customer('wm_scans').scans(configId)
    world.rm('li.wei').accepts('wm_scans')
    await world.settle()
    await world.advance(31_000)
    expect(await linesOf('wm_scans')).toMatchObject([
      { kind: 'contact.added', rm: 'li.wei', data: { first: true, half: true, state: 'poster' } },
      { kind: 'contact.confirmed', rm: 'li.wei' },
      { kind: 'contact.described', rm: 'li.wei', data: { addWay: 1, state: 'poster' } },
    ])
    const { rows } = await world.pool.query("select name, unionid from customers where external_userid = 'wm_scans'")
    expect(rows).toEqual([{ name: '小周', unionid: 'oUnionZhou' }])
  })

  test('a storm of edits is one reading for each customer', async () => {
    const customers = Array.from({ length: 8 }, (_, n) => `wm_storm_${n}`)
    for (const who of customers) world.wecom.customer(who).adds('li.wei')
    await world.settle()
    await world.advance(31_000)
    const { 高净值: tag = '' } = world.wecom.contacts.addTags('价值', ['高净值'])
    const before = reads()
    for (let n = 0; n < 15; n += 1) {
      world.wecom.contacts.retags('li.wei', customers, n % 2 === 0 ? { add: [tag] } : { remove: [tag] })
      world.clock.advance(1000)
    }
    await world.settle(60_000)
    const { rows } = await world.pool.query(
      "select count(*)::int as n from inbox where kind = 'contact/edit_external_contact'",
    )
    expect(rows[0].n).toBe(120)
    await world.advance(60_000)
    expect(reads() - before).toBeLessThanOrEqual(16)
    expect(reads() - before).toBeGreaterThanOrEqual(8)
    for (const who of customers) expect(await contactsOf(who)).toMatchObject([{ tags: [tag] }])
    expect((await linesOf('wm_storm_3')).map(({ kind }) => kind)).toEqual(['contact.added', 'contact.described'])
  })

  test('a customer of two RMs, of whom we had heard of one', async () => {
    world.wecom.customer('wm_double').adds('li.wei')
    await world.settle()
    world.wecom.contacts.loses(1)
    world.wecom.customer('wm_double').adds('wang.fang')
    world.rm('li.wei').edits('wm_double', { remark: '周老板' })
    await world.settle()
    await world.advance(31_000)
    expect(await contactsOf('wm_double')).toMatchObject([
      { rm: 'li.wei', state: 'active', remark: '周老板' },
      { rm: 'wang.fang', state: 'active' },
    ])
    expect(
      (await linesOf('wm_double')).filter(({ rm, kind }) => rm === 'wang.fang' && kind === 'contact.added'),
    ).toMatchObject([{ data: { found: 'reconcile', first: true } }])
  })
})

describe('what no event told is found', () => {
  test('an add, dated by WeCom; and once only, should the event come after all', async () => {
    world.wecom.contacts.loses(1)
    world.wecom.customer('wm_missed').adds('wang.fang', 'campaign')
    const at = Math.floor(world.clock.now() / 1000) * 1000
    await world.settle()
    expect(await linesOf('wm_missed')).toEqual([])
    await world.advance(3_600_000)
    await readLists('contacts')
    await readLists('contacts')
    const [line, ...more] = await linesOf('wm_missed')
    expect(line).toMatchObject({
      kind: 'contact.added',
      rm: 'wang.fang',
      data: { found: 'reconcile', first: true, state: 'campaign' },
    })
    expect(Math.abs((line as Line).at.getTime() - at)).toBeLessThanOrEqual(1000)
    expect(more.filter(({ kind }) => kind === 'contact.added')).toEqual([])
  })

  test('a loss, but only after WeCom was asked for that customer', async () => {
    world.wecom.customer('wm_vanishes').adds('wang.fang')
    await world.settle()
    world.wecom.contacts.loses(1)
    world.rm('wang.fang').deletesContact('wm_vanishes')
    await world.advance(3_600_000)
    await readLists('contacts')
    expect((await linesOf('wm_vanishes')).at(-1)).toMatchObject({
      kind: 'contact.lost',
      rm: 'wang.fang',
      data: { by: 'reconcile' },
    })
    expect(world.rings('wang.fang').filter((text) => text.includes('【客户流失】'))).toEqual([])
  })

  test('whom the customer has deleted stays lost, although the RM still lists him', async () => {
    world.wecom.customer('wm_leaves').adds('wang.fang')
    await world.settle()
    world.wecom.customer('wm_leaves').deletes('wang.fang')
    await world.settle()
    await world.advance(3_600_000)
    await readLists('contacts')
    expect(await contactsOf('wm_leaves')).toMatchObject([{ rm: 'wang.fang', state: 'lost' }])
  })

  test("an RM who is outside the app's range has lost nobody", async () => {
    world.wecom.customer('wm_stays').adds('zhao.lei')
    await world.settle()
    world.wecom.contacts.leaves('zhao.lei')
    await world.advance(3_600_000)
    await readLists('contacts')
    expect(await contactsOf('wm_stays')).toMatchObject([{ rm: 'zhao.lei', state: 'active' }])
  })

  test('it goes on where it was stopped, and says what stopped it', async () => {
    world.wecom.faults.add({ path: 'externalcontact/batch/get_by_user', does: 'errcode', errcode: 48002, nth: 2 })
    await readLists('contacts')
    expect(await job('contacts')).toMatchObject({ progress: { done: 50 }, trouble: expect.stringContaining('48002') })
    world.wecom.forgetCalls()
    await readLists('contacts')
    expect(await job('contacts')).toMatchObject({ progress: {}, trouble: null })
    expect(world.wecom.calls('externalcontact/get_follow_user_list')).toEqual([])
    const asked = world.wecom.sent('externalcontact/batch/get_by_user')
    expect(new Set(asked.flatMap((body) => body['userid_list'] as string[])).size).toBe(9)
  })
})

describe('the tag library', () => {
  const library = async () =>
    (
      await world.pool.query<{ tag: string }>(
        "select g.name || '/' || t.name as tag from tags t join tag_groups g on g.id = t.group_id order by 1",
      )
    ).rows.map(({ tag }) => tag)

  test('is read at the start and nightly', async () => {
    expect((await job('tags')).finished_at).toBeInstanceOf(Date)
  })

  test('follows each change', async () => {
    const ids = world.wecom.contacts.addTags('产品', ['理财', '经营贷'])
    await until('the new tags', async () => (await library()).includes('产品/经营贷'))
    world.wecom.contacts.renamesTag(String(ids['理财']), '财富')
    await until('the new name', async () => (await library()).includes('产品/财富'))
    world.wecom.contacts.shufflesTags()
    const group = world.wecom.contacts.tagGroups().find(({ group_name: name }) => name === '产品')
    world.wecom.contacts.deletesTagGroup(String(group?.group_id))
    await world.settle()
    expect((await library()).filter((tag) => tag.startsWith('产品/'))).toEqual([])
  })
})

test('nothing failed on the way', async () => {
  expect((await world.pool.query("select kind, error from inbox where state = 'dead'")).rows).toEqual([])
  expect((await world.pool.query("select kind, error from outbox where state = 'failed'")).rows).toEqual([])
})
