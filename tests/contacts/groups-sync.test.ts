import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../core/bank.ts'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { groupGround } from './group-ground.ts'

let world: World
let it: ReturnType<typeof groupGround>
/** More owners than are listed together. */
const many = Array.from({ length: 120 }, (_, n) => ({ userid: `rm.${String(n).padStart(3, '0')}`, name: `经理${n}` }))
beforeAll(async () => {
  const bank = smallBank()
  const [first] = bank.rms
  const rms = [...bank.rms, ...many.map((who) => ({ ...(first as (typeof bank.rms)[number]), ...who }))]
  world = await createWorld({ rules: smallRules, people: { ...bank, rms }, syncAtOnce: true })
  it = groupGround(world)
  await it.walk()
})
afterAll(() => world.stop())

const groups = () => world.wecom.contacts.groups
/** The events of what happens in `act` never leave WeCom. */
const unheard = <Done>(act: () => Done): Done => {
  world.wecom.contacts.loses(1_000)
  const done = act()
  world.wecom.contacts.loses(0)
  return done
}
/** A night later the books are not fresh any more. */
const nextNight = async (): Promise<void> => {
  await world.advance(24 * 3_600_000)
  await it.walk()
}
const job = async () =>
  (await world.pool.query("select progress, trouble from sync_jobs where name = 'groups'")).rows[0]

describe('what no event told is found at night', () => {
  test('a group that we never heard of, with who is in it since when', async () => {
    const chatId = unheard(() => groups().create({ owner: 'rm.110', name: '老群', members: ['wm_bakery'] }))
    const at = Math.floor(world.clock.now() / 1000) * 1000
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ name: '老群', owner: 'rm.110', status: 0 })
    const [line, ...more] = await it.lines(chatId)
    expect(line).toMatchObject({ kind: 'group.joined', who: 'wm_bakery', data: { found: 'reconcile' } })
    expect(Math.abs((line?.at.getTime() ?? 0) - at)).toBeLessThanOrEqual(1000)
    expect(more).toEqual([])
    await nextNight()
    expect(await it.lines(chatId)).toHaveLength(1)
  })

  test('who came, who left, who came back, and another name', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_stays', 'wm_leaves', 'wm_returns'] })
    await it.read()
    unheard(() => {
      world.clock.advance(3_600_000)
      groups().leaves(chatId, ['wm_leaves', 'wm_returns'])
      world.clock.advance(3_600_000)
      groups().joins(chatId, ['wm_returns', 'wm_comes'], { scene: 3, state: 'poster' })
      groups().renames(chatId, '新名')
    })
    await nextNight()
    await nextNight()
    const told = await it.told(chatId)
    expect(told.slice(3).toSorted()).toEqual([
      'wm_comes joined*',
      'wm_leaves left*',
      'wm_returns joined*',
      'wm_returns left*',
    ])
    expect(await it.members(chatId)).toEqual(['li.wei', 'wm_comes', 'wm_returns', 'wm_stays'])
    expect(await it.group(chatId)).toMatchObject({ name: '新名', member_version: groups().get(chatId).version })
    expect((await it.lines(chatId)).find(({ who }) => who === 'wm_comes')?.data).toMatchObject({
      scene: '3',
      state: 'poster',
    })
  })

  test('a group that was dissolved, once WeCom has been asked for it', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_gone'] })
    await it.read()
    unheard(() => groups().dismisses(chatId))
    await nextNight()
    await nextNight()
    expect((await it.lines(chatId)).slice(1)).toMatchObject([
      { kind: 'group.dismissed', rm: 'li.wei', data: { chatId, found: 'reconcile' } },
    ])
    expect(await it.group(chatId)).toMatchObject({ dismissed_at: expect.any(Date), hidden_at: null })
  })

  test("a group that is out of the app's range is not dissolved; it is there again when WeCom shows it", async () => {
    const chatId = groups().create({ owner: 'rm.001', members: ['wm_hidden'] })
    await it.read()
    world.wecom.servicer('rm.001', { visible: false })
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ dismissed_at: null, hidden_at: expect.any(Date) })
    expect(await it.members(chatId)).toEqual(['rm.001', 'wm_hidden'])
    world.wecom.servicer('rm.001', { visible: true })
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ dismissed_at: null, hidden_at: null })
    expect(await it.told(chatId)).toEqual(['wm_hidden joined*'])
  })

  test('a group that went to somebody out of sight, unheard, is taken for dissolved until WeCom shows it again', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_moved'] })
    await it.read()
    world.wecom.servicer('rm.003', { visible: false })
    unheard(() => groups().changesOwner(chatId, 'rm.003'))
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ owner: 'li.wei', dismissed_at: expect.any(Date) })
    world.wecom.servicer('rm.003', { visible: true })
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ owner: 'rm.003', dismissed_at: null, hidden_at: null })
    expect(await it.told(chatId)).toEqual(['wm_moved joined*', 'dismissed*'])
  })

  test('an owner who has left the bank: WeCom lists his groups only by his name', async () => {
    const chatId = groups().create({ owner: 'rm.002', members: ['wm_orphan'] })
    await it.read()
    world.wecom.contacts.leaves('rm.002')
    unheard(() => groups().joins(chatId, ['wm_late_guest']))
    await nextNight()
    expect(await it.group(chatId)).toMatchObject({ status: 1, dismissed_at: null, hidden_at: null })
    expect(await it.members(chatId)).toEqual(['rm.002', 'wm_late_guest', 'wm_orphan'])
  })
})

