import { describe, expect, it } from 'vitest'
import { day, minute, second } from '../../src/simulator/model/clock.ts'
import { start } from './lab.ts'
import { contactLab } from './contact-lab.ts'

const pair = { userid: 'rm_li', external_userid: 'wm_chen' }

describe('a welcome', () => {
  const added = async () => {
    const place = await contactLab()
    place.control.customer('wm_chen').adds('rm_li')
    return { ...place, code: (await place.last('add_external_contact'))['WelcomeCode'] ?? '' }
  }

  it('stands in the chat in the member’s name, once', async () => {
    const { control, greets, code } = await added()
    const link = { msgtype: 'link', link: { title: '理财', url: 'https://bank.example/' } }
    expect((await greets(code, { text: { content: '您好' }, attachments: [link] })).errcode).toBe(0)
    expect(control.customer('wm_chen').seesOf('rm_li').slice(1)).toMatchObject([
      { from: 'servicer', servicer: 'rm_li', type: 'text', payload: { content: '您好' } },
      { from: 'servicer', type: 'link', payload: { title: '理财' } },
    ])
    expect((await greets(code)).errcode).toBe(41051)
  })

  it('is possible for 20 seconds and no longer', async () => {
    const { control, greets, code } = await added()
    control.clock.advance(20 * second + 1)
    expect((await greets(code)).errcode).toBe(41050)
    control.clock.advance(-1)
    expect((await greets(code)).errcode).toBe(0)
  })

  it('is pointless once they chat, or another app did it', async () => {
    const { control, greets, code } = await added()
    control.servicer('rm_li').tells('wm_chen', '您好')
    expect((await greets(code)).errcode).toBe(41051)
  })

  it.each([
    [true, 41051],
    [false, 0],
  ])('waits while another app sends one; that app succeeded: %s', async (sent, errcode) => {
    const { control, greets, code } = await added()
    control.contacts.otherAppSends(code)
    expect((await greets(code)).errcode).toBe(41096)
    control.contacts.otherAppDone(code, sent)
    expect((await greets(code)).errcode).toBe(errcode)
  })

  it.each([
    ['no code', '', {}, 41049],
    ['a made-up code', 'x', {}, 41050],
    ['nothing to say', 'code', {}, 40063],
    ['words that are too long', 'code', { text: { content: 'a'.repeat(4001) } }, 40058],
    [
      'ten attachments',
      'code',
      { attachments: Array(10).fill({ msgtype: 'image', image: { pic_url: 'https://p.example/' } }) },
      41064,
    ],
    ['a voice', 'code', { attachments: [{ msgtype: 'voice', voice: { media_id: 'x' } }] }, 41065],
    ['a file that nobody uploaded', 'code', { attachments: [{ msgtype: 'image', image: { media_id: 'x' } }] }, 40007],
  ])('with %s is refused', async (_, given, body, errcode) => {
    const { greets, code } = await added()
    const text = given === 'x' || given === '' ? { text: { content: '您好' } } : {}
    expect((await greets(given === 'code' ? code : given, { ...text, ...body })).errcode).toBe(errcode)
  })

  it('that failed has used its code up', async () => {
    const { greets, code } = await added()
    await greets(code, { attachments: [{ msgtype: 'file', file: { media_id: 'gone' } }] })
    expect((await greets(code)).errcode).toBe(41050)
  })

  it('after the customer has gone again is not sent', async () => {
    const { control, greets, code } = await added()
    control.customer('wm_chen').deletes('rm_li')
    expect((await greets(code)).errcode).toBe(41050)
  })
})

