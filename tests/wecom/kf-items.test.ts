import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { UserId } from '../../src/wecom/ids.ts'
import type { KfEvents } from '../../src/wecom/kf-items.ts'
import { kfKinds, readKfItem } from '../../src/wecom/kf-items.ts'
import { statusInEvent, statusInList } from '../../src/wecom/kf-status.ts'
import { sample, sampleIds, samples } from './kf-samples.ts'

test('there is a sample of every kind, and no other', () => {
  expect(Object.keys(samples).sort()).toEqual([...kfKinds].sort())
})

describe('every documented kind is read', () => {
  test.each(kfKinds)('%s', (kind) => {
    const raw = sample(kind)
    const externalUserId = kind === 'kf/servicer_status_change' ? null : sampleIds.externalUserId
    expect(readKfItem(raw)).toMatchObject({
      kind,
      msgid: raw['msgid'],
      openKfId: sampleIds.openKfId,
      externalUserId,
      at: sampleIds.at,
    })
  })

  test.each(kfKinds)('%s keeps every field of its sample', (kind) => {
    const raw = sample(kind)
    const read = JSON.stringify(readKfItem(raw)).toLowerCase()
    const leaves = (value: unknown): unknown[] =>
      typeof value === 'object' && value ? Object.values(value).flatMap(leaves) : [value]
    const numbersThatBecameWords = ['kf/servicer_status_change'].includes(kind) ? [1, 2] : []
    const names = [
      raw['msgtype'] === 'event' ? 'event' : '',
      (raw['event'] as { event_type?: string } | undefined)?.event_type,
      raw['origin'],
    ]
    const kept = leaves(raw).filter((leaf) => ![...numbersThatBecameWords, ...names].includes(leaf as string))
    for (const leaf of kept) expect(read).toContain(JSON.stringify(leaf).slice(1, -1).toLowerCase())
  })
})

const eventOf = <Kind extends keyof KfEvents>(kind: Kind, change: object = {}): KfEvents[Kind] => {
  const raw = sample(kind)
  const changed = raw['event'] ? { ...raw, event: { ...raw['event'], ...change } } : { ...raw, ...change }
  const read = readKfItem(changed)
  if (read.kind !== kind) throw new Error(`${kind} became ${read.kind}: ${'why' in read ? read.why : ''}`)
  return read.event as KfEvents[Kind]
}

describe('one form for what WeCom writes in several', () => {
  test('pictures of a product card have two names', () => {
    const now = eventOf('kf/channels_shop_product').channels_shop_product
    const { head_image, shop_head_image, ...rest } = sample('kf/channels_shop_product')[
      'channels_shop_product'
    ] as Record<string, string>
    const older = eventOf('kf/channels_shop_product', {
      channels_shop_product: { ...rest, head_img: head_image, shop_head_img: shop_head_image },
    })
    expect(now).toMatchObject({ head_img: 'https://example.com/h', shop_head_img: 'https://example.com/s' })
    expect(older.channels_shop_product).toEqual(now)
  })

  test('a price may come as a number', () => {
    const card = sample('kf/channels_shop_product')['channels_shop_product'] as object
    expect(
      eventOf('kf/channels_shop_product', { channels_shop_product: { ...card, sales_price: 8 } }).channels_shop_product
        .sales_price,
    ).toBe('8')
  })

  test.each([
    [1, undefined, 0, 'receiving'],
    [1, 0, 0, 'receiving'],
    [2, 0, 1, 'stopped'],
    [2, 1, 1, 'suspended'],
    [2, undefined, 1, 'stopped'],
  ])('status %s, stop_type %s in the event is %s in the list: %s', (status, stop_type, inList, word) => {
    expect(eventOf('kf/servicer_status_change', { status, stop_type }).status).toBe(word)
    expect(statusInEvent(status, stop_type)).toBe(word)
    expect(statusInList(inList, stop_type)).toBe(word)
  })

  test('userids are in lower case', () => {
    expect(eventOf('kf/servicer_message').servicer_userid).toBe('li.wei')
    expect(eventOf('kf/business_card').business_card.userid).toBe('li.wei')
    expect(eventOf('kf/session_status_change')).toMatchObject({
      old_servicer_userid: 'li.wei',
      new_servicer_userid: 'wang.fang',
    })
    expect(eventOf('kf/servicer_recall_msg').servicer_userid).toBe('li.wei')
  })

  test('a text that was typed has no menu_id', () => {
    expect(eventOf('kf/text', { text: { content: 'x' } }).text).toEqual({ content: 'x', menu_id: undefined })
  })

  test('enter_session without a scene, as when a chat is opened again', () => {
    const event = eventOf('kf/enter_session', {
      scene: undefined,
      scene_param: undefined,
      welcome_code: undefined,
      wechat_channels: undefined,
    })
    expect(event).toMatchObject({ scene: '', scene_param: '' })
    expect(event.welcome_code).toBeUndefined()
  })

  test('a servicer who sends a picture: the payload is there, the text is null', () => {
    const raw = { ...sample('kf/image'), origin: 5, servicer_userid: 'RM1' }
    expect(readKfItem(raw)).toMatchObject({
      kind: 'kf/servicer_message',
      event: { msgtype: 'image', text: null, body: { media_id: 'MEDIA1' } },
    })
  })

  test("a servicer's message of an unheard-of type is still a servicer's message", () => {
    const raw = { ...sample('kf/text'), origin: 5, servicer_userid: 'RM1', msgtype: 'hologram', hologram: { x: 1 } }
    expect(readKfItem(raw)).toMatchObject({
      kind: 'kf/servicer_message',
      event: { msgtype: 'hologram', body: { x: 1 } },
    })
  })
})

