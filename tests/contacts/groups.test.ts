import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { createChanges } from './changes.ts'
import { groupGround } from './group-ground.ts'

let world: World
let it: ReturnType<typeof groupGround>
let wecom: ReturnType<typeof createChanges>
beforeAll(async () => {
  world = await createWorld({ rules: smallRules, people: smallBank() })
  it = groupGround(world)
  wecom = createChanges(world.app, world.wecom.corp)
})
afterAll(() => world.stop())

const groups = () => world.wecom.contacts.groups
const seconds = () => Math.floor(world.clock.now() / 1000)

describe("an RM's group", () => {
  test('a customer joins by the code, is renamed around, leaves; in the end the group is dissolved', async () => {
    world.wecom.customer('wm_bakery', { unionid: 'oUnionBakery' })
    const chatId = groups().create({ owner: 'li.wei', name: '小微沙龙', members: ['wm_chen'] })
    await it.read()
    expect(await it.group(chatId)).toMatchObject({ name: '小微沙龙', owner: 'li.wei', dismissed_at: null })
    // The event of a new group names nobody: who was in it from the start is read.
    expect(await it.lines(chatId)).toMatchObject([
      { kind: 'group.joined', who: 'wm_chen', data: { chatId, scene: '0', found: 'reconcile', invitor: 'li.wei' } },
    ])

    world.clock.advance(3_600_000)
    groups().joins(chatId, ['wm_bakery'], { scene: 3, state: 'poster' })
    groups().renames(chatId, '小微沙龙二群')
    await it.read()
    expect((await it.lines(chatId)).slice(1)).toMatchObject([
      { kind: 'group.joined', who: 'wm_bakery', rm: 'li.wei', data: { chatId, scene: '3' } },
    ])
    expect(await it.group(chatId)).toMatchObject({
      name: '小微沙龙二群',
      member_version: groups().get(chatId).version,
    })
    const { rows } = await world.pool.query(
      "select scene, state, unionid, customer from group_members where chat_id = $1 and member_id = 'wm_bakery'",
      [chatId],
    )
    expect(rows).toEqual([{ scene: 3, state: 'poster', unionid: 'oUnionBakery', customer: true }])
    const { body } = await world.api('GET', '/customers/wm_bakery')
    expect(body['groups']).toMatchObject([{ chatId, name: '小微沙龙二群', owner: 'li.wei' }])

    world.clock.advance(3_600_000)
    groups().leaves(chatId, ['wm_bakery'])
    groups().changesOwner(chatId, 'wang.fang')
    await it.read()
    expect((await it.lines(chatId)).slice(2)).toMatchObject([
      { kind: 'group.left', who: 'wm_bakery', data: { chatId, scene: '0' } },
    ])
    expect(await it.members(chatId)).toEqual(['li.wei', 'wm_chen'])
    expect(await it.group(chatId)).toMatchObject({ owner: 'wang.fang' })
    expect((await world.api('GET', '/customers/wm_bakery')).body['groups']).toEqual([])

    groups().dismisses(chatId)
    await it.read()
    expect((await it.lines(chatId)).slice(3)).toMatchObject([{ kind: 'group.dismissed', rm: 'wang.fang' }])
    expect(await it.group(chatId)).toMatchObject({ dismissed_at: expect.any(Date) })
    expect((await world.api('GET', '/customers/wm_chen')).body['groups']).toEqual([])
  })

  test('a storm of changes is few readings', async () => {
    const chatId = groups().create({ owner: 'li.wei' })
    await it.read()
    const before = it.reads()
    for (let n = 0; n < 40; n += 1) {
      groups().joins(chatId, [`wm_storm_${n}`], { scene: 3 })
      if (n % 4 === 3) groups().leaves(chatId, [`wm_storm_${n}`])
      if (n % 10 === 0) groups().renames(chatId, `群${n}`)
      world.clock.advance(1000)
    }
    await it.read()
    await world.advance(60_000)
    expect(it.reads() - before).toBeGreaterThanOrEqual(1)
    expect(it.reads() - before).toBeLessThanOrEqual(4)
    expect((await it.told(chatId)).filter((line) => line.endsWith('joined'))).toHaveLength(40)
    expect((await it.told(chatId)).filter((line) => line.endsWith('left'))).toHaveLength(10)
    expect(await it.members(chatId)).toEqual(
      groups()
        .get(chatId)
        .members.map(({ id }) => id)
        .toSorted(),
    )
    expect(await it.group(chatId)).toMatchObject({ name: '群30' })
  })

  test('a new notice is no reason to read', async () => {
    const chatId = groups().create({ owner: 'li.wei' })
    await it.read()
    const before = it.reads()
    groups().notices(chatId, '本周六沙龙')
    await it.read()
    expect(it.reads()).toBe(before)
  })
})