describe('reading', () => {
  it('lists who may have customers and whom they have', async () => {
    const { control, read } = await contactLab()
    control.servicer('rm_wang', { hasContacts: false })
    control.servicer('rm_zhao', { visible: false })
    expect((await read('get_follow_user_list'))['follow_user']).toEqual(['rm_li'])
    expect(await read('list', { userid: 'rm_li' })).toMatchObject({ errcode: 84061, external_userid: [] })
    expect((await read('list', { userid: 'rm_wang' })).errcode).toBe(84083)
    expect((await read('list', { userid: 'rm_zhao' })).errcode).toBe(60011)
    expect((await read('list', { userid: 'nobody' })).errcode).toBe(60111)
    control.customer('wm_chen').adds('RM_Li')
    expect((await read('list', { userid: 'RM_LI' }))['external_userid']).toEqual(['wm_chen'])
  })

  it('half contacts may be kept out', async () => {
    const { control, read } = await contactLab({ settings: { halfListed: false } })
    control.customer('wm_chen').scans(control.contacts.makeWay({ users: ['rm_li'] }).configId)
    expect((await read('list', { userid: 'rm_li' })).errcode).toBe(84061)
    expect((await read('get', { external_userid: 'wm_chen' })).errcode).toBe(84061)
  })

  it('knows a customer with all who follow him', async () => {
    const { control, read } = await contactLab()
    control.customer('wo_baker', { nickname: '方圆', corpName: '麦香面包房', position: '店长' }).adds('rm_li', 'app')
    control.clock.advance(second)
    control.customer('wo_baker').adds('rm_wang')
    const { 金卡: gold = '' } = control.contacts.addTags('客户等级', ['金卡'])
    control.servicer('rm_li').edits('wo_baker', { add: [gold], mobiles: ['138'] })
    expect(await read('get', { external_userid: 'wo_baker' })).toMatchObject({
      external_contact: { name: '方圆', type: 2, corp_name: '麦香面包房', position: '店长' },
      follow_user: [
        {
          userid: 'rm_li',
          state: 'app',
          createtime: start / 1000,
          remark_mobiles: ['138'],
          tags: [{ group_name: '客户等级', tag_name: '金卡', tag_id: gold }],
        },
        { userid: 'rm_wang', tags: [] },
      ],
      next_cursor: '',
    })
    expect((await read('get', { external_userid: 'wo_baker' }))['external_contact']).not.toHaveProperty('unionid')
    expect(await read('get', { external_userid: 'wm_nobody' })).toMatchObject({ errcode: 40096, follow_user: [] })
    control.customer('wm_only_kf')
    expect(await read('get', { external_userid: 'wm_only_kf' })).toMatchObject({ errcode: 84061, follow_user: [] })
  })

  it('gives pages with cursors that mean nothing elsewhere; a page may be short or empty', async () => {
    const { control, of } = await contactLab()
    for (let n = 0; n < 7; n += 1) control.customer(`wm_${n}`).adds(n < 5 ? 'rm_li' : 'rm_wang')
    control.settings.emptyPages = 1
    const found: string[] = []
    const sizes: number[] = []
    for (let cursor = '', first = true; first || cursor !== ''; first = false) {
      const page = await of('batch/get_by_user', { userid_list: ['rm_li', 'rm_wang'], limit: 3, cursor })
      const rows = page['external_contact_list'] as { external_contact: { external_userid: string } }[]
      found.push(...rows.map((row) => row.external_contact.external_userid))
      sizes.push(rows.length)
      cursor = String(page['next_cursor'])
    }
    expect(sizes).toEqual([0, 3, 3, 1])
    expect(new Set(found).size).toBe(7)
    const { next_cursor } = await of('batch/get_by_user', { userid_list: ['rm_li'], limit: 1 })
    const elsewhere = { userid_list: ['rm_wang'], cursor: next_cursor }
    expect(await of('batch/get_by_user', elsewhere)).toMatchObject({ errcode: 40035, external_contact_list: [] })
    expect((await of('batch/get_by_user', { userid_list: Array(101).fill('rm_li') })).errcode).toBe(40031)
  })
})

