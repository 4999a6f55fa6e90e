import { describe, expect, it } from 'vitest'
import { day } from '../../src/simulator/model/clock.ts'
import { kf, start } from './lab.ts'
import { contactLab } from './contact-lab.ts'

describe('scanning a code', () => {
  it('adds one side at once and the other when the member confirms, with the same state', async () => {
    const { control, told } = await contactLab()
    const { qrCode } = control.contacts.makeWay({ users: ['rm_li'], state: 'lobby-1' })
    expect(control.customer('wm_chen').scans(qrCode)).toEqual({ userid: 'rm_li', outcome: 'half' })
    control.servicer('rm_li').accepts('wm_chen')
    const [half, full] = await told()
    expect(half).toEqual({
      ToUserName: control.corp.corpId,
      FromUserName: 'sys',
      CreateTime: String(start / 1000),
      MsgType: 'event',
      Event: 'change_external_contact',
      ChangeType: 'add_half_external_contact',
      UserID: 'rm_li',
      ExternalUserID: 'wm_chen',
      State: 'lobby-1',
      WelcomeCode: expect.stringMatching(/^\w{43}$/),
    })
    expect(full).toMatchObject({ ChangeType: 'add_external_contact', State: 'lobby-1' })
    expect(full?.['WelcomeCode']).not.toBe(half?.['WelcomeCode'])
    expect(control.contacts.relation('rm_li', 'wm_chen')).toMatchObject({
      phase: 'full',
      addWay: 1,
      operator: 'wm_chen',
    })
  })

  it('asks the member first when the code says so', async () => {
    const { control, changes } = await contactLab()
    const { configId } = control.contacts.makeWay({ users: ['rm_li'], skipVerify: false })
    expect(control.customer('wm_chen').scans(configId).outcome).toBe('asked')
    expect(await changes()).toEqual([])
    expect(control.customer('wm_chen').contacts()).toMatchObject([{ phase: 'asked', userid: 'rm_li' }])
    control.servicer('rm_li').accepts('wm_chen')
    expect(await changes()).toEqual(['add_external_contact'])
    expect(() => control.servicer('rm_li').accepts('wm_chen')).toThrow(/did not ask/)
  })

  it('is whole with the first words of either side, and then there is nothing to welcome', async () => {
    const { control, last } = await contactLab()
    const { configId } = control.contacts.makeWay({ users: ['rm_li'], state: 's' })
    control.customer('wm_chen').scans(configId)
    control.customer('wm_chen').tells('rm_li', '您好')
    expect(await last('add_external_contact')).toMatchObject({ State: 's' })
    expect(await last('add_external_contact')).not.toHaveProperty('WelcomeCode')
    expect(control.customer('wm_chen').seesOf('rm_li').at(-2)).toMatchObject({ from: 'customer', type: 'text' })
  })

  it('by a friend does nothing at all, whatever the state', async () => {
    const { control, changes } = await contactLab()
    control.customer('wm_chen').adds('rm_wang')
    const { configId } = control.contacts.makeWay({ users: ['rm_li', 'rm_wang'], state: 'again' })
    expect(control.customer('wm_chen').scans(configId)).toEqual({ userid: 'rm_wang', outcome: 'friends' })
    expect(await changes()).toEqual(['add_external_contact'])
    expect(control.contacts.relation('rm_wang', 'wm_chen')?.state).toBe('')
  })

  it('goes round among members who can take somebody', async () => {
    const { control } = await contactLab()
    const { configId } = control.contacts.makeWay({ users: ['rm_li', 'rm_wang', 'rm_zhao'] })
    control.servicer('rm_wang', { contactCap: 0 })
    const met = ['wm_a', 'wm_b', 'wm_c'].map((id) => control.customer(id).scans(configId).userid)
    expect(new Set(met)).toEqual(new Set(['rm_li', 'rm_zhao']))
    control.servicer('rm_li', { contactCap: 1 })
    control.servicer('rm_zhao', { contactCap: 1 })
    expect(() => control.customer('wm_d').scans(configId)).toThrow(/nobody behind this code/)
    expect(() => control.customer('wm_d').scans('unknown')).toThrow(/not valid/)
  })

  it('by 1,000 customers in one second makes 1,000 different callbacks', async () => {
    const { control, heard } = await contactLab()
    const { configId } = control.contacts.makeWay({ users: ['rm_li', 'rm_wang'], state: 'rush' })
    for (let n = 0; n < 1000; n += 1) control.customer(`wm_${n}`).scans(configId)
    await control.idle()
    expect(new Set(heard.map(({ event }) => event['CreateTime'])).size).toBe(1)
    expect(new Set(heard.map(({ event }) => event['ExternalUserID'])).size).toBe(1000)
    expect(new Set(heard.map(({ body }) => body)).size).toBe(1000)
    expect(heard.some(({ event }) => 'MsgId' in event)).toBe(false)
  }, 60_000)
})

