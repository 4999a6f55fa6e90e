import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { createChanges } from './changes.ts'

let world: World
let wecom: ReturnType<typeof createChanges>
let clock = 0
/** A second later than the last one that was asked for. */
const later = (seconds = 1): number => (clock += seconds)

beforeAll(async () => {
  world = await createWorld({ rules: smallRules, people: smallBank() })
  wecom = createChanges(world.app, world.wecom.corp)
  clock = Math.floor(world.clock.now() / 1000) - 1000
  await supervise('shanghai')
})
afterAll(() => world.stop())

/** zhao.lei answers for this part of the bank. */
const supervise = async (supervises: string | null): Promise<void> => {
  const rm = { name: '赵磊', branch: 'shanghai', capacity: 2, onDuty: true, supervises }
  expect((await world.api('PUT', '/rms/zhao.lei', rm)).status).toBe(200)
}

type Line = { kind: string; rm: string | null; channel: string | null; at: Date; data: Record<string, unknown> }
const linesOf = async (externalUserId: string): Promise<Line[]> =>
  (
    await world.pool.query<Line>(
      'select kind, rm, channel, at, data from touchpoints where external_userid = $1 order by id',
      [externalUserId],
    )
  ).rows
const kindsOf = async (externalUserId: string) => (await linesOf(externalUserId)).map(({ kind }) => kind)
const contactsOf = async (externalUserId: string) =>
  (await world.api('GET', `/customers/${externalUserId}`)).body['contacts'] as unknown as {
    rm: string
    state: string
    since: string
  }[]
const ownerOf = async (externalUserId: string) =>
  (await world.api('GET', `/customers/${externalUserId}`)).body['owner'] as unknown

const pair = (ExternalUserID: string, UserID = 'li.wei') => ({ UserID, ExternalUserID })
const add = (who: string, fields: object = {}) =>
  wecom.contact('add_external_contact', { ...pair(who), at: later(), ...fields })

