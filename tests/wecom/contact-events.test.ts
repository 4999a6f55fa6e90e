import { describe, expect, test } from 'vitest'
import { contactSchemas } from '../../src/wecom/contact-events.ts'
import { readCallback } from '../../src/wecom/events.ts'
import { writeXml, type XmlTree } from '../../src/wecom/xml-write.ts'

const read = (Event: string, ChangeType: string, fields: XmlTree = {}) =>
  readCallback(
    writeXml({
      ToUserName: 'ww1',
      FromUserName: 'sys',
      CreateTime: 1767225600,
      MsgType: 'event',
      Event,
      ChangeType,
      ...fields,
    }),
  )
const pair = { UserID: 'Li.Wei', ExternalUserID: 'wmA' }
const known = { UserID: 'li.wei', ExternalUserID: 'wmA' }

/** Every event of the page with all that it may carry, and what is read of it. */
const samples: [event: string, change: string, kind: keyof typeof contactSchemas, sent: XmlTree, read: object][] = [
  [
    'change_external_contact',
    'add_external_contact',
    'contact/add_external_contact',
    { ...pair, State: 's', WelcomeCode: 'c' },
    { ...known, State: 's', WelcomeCode: 'c' },
  ],
  [
    'change_external_contact',
    'add_half_external_contact',
    'contact/add_half_external_contact',
    { ...pair, State: 's', WelcomeCode: 'c' },
    { ...known, State: 's', WelcomeCode: 'c' },
  ],
  ['change_external_contact', 'edit_external_contact', 'contact/edit_external_contact', pair, known],
  [
    'change_external_contact',
    'del_external_contact',
    'contact/del_external_contact',
    { ...pair, Source: 'DELETE_BY_TRANSFER' },
    { ...known, Source: 'DELETE_BY_TRANSFER' },
  ],
  ['change_external_contact', 'del_follow_user', 'contact/del_follow_user', pair, known],
  [
    'change_external_contact',
    'transfer_fail',
    'contact/transfer_fail',
    { ...pair, FailReason: 'customer_refused' },
    { ...known, FailReason: 'customer_refused' },
  ],
  [
    'change_external_contact',
    'msg_audit_approved',
    'contact/msg_audit_approved',
    { ...pair, WelcomeCode: 'c' },
    { ...known, WelcomeCode: 'c' },
  ],
  ['change_external_chat', 'create', 'group/create', { ChatId: 'wr1' }, { ChatId: 'wr1' }],
  [
    'change_external_chat',
    'update',
    'group/update',
    {
      ChatId: 'wr1',
      UpdateDetail: 'add_member',
      JoinScene: 3,
      MemChangeCnt: 2,
      MemChangeList: { Item: ['wmA', 'li.wei'] },
      LastMemVer: 'a',
      CurMemVer: 'b',
    },
    {
      ChatId: 'wr1',
      UpdateDetail: 'add_member',
      JoinScene: '3',
      MemChangeCnt: '2',
      MemChangeList: ['wmA', 'li.wei'],
      LastMemVer: 'a',
      CurMemVer: 'b',
    },
  ],
  ['change_external_chat', 'dismiss', 'group/dismiss', { ChatId: 'wr1' }, { ChatId: 'wr1' }],
  ['change_external_tag', 'create', 'tag/create', { Id: 'et1', TagType: 'tag' }, { Id: 'et1', TagType: 'tag' }],
  [
    'change_external_tag',
    'update',
    'tag/update',
    { Id: 'et1', TagType: 'tag', StrategyId: 5 },
    { Id: 'et1', TagType: 'tag', StrategyId: '5' },
  ],
  [
    'change_external_tag',
    'delete',
    'tag/delete',
    { Id: 'et1', TagType: 'tag_group' },
    { Id: 'et1', TagType: 'tag_group' },
  ],
  ['change_external_tag', 'shuffle', 'tag/shuffle', { Id: '' }, {}],
  ['customer_acquisition', 'balance_low', 'acquisition/balance_low', {}, {}],
  ['customer_acquisition', 'balance_exhausted', 'acquisition/balance_exhausted', {}, {}],
  ['customer_acquisition', 'balance_increased', 'acquisition/balance_increased', {}, {}],
  [
    'customer_acquisition',
    'quota_expire_soon',
    'acquisition/quota_expire_soon',
    { ExpireTime: 1767312000, ExpireQuotaNum: 30 },
    { ExpireTime: '1767312000', ExpireQuotaNum: '30' },
  ],
  ['customer_acquisition', 'link_unavailable', 'acquisition/link_unavailable', { LinkId: 'ca1' }, { LinkId: 'ca1' }],
  ['customer_acquisition', 'delete_link', 'acquisition/delete_link', { LinkId: 'ca1' }, { LinkId: 'ca1' }],
  [
    'customer_acquisition',
    'open_profile',
    'acquisition/open_profile',
    { LinkId: 'ca1', State: 's' },
    { LinkId: 'ca1', State: 's' },
  ],
  [
    'customer_acquisition',
    'friend_request',
    'acquisition/friend_request',
    { LinkId: 'ca1', State: 's' },
    { LinkId: 'ca1', State: 's' },
  ],
  [
    'customer_acquisition',
    'customer_start_chat',
    'acquisition/customer_start_chat',
    { ...pair, LinkId: 'ca1' },
    { ...known, LinkId: 'ca1' },
  ],
  [
    'customer_acquisition',
    'message_from_customer',
    'acquisition/message_from_customer',
    { LinkId: 'ca1', State: 's', ChatKey: 'k' },
    { LinkId: 'ca1', State: 's', ChatKey: 'k' },
  ],
  [
    'customer_acquisition',
    'del_follow_user',
    'acquisition/del_follow_user',
    { ...pair, LinkId: 'ca1', State: 's' },
    { ...known, LinkId: 'ca1', State: 's' },
  ],
]

