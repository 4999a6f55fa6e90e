import { describe, expect, it } from 'vitest'
import { hour, minute } from '../../src/simulator/model/clock.ts'
import { lab, receiver } from './lab.ts'

const agent = { agentid: 1_000_002 }
const text = (touser: string, content = '有新客户') => ({ ...agent, touser, msgtype: 'text', text: { content } })
const card = (touser: string, taskId: string) => ({
  ...agent,
  touser,
  msgtype: 'template_card',
  template_card: {
    card_type: 'button_interaction',
    main_title: { title: '新客户' },
    task_id: taskId,
    button_list: [
      { text: '接受', style: 1, key: 'accept' },
      { text: '转交', style: 2, key: 'pass' },
    ],
  },
})

describe('message/send', () => {
  it('reaches who is there, names the others in lower case', async () => {
    const { control, call } = await lab()
    const answer = await call('message/send', text('RM_Li|Ghost|Nobody'))
    expect(answer).toMatchObject({ errcode: 0, invaliduser: 'ghost|nobody' })
    expect(control.servicer('rm_li').inbox()).toMatchObject([
      { msgtype: 'text', body: { content: '有新客户' }, status: 'shown' },
    ])
    expect(control.sent('message/send')).toMatchObject([{ touser: 'RM_Li|Ghost|Nobody' }])
  })

  it('is refused when nobody is left, or the agent is another', async () => {
    const { control, call } = await lab()
    control.servicer('rm_far', { visible: false })
    expect((await call('message/send', text('ghost|rm_far'))).errcode).toBe(81013)
    expect((await call('message/send', { ...text('rm_li'), agentid: 7 })).errcode).toBe(40056)
    expect(control.sent('message/send')).toEqual([])
    expect(control.calls('message/send').map((made) => made.errcode)).toEqual([81013, 40056])
  })

  it('drops the thirty-first of a minute without a word', async () => {
    const { control, call } = await lab()
    for (let count = 1; count <= 31; count += 1) {
      expect((await call('message/send', text('rm_li', `第${count}条`))).errcode).toBe(0)
    }
    expect(control.servicer('rm_li').inbox()).toHaveLength(30)
    control.clock.advance(minute)
    await call('message/send', text('rm_li', '一分钟后'))
    expect(control.servicer('rm_li').inbox().at(-1)?.body).toEqual({ content: '一分钟后' })
  })

  it('reaches a department and everybody', async () => {
    const { control, call } = await lab()
    await call('message/send', { ...agent, toparty: '1|99', msgtype: 'text', text: { content: '全行' } })
    await call('message/send', text('@all'))
    for (const userid of ['rm_li', 'rm_wang', 'rm_zhao']) expect(control.servicer(userid).inbox()).toHaveLength(2)
  })

  it('can be recalled for a day', async () => {
    const { control, call } = await lab()
    const { msgid } = await call('message/send', text('rm_li'))
    expect((await call('message/recall', { msgid })).errcode).toBe(0)
    expect(control.servicer('rm_li').inbox()).toMatchObject([{ status: 'recalled' }])
    control.clock.advance(24 * hour + 1)
    expect((await call('message/recall', { msgid })).errcode).toBe(42052)
  })
})