describe('a customer and an RM', () => {
  test('they become contacts: the ledger has it once, the customer shows it, and he has an RM of his own', async () => {
    const at = later()
    expect(await add('wm_new', { at })).toBe(200)
    expect(await add('wm_new', { at })).toBe(200)
    await world.settle()
    // Without a welcome code greeting him is a task: not what is looked at here.
    expect((await linesOf('wm_new')).filter(({ kind }) => !kind.startsWith('task.'))).toMatchObject([
      { kind: 'contact.added', rm: 'li.wei', at: new Date(at * 1000), data: { first: true } },
      { kind: 'owner.changed', rm: 'li.wei', data: { from: null, why: 'first-contact' } },
    ])
    expect(await contactsOf('wm_new')).toEqual([
      { rm: 'li.wei', state: 'active', since: new Date(at * 1000).toISOString() },
    ])
    expect(await ownerOf('wm_new')).toBe('li.wei')
  })

  test('half, then full: one add, then a confirmation', async () => {
    const half = later()
    await wecom.contact('add_half_external_contact', { ...pair('wm_half'), at: half, WelcomeCode: 'code' })
    await world.settle()
    expect(await contactsOf('wm_half')).toMatchObject([{ state: 'half' }])
    const full = later(300)
    await add('wm_half', { at: full })
    await world.settle()
    expect((await linesOf('wm_half')).filter(({ kind }) => kind.startsWith('contact.'))).toMatchObject([
      { kind: 'contact.added', data: { first: true, half: true } },
      { kind: 'contact.confirmed' },
    ])
    expect(await contactsOf('wm_half')).toMatchObject([{ state: 'active', since: new Date(full * 1000).toISOString() }])
  })

  test('full, and the half add after it: still one', async () => {
    const half = later()
    await add('wm_late_half', { at: half + 2 })
    await wecom.contact('add_half_external_contact', { ...pair('wm_late_half'), at: half })
    await world.settle()
    expect((await kindsOf('wm_late_half')).filter((kind) => kind.startsWith('contact.'))).toEqual(['contact.added'])
    expect(await contactsOf('wm_late_half')).toMatchObject([{ state: 'active' }])
  })

  test('the customer leaves: the RM is told once; he comes back: no first add', async () => {
    await add('wm_back')
    await wecom.contact('del_follow_user', { ...pair('wm_back'), at: later() })
    // What remains on the RM's side he clears away later: no second loss.
    await wecom.contact('del_external_contact', { ...pair('wm_back'), at: later() })
    await world.settle()
    expect(await contactsOf('wm_back')).toMatchObject([{ state: 'lost' }])
    expect(world.rings('li.wei').filter((text) => text.includes('【客户流失】'))).toHaveLength(1)
    await add('wm_back')
    await world.settle()
    const told = (await linesOf('wm_back')).filter(({ kind }) => kind.startsWith('contact.'))
    expect(told.map(({ kind, data }) => [kind, data['by'] ?? data['first']])).toEqual([
      ['contact.added', true],
      ['contact.lost', 'customer'],
      ['contact.added', false],
    ])
    expect(await contactsOf('wm_back')).toMatchObject([{ state: 'active' }])
  })

  test('the RM deletes the customer: his supervisor is told, he himself is not', async () => {
    await add('wm_deleted')
    await wecom.contact('del_external_contact', { ...pair('wm_deleted'), at: later() })
    await world.settle()
    expect((await linesOf('wm_deleted')).at(-1)).toMatchObject({ kind: 'contact.lost', data: { by: 'manager' } })
    expect(world.rings('zhao.lei').filter((text) => text.includes('【删除客户】李伟'))).toHaveLength(1)
    expect(world.rings('li.wei').filter((text) => text.includes('【删除客户】'))).toEqual([])
  })

  test.each(['add first', 'loss first'])('a colleague takes over, %s: the customer is his now', async (order) => {
    const who = `wm_moves_${order === 'add first'}`
    await add(who)
    const added = { ...pair(who, 'wang.fang'), at: later() }
    const removed = { ...pair(who), at: later(), Source: 'DELETE_BY_TRANSFER' }
    const acts = [
      () => wecom.contact('add_external_contact', added),
      () => wecom.contact('del_external_contact', removed),
    ]
    for (const act of order === 'add first' ? acts : acts.toReversed()) await act()
    await world.settle()
    const states = (await contactsOf(who)).map(({ rm, state }) => `${rm} ${state}`)
    expect(states.toSorted()).toEqual(['li.wei lost', 'wang.fang active'])
    expect(await ownerOf(who)).toBe('wang.fang')
    expect((await linesOf(who)).filter(({ kind }) => kind === 'contact.lost')).toMatchObject([
      { data: { by: 'transfer' } },
    ])
  })

  test('whom the bank has named stays the owner, and a second RM does not become it', async () => {
    await add('wm_chen', pair('wm_chen', 'wang.fang'))
    await add('wm_two')
    await add('wm_two', pair('wm_two', 'wang.fang'))
    await world.settle()
    expect([await ownerOf('wm_chen'), await ownerOf('wm_two')]).toEqual(['zhao.lei', 'li.wei'])
  })

  test('a loss that overtakes its add: both are counted, and he is gone', async () => {
    const at = later()
    await wecom.contact('del_follow_user', { ...pair('wm_overtaken'), at: at + 5 })
    await add('wm_overtaken', { at })
    later(10)
    await world.settle()
    expect((await kindsOf('wm_overtaken')).toSorted()).toEqual(['contact.added', 'contact.lost'])
    expect(await contactsOf('wm_overtaken')).toMatchObject([{ state: 'lost' }])
  })

  test('a transfer that failed is told to both who should know', async () => {
    await wecom.contact('transfer_fail', {
      ...pair('wm_refuses', 'wang.fang'),
      at: later(),
      FailReason: 'customer_refused',
    })
    await world.settle()
    expect(await kindsOf('wm_refuses')).toEqual(['contact.transfer_failed'])
    expect(world.rings('wang.fang').filter((text) => text.includes('客户不同意更换客户经理'))).toHaveLength(1)
    expect(world.rings('zhao.lei').filter((text) => text.includes('【接替未成】'))).toHaveLength(1)
  })

  test('consent to the archive, and an edit, of somebody we never saw', async () => {
    await wecom.contact('msg_audit_approved', { ...pair('wm_consents'), at: later() })
    await wecom.contact('edit_external_contact', { ...pair('wm_edited'), at: later() })
    await world.settle()
    expect(await kindsOf('wm_consents')).toEqual(['contact.archive_agreed'])
    expect(await kindsOf('wm_edited')).toEqual([])
    expect(await contactsOf('wm_edited')).toEqual([])
  })
})

describe('where he came from', () => {
  test('a state that is a channel, and the entry before it', async () => {
    await world.pool.query(
      "insert into channels (key, name, kind, open_kfid) values ('branch_12', '静安支行', 'branch', $1)",
      [world.account],
    )
    world.customer('wm_visitor').opens({ openKfId: world.account, scene: 'app_home' })
    world.customer('wm_visitor').writes('想了解理财')
    await world.settle()
    await add('wm_visitor', { State: 'branch_12' })
    await add('wm_poster', { State: 'branch_12' })
    await add('wm_tool', { State: 'somebody-elses' })
    await world.settle()
    const added = async (who: string) => (await linesOf(who)).find(({ kind }) => kind === 'contact.added')
    expect(await added('wm_visitor')).toMatchObject({
      channel: 'branch_12',
      data: {
        state: 'branch_12',
        channel: 'branch_12',
        first: true,
        entry: { channel: 'app_home' },
        lastConversation: expect.any(String),
      },
    })
    expect((await added('wm_poster'))?.channel).toBe('branch_12')
    expect(await added('wm_tool')).toMatchObject({ channel: null, data: { state: 'somebody-elses' } })
    const first = async (who: string) => (await world.api('GET', `/customers/${who}`)).body['channel'] as unknown
    expect([await first('wm_visitor'), await first('wm_poster')]).toEqual(['app_home', 'branch_12'])
  })
})