test('callbacks that are lost, doubled and out of order: after the night the books are WeCom’s, and nothing is told twice', async () => {
  const { knobs } = world.wecom.callbacks
  const usual = { ...knobs }
  Object.assign(knobs, { dropPercent: 30, duplicatePercent: 50, reorderPercent: 40, reorderMs: 60 })
  const chats = ['li.wei', 'wang.fang', 'zhao.lei'].map((owner) => groups().create({ owner }))
  const guests = Array.from({ length: 8 }, (_, n) => `wm_guest_${n}`)
  const happened = { joined: 0, left: 0 }
  for (let n = 0; n < 150; n += 1) {
    const [chatId, guest] = [String(chats[n % 3]), String(guests[(n * 7) % 8])]
    const isIn = groups()
      .get(chatId)
      .members.some(({ id }) => id === guest)
    if (isIn) groups().leaves(chatId, [guest])
    else groups().joins(chatId, [guest], { scene: 3 })
    happened[isIn ? 'left' : 'joined'] += 1
    world.clock.advance(20_000)
    if (n % 30 === 29) await world.settle()
  }
  await world.settle()
  Object.assign(knobs, usual)
  await nextNight()
  const told = (await Promise.all(chats.map((chatId) => it.told(chatId)))).flat()
  for (const chatId of chats) {
    const members = groups()
      .get(chatId)
      .members.map(({ id }) => id)
    expect(await it.members(chatId)).toEqual(members.toSorted())
  }
  const count = (what: string) => told.filter((line) => line.replace('*', '').endsWith(` ${what}`)).length
  for (const what of ['joined', 'left'] as const) {
    expect(count(what)).toBeLessThanOrEqual(happened[what])
    expect(count(what)).toBeGreaterThan(happened[what] * 0.5)
  }
})

describe('the walk', () => {
  test('names its owners, a hundred at a time, and reads no group twice in a night', async () => {
    await nextNight()
    world.wecom.forgetCalls()
    await it.walk()
    expect(it.reads()).toBe(0)
    const asked = world.wecom.sent('externalcontact/groupchat/list')
    const owners = asked.map((body) => (body['owner_filter'] as { userid_list: string[] }).userid_list)
    expect(Math.max(...owners.map((list) => list.length))).toBe(100)
    expect(new Set(owners.flat()).size).toBe(owners.flat().length)
  })

  test('goes on where it was stopped, and says what stopped it', async () => {
    for (let n = 0; n < 6; n += 1) unheard(() => groups().create({ owner: `rm.${110 + n}`, members: [`wm_walk_${n}`] }))
    await world.advance(24 * 3_600_000)
    const all = world.wecom.calls('externalcontact/groupchat/get').length
    world.wecom.faults.add({ path: 'externalcontact/groupchat/get', does: 'errcode', errcode: 48002, nth: 8 })
    await it.walk()
    expect(await job()).toMatchObject({ trouble: expect.stringContaining('48002') })
    const read = world.wecom.calls('externalcontact/groupchat/get').length - all
    expect(read).toBe(8)
    world.wecom.forgetCalls()
    await it.walk()
    expect(await job()).toMatchObject({ progress: {}, trouble: null })
    expect(world.wecom.calls('externalcontact/get_follow_user_list')).toEqual([])
    const again = world.wecom.sent('externalcontact/groupchat/get').map((body) => body['chat_id'])
    expect(new Set(again).size).toBe(again.length)
    const { rows } = await world.pool.query(
      "select count(*)::int as n from touchpoints where external_userid like 'wm\\_walk\\_%' and kind = 'group.joined'",
    )
    expect(rows).toEqual([{ n: 6 }])
  })

  test('when another process has it by now the first one stops; what that one had done is not done again', async () => {
    await world.advance(24 * 3_600_000)
    world.wecom.forgetCalls()
    const slow = world.wecom.faults.add({ path: 'externalcontact/groupchat/get', does: 'slow', ms: 300 })
    await world.pool.query("update sync_jobs set due_at = now() where name = 'groups'")
    await until('the third group to be asked for', () => it.reads() >= 3)
    // As if its process had been killed: its lease has run out, and somebody else took the job and died at once.
    await world.pool.query(
      "update sync_jobs set fence = nextval('fences'), lease_until = now() + interval '1 second' where name = 'groups'",
    )
    world.wecom.faults.remove(slow)
    const asked = () => world.wecom.sent('externalcontact/groupchat/get').map((body) => body['chat_id'])
    const first = asked()
    world.wecom.forgetCalls()
    await it.walked()
    expect(world.wecom.calls('externalcontact/get_follow_user_list')).toEqual([])
    // Only what was under way is asked for once more.
    expect(asked().filter((chatId) => first.includes(chatId)).length).toBeLessThanOrEqual(1)
    expect(new Set([...first, ...asked()]).size).toBeGreaterThan(5)
  })

  test('WeCom is busy: it goes on when the limit allows', async () => {
    await world.advance(24 * 3_600_000)
    world.wecom.faults.add({ path: 'externalcontact/groupchat/list', does: 'errcode', errcode: 45009, nth: 1 })
    await it.walk()
    const { rows } = await world.pool.query(
      "select trouble, extract(epoch from due_at - now())::int as wait from sync_jobs where name = 'groups'",
    )
    expect(rows[0]).toMatchObject({ trouble: expect.any(String) })
    expect(rows[0].wait).toBeGreaterThan(30)
    expect(rows[0].wait).toBeLessThanOrEqual(60)
  })
})

test('nothing failed on the way', () => it.nothingFailed())
