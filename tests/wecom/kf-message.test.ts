import { describe, test } from 'vitest'
import * as kf from '../../src/wecom/endpoints/kf.ts'
import { accepted, refused, wide } from './asks.ts'

const to = { touser: 'wm1', open_kfid: 'wk1' }
const send = (msgtype: string, payload: object, more: object = {}) => ({ ...to, ...more, msgtype, [msgtype]: payload })
const kfMessage = kf.sendKfMessage.ask
const click = (id: string) => ({ type: 'click', click: { id, content: 'x' } })
const line = { type: 'text', text: { content: 'x' } }

describe('kf/send_msg', () => {
  test.each<[string, object]>([
    ['text', send('text', { content: wide(2048) })],
    ['image', send('image', { media_id: 'M' })],
    ['voice', send('voice', { media_id: 'M' })],
    ['video', send('video', { media_id: 'M' })],
    ['file', send('file', { media_id: 'M' })],
    ['link', send('link', { title: wide(128), desc: wide(512), url: 'https://example.com', thumb_media_id: 'M' })],
    [
      'miniprogram',
      send('miniprogram', { appid: 'wx', title: wide(64), thumb_media_id: 'M', pagepath: 'pages/index.html?a=1' }),
    ],
    [
      'msgmenu',
      send('msgmenu', {
        head_content: wide(1024),
        list: [...Array(10).keys()].map((i) => click(`${i}`)),
        tail_content: '',
      }),
    ],
    ['location', send('location', { name: 'n', address: 'a', latitude: -90, longitude: 180 })],
    ['ca_link', send('ca_link', { link_url: 'https://work.weixin.qq.com/ca/cawcde' })],
    ['own msgid', send('text', { content: 'x' }, { msgid: 'o_17-3' })],
    [
      '50 lines of a menu, 10 of them to tap',
      send('msgmenu', { list: [...Array(40).fill(line), ...Array(10).fill(click('a'))] }),
    ],
    [
      'all kinds of items',
      send('msgmenu', {
        list: [
          click('a'),
          { type: 'view', view: { url: 'https://example.com', content: 'v' } },
          { type: 'miniprogram', miniprogram: { appid: 'wx', pagepath: 'p', content: 'm' } },
          { type: 'text', text: { content: 't\nu', no_newline: 1 } },
        ],
      }),
    ],
  ])('%s at its limits', (_, ask) => accepted(kfMessage, ask))

  test.each<[string, object, string]>([
    ['a text of 2,049 bytes', send('text', { content: wide(2049) }), 'text.content: must have 1 to 2048 bytes'],
    ['an empty text', send('text', { content: '' }), 'text.content'],
    ['an empty msgid', send('text', { content: 'x' }, { msgid: '' }), 'msgid'],
    ['a msgid of 33', send('text', { content: 'x' }, { msgid: 'a'.repeat(33) }), 'msgid'],
    ['a msgid with a dot', send('text', { content: 'x' }, { msgid: 'a.b' }), 'msgid'],
    ['no customer', { ...send('text', { content: 'x' }), touser: '' }, 'touser'],
    ['no account', { ...send('text', { content: 'x' }), open_kfid: undefined }, 'open_kfid'],
    ['an unknown type', send('card', {}), 'msgtype'],
    ['the payload of another type', { ...to, msgtype: 'text', image: { media_id: 'M' } }, 'text'],
    ['two payloads', { ...send('text', { content: 'x' }), image: { media_id: 'M' } }, 'Unrecognized key: "image"'],
    [
      'a title of 129 bytes',
      send('link', { title: wide(129), url: 'https://example.com', thumb_media_id: 'M' }),
      'link.title',
    ],
    ['a link without its scheme', send('link', { title: 't', url: 'example.com', thumb_media_id: 'M' }), 'link.url'],
    ['a javascript: link', send('link', { title: 't', url: 'javascript:alert(1)', thumb_media_id: 'M' }), 'link.url'],
    ['a link without its picture', send('link', { title: 't', url: 'https://example.com' }), 'link.thumb_media_id'],
    [
      'a page that is no .html',
      send('miniprogram', { appid: 'wx', thumb_media_id: 'M', pagepath: 'pages/index' }),
      'miniprogram.pagepath',
    ],
    ['11 items to tap', send('msgmenu', { list: Array(11).fill(click('a')) }), 'at most 10 items'],
    ['51 lines', send('msgmenu', { list: Array(51).fill(line) }), 'msgmenu.list'],
    ['a menu id of 129 bytes', send('msgmenu', { list: [click('a'.repeat(129))] }), 'msgmenu.list.0.click.id'],
    [
      'a line of 257 bytes',
      send('msgmenu', { list: [{ type: 'text', text: { content: wide(257) } }] }),
      'msgmenu.list.0.text.content',
    ],
    ['a latitude of 91', send('location', { latitude: 91, longitude: 0 }), 'location.latitude'],
    ['a card of another place', send('ca_link', { link_url: 'https://evil.example/ca/x' }), 'ca_link.link_url'],
  ])('%s is refused', (_, ask, at) => refused(kfMessage, ask, at))
})