describe('codes for a welcome', () => {
  it.each([
    ['the console welcomes for the member', 'wm_chen', { adminWelcome: true }],
    ['the customer uses WeCom', 'wo_partner', {}],
  ])('do not come when %s', async (_, customer, member) => {
    const { control, last } = await contactLab()
    control.servicer('rm_li', member)
    control.customer(customer).adds('rm_li')
    expect(await last('add_external_contact')).toMatchObject({ ExternalUserID: customer })
    expect(await last('add_external_contact')).not.toHaveProperty('WelcomeCode')
  })

  it('do not come a second time after the first was used', async () => {
    const { control, last, greets } = await contactLab()
    control.customer('wm_chen').scans(control.contacts.makeWay({ users: ['rm_li'] }).configId)
    await greets((await last('add_half_external_contact'))['WelcomeCode'] ?? '')
    control.servicer('rm_li').accepts('wm_chen')
    expect(await last('add_external_contact')).not.toHaveProperty('WelcomeCode')
  })

  it('and other optional fields may come empty instead of not at all', async () => {
    const { control, last } = await contactLab({ settings: { emptyNodes: true } })
    control.customer('wo_partner').adds('rm_li')
    expect(await last('add_external_contact')).toMatchObject({ State: '', WelcomeCode: '' })
  })
})

describe('leaving and coming back', () => {
  it('tells who ended it; the member keeps a customer who deleted him', async () => {
    const { control, changes, read } = await contactLab()
    control.customer('wm_chen').adds('rm_li')
    control.customer('wm_chen').deletes('rm_li')
    expect((await read('list', { userid: 'rm_li' }))['external_userid']).toEqual(['wm_chen'])
    control.servicer('rm_li').deletesContact('wm_chen')
    expect(await read('list', { userid: 'rm_li' })).toMatchObject({ errcode: 84061, external_userid: [] })
    expect(await changes()).toEqual(['add_external_contact', 'del_follow_user', 'del_external_contact'])
    expect(() => control.customer('wm_chen').deletes('rm_li')).toThrow(/no contact/)
  })

  it.each([
    [false, 'second'],
    [true, 'first'],
  ])('brings the new state, or with staleStateBug (%s) the %s', async (staleStateBug, state) => {
    const { control, last } = await contactLab({ settings: { staleStateBug } })
    control.customer('wm_chen').adds('rm_li', 'first')
    control.customer('wm_chen').deletes('rm_li')
    control.customer('wm_chen').adds('rm_li', 'second')
    expect((await last('add_external_contact'))['State']).toBe(state)
  })

  it('a colleague may share, an admin assign, a member add', async () => {
    const { control } = await contactLab()
    control.contacts.assigns('wm_a', 'rm_li')
    control.contacts.shares('wm_b', 'rm_wang', 'rm_li')
    control.servicer('rm_li').addsContact('wm_c')
    expect(control.contacts.relations({ userid: 'rm_li' }).map(({ addWay, operator }) => [addWay, operator])).toEqual([
      [202, 'admin'],
      [201, 'rm_wang'],
      [2, 'rm_li'],
    ])
  })
})