describe('events that come badly', () => {
  test('without a list of members: who came and left is read', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_a'] })
    await it.read()
    world.wecom.settings.bareGroupEvents = true
    world.clock.advance(3_600_000)
    groups().joins(chatId, ['wm_b'], { scene: 3 })
    groups().leaves(chatId, ['wm_a'])
    world.wecom.settings.bareGroupEvents = false
    await it.read()
    expect(await it.told(chatId)).toEqual(['wm_a joined*', 'wm_b joined*', 'wm_a left*'])
    expect(await it.members(chatId)).toEqual(['li.wei', 'wm_b'])
  })

  test('twice, late and in reverse: each once, dated as WeCom dates it', async () => {
    world.wecom.settings.bareGroupEvents = true
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_slow'] })
    await it.read()
    const [created] = await it.lines(chatId)
    const event = { ChatId: chatId, MemChangeCnt: 1, MemChangeList: { Item: ['wm_twice'] } }
    const came = seconds() - 600
    const join = { ...event, at: came, UpdateDetail: 'add_member', JoinScene: 3, LastMemVer: 'v1', CurMemVer: 'v2' }
    const leave = {
      ...event,
      at: came + 60,
      UpdateDetail: 'del_member',
      QuitScene: 0,
      LastMemVer: 'v2',
      CurMemVer: 'v3',
    }
    const late = {
      ...event,
      at: Math.floor((created?.at.getTime() ?? 0) / 1000),
      UpdateDetail: 'add_member',
      JoinScene: 0,
      MemChangeList: { Item: ['wm_slow'] },
    }
    for (const change of [leave, join, leave, join, late]) await wecom.group('update', change)
    await it.read()
    world.wecom.settings.bareGroupEvents = false
    expect(await it.told(chatId)).toEqual(['wm_twice joined', 'wm_twice left', 'wm_slow joined*'])
    expect(await it.members(chatId)).toEqual(['li.wei', 'wm_slow'])
    expect(await it.group(chatId)).toMatchObject({ told_version: 'v3' })
  })

  test('what a reading has shown already is not read again', async () => {
    const chatId = groups().create({ owner: 'li.wei' })
    await it.read()
    const { version } = groups().get(chatId)
    const before = it.reads()
    await wecom.group('update', {
      ChatId: chatId,
      at: seconds(),
      UpdateDetail: 'add_member',
      MemChangeList: { Item: [] },
      LastMemVer: 'older',
      CurMemVer: version,
    })
    await it.read()
    expect(it.reads()).toBe(before)
  })

  test('WeCom shows the group as it was before: nobody has left, and it is read once more', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_old'] })
    await it.read()
    world.wecom.settings.groupLagMs = 45_000
    world.clock.advance(3_600_000)
    groups().joins(chatId, ['wm_fresh'])
    groups().leaves(chatId, ['wm_old'])
    await it.read()
    expect(await it.members(chatId)).toEqual(['li.wei', 'wm_fresh'])
    await world.advance(31_000)
    world.wecom.settings.groupLagMs = 0
    expect(await it.told(chatId)).toEqual(['wm_old joined*', 'wm_fresh joined', 'wm_old left'])
    expect(await it.group(chatId)).toMatchObject({ member_version: groups().get(chatId).version })
  })

  test('after it was dissolved: the ledger takes what happened before, and WeCom is left alone', async () => {
    const chatId = groups().create({ owner: 'li.wei' })
    await it.read()
    const at = seconds()
    groups().dismisses(chatId)
    await world.settle()
    const before = it.reads()
    const MemChangeList = { Item: ['wm_last'] }
    await wecom.group('update', { ChatId: chatId, at, UpdateDetail: 'add_member', JoinScene: 0, MemChangeList })
    await it.read()
    expect((await it.told(chatId)).toSorted()).toEqual(['dismissed', 'wm_last joined'])
    expect(it.reads()).toBe(before)
  })
})

describe('who he is', () => {
  test('a client of the bank by his unionid is known from the group; a stranger stays one', async () => {
    await world.pool.query("insert into customers (unionid, client_no, known) values ('oUnionZhou', 'C77', true)")
    world.wecom.customer('wm_zhou', { unionid: 'oUnionZhou' })
    world.wecom.customer('wm_nobody', { unionid: 'oUnionNobody' })
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_zhou', 'wm_nobody'] })
    await it.read()
    expect((await world.api('GET', '/customers/wm_zhou')).body).toMatchObject({ clientNo: 'C77', groups: [{ chatId }] })
    expect((await world.api('GET', '/customers/wm_nobody')).status).toBe(404)
    expect(await it.told(chatId)).toEqual(['wm_nobody joined*', 'wm_zhou joined*'])
  })

  test('who becomes a customer later has it on his timeline', async () => {
    const chatId = groups().create({ owner: 'li.wei', members: ['wm_later'] })
    await it.read()
    world.customer('wm_later').writes('你好')
    await world.settle()
    const { id } = (await world.api('GET', '/customers/wm_later')).body
    const { items } = (await world.api('GET', `/touchpoints?customerId=${id}&kind=group.joined`)).body
    expect(items).toMatchObject([{ externalUserId: 'wm_later', data: { chatId } }])
  })
})

test('a group that is none any more, and one that the app may not see, are nobody’s mistake', async () => {
  const gone = groups().create({ owner: 'li.wei' })
  world.wecom.faults.add({ path: 'externalcontact/groupchat/get', does: 'errcode', errcode: 60011, nth: 1 })
  await it.read()
  await wecom.group('create', { ChatId: 'wr_never_heard_of', at: seconds() })
  await it.read()
  expect(await it.group(gone)).toMatchObject({ read_at: null, dismissed_at: null })
  expect((await world.api('GET', '/integrity')).body['gaps']).toEqual([])
  await it.nothingFailed()
})