describe('what is not understood is kept', () => {
  test.each<[string, unknown, object]>([
    [
      'a new msgtype',
      { ...sample('kf/text'), msgtype: 'hologram' },
      { origin: 3, type: 'hologram', externalUserId: sampleIds.externalUserId },
    ],
    [
      'a new event',
      { ...sample('kf/enter_session'), event: { event_type: 'dance', open_kfid: 'wk' } },
      { type: 'dance', openKfId: 'wk' },
    ],
    ['a new origin', { ...sample('kf/text'), origin: 7 }, { origin: 7, type: 'text' }],
    ['a type named like a part of an object', { ...sample('kf/text'), msgtype: '__proto__' }, { type: '__proto__' }],
    [
      'an event_type that is a msgtype',
      { ...sample('kf/enter_session'), event: { event_type: 'text' } },
      { type: 'text' },
    ],
    ['a text without its text', { ...sample('kf/text'), text: {} }, { why: 'text.content: invalid_type', origin: 3 }],
    ['a text of another shape', { ...sample('kf/text'), text: 'hello' }, { why: 'text: invalid_type' }],
    ['no msgid', { ...sample('kf/text'), msgid: undefined }, { why: 'msgid: invalid_type', msgid: null }],
    ['no time', { ...sample('kf/text'), send_time: '1767225600' }, { why: 'send_time: invalid_type', at: null }],
    ['a time beyond all times', { ...sample('kf/text'), send_time: 1e300 }, { why: 'send_time: not a time' }],
    ['a time in milliseconds', { ...sample('kf/text'), send_time: 1767225600000 }, { why: 'send_time: not a time' }],
    ['no account', { ...sample('kf/text'), open_kfid: '' }, { openKfId: null }],
    ['an event without its fields', { ...sample('kf/enter_session'), event: null }, { type: 'event' }],
    ['null', null, { msgid: null }],
    ['a number', 7, { msgid: null }],
    ['a list', [sample('kf/text')], { msgid: null }],
    ['nothing', undefined, { msgid: null }],
  ])('%s', (_, raw, fields) => {
    const read = readKfItem(raw)
    expect(read).toMatchObject({ kind: 'unknown', raw, ...fields })
  })

  test('why it was not understood never quotes what was written', () => {
    const raw = { ...sample('kf/text'), text: { content: { secret: '身份证号' } } }
    expect(JSON.stringify({ ...readKfItem(raw), raw: null })).not.toContain('身份证号')
  })

  test('nothing at all makes it throw', () => {
    fc.assert(
      fc.property(fc.anything(), (raw) => {
        expect(readKfItem(raw)).toHaveProperty('kind')
      }),
    )
    const kinds = fc.constantFrom(...kfKinds)
    fc.assert(
      fc.property(kinds, fc.string(), fc.anything(), (kind, key, value) => {
        const raw = sample(kind)
        const keys = Object.keys(raw)
        const at = keys[key.length % keys.length] ?? key
        expect(readKfItem({ ...raw, [at]: value })).toHaveProperty('kind')
        expect(readKfItem({ ...raw, event: { ...(raw['event'] as object), [key]: value } })).toHaveProperty('kind')
      }),
      { numRuns: 500 },
    )
  })
})

test("a handler's event is typed by its kind", () => {
  expectTypeOf<KfEvents['kf/text']['text']['content']>().toEqualTypeOf<string>()
  expectTypeOf<KfEvents['kf/servicer_status_change']['status']>().toEqualTypeOf<'receiving' | 'stopped' | 'suspended'>()
  expectTypeOf<KfEvents['kf/servicer_message']['servicer_userid']>().toEqualTypeOf<UserId>()
  expectTypeOf<KfEvents['kf/image']>().not.toHaveProperty('text')
  expect(kfKinds).toHaveLength(25)
})