describe('callbacks', () => {
  it('an edit in the client is told, of mobiles alone not', async () => {
    const { control, changes } = await contactLab()
    const { 金卡: gold } = control.contacts.addTags('客户等级', ['金卡'])
    control.customer('wm_chen').adds('rm_li')
    control.servicer('rm_li').edits('wm_chen', { mobiles: ['13800000000'] })
    control.servicer('rm_li').edits('wm_chen', { remark: '陈女士', add: [gold ?? ''] })
    expect((await changes()).slice(3)).toEqual(['edit_external_contact'])
    expect(control.contacts.relation('rm_li', 'wm_chen')).toMatchObject({ remark: '陈女士', tags: ['金卡'] })
  })

  it('an admin who tags 50 customers makes 50 of them', async () => {
    const { control, changes } = await contactLab()
    const customers = Array.from({ length: 50 }, (_, n) => `wm_${n}`)
    for (const id of customers) control.customer(id).adds('rm_li')
    const { 金卡: gold } = control.contacts.addTags('客户等级', ['金卡'])
    control.contacts.retags('rm_li', customers, { add: [gold ?? ''] })
    expect((await changes()).filter((change) => change === 'edit_external_contact')).toHaveLength(50)
  })

  it('are not there for members out of sight, without the switch, and when they get lost', async () => {
    const { control, changes } = await contactLab()
    control.servicer('rm_wang', { visible: false })
    control.customer('wm_a').adds('rm_wang')
    control.contacts.loses(1)
    control.customer('wm_b').adds('rm_li')
    control.corp.contactCallbacks = false
    control.customer('wm_c').adds('rm_li')
    control.corp.contactCallbacks = true
    control.customer('wm_d').adds('rm_li')
    expect(await changes()).toEqual(['add_external_contact'])
    expect(control.contacts.relations({ userid: 'rm_li' })).toHaveLength(3)
  })

  it('of tags: groups and tags one by one, a deleted group alone, a new order by the group', async () => {
    const { control, told } = await contactLab()
    control.contacts.addTags('客户等级', ['金卡', '白金'])
    const [group] = control.contacts.tagGroups()
    control.contacts.renamesTag(group?.tag[0]?.id ?? '', '钻石')
    control.contacts.shufflesTags(group?.group_id)
    control.contacts.deletesTagGroup(group?.group_id ?? '')
    expect(
      (await told()).map(({ Event, ChangeType, TagType, Id }) => [Event, ChangeType, TagType, Id === group?.group_id]),
    ).toEqual([
      ['change_external_tag', 'create', 'tag_group', true],
      ['change_external_tag', 'create', 'tag', false],
      ['change_external_tag', 'create', 'tag', false],
      ['change_external_tag', 'update', 'tag', false],
      ['change_external_tag', 'shuffle', undefined, true],
      ['change_external_tag', 'delete', 'tag_group', true],
    ])
  })
})

describe('from the kf chat into the contacts', () => {
  it('the servicer sends the card that upgrade_service recommended, the customer adds under the same id', async () => {
    const { control, call, trans, last, read } = await contactLab()
    control.corp.upgrade.userids.push('rm_wang')
    control.customer('wm_chen').writes(kf, '想了解理财')
    await trans(3, 'rm_li')
    expect(() => control.servicer('rm_li').sendsCard(kf, 'wm_chen')).toThrow(/nobody was recommended/)
    const ask = { open_kfid: kf, external_userid: 'wm_chen', type: 1, member: { userid: 'rm_wang', wording: '推荐' } }
    expect((await call('kf/customer/upgrade_service', ask)).errcode).toBe(0)
    expect(control.servicer('rm_li').sendsCard(kf, 'wm_chen')).toMatchObject({
      origin: 5,
      msgtype: 'business_card',
      business_card: { userid: 'rm_wang' },
    })
    expect(control.customer('wm_chen').addsFromCard(kf)).toEqual({ userid: 'rm_wang', outcome: 'added' })
    expect(await last('add_external_contact')).toMatchObject({ UserID: 'rm_wang', ExternalUserID: 'wm_chen' })
    const { follow_user: followers } = await read('get', { external_userid: 'wm_chen' })
    expect(followers).toMatchObject([{ userid: 'rm_wang', add_way: 3, oper_userid: 'wm_chen' }])
    expect(control.customer('wm_chen').addsFromCard(kf).outcome).toBe('friends')
  })
})