describe('template cards', () => {
  it('tell the app of a click, which may change the card once within 72 h', async () => {
    const { control, call } = await lab()
    const { heard } = await receiver(control)
    const li = control.servicer('rm_li')
    expect(await call('message/send', card('rm_li', 't1'))).toMatchObject({
      response_code: expect.any(String) as string,
    })
    li.clicks('accept')
    await control.idle()
    const clicked = heard[0]?.event ?? {}
    expect(clicked).toMatchObject({
      FromUserName: 'rm_li',
      Event: 'template_card_event',
      EventKey: 'accept',
      TaskId: 't1',
      CardType: 'button_interaction',
      AgentID: '1000002',
    })
    const update = {
      ...agent,
      userids: ['rm_li', 'rm_wang'],
      response_code: clicked['ResponseCode'],
      button: { replace_name: '已接受' },
    }
    expect(await call('message/update_template_card', update)).toMatchObject({ errcode: 0, invaliduser: ['rm_wang'] })
    expect(li.inbox()[0]?.card?.replaced).toBe('已接受')
    expect((await call('message/update_template_card', update)).errcode).toBe(60140)
    expect(() => li.clicks('accept')).toThrow(/grey/)
  })

  it('forget their response code after 72 h', async () => {
    const { control, call } = await lab()
    const sent = await call('message/send', card('rm_li', 't1'))
    const update = {
      ...agent,
      userids: ['rm_li'],
      response_code: sent['response_code'],
      button: { replace_name: '好' },
    }
    expect((await call('message/update_template_card', { ...update, userids: ['rm_wang'] })).errcode).toBe(82102)
    control.clock.advance(72 * hour + 1)
    expect((await call('message/update_template_card', update)).errcode).toBe(60140)
  })

  it('use each task_id once and have only their own buttons', async () => {
    const { control, call } = await lab()
    await call('message/send', card('rm_li', 't1'))
    expect((await call('message/send', card('rm_wang', 't1'))).errcode).not.toBe(0)
    expect(() => control.servicer('rm_li').clicks('explode')).toThrow(/no button/)
    const wrong = card('rm_li', 't2')
    const broken = { ...wrong, template_card: { ...wrong.template_card, card_type: 'hologram' } }
    expect((await call('message/send', broken)).errcode).toBe(42031)
  })

  it('bring what was chosen', async () => {
    const { control, call } = await lab()
    const { heard } = await receiver(control)
    const option_list = [
      { id: 'high', text: '高' },
      { id: 'low', text: '低' },
    ]
    await call('message/send', {
      ...agent,
      touser: 'rm_li',
      msgtype: 'template_card',
      template_card: {
        card_type: 'vote_interaction',
        main_title: { title: '意向' },
        task_id: 'v1',
        checkbox: { question_key: 'intent', option_list },
        submit_button: { text: '提交', key: 'submit' },
      },
    })
    control.servicer('rm_li').clicks('submit', { selected: { intent: ['high'] } })
    await control.idle()
    expect(heard[0]?.event).toMatchObject({
      SelectedItems: { SelectedItem: { QuestionKey: 'intent', OptionIds: { OptionId: 'high' } } },
    })
  })
})

describe('a member', () => {
  it('writes to the app with an id of 64 bits, and triggers events', async () => {
    const { control } = await lab()
    const { heard } = await receiver(control)
    control.servicer('rm_li').writes('今天谁值班')
    control.servicer('rm_li').triggers('click', 'on_duty')
    await control.idle()
    expect(heard.map(({ event }) => event)).toMatchObject([
      { MsgType: 'text', Content: '今天谁值班', MsgId: expect.stringMatching(/^7\d{18}$/) as string },
      { MsgType: 'event', Event: 'click', EventKey: 'on_duty' },
    ])
  })

  it('logs in with a code that works once and for five minutes', async () => {
    const { control, get } = await lab()
    const code = control.servicer('rm_li').loginCode()
    expect(await get('auth/getuserinfo', { code })).toMatchObject({ errcode: 0, userid: 'rm_li' })
    expect((await get('auth/getuserinfo', { code })).errcode).toBe(42022)
    const late = control.servicer('rm_li').loginCode()
    control.clock.advance(5 * minute + 1)
    expect((await get('auth/getuserinfo', { code: late })).errcode).toBe(42003)
    expect((await get('auth/getuserinfo', { code: 'made-up' })).errcode).toBe(40029)
  })

  it('is told when a customer becomes a contact and leaves', async () => {
    const { control } = await lab()
    const { heard } = await receiver(control)
    control.customer('wm_chen').adds('rm_li', 'app.home')
    control.customer('wm_chen').deletes('rm_li')
    await control.idle()
    expect(heard.map(({ event }) => event)).toMatchObject([
      { ChangeType: 'add_external_contact', UserID: 'rm_li', ExternalUserID: 'wm_chen', State: 'app.home' },
      { ChangeType: 'del_follow_user', UserID: 'rm_li', ExternalUserID: 'wm_chen' },
    ])
    expect(() => control.customer('wm_chen').deletes('rm_li')).toThrow(/no contact/)
  })
})