describe('writing', () => {
  it('remarks and tags in silence', async () => {
    const { control, of, changes } = await contactLab()
    control.customer('wm_chen').adds('rm_li')
    const made = await of('add_corp_tag', {
      group_name: '产品',
      tag: [{ name: '理财' }, { name: '贷款', order: 9 }, { name: '理财' }],
    })
    const { tag } = made['tag_group'] as { tag: { id: string; name: string }[] }
    expect(tag.map(({ name }) => name)).toEqual(['贷款', '理财'])
    expect((await of('mark_tag', { ...pair, add_tag: [tag[0]?.id] })).errcode).toBe(0)
    expect((await of('remark', { ...pair, remark: '陈女士', remark_mobiles: ['1', '2'] })).errcode).toBe(0)
    expect((await of('remark', { ...pair, remark_mobiles: [''] })).errcode).toBe(0)
    expect(await changes()).toEqual(['add_external_contact'])
    expect(control.contacts.relation('rm_li', 'wm_chen')).toMatchObject({ remark: '陈女士', tags: ['贷款'] })
  })

  it('may be told, against the documents', async () => {
    const { control, of, changes } = await contactLab({ settings: { apiEditsEmitEvents: true } })
    control.customer('wm_chen').adds('rm_li')
    await of('remark', { ...pair, remark: 'x' })
    expect(await changes()).toEqual(['add_external_contact', 'edit_external_contact'])
  })

  it.each([
    ['a remark of 21 characters', 'remark', { ...pair, remark: '长'.repeat(21) }, 40058],
    ['a remark of nothing', 'remark', pair, 40063],
    ['a stranger', 'remark', { ...pair, external_userid: 'wm_x', remark: 'x' }, 40096],
    ['no customer', 'remark', { userid: 'rm_li', remark: 'x' }, 41035],
    ['a colleague’s customer', 'remark', { ...pair, userid: 'rm_wang', remark: 'x' }, 84061],
    ['no tags', 'mark_tag', { ...pair, add_tag: [] }, 40063],
    ['a tag that is not there', 'mark_tag', { ...pair, add_tag: ['et_none'] }, 40068],
    ['a name of 31 characters', 'add_corp_tag', { group_name: 'g', tag: [{ name: '长'.repeat(31) }] }, 40072],
    ['a group that is not there', 'add_corp_tag', { group_id: 'et_none', tag: [{ name: 'x' }] }, 40068],
    ['deleting nothing', 'del_corp_tag', {}, 40058],
  ])('%s is refused', async (_, path, body, errcode) => {
    const { control, of } = await contactLab()
    control.customer('wm_chen').adds('rm_li')
    expect((await of(path, body)).errcode).toBe(errcode)
  })

  it('keeps to its own tags; names are taken once; a deleted one is known by its id', async () => {
    const { control, of } = await contactLab()
    const { 金卡: gold } = control.contacts.addTags('客户等级', ['金卡'])
    expect((await of('edit_corp_tag', { id: gold, name: '银卡' })).errcode).toBe(81011)
    expect((await of('del_corp_tag', { tag_id: [gold] })).errcode).toBe(81011)
    const ask = { group_name: '产品', tag: [{ name: '理财' }] }
    const { tag_group: group } = (await of('add_corp_tag', ask)) as unknown as { tag_group: { tag: { id: string }[] } }
    expect((await of('add_corp_tag', ask)).errcode).toBe(40071)
    const id = group.tag[0]?.id
    expect((await of('edit_corp_tag', { id, name: '财富' })).errcode).toBe(0)
    expect((await of('del_corp_tag', { tag_id: [id] })).errcode).toBe(0)
    expect((await of('get_corp_tag_list', {}))['tag_group']).toMatchObject([{ group_name: '客户等级' }])
    expect((await of('get_corp_tag_list', { tag_id: [id] }))['tag_group']).toMatchObject([
      { group_name: '产品', deleted: true, tag: [{ name: '财富', deleted: true }] },
    ])
  })

  it('too many calls at once are 45033, too many in a minute 45009, an app without the permission 48002', async () => {
    const { control, of, read } = await contactLab({ settings: { contactsPerMinute: 3 } })
    control.customer('wm_chen').adds('rm_li')
    control.settings.atOnce = { 'externalcontact/mark_tag': 1 }
    control.faults.add({ path: 'externalcontact/mark_tag', does: 'slow', ms: 1500, nth: 1 })
    const slow = of('mark_tag', { ...pair, add_tag: ['x'] })
    await expect.poll(() => control.faults.list()[0]?.struck).toBe(1)
    expect((await of('mark_tag', { ...pair, add_tag: ['x'] })).errcode).toBe(45033)
    expect((await slow).errcode).toBe(40068)
    for (let n = 0; n < 3; n += 1) await read('list', { userid: 'rm_li' })
    expect((await read('list', { userid: 'rm_li' })).errcode).toBe(45009)
    control.clock.advance(minute)
    expect((await read('list', { userid: 'rm_li' })).errcode).toBe(0)
    control.corp.contactApi = false
    expect((await read('list', { userid: 'rm_li' })).errcode).toBe(48002)
  })
})

