import { describe, expect, it } from 'vitest'
import { hour, second } from '../../src/simulator/model/clock.ts'
import { kf, lab } from './lab.ts'

const opened = async (options?: Parameters<typeof lab>[0]) => {
  const at = await lab(options)
  at.control.customer('wm_chen').writes(kf, '你好')
  return at
}
const enterCode = (item: unknown): string => (item as { event: { welcome_code: string } }).event.welcome_code

describe('send_msg', () => {
  it('allows five messages until the customer writes again', async () => {
    const { control, says } = await opened()
    for (let count = 1; count <= 5; count += 1) expect((await says(`第${count}条`)).errcode).toBe(0)
    expect((await says('第六条')).errcode).toBe(95001)
    control.customer('wm_chen').writes(kf, '还有吗')
    expect((await says('第六条')).errcode).toBe(0)
    expect(control.conversationView(kf, 'wm_chen').sendsLeft).toBe(4)
  })

  it('hands a new session to the assistant, unless that is switched off', async () => {
    const { control, says } = await opened()
    await says('您好')
    expect(control.state(kf, 'wm_chen').state).toBe(1)
    control.settings.autoAssistantOnSend = false
    control.customer('wm_gao').writes(kf, '你好')
    await says('您好', { touser: 'wm_gao' })
    expect(control.state(kf, 'wm_gao').state).toBe(0)
  })

  it('ends 48 h after the customer’s last message', async () => {
    const { control, says } = await opened()
    control.clock.advance(48 * hour)
    expect((await says('刚好')).errcode).toBe(0)
    control.clock.advance(second)
    expect((await says('太晚')).errcode).toBe(95018)
    control.settings.endAfter48h = false
    control.customer('wm_gao').writes(kf, '你好')
    control.clock.advance(48 * hour + second)
    expect((await says('太晚', { touser: 'wm_gao' })).errcode).toBe(95002)
  })

  it.each([2, 3] as const)('is refused in state %i', async (state) => {
    const { says, trans } = await opened()
    await trans(state, state === 3 ? 'rm_li' : undefined)
    expect((await says('打扰了')).errcode).toBe(95018)
  })

  it('is refused to one who never wrote and to strangers', async () => {
    const { control, says } = await opened()
    control.customer('wm_gao').opens(kf)
    expect((await says('您好', { touser: 'wm_gao' })).errcode).toBe(95018)
    expect((await says('您好', { touser: 'wm_ghost' })).errcode).toBe(40096)
  })

  it('takes a msgid once per account', async () => {
    const { control, says } = await opened()
    expect(await says('一', { msgid: 'o_17_3' })).toMatchObject({ errcode: 0, msgid: 'o_17_3' })
    expect((await says('一', { msgid: 'o_17_3' })).errcode).not.toBe(0)
    expect((await says('一', { msgid: '' })).errcode).not.toBe(0)
    expect((await says('一', { msgid: 'x'.repeat(33) })).errcode).not.toBe(0)
    expect(control.sent('kf/send_msg')).toHaveLength(1)
    expect(control.customer('wm_chen').sees(kf)).toHaveLength(2)
  })

  it('never shows its own messages in sync_msg', async () => {
    const { says, pull, sync } = await opened()
    await says('您好')
    expect(await pull()).toHaveLength(1)
    expect(await sync({ limit: 1 })).toMatchObject({ has_more: 1 })
  })

  it('refuses what is wrong with the codes of the vendor’s table', async () => {
    const { call, control } = await opened()
    const ask = { touser: 'wm_chen', open_kfid: kf }
    const send = async (more: object): Promise<number> => (await call('kf/send_msg', { ...ask, ...more })).errcode
    const click = (id: number) => ({ type: 'click', click: { id: `m${id}`, content: `项${id}` } })
    const eleven = Array.from({ length: 11 }, (_, id) => click(id))
    expect(await send({ msgtype: 'hologram', hologram: {} })).toBe(40008)
    expect(await send({ msgtype: 'text', text: {} })).toBe(40058)
    expect(await send({ msgtype: 'text', text: { content: '好' }, surplus: 1 })).toBe(40058)
    expect(await send({ msgtype: 'image', image: { media_id: 'gone' } })).toBe(40007)
    expect(await send({ msgtype: 'msgmenu', msgmenu: { list: eleven } })).toBe(95008)
    expect(await send({ msgtype: 'msgmenu', msgmenu: { list: [{ type: 'slide', slide: {} }] } })).toBe(95009)
    expect(control.sent('kf/send_msg')).toEqual([])
  })

  it('is refused to an unverified corp, and fails afterwards when the customer blocks the corp', async () => {
    const { control, says, pull } = await opened()
    control.corp.verified = false
    expect((await says('您好')).errcode).toBe(95003)
    control.corp.verified = true
    control.customer('wm_chen').blocks()
    expect(await says('您好', { msgid: 'o_1' })).toMatchObject({ errcode: 0 })
    expect((await pull()).at(-1)).toMatchObject({
      origin: 4,
      event: { event_type: 'msg_send_fail', external_userid: 'wm_chen', fail_msgid: 'o_1', fail_type: 10 },
    })
    expect(control.customer('wm_chen').sees(kf).at(-1)?.status).toBe('failed')
    expect(control.conversationView(kf, 'wm_chen').sendsLeft).toBe(4)
  })
})