describe('an acquisition link in the kf chat', () => {
  it('looks like a card: the customer adds from it', async () => {
    const { control, call, read } = await contactLab()
    const { url } = control.contacts.makeLink({ name: '客服邀请', users: ['rm_wang'] })
    control.customer('wm_chen').writes(kf, '您好')
    const body = {
      touser: 'wm_chen',
      open_kfid: kf,
      msgtype: 'ca_link',
      ca_link: { link_url: `${url}?customer_channel=i1` },
    }
    expect((await call('kf/send_msg', body)).errcode).toBe(0)
    expect(control.customer('wm_chen').addsFromCard(kf)).toEqual({ userid: 'rm_wang', outcome: 'half' })
    const { follow_user: followers } = await read('get', { external_userid: 'wm_chen' })
    expect(followers).toMatchObject([{ userid: 'rm_wang', add_way: 16, state: 'i1' }])
  })
})

describe('a transfer', () => {
  const ask = {
    handover_userid: 'rm_li',
    takeover_userid: 'rm_wang',
    external_userid: ['wm_chen', 'wm_nobody', 'wm_kf'],
  }

  it('is done after 24 h: added there, deleted here, and only twice in 90 days', async () => {
    const { control, of, told } = await contactLab()
    control.customer('wm_chen').adds('rm_li', 'app')
    control.customer('wm_kf')
    expect((await of('transfer_customer', { ...ask, transfer_success_msg: '我是您的新客户经理' }))['customer']).toEqual(
      [
        { external_userid: 'wm_chen', errcode: 0 },
        { external_userid: 'wm_nobody', errcode: 40096 },
        { external_userid: 'wm_kf', errcode: 40131 },
      ],
    )
    const { external_userid: _, ...pair } = ask
    expect((await of('transfer_result', pair))['customer']).toMatchObject([{ status: 2 }])
    control.clock.advance(day)
    expect((await told()).slice(1)).toMatchObject([
      { ChangeType: 'add_external_contact', UserID: 'rm_wang' },
      { ChangeType: 'del_external_contact', UserID: 'rm_li', Source: 'DELETE_BY_TRANSFER' },
    ])
    expect((await told())[1]).not.toHaveProperty('State')
    expect((await of('transfer_result', pair))['customer']).toMatchObject([{ status: 1 }])
    expect(control.contacts.relation('rm_wang', 'wm_chen')?.addWay).toBe(202)
    const back = { handover_userid: 'rm_wang', takeover_userid: 'rm_li', external_userid: ['wm_chen'] }
    await of('transfer_customer', back)
    control.clock.advance(day)
    expect((await of('transfer_customer', { ...ask, external_userid: ['wm_chen'] }))['customer']).toMatchObject([
      { errcode: 40128 },
    ])
  })

  it('may be declined, and fails when the new member is full', async () => {
    const { control, of, told } = await contactLab()
    control.customer('wm_chen').adds('rm_li')
    control.customer('wm_kf').adds('rm_li')
    await of('transfer_customer', ask)
    expect((await of('transfer_customer', ask))['customer']).toMatchObject([{ errcode: 40129 }, {}, { errcode: 40129 }])
    control.contacts.refusesTransfer('wm_chen')
    control.servicer('rm_wang', { contactCap: 0 })
    control.clock.advance(day)
    expect((await told()).slice(2)).toMatchObject([
      { ChangeType: 'transfer_fail', FailReason: 'customer_refused', UserID: 'rm_wang', ExternalUserID: 'wm_chen' },
      { ChangeType: 'transfer_fail', FailReason: 'customer_limit_exceed', ExternalUserID: 'wm_kf' },
    ])
  })

  it('of somebody who left the bank: his customers are unassigned', async () => {
    const { control, read, of } = await contactLab()
    control.customer('wm_chen').adds('rm_li')
    control.contacts.leaves('rm_li')
    expect((await read('list', { userid: 'rm_li' })).errcode).toBe(60111)
    expect((await of('get_unassigned_list', {}))['info']).toEqual([
      { handover_userid: 'rm_li', external_userid: 'wm_chen', dimission_time: start / 1000 },
    ])
  })
})