describe('groups, tags and acquisition links', () => {
  test('customers come into a group and leave it; staff are none', async () => {
    await wecom.group('create', { at: later(), ChatId: 'wr_1' })
    const members = { Item: ['wm_new', 'wm_unknown_to_us', 'wang.fang'] }
    await wecom.group('update', {
      at: later(),
      ChatId: 'wr_1',
      UpdateDetail: 'add_member',
      JoinScene: 3,
      MemChangeCnt: 3,
      MemChangeList: members,
    })
    await wecom.group('update', {
      at: later(),
      ChatId: 'wr_1',
      UpdateDetail: 'del_member',
      QuitScene: 1,
      MemChangeCnt: 1,
      MemChangeList: { Item: 'wm_new' },
    })
    await wecom.group('update', { at: later(), ChatId: 'wr_1', UpdateDetail: 'change_name' })
    await wecom.group('dismiss', { at: later(), ChatId: 'wr_1' })
    await world.settle()
    const { rows } = await world.pool.query(
      "select kind, external_userid, customer_id is not null as known, data from touchpoints where data ->> 'chatId' = 'wr_1' order by id",
    )
    expect(rows).toEqual([
      { kind: 'group.joined', external_userid: 'wm_new', known: true, data: { chatId: 'wr_1', scene: '3' } },
      { kind: 'group.joined', external_userid: 'wm_unknown_to_us', known: false, data: { chatId: 'wr_1', scene: '3' } },
      { kind: 'group.left', external_userid: 'wm_new', known: true, data: { chatId: 'wr_1', scene: '1' } },
      { kind: 'group.dismissed', external_userid: null, known: false, data: { chatId: 'wr_1' } },
    ])
  })

  test('a tag, and a group with its tags, are gone', async () => {
    await world.pool.query("insert into tag_groups (id, name) values ('etg1', '产品'), ('etg2', '地区')")
    await world.pool.query(
      "insert into tags (id, group_id, name) values ('et1', 'etg1', '理财'), ('et2', 'etg1', '贷款'), ('et3', 'etg2', '静安')",
    )
    await wecom.tag('delete', { at: later(), Id: 'et1', TagType: 'tag' })
    await wecom.tag('delete', { at: later(), Id: 'etg2', TagType: 'tag_group' })
    await world.settle()
    expect((await world.pool.query('select id from tags')).rows).toEqual([{ id: 'et2' }])
  })

  test('the quota runs low: whoever answers for the bank is told; without such a person the books say so', async () => {
    await wecom.acquisition('balance_low', { at: later() })
    await wecom.acquisition('quota_expire_soon', { at: later(), ExpireTime: 1796140800, ExpireQuotaNum: 30 })
    await wecom.acquisition('link_unavailable', { at: later(), LinkId: 'ca_dead' })
    await world.settle()
    const told = world.rings('zhao.lei').filter((text) => text.includes('【获客助手】'))
    expect(told).toHaveLength(3)
    expect(told.join()).toMatch(/不足 20 人.*30 个可添加客户名额将于12月2日到期.*ca_dead/s)

    await supervise(null)
    await wecom.acquisition('balance_exhausted', { at: later() })
    await world.settle()
    expect((await world.api('GET', '/integrity')).body['gaps']).toMatchObject([
      { what: 'alarm-unheard', detail: 'acquisition/balance_exhausted' },
    ])
  })

  test('the first message of a customer from a link, and what opens a link', async () => {
    await wecom.acquisition('customer_start_chat', { ...pair('wm_new'), at: later(), LinkId: 'ca1' })
    await wecom.acquisition('open_profile', { at: later(), LinkId: 'ca1', State: 's' })
    await wecom.acquisition('friend_request', { at: later(), LinkId: 'ca1', State: 's' })
    await wecom.acquisition('message_from_customer', { at: later(), LinkId: 'ca1', State: 's', ChatKey: 'k' })
    await wecom.acquisition('del_follow_user', { ...pair('wm_new'), at: later(), LinkId: 'ca1' })
    await wecom.acquisition('balance_increased', { at: later() })
    await wecom.acquisition('delete_link', { at: later(), LinkId: 'ca1' })
    await world.settle()
    expect((await linesOf('wm_new')).at(-1)).toMatchObject({
      kind: 'contact.chatted',
      rm: 'li.wei',
      data: { linkId: 'ca1' },
    })
    expect(await contactsOf('wm_new')).toMatchObject([{ state: 'active' }])
  })

  test('what we do not know is kept raw', async () => {
    expect(await wecom.contact('dance', { ...pair('wm_new'), at: later() })).toBe(200)
    await world.settle()
    const { rows } = await world.pool.query(
      "select state, payload from inbox where kind = 'callback/change_external_contact/dance'",
    )
    expect(rows).toMatchObject([{ state: 'ignored', payload: { raw: { ChangeType: 'dance', UserID: 'li.wei' } } }])
  })

  test('nothing failed on the way', async () => {
    expect((await world.pool.query("select kind, error from inbox where state = 'dead'")).rows).toEqual([])
    expect((await world.pool.query("select kind, error from outbox where state = 'failed'")).rows).toEqual([])
  })
})