describe('send_msg_on_event', () => {
  it('welcomes within 20 s, once', async () => {
    const { control, withCode } = await lab()
    const code = enterCode(control.customer('wm_chen').opens(kf))
    control.clock.advance(20 * second)
    expect((await withCode(code)).errcode).toBe(0)
    expect((await withCode(code)).errcode).not.toBe(0)
  })

  it('is too late at 21 s', async () => {
    const { control, withCode } = await lab()
    const code = enterCode(control.customer('wm_chen').opens(kf))
    control.clock.advance(21 * second)
    expect((await withCode(code)).errcode).not.toBe(0)
    expect(control.customer('wm_chen').sees(kf)).toEqual([])
  })

  it('gives a welcome code only after 48 hours without a welcome and without a message', async () => {
    const { control, withCode } = await lab()
    const chen = control.customer('wm_chen')
    expect(enterCode(chen.opens(kf))).toBeDefined()
    const second_ = enterCode(chen.opens(kf))
    expect(second_).toBeDefined()
    await withCode(second_)
    expect(enterCode(chen.opens(kf))).toBeUndefined()
    control.clock.advance(48 * hour)
    expect(enterCode(chen.opens(kf))).toBeDefined()
    chen.writes(kf, '你好')
    expect(enterCode(chen.opens(kf))).toBeUndefined()
  })

  it('speaks in the pool and in state 3 by text only, and does not touch the five', async () => {
    const { control, trans, withCode } = await opened()
    const menu = { msgtype: 'msgmenu', text: undefined, msgmenu: { head_content: '请选择' } }
    const pool = String((await trans(2))['msg_code'])
    expect((await withCode(pool, menu)).errcode).toBe(40008)
    expect((await withCode(pool)).errcode).toBe(0)
    const human = String((await trans(3, 'rm_li'))['msg_code'])
    expect((await withCode(human, menu)).errcode).toBe(40008)
    expect((await withCode(human)).errcode).toBe(0)
    const end = String((await trans(4))['msg_code'])
    expect((await withCode(end, menu)).errcode).toBe(0)
    expect(control.conversationView(kf, 'wm_chen').sendsLeft).toBe(5)
  })

  it('is refused when the session has moved on', async () => {
    const { control, trans, withCode } = await opened()
    const pool = String((await trans(2))['msg_code'])
    await trans(3, 'rm_li')
    expect((await withCode(pool)).errcode).not.toBe(0)
    const end = String((await trans(4))['msg_code'])
    control.customer('wm_chen').writes(kf, '等等')
    expect((await withCode(end)).errcode).not.toBe(0)
    expect((await withCode('made-up')).errcode).not.toBe(0)
  })

  it('ends after 48 h in the pool, 20 s after the end', async () => {
    const { control, trans, withCode } = await opened({ settings: { endAfter48h: false } })
    const pool = String((await trans(2))['msg_code'])
    control.clock.advance(48 * hour + second)
    expect((await withCode(pool)).errcode).not.toBe(0)
    await trans(3, 'rm_li')
    const end = String((await trans(4))['msg_code'])
    control.clock.advance(21 * second)
    expect((await withCode(end)).errcode).not.toBe(0)
  })
})

describe('menus', () => {
  it('turn a click into a message with the menu_id, which opens a session', async () => {
    const { control, says, pull } = await opened()
    const list = [
      { type: 'click', click: { id: 'm_loan', content: '贷款' } },
      { type: 'view', view: { url: 'https://bank.example/', content: '官网' } },
    ]
    await says('', { msgtype: 'msgmenu', text: undefined, msgmenu: { head_content: '请选择', list } })
    control.customer('wm_chen').clicksMenu(kf, 'm_loan')
    expect((await pull()).at(-1)).toMatchObject({ origin: 3, text: { content: '贷款', menu_id: 'm_loan' } })
    expect(() => control.customer('wm_chen').clicksMenu(kf, '官网')).toThrow(/no item/)
    expect(control.conversationView(kf, 'wm_chen').sendsLeft).toBe(5)
  })
})
