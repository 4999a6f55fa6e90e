import { describe, expect, it } from 'vitest'
import { day, minute } from '../../src/simulator/model/clock.ts'
import { start } from './lab.ts'
import { contactLab } from './contact-lab.ts'

const link = (path: string) => `customer_acquisition/${path}`

describe('an acquisition link', () => {
  it('brings the channel back as state, cut to 64 bytes, and takes one of the quota', async () => {
    const { control, of, read, told } = await contactLab()
    const made = await of(link('create_link'), { link_name: '手机银行', range: { user_list: ['rm_li'] } })
    const { link_id, url } = made['link'] as { link_id: string; url: string }
    expect(url).toMatch(/^https:\/\/work\.weixin\.qq\.com\/ca\//)
    const channel = `${'银'.repeat(21)}ab`
    control.customer('wm_chen').addsByLink(`${url}?customer_channel=${encodeURIComponent(channel)}`)
    const state = `${'银'.repeat(21)}a`
    expect(await told()).toMatchObject([
      { Event: 'customer_acquisition', ChangeType: 'open_profile', LinkId: link_id, State: state },
      { Event: 'customer_acquisition', ChangeType: 'friend_request', LinkId: link_id, State: state },
      { Event: 'change_external_contact', ChangeType: 'add_half_external_contact', State: state },
    ])
    expect(control.contacts.relation('rm_li', 'wm_chen')).toMatchObject({ addWay: 16, state })
    expect(await read('customer_acquisition_quota')).toMatchObject({ total: 1, balance: 999 })
    expect((await of(link('customer'), { link_id }))['customer_list']).toEqual([
      { external_userid: 'wm_chen', userid: 'rm_li', chat_status: 0, state },
    ])
    const today = { link_id, start_time: start / 1000, end_time: start / 1000 }
    expect(await of(link('statistic'), today)).toMatchObject({ click_link_customer_cnt: 1, new_customer_cnt: 1 })
    control.customer('wm_chen').addsByLink(url)
    expect(control.contacts.quota()).toBe(999)
  })

  it('without a channel tells of no request and no chat', async () => {
    const { control, changes } = await contactLab()
    const { url } = control.contacts.makeLink({ name: 'x', users: ['rm_li'] })
    control.corp.openProfile = false
    control.customer('wm_chen').addsByLink(url)
    control.customer('wm_chen').tells('rm_li', '您好')
    expect(await changes()).toEqual(['add_half_external_contact', 'add_external_contact'])
  })

  it('tells of the first message, the third, fifth and tenth; the key opens for 30 minutes', async () => {
    const { control, of, told, last } = await contactLab()
    const { url, linkId } = control.contacts.makeLink({ name: 'x', users: ['rm_li'] })
    control.customer('wm_chen').addsByLink(`${url}?customer_channel=c1`)
    for (let n = 1; n <= 10; n += 1) control.customer('wm_chen').tells('rm_li', `第${n}条`)
    const events = (await told()).filter(({ Event }) => Event === 'customer_acquisition').slice(2)
    expect(events.map(({ ChangeType }) => ChangeType)).toEqual([
      'customer_start_chat',
      'message_from_customer',
      'message_from_customer',
      'message_from_customer',
    ])
    expect(events[0]).toMatchObject({ UserID: 'rm_li', ExternalUserID: 'wm_chen', LinkId: linkId })
    expect(events[1]).not.toHaveProperty('UserID')
    const chat_key = (await last('message_from_customer'))['ChatKey']
    expect(await of(link('get_chat_info'), { chat_key })).toMatchObject({
      userid: 'rm_li',
      external_userid: 'wm_chen',
      chat_info: { recv_msg_cnt: 10, link_id: linkId, state: 'c1' },
    })
    control.clock.advance(30 * minute + 1)
    expect((await of(link('get_chat_info'), { chat_key })).errcode).toBe(40058)
  })

  it('is changed as a whole and deleted in silence; the console’s deletion is told', async () => {
    const { control, of, told } = await contactLab()
    const { linkId: link_id, url } = control.contacts.makeLink({ name: 'x', users: ['rm_li'] })
    const other = control.contacts.makeLink({ name: 'y', users: ['rm_li'], byApp: false })
    expect((await of(link('update_link'), { link_id, range: { department_list: [1] } })).errcode).toBe(0)
    expect((await of(link('get'), { link_id }))['range']).toEqual({ user_list: [], department_list: [1] })
    expect((await of(link('list_link'), {}))['link_id_list']).toEqual([link_id])
    expect((await of(link('get'), { link_id: other.linkId })).errcode).toBe(40058)
    expect((await of(link('delete_link'), { link_id })).errcode).toBe(0)
    expect(() => control.customer('wm_chen').opensLink(url)).toThrow(/not valid/)
    control.contacts.deletesLink(other.linkId)
    expect(await told()).toMatchObject([{ ChangeType: 'delete_link', LinkId: other.linkId }])
  })

  it('whose members have all left is told as unavailable', async () => {
    const { control, last, of } = await contactLab()
    const { linkId } = control.contacts.makeLink({ name: 'x', users: ['rm_li'] })
    control.contacts.leaves('rm_li')
    expect(await last('link_unavailable')).toMatchObject({ LinkId: linkId })
    expect((await of(link('list_link'), {}))['link_id_list']).toEqual([])
  })

  it.each([
    [{ link_name: 'x', range: {} }, 40058],
    [{ link_name: 'x', range: { user_list: ['nobody'] } }, 60111],
    [{ range: { user_list: ['rm_li'] } }, 40058],
  ])('%j is refused', async (body, errcode) => {
    const { of } = await contactLab()
    expect((await of(link('create_link'), body)).errcode).toBe(errcode)
  })
})

describe('the quota', () => {
  it('is told when it falls below 20, when it is used up and when there is some again', async () => {
    const { control, changes } = await contactLab()
    control.corp.openProfile = false
    const { url } = control.contacts.makeLink({ name: 'x', users: ['rm_li'] })
    control.contacts.setQuota(21)
    const adds = (n: number) => control.customer(`wm_${n}`).addsByLink(url)
    adds(1)
    expect(await changes()).not.toContain('balance_low')
    adds(2)
    expect((await changes()).at(-1)).toBe('balance_low')
    for (let n = 3; n <= 21; n += 1) adds(n)
    expect((await changes()).at(-1)).toBe('balance_exhausted')
    expect((await changes()).filter((change) => change === 'balance_low')).toHaveLength(1)
    expect(() => adds(22)).toThrow(/used up/)
    control.contacts.setQuota(5)
    expect((await changes()).at(-1)).toBe('balance_increased')
  })

  it('that ends in 14 days is told, in 10 not; ended it counts no more', async () => {
    const { control, last, read } = await contactLab()
    control.contacts.setQuota(7, 14)
    control.contacts.tellExpiring()
    expect(await last('quota_expire_soon')).toMatchObject({
      ExpireTime: String((start + 14 * day) / 1000),
      ExpireQuotaNum: '7',
    })
    control.clock.advance(4 * day)
    control.contacts.tellExpiring()
    await control.idle()
    expect(control.callbacks.deliveries).toHaveLength(1)
    control.clock.advance(10 * day)
    expect(await read('customer_acquisition_quota')).toMatchObject({ balance: 0, quota_list: [] })
  })
})

describe('customer groups', () => {
  it('tell of each change with a chain of versions', async () => {
    const { control, told, of } = await contactLab()
    const chat_id = control.contacts.groups.create({ owner: 'rm_li', name: '理财沙龙', members: ['wm_a'] })
    control.contacts.groups.joins(chat_id, ['wm_b', 'wm_c'], { scene: 3, state: 'poster' })
    control.contacts.groups.leaves(chat_id, ['wm_b'])
    control.contacts.groups.removes(chat_id, ['wm_c'])
    control.contacts.groups.renames(chat_id, '沙龙二群')
    const [create, join, quit, removed, rename] = await told()
    expect(create).toMatchObject({ Event: 'change_external_chat', ChangeType: 'create', ChatId: chat_id })
    expect(join).toMatchObject({
      UpdateDetail: 'add_member',
      JoinScene: '3',
      MemChangeCnt: '2',
      MemChangeList: { Item: ['wm_b', 'wm_c'] },
    })
    expect(quit).toMatchObject({ UpdateDetail: 'del_member', QuitScene: '0', LastMemVer: join?.['CurMemVer'] })
    expect(removed).toMatchObject({ QuitScene: '1', LastMemVer: quit?.['CurMemVer'] })
    expect(rename).toMatchObject({ UpdateDetail: 'change_name' })
    const { group_chat: group } = await of('groupchat/get', { chat_id, need_name: 1 })
    expect(group).toMatchObject({
      name: '沙龙二群',
      member_version: removed?.['CurMemVer'],
      member_list: [
        { userid: 'rm_li', type: 1 },
        { userid: 'wm_a', type: 2, join_scene: 1, invitor: { userid: 'rm_li' }, name: 'wm_a' },
      ],
    })
    control.contacts.groups.dismisses(chat_id)
    expect((await of('groupchat/get', { chat_id })).errcode).toBe(90501)
    expect((await told()).at(-1)).toMatchObject({ ChangeType: 'dismiss' })
  })

  it('are listed by owner and page', async () => {
    const { control, of } = await contactLab()
    for (const owner of ['rm_li', 'rm_li', 'rm_wang']) control.contacts.groups.create({ owner })
    const first = await of('groupchat/list', { limit: 2 })
    expect(first['group_chat_list']).toHaveLength(2)
    const rest = await of('groupchat/list', { limit: 2, cursor: first['next_cursor'] })
    expect(rest).toMatchObject({ group_chat_list: [{ status: 0 }], next_cursor: '' })
    const own = await of('groupchat/list', { limit: 9, owner_filter: { userid_list: ['rm_wang'] } })
    expect(own['group_chat_list']).toHaveLength(1)
    control.contacts.leaves('rm_wang')
    expect((await of('groupchat/list', { limit: 9, status_filter: 1 }))['group_chat_list']).toHaveLength(1)
  })

  it('of somebody who has left are listed by his name alone', async () => {
    const { control, of } = await contactLab()
    control.contacts.groups.create({ owner: 'rm_wang' })
    control.contacts.leaves('rm_wang')
    expect((await of('groupchat/list', { limit: 9 }))['group_chat_list']).toEqual([])
    const named = await of('groupchat/list', { limit: 9, owner_filter: { userid_list: ['rm_wang'] } })
    expect(named['group_chat_list']).toMatchObject([{ status: 1 }])
  })

  it('need their owners named when the app sees more than a thousand people', async () => {
    const { control, of } = await contactLab()
    for (let n = 0; n < 1000; n += 1) control.servicer(`rm_${n}`)
    expect((await of('groupchat/list', { limit: 9 })).errcode).toBe(81017)
    expect((await of('groupchat/list', { limit: 9, owner_filter: { userid_list: ['rm_1'] } })).errcode).toBe(0)
  })

  it('may tell that somebody came without telling who', async () => {
    const { control, last } = await contactLab({ settings: { bareGroupEvents: true } })
    const chatId = control.contacts.groups.create({ owner: 'rm_li' })
    control.contacts.groups.joins(chatId, ['wm_a'])
    const event = await last('update')
    expect(event).toMatchObject({ UpdateDetail: 'add_member', JoinScene: '0' })
    expect(Object.keys(event ?? {})).not.toContain('CurMemVer')
  })

  it('may be read too early', async () => {
    const { control, of, last } = await contactLab({ settings: { groupLagMs: 1000 } })
    const chat_id = control.contacts.groups.create({ owner: 'rm_li' })
    control.clock.advance(2000)
    control.contacts.groups.joins(chat_id, ['wm_a'])
    const version = async () =>
      ((await of('groupchat/get', { chat_id }))['group_chat'] as { member_version: string }).member_version
    expect(await version()).toBe((await last('update'))['LastMemVer'])
    control.clock.advance(1000)
    expect(await version()).toBe((await last('update'))['CurMemVer'])
  })
})
