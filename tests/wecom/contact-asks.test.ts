import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import * as contact from '../../src/wecom/endpoints/contact.ts'
import { failureOf } from '../../src/wecom/failures.ts'
import { accepted, refused, wide } from './asks.ts'
import { failure, world } from './loopback.ts'

const welcome = contact.sendWelcomeMsg.ask
const tags = contact.markTags.ask
const way = contact.addContactWay.ask
const remark = contact.remarkContact.ask
const pair = { userid: 'Li.Wei', external_userid: 'wm1' }
const image = { msgtype: 'image', image: { media_id: 'M' } }
const link = (title: string) => ({ msgtype: 'link', link: { title, url: 'https://bank.example/' } })
const month = { link_id: 'ca1', start_time: 1767225600, end_time: 1767225600 + 30 * 86_400 }

describe('what 客户联系 takes', () => {
  test.each<[string, z.ZodType, object]>([
    ['a welcome in words', welcome, { welcome_code: 'C', text: { content: wide(4000) } }],
    ['nine pictures', welcome, { welcome_code: 'C', attachments: Array(9).fill(image) }],
    [
      'a picture by its address',
      welcome,
      { welcome_code: 'C', attachments: [{ msgtype: 'image', image: { pic_url: 'https://p.example/1' } }] },
    ],
    ['a link', welcome, { welcome_code: 'C', attachments: [link(wide(128))] }],
    ['a remark of 20 characters', remark, { ...pair, remark: '银'.repeat(20) }],
    ['mobiles taken away', remark, { ...pair, remark_mobiles: [''] }],
    ['a tag added', tags, { ...pair, add_tag: ['et1'] }],
    ['a tag removed', tags, { ...pair, remove_tag: ['et1'], add_tag: [] }],
    ['one member behind a code', way, { type: 1, scene: 2, user: ['li.wei'], state: '道'.repeat(30) }],
    ['a department behind a code', way, { type: 2, scene: 2, party: [2], skip_verify: false }],
    ['a code for another member', contact.updateContactWay.ask, { config_id: 'c', user: ['wang.fang'] }],
    [
      'tags for a group that may exist',
      contact.addCorpTags.ask,
      { group_name: '客户等级', tag: [{ name: '金卡', order: 4294967295 }] },
    ],
    [
      'a link for 500 people',
      contact.createAcquisitionLink.ask,
      { link_name: '手机银行', range: { user_list: Array(500).fill('a') } },
    ],
    ['figures of 31 days', contact.getAcquisitionStatistic.ask, month],
    ['100 members', contact.listContactsByUser.ask, { userid_list: Array(100).fill('a'), limit: 100, cursor: '' }],
    [
      'a transfer of 100',
      contact.transferContacts.ask,
      { handover_userid: 'a', takeover_userid: 'b', external_userid: Array(100).fill('wm1') },
    ],
  ])('%s', (_, schema, ask) => accepted(schema, ask))

  test.each<[string, z.ZodType, object, string]>([
    ['no code', welcome, { text: { content: 'x' } }, 'welcome_code'],
    ['a welcome that says nothing', welcome, { welcome_code: 'C', attachments: [] }, 'text: give text or attachments'],
    ['4,001 bytes', welcome, { welcome_code: 'C', text: { content: wide(4001) } }, 'text.content'],
    ['ten pictures', welcome, { welcome_code: 'C', attachments: Array(10).fill(image) }, 'attachments'],
    [
      'a voice',
      welcome,
      { welcome_code: 'C', attachments: [{ msgtype: 'voice', voice: { media_id: 'M' } }] },
      'msgtype',
    ],
    [
      'a picture from nowhere',
      welcome,
      { welcome_code: 'C', attachments: [{ msgtype: 'image', image: {} }] },
      'give media_id or pic_url',
    ],
    ['a title of 129 bytes', welcome, { welcome_code: 'C', attachments: [link(wide(129))] }, 'link.title'],
    ['21 characters', remark, { ...pair, remark: '银'.repeat(21) }, 'remark'],
    ['151 characters', remark, { ...pair, description: '银'.repeat(151) }, 'description'],
    ['a remark of nothing', remark, pair, 'give at least one remark'],
    ['no tag', tags, { ...pair, add_tag: [], remove_tag: [] }, 'name a tag'],
    ['two members behind a code for one', way, { type: 1, scene: 2, user: ['a', 'b'] }, 'exactly one member'],
    ['nobody behind a code for many', way, { type: 2, scene: 2 }, 'type 2 needs members'],
    ['a third kind of code', way, { type: 3, scene: 2, user: ['a'] }, 'type'],
    ['a state of 31', way, { type: 1, scene: 2, user: ['a'], state: 's'.repeat(31) }, 'state'],
    ['tags without a group', contact.addCorpTags.ask, { tag: [{ name: 'x' }] }, 'give group_id or group_name'],
    ['a group without tags', contact.addCorpTags.ask, { group_name: 'x', tag: [] }, 'tag'],
    [
      'a link for nobody',
      contact.createAcquisitionLink.ask,
      { link_name: 'x', range: {} },
      'name members or departments',
    ],
    [
      '501 people',
      contact.createAcquisitionLink.ask,
      { link_name: 'x', range: { user_list: Array(501).fill('a') } },
      'range.user_list',
    ],
    ['figures of 32 days', contact.getAcquisitionStatistic.ask, { ...month, end_time: month.end_time + 1 }, 'end_time'],
    ['101 members', contact.listContactsByUser.ask, { userid_list: Array(101).fill('a') }, 'userid_list'],
    ['groups without a limit', contact.listGroupChats.ask, {}, 'limit'],
  ])('not %s', (_, schema, ask, at) => refused(schema, ask, at))
})

test.each([
  [41050, 'expired'],
  [41051, 'already_done'],
  [41096, 'retry'],
  [41093, 'expired'],
  [84061, 'unreachable'],
  [40096, 'unreachable'],
  [45033, 'back_off'],
  [41044, 'expired'],
  [81011, 'wrong_setup'],
  [84083, 'person'],
  [40068, 'expired'],
  [41045, 'wrong_setup'],
])('%i is %s', (errcode, kind) => expect(failureOf(errcode).failure).toBe(kind))

describe('84061', () => {
  test('at `list` means that the member has no customers', async () => {
    const it = await world()
    it.server.on('externalcontact/list', () => ({
      errcode: 84061,
      errmsg: 'not external contact',
      external_userid: [],
    }))
    expect(await it.client().call(contact.listContacts, { userid: 'Li.Wei' })).toMatchObject({ external_userid: [] })
    expect(it.server.to('externalcontact/list')[0]?.query.get('userid')).toBe('li.wei')
    await it.close()
  })

  test('at `get` is a refusal', async () => {
    const it = await world()
    it.server.on('externalcontact/get', () => ({ errcode: 84061, errmsg: 'not external contact', follow_user: [] }))
    const ask = { external_userid: 'wm1' as never }
    expect(await failure(it.client().call(contact.getContact, ask))).toMatchObject({ failure: 'unreachable' })
    await it.close()
  })
})

test('rows of another kind do not sink a page of customers', () => {
  const [row] = contact.listContactsByUser.answer.parse({
    external_contact_list: [
      {
        external_contact: { external_userid: 'wo1', type: 2, corp_name: '麦香', external_profile: null },
        follow_info: { userid: 'Li.Wei', add_way: 31, tag_id: ['et1'], wechat_channels: { source: 2 } },
      },
    ],
  }).external_contact_list
  expect(row).toMatchObject({ follow_info: { userid: 'li.wei', add_way: 31, remark: '', oper_userid: '' } })
})