test.each(samples)('%s / %s', (event, change, kind, sent, expected) => {
  expect(read(event, change, sent)).toMatchObject({ kind, event: expected, at: new Date(1767225600_000) })
})

test('there is a sample of every kind', () => {
  expect(samples.map(([, , kind]) => kind).toSorted()).toEqual(Object.keys(contactSchemas).toSorted())
})

test('del_follow_user is two events: the Event says which', () => {
  const kinds = ['change_external_contact', 'customer_acquisition'].map(
    (event) => read(event, 'del_follow_user', { ...pair, LinkId: 'x' }).kind,
  )
  expect(kinds).toEqual(['contact/del_follow_user', 'acquisition/del_follow_user'])
})

describe('nodes that are missing, or there and empty', () => {
  test.each([{}, { State: '', WelcomeCode: '' }])('%j', (fields) => {
    const callback = read('change_external_contact', 'add_external_contact', { ...pair, ...fields })
    expect(callback.kind === 'contact/add_external_contact' && callback.event).toEqual(known)
  })

  test.each<[string, XmlTree | string, string[]]>([
    ['nobody', { Item: '' }, []],
    ['empty', '', []],
    ['one', { Item: 'wmA' }, ['wmA']],
  ])('members: %s', (_, MemChangeList, members) => {
    const update = { ChatId: 'wr1', UpdateDetail: 'add_member', MemChangeList }
    const callback = read('change_external_chat', 'update', update)
    expect(callback.kind === 'group/update' && callback.event).toEqual({ ...update, MemChangeList: members })
  })
})

describe('kept raw', () => {
  test.each<[string, string, XmlTree]>([
    ['change_external_contact', 'dance', pair],
    ['change_external_contact', 'create', { ChatId: 'wr1' }],
    ['change_external_contact', 'add_external_contact', { UserID: 'li.wei' }],
    ['change_external_chat', 'add_external_contact', pair],
    ['customer_acquisition', 'change_price', { Price: 5 }],
    ['constructor', 'create', { ChatId: 'wr1' }],
  ])('%s / %s', (event, change, fields) => {
    expect(read(event, change, fields)).toMatchObject({ kind: 'unknown', type: `${event}/${change}` })
  })
})