describe('contact ways', () => {
  it('are made, read, changed, listed and deleted', async () => {
    const { control, of } = await contactLab()
    const made = await of('add_contact_way', { type: 2, scene: 2, user: ['rm_li'], party: [1], state: 'lobby' })
    const config_id = String(made['config_id'])
    expect(config_id).toMatch(/^[0-9a-f]{32}$/)
    expect((await of('update_contact_way', { config_id, user: ['rm_wang'] })).errcode).toBe(0)
    expect((await of('get_contact_way', { config_id }))['contact_way']).toMatchObject({
      user: ['rm_wang'],
      party: [1],
      state: 'lobby',
      skip_verify: true,
      qr_code: made['qr_code'],
    })
    expect((await of('list_contact_way', {}))['contact_way']).toEqual([{ config_id }])
    expect((await of('list_contact_way', { start_time: (start + day) / 1000 }))['contact_way']).toEqual([])
    expect(control.customer('wm_chen').scans(String(made['qr_code'])).outcome).toBe('half')
    expect((await of('del_contact_way', { config_id })).errcode).toBe(0)
    expect((await of('get_contact_way', { config_id })).errcode).toBe(41044)
    expect(() => control.customer('wm_a').scans(config_id)).toThrow(/not valid/)
  })

  it.each([
    ['no type', { scene: 2, user: ['rm_li'] }, 41037],
    ['a type 3', { type: 3, scene: 2, user: ['rm_li'] }, 41039],
    ['no scene', { type: 1, user: ['rm_li'] }, 41038],
    ['a scene 9', { type: 1, scene: 9, user: ['rm_li'] }, 41040],
    ['a style 9', { type: 1, scene: 1, style: 9, user: ['rm_li'] }, 41042],
    ['a state of 31', { type: 1, scene: 2, user: ['rm_li'], state: 's'.repeat(31) }, 40058],
    ['somebody unknown', { type: 1, scene: 2, user: ['nobody'] }, 60111],
    ['somebody out of sight', { type: 1, scene: 2, user: ['hidden'] }, 60011],
    ['somebody without 客户联系', { type: 1, scene: 2, user: ['plain'] }, 84083],
    ['somebody without a verified name', { type: 1, scene: 2, user: ['unnamed'] }, 40098],
    ['a department that is not there', { type: 2, scene: 2, party: [77] }, 60003],
    ['a department of 101 people', { type: 2, scene: 2, party: [1] }, 41041],
  ])('with %s are refused', async (_, body, errcode) => {
    const { control, of } = await contactLab()
    control.servicer('hidden', { visible: false })
    control.servicer('plain', { hasContacts: false })
    control.servicer('unnamed', { realNamed: false })
    if (errcode === 41041) for (let n = 0; n < 101; n += 1) control.servicer(`many_${n}`)
    expect((await of('add_contact_way', body)).errcode).toBe(errcode)
  })

  it('have an end', async () => {
    const { of } = await contactLab({ settings: { contactWayCap: 1 } })
    const ask = { type: 1, scene: 2, user: ['rm_li'] }
    expect((await of('add_contact_way', ask)).errcode).toBe(0)
    expect((await of('add_contact_way', ask)).errcode).toBe(41045)
    expect((await of('get_contact_way', {})).errcode).toBe(41043)
  })
})
