import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day, minute, second } from '../../src/simulator/model/clock.ts'
import type { Item } from './lab.ts'
import { kf, lab, other, receiver } from './lab.ts'

const words = (items: Item[]): unknown[] => items.map((item) => (item['text'] as { content: string }).content)
const say = (control: Awaited<ReturnType<typeof lab>>['control'], count: number): void => {
  for (let number = 1; number <= count; number += 1) control.customer('wm_chen').writes(kf, `${number}`)
}

describe('paging', () => {
  it('goes on from the cursor, ascending, and always gives the next cursor', async () => {
    const { control, sync } = await lab()
    say(control, 5)
    const first = await sync({ limit: 2 })
    expect(first).toMatchObject({ has_more: 1 })
    const second_ = await sync({ limit: 2, cursor: first['next_cursor'] })
    const third = await sync({ limit: 2, cursor: second_['next_cursor'] })
    const empty = await sync({ cursor: third['next_cursor'] })
    const pages = [first, second_, third, empty].map((page) => words(page['msg_list'] as Item[]))
    expect(pages).toEqual([['1', '2'], ['3', '4'], ['5'], []])
    expect(empty).toMatchObject({ has_more: 0, next_cursor: expect.stringMatching(/^.{1,64}$/) as string })
    say(control, 1)
    expect(words((await sync({ cursor: empty['next_cursor'] }))['msg_list'] as Item[])).toEqual(['1'])
  })

  it('reads without side effects: the same cursor gives the same items, also to two at once', async () => {
    const { control, pull } = await lab()
    say(control, 3)
    const [one, two] = await Promise.all([pull(), pull()])
    expect(one).toEqual(two)
    expect(one).toHaveLength(3)
  })

  it('may come short or empty with has_more', async () => {
    const { control, sync } = await lab({ settings: { shortPage: 2, emptyPages: 1 } })
    say(control, 3)
    const empty = await sync()
    expect(empty).toMatchObject({ has_more: 1, msg_list: [] })
    const short = await sync({ cursor: empty['next_cursor'] })
    expect(short).toMatchObject({ has_more: 1 })
    expect(words(short['msg_list'] as Item[])).toEqual(['1', '2'])
    expect(words((await sync({ cursor: short['next_cursor'] }))['msg_list'] as Item[])).toEqual(['3'])
  })

  it('gives everything once and in order, however it is paged, with sends of the app in between', async () => {
    const at = await lab({ settings: { tokenlessPerMinute: 1e9, autoAssistantOnSend: false } })
    const { control, sync, says } = at
    let cursor = ''
    let number = 0
    const step = fc.record({ writes: fc.nat(3), sends: fc.nat(2), limit: fc.integer({ min: 1, max: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
        const [expected, given]: [string[], unknown[]] = [[], []]
        const readOn = async (limit: number): Promise<boolean> => {
          const page = await sync({ cursor, limit })
          cursor = String(page['next_cursor'])
          given.push(...words(page['msg_list'] as Item[]))
          return page['has_more'] === 1
        }
        for (const { writes, sends, limit } of steps) {
          for (let count = 0; count < writes; count += 1) {
            expected.push(`${(number += 1)}`)
            control.customer('wm_chen').writes(kf, `${number}`)
          }
          for (let count = 0; count < sends; count += 1) await says('自动回复')
          await readOn(limit)
        }
        while (await readOn(2));
        expect(given).toEqual(expected)
      }),
      { numRuns: 25, seed: 11 },
    )
  })

  it('begins with the last three days, also for a cursor that is older', async () => {
    const { control, pull, sync } = await lab()
    say(control, 1)
    const old = (await sync())['next_cursor']
    control.customer('wm_chen').writes(kf, 'second')
    control.clock.advance(3 * day - minute)
    control.customer('wm_chen').writes(kf, 'third')
    expect(words(await pull())).toEqual(['1', 'second', 'third'])
    control.clock.advance(2 * minute)
    expect(words(await pull())).toEqual(['third'])
    expect(words(await pull({ cursor: old }))).toEqual(['third'])
  })

  it('takes a cursor of an earlier run as older than everything', async () => {
    const third = 'wk_third'
    const earlier = await lab()
    earlier.control.accounts.add({ openKfId: third, name: '三号' })
    for (const words_ of ['a', 'b', 'c']) earlier.control.customer('wm_chen').writes(third, words_)
    const cursor = (await earlier.sync({ open_kfid: third }))['next_cursor']
    const later = await lab({ seed: 8 })
    later.control.clock.advance(minute)
    later.control.accounts.add({ openKfId: third, name: '三号' })
    later.control.customer('wm_chen').writes(third, 'd')
    expect(words(await later.pull({ open_kfid: third, cursor }))).toEqual(['d'])
  })

  it('refuses a cursor that it never wrote, also one of another account', async () => {
    const { control, sync } = await lab()
    say(control, 1)
    const cursor = (await sync())['next_cursor']
    expect((await sync({ cursor: 'made-up' })).errcode).not.toBe(0)
    expect((await sync({ cursor, open_kfid: other })).errcode).not.toBe(0)
  })

  it('refuses a limit above 1,000', async () => {
    const { sync } = await lab()
    expect((await sync({ limit: 1001 })).errcode).toBe(40058)
  })

  it('gives an item again with its msgid when told', async () => {
    const { control, pull } = await lab()
    const { msgid } = control.customer('wm_chen').writes(kf, '你好', 'm1')
    control.customer('wm_chen').writes(kf, '你好', 'm1')
    control.repeats(kf, msgid)
    expect((await pull()).map((item) => item.msgid)).toEqual(['m1', 'm1', 'm1'])
    expect(control.customer('wm_chen').sees(kf)).toHaveLength(1)
  })
})

describe('who may pull', () => {
  it('needs the account, known and authorised', async () => {
    const { control, call, sync } = await lab()
    expect((await call('kf/sync_msg', {})).errcode).not.toBe(0)
    expect((await sync({ open_kfid: 'nonsense' })).errcode).toBe(95000)
    expect((await sync({ open_kfid: 'wk_unknown' })).errcode).toBe(95004)
    control.accounts.deauthorise(kf)
    expect((await sync()).errcode).toBe(48007)
    control.accounts.authorise(kf)
    expect((await sync()).errcode).toBe(0)
    control.accounts.delete(kf)
    expect((await sync()).errcode).toBe(95004)
  })

  it('is limited without a token', async () => {
    const { control, sync } = await lab({ settings: { tokenlessPerMinute: 2 } })
    expect((await sync()).errcode).toBe(0)
    expect((await sync()).errcode).toBe(0)
    expect((await sync()).errcode).toBe(45009)
    expect((await sync({ open_kfid: other })).errcode).toBe(0)
    control.clock.advance(minute + second)
    expect((await sync()).errcode).toBe(0)
  })

  it('takes the callback’s token for its account and 10 minutes, as often as one likes', async () => {
    const { control, sync } = await lab({ settings: { tokenlessPerMinute: 0 } })
    const { heard } = await receiver(control)
    say(control, 1)
    await control.idle()
    const token = heard[0]?.event['Token']
    expect((await sync({ token })).errcode).toBe(0)
    expect((await sync({ token, open_kfid: other })).errcode).toBe(95007)
    expect((await sync({ token: 'ENCmadeup' })).errcode).toBe(95007)
    control.clock.advance(10 * minute)
    expect((await sync({ token })).errcode).toBe(0)
    control.clock.advance(second)
    expect((await sync({ token })).errcode).toBe(95007)
  })
})

describe('what comes', () => {
  it('has account and customer inside an event, outside otherwise, and a servicer only with origin 5', async () => {
    const { control, trans, pull } = await lab()
    control.customer('wm_chen').opens({ openKfId: kf, scene: 'app_home', sceneParam: 'cmp17.ch3' })
    control.customer('wm_chen').writes(kf, '你好')
    await trans(3, 'rm_li')
    control.servicer('rm_li').replies(kf, 'wm_chen', '在的')
    const [entered, asked, answered] = await pull()
    expect(entered).toMatchObject({
      origin: 4,
      event: { event_type: 'enter_session', open_kfid: kf, scene: 'app_home' },
    })
    expect(entered).not.toHaveProperty('open_kfid')
    expect(entered).not.toHaveProperty('external_userid')
    expect(asked).toMatchObject({ open_kfid: kf, external_userid: 'wm_chen', origin: 3 })
    expect(asked).not.toHaveProperty('servicer_userid')
    expect(answered).toMatchObject({ origin: 5, servicer_userid: 'rm_li', text: { content: '在的' } })
  })

  it('returns scene_param only with a scene, and nothing at all for a tampered link', async () => {
    const { control, call, pull } = await lab()
    const { url } = await call('kf/add_contact_way', { open_kfid: kf, scene: 'poster' })
    const { url: again } = await call('kf/add_contact_way', { open_kfid: kf, scene: 'poster' })
    expect(again).not.toBe(url)
    const chen = control.customer('wm_chen')
    chen.opens({ url: `${String(url)}&scene_param=${encodeURIComponent('c.9-a_b')}` })
    chen.opens({ openKfId: kf, sceneParam: 'lost' })
    expect(chen.opens({ url: String(url).replace('enc_scene=ENC', 'enc_scene=FAKE') })).toBeNull()
    expect((await pull()).map((item) => item['event'])).toMatchObject([
      { scene: 'poster', scene_param: 'c.9-a_b' },
      expect.not.objectContaining({ scene_param: expect.anything() as unknown }),
    ])
  })

  it('tells a recall in the same page as the message', async () => {
    const { control, trans, pull } = await lab()
    const { msgid } = control.customer('wm_chen').writes(kf, '发错了')
    control.customer('wm_chen').recalls(msgid)
    await trans(3, 'rm_li')
    const reply = control.servicer('rm_li').replies(kf, 'wm_chen', '也错了')
    control.servicer('rm_li').recalls(kf, 'wm_chen', reply.msgid)
    const events = (await pull()).flatMap((item) => item['event'] ?? [])
    expect(events).toMatchObject([
      { event_type: 'user_recall_msg', recall_msgid: msgid },
      { event_type: 'servicer_recall_msg', recall_msgid: reply.msgid, servicer_userid: 'rm_li' },
    ])
    expect(() => control.customer('wm_chen').recalls(reply.msgid)).toThrow(/no message of wm_chen/)
  })

  it('lets types through that nobody described, and turns what is too big into words', async () => {
    const { control, pull } = await lab()
    control.customer('wm_chen').sends(kf, 'note', {})
    control.customer('wm_chen').sends(kf, 'image', { bytes: Buffer.alloc(2 * 1024 * 1024 + 1) })
    expect(await pull()).toMatchObject([{ msgtype: 'note', note: {} }, { msgtype: 'text' }])
  })
})
