import { describe, expect, test } from 'vitest'
import { CallbackRefused } from '../../src/wecom/callback-refused.ts'
import { readCallback } from '../../src/wecom/events.ts'
import type { XmlTree } from '../../src/wecom/xml-write.ts'
import { writeXml } from '../../src/wecom/xml-write.ts'
import { vector } from './vectors.ts'

const common = { ToUserName: 'ww1', CreateTime: 1767225600 }
const staff = { ...common, FromUserName: 'Li.Wei', AgentID: 218 }
const event = (Event: string, fields: XmlTree = {}) =>
  readCallback(writeXml({ ...staff, MsgType: 'event', Event, ...fields }))

describe('微信客服', () => {
  test('the doorbell, exactly as WeCom writes it', () => {
    const xml = `<xml>
   <ToUserName><![CDATA[ww12345678910]]></ToUserName>
   <CreateTime>1348831860</CreateTime>
   <MsgType><![CDATA[event]]></MsgType>
   <Event><![CDATA[kf_msg_or_event]]></Event>
   <Token><![CDATA[ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR]]></Token>
   <OpenKfId><![CDATA[wkxxxxxxx]]></OpenKfId>
</xml>`
    expect(readCallback(xml)).toMatchObject({
      kind: 'kf_msg_or_event',
      corpId: 'ww12345678910',
      at: new Date(1348831860_000),
      event: { Token: 'ENCApHxnGDNAVNY4AaSJKj4Tb5mwsEMzxhFmHVGcra996NR', OpenKfId: 'wkxxxxxxx' },
    })
  })

  test.each<[string, XmlTree, string[], string[]]>([
    ['none', {}, [], []],
    ['one', { AuthAddOpenKfId: 'wk1' }, ['wk1'], []],
    [
      'several of both',
      { AuthAddOpenKfId: ['wk1', 'wk2'], AuthDelOpenKfId: ['wk3', 'wk4', 'wk5'] },
      ['wk1', 'wk2'],
      ['wk3', 'wk4', 'wk5'],
    ],
    ['an empty one', { AuthAddOpenKfId: '', AuthDelOpenKfId: 'wk3' }, [], ['wk3']],
  ])('accounts given and taken away: %s', (_, fields, added, removed) => {
    const xml = writeXml({
      ...common,
      FromUserName: 'sys',
      MsgType: 'event',
      Event: 'kf_account_auth_change',
      ...fields,
    })
    expect(readCallback(xml)).toMatchObject({
      kind: 'kf_account_auth_change',
      event: { AuthAddOpenKfId: added, AuthDelOpenKfId: removed },
    })
  })
})

describe('cards', () => {
  const clicked = { EventKey: 'claim', TaskId: 'lead_1', CardType: 'button_interaction', ResponseCode: 'RC' }

  test('a button', () => {
    expect(event('template_card_event', clicked)).toMatchObject({
      kind: 'app/template_card_event',
      event: { ...clicked, FromUserName: 'li.wei', AgentID: '218', SelectedItems: [] },
    })
  })

  test.each([
    ['OptionIds', 'OptionId'],
    ['OpitonIds', 'OpitonId'],
  ])('answers under %s', (ids, id) => {
    const items = [
      { QuestionKey: 'q1', [ids]: { [id]: ['a', 'b'] } },
      { QuestionKey: 'q2', [ids]: { [id]: 'c' } },
    ]
    const read = event('template_card_event', { ...clicked, SelectedItems: { SelectedItem: items } })
    expect(read).toMatchObject({
      event: {
        SelectedItems: [
          { QuestionKey: 'q1', OptionIds: ['a', 'b'] },
          { QuestionKey: 'q2', OptionIds: ['c'] },
        ],
      },
    })
  })

  test('one answer, none, and an empty list', () => {
    const one = { SelectedItems: { SelectedItem: { QuestionKey: 'q', OptionIds: { OptionId: 'a' } } } }
    expect(event('template_card_event', { ...clicked, ...one })).toMatchObject({
      event: { SelectedItems: [{ OptionIds: ['a'] }] },
    })
    expect(event('template_card_event', { ...clicked, SelectedItems: '' })).toMatchObject({
      event: { SelectedItems: [] },
    })
  })

  test('the ⋮ menu', () => {
    expect(event('template_card_menu_event', clicked)).toMatchObject({
      kind: 'app/template_card_menu_event',
      event: clicked,
    })
  })
})

describe('staff', () => {
  test('V2, an official message', () => {
    expect(readCallback(vector('V2').plaintext)).toMatchObject({
      kind: 'app/text',
      event: { FromUserName: 'mycreate', Content: 'hello', MsgId: '4561255354251345929', AgentID: '218' },
    })
  })

  test.each<[string, XmlTree]>([
    ['image', { PicUrl: 'https://example.com/p', MediaId: 'M' }],
    ['voice', { MediaId: 'M', Format: 'amr' }],
    ['video', { MediaId: 'M', ThumbMediaId: 'T' }],
    ['location', { Location_X: '23.134', Location_Y: '113.358', Scale: '20', Label: '位置' }],
    ['link', { Title: 't', Description: 'd', Url: 'https://example.com', PicUrl: 'p' }],
  ])('%s', (MsgType, fields) => {
    const read = readCallback(writeXml({ ...staff, MsgType, MsgId: '1', ...fields }))
    expect(read).toMatchObject({ kind: `app/${MsgType}`, event: { ...fields, MsgId: '1', FromUserName: 'li.wei' } })
  })

  test.each(['enter_agent', 'subscribe', 'unsubscribe', 'click', 'CLICK', 'view', 'VIEW'])(
    '%s, in any case',
    (name) => {
      expect(event(name, { EventKey: 'k' })).toMatchObject({
        kind: `app/${name.toLowerCase()}`,
        event: { EventKey: 'k' },
      })
    },
  )
})

describe('what is not understood comes back raw', () => {
  test.each<[string, XmlTree, string]>([
    [
      '客户联系',
      { Event: 'change_external_contact', ChangeType: 'add_external_contact', UserID: 'x', State: 's' },
      'change_external_contact/add_external_contact',
    ],
    ['an event of tomorrow', { Event: 'dance' }, 'dance'],
    ['no event', {}, ''],
    ['a doorbell without an account', { Event: 'kf_msg_or_event', Token: 't' }, 'kf_msg_or_event'],
    ['an event named like a part of an object', { Event: 'constructor' }, 'constructor'],
  ])('%s', (_, fields, type) => {
    const read = readCallback(writeXml({ ...common, MsgType: 'event', ...fields }))
    expect(read).toMatchObject({ kind: 'unknown', type, corpId: 'ww1', at: new Date(1767225600_000) })
    expect({ ...read.raw }).toEqual({ ToUserName: 'ww1', CreateTime: '1767225600', MsgType: 'event', ...fields })
  })

  test('an element that comes twice where one is meant', () => {
    expect(readCallback(writeXml({ ...staff, MsgType: 'text', MsgId: '1', Content: ['a', 'b'] }))).toMatchObject({
      kind: 'unknown',
      type: 'text',
    })
  })

  test('a missing or odd CreateTime', () => {
    expect(readCallback('<xml><MsgType>x</MsgType></xml>').at).toBeNull()
    expect(readCallback('<xml><CreateTime>soon</CreateTime></xml>').at).toBeNull()
  })

  test('only what is no XML is refused', () => {
    expect(() => readCallback('{}')).toThrow(CallbackRefused)
  })
})
