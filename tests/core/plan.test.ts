import { describe, expect, test } from 'vitest'
import { openConversation, type Conversation } from '../../src/dispatch/conversation.ts'
import {
  accept,
  adopt,
  close,
  exclude,
  forget,
  lastWords,
  leaveMessage,
  managerReplied,
  messageStatus,
  notify,
  presence,
  record,
  remind,
  reply,
  replyWithCode,
  settle,
  stillWaiting,
  type Effect,
} from '../../src/dispatch/effects.ts'
import { plan, type Ground } from '../../src/dispatch/booking/plan.ts'
import type { Decision } from '../../src/routing/model.ts'

const now = new Date('2026-11-23T02:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const fresh = openConversation({
  openKfId: 'wk1',
  externalUserId: 'wm1',
  customerId: '7',
  channel: 'app_home',
  at: now,
})
const with_ = (change: Partial<Conversation> = {}): Conversation => ({ ...fresh, id: '1', ...change })
const hers = with_({ status: 'assigned', rm: 'li.wei', assignedAt: now, units: 1 })

const ground = (change: Partial<Ground> = {}): Ground => ({
  conversation: with_(),
  openKfId: 'wk1',
  now,
  at: now,
  repliesLeft: 5,
  newCustomer: false,
  firstReply: () => ({ remindAt: later(60), reassignAt: later(180) }),
  urgency: () => ({ ageing: 1, respondBy: null }),
  offerUntil: later(60),
  followUp: () => null,
  opensAt: () => null,
  ...change,
})
const decision = (change: Partial<Decision> = {}): Decision => ({
  outcome: 'assigned',
  rule: 'sme-loan',
  ruleName: '小微贷款',
  rm: 'li.wei',
  step: 0,
  stepSince: now,
  stepUntil: null,
  pool: null,
  priority: 20,
  units: 1,
  work: null,
  mayExceed: false,
  waitingReason: null,
  steps: [],
  rules: [],
  candidates: [],
  facts: { 'message.text': '贷款' },
  ...change,
})
const nobody = decision({ outcome: 'queued', rm: null, waitingReason: 'all-full', stepUntil: later(300) })
const words = (text: string) => ({ text })
const said = (effects: Effect[], change: Partial<Ground> = {}) => plan(effects, ground(change))
const kinds = (changes: ReturnType<typeof plan>) => ({
  errands: changes.errands.map(({ kind }) => kind),
  touchpoints: changes.touchpoints.map(({ kind }) => kind),
})

describe('plan is only bookkeeping', () => {
  test('no effects, no changes', () => {
    expect(said([])).toMatchObject({
      conversationChanged: false,
      errands: [],
      touchpoints: [],
      claim: null,
      release: null,
      decision: null,
      timers: [],
      chat: null,
    })
  })

  test('it alters nothing that it was given', () => {
    const given = Object.freeze({ ...hers, excluded: Object.freeze({}) as Record<string, string> })
    const changes = said([exclude('wang.fang', 'missed'), close('done')], { conversation: given })
    expect([given.status, given.excluded]).toEqual(['assigned', {}])
    expect(changes.conversation).toMatchObject({ status: 'closed', excluded: { 'wang.fang': 'missed' } })
  })

  test('the same effects give the same changes', () => {
    const effects = [
      settle(decision(), { customer: words('请稍候'), manager: '新客户' }),
      record('rating.given', { stars: 5 }),
    ]
    expect(said(effects)).toEqual(said(effects))
  })

  test('an effect that needs a customer is a mistake where there is none', () => {
    for (const effect of [
      reply(words('x')),
      settle(decision()),
      adopt('li.wei', 'x'),
      close('x'),
      exclude('li.wei', 'x'),
    ])
      expect(() => said([effect], { conversation: null })).toThrow(/concerns none/)
    expect(said([presence('li.wei', 'stopped')], { conversation: null }).presence).toEqual([
      { openKfId: 'wk1', userid: 'li.wei', status: 'stopped', at: now },
    ])
  })
})

describe('a decision', () => {
  test('assigned: WeCom first; the RM hears of it and the customer is told only when that worked', () => {
    const changes = said([settle(decision(), { customer: words('已转接'), manager: '新客户' })])
    expect(changes.conversation).toMatchObject({
      status: 'assigned',
      rm: 'li.wei',
      rule: 'sme-loan',
      assignedAt: now,
      routedAt: now,
      priority: 20,
    })
    expect(changes.claim).toMatchObject({ rm: 'li.wei', units: 1, openKfId: 'wk1', exceed: 'no' })
    expect(changes.errands).toMatchObject([
      {
        kind: 'kf/trans',
        subject: 'wm1',
        payload: { state: 3, rm: 'li.wei' },
        then: [
          { kind: 'kf/send_msg_on_event', payload: { code: '', words: { text: '已转接' } } },
          { kind: 'message/send', subject: 'rm:li.wei', payload: { text: '新客户' } },
        ],
      },
    ])
    expect(changes.timers.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ['clock/first_reply_remind', later(60)],
      ['clock/first_reply_reassign', later(180)],
    ])
    expect(kinds(changes).touchpoints).toEqual(['conversation.routed'])
  })

  test('a rule set without a first-reply guarantee sets no timers', () => {
    expect(said([settle(decision())], { firstReply: () => null }).timers).toEqual([])
  })

  test('queued: told once, a timer for the step, no claim', () => {
    const first = said([settle(nobody, { customer: words('前面还有2位') })])
    expect(first.conversation).toMatchObject({ status: 'queued', rm: null, waitingReason: 'all-full' })
    expect([first.claim, kinds(first)]).toEqual([
      null,
      { errands: ['kf/send_msg'], touchpoints: ['conversation.queued'] },
    ])
    expect(first.timers).toMatchObject([{ kind: 'clock/step_over', dueAt: later(300), subject: 'wm1' }])
    const again = said([settle(nobody, {})], { conversation: with_({ status: 'queued' }) })
    expect(kinds(again)).toEqual({ errands: [], touchpoints: [] })
  })

  test('while it waits at its step only the reason may change', () => {
    const waiting = with_({ status: 'queued', waitingReason: 'all-full' })
    expect(said([stillWaiting('nobody-on-duty')], { conversation: waiting })).toMatchObject({
      conversationChanged: true,
      conversation: { waitingReason: 'nobody-on-duty' },
    })
    expect(said([stillWaiting('all-full')], { conversation: waiting }).conversationChanged).toBe(false)
  })

  test('a message is left: one task for it, however often he writes; a look when the pool opens', () => {
    const left = decision({ outcome: 'left-message', rm: null, waitingReason: 'outside-hours' })
    const changes = said([settle(left, { customer: words('已收到') })], { opensAt: () => later(3600) })
    expect(changes.conversation).toMatchObject({ status: 'bot', leftMessage: true })
    expect(changes.tasks).toMatchObject([{ kind: 'left-message', dueAt: later(3600) }])
    expect(changes.timers).toMatchObject([{ kind: 'clock/step_over', dueAt: later(3600) }])
    const again = said([settle(left)], { conversation: with_({ leftMessage: true }) })
    expect([again.tasks, kinds(again).errands]).toEqual([[], []])
  })

  test('offered: a card to the RM, his place is kept, the bot keeps the session', () => {
    const changes = said([settle(decision({ outcome: 'offered' }), { manager: '客户：陈女士\n事项：理财' })])
    expect(changes.conversation).toMatchObject({ status: 'offered', rm: 'li.wei' })
    expect(changes.claim?.rm).toBe('li.wei')
    expect(kinds(changes)).toEqual({ errands: ['message/card'], touchpoints: ['conversation.offered'] })
    expect(changes.timers).toMatchObject([{ kind: 'clock/offer_over', dueAt: later(60), payload: { rm: 'li.wei' } }])
  })

  test('the offer is taken: the session is handed over, nothing is claimed twice', () => {
    const changes = said([accept({ customer: words('已转接') })], {
      conversation: with_({ status: 'offered', rm: 'li.wei' }),
    })
    expect(changes.conversation).toMatchObject({ status: 'assigned', rm: 'li.wei' })
    expect([changes.claim, changes.release, kinds(changes).errands]).toEqual([null, null, ['kf/trans']])
    expect(changes.stopped).toContain('clock/offer_over:wk1:wm1')
  })

  test('from one RM to another: freed and claimed, both are told, the clock begins anew', () => {
    const to = decision({ rm: 'wang.fang' })
    const changes = said(
      [settle(to, { manager: '转来', formerManager: '已转走' }, { kind: 'transfer', reason: 'missed' })],
      { conversation: hers },
    )
    expect([changes.release, changes.claim]).toMatchObject([{ rm: 'li.wei', units: 1 }, { rm: 'wang.fang' }])
    expect(changes.errands).toMatchObject([
      { kind: 'kf/trans', payload: { rm: 'wang.fang' } },
      { kind: 'message/send', payload: { rm: 'li.wei', text: '已转走' } },
    ])
    expect(changes.touchpoints).toMatchObject([
      { kind: 'conversation.transferred', rm: 'wang.fang', data: { from: 'li.wei', reason: 'missed' } },
    ])
    expect(changes.timers.map(({ key }) => key)).toEqual([
      'clock/first_reply_remind:wk1:wm1',
      'clock/first_reply_reassign:wk1:wm1',
    ])
    expect(changes.lookAgain).toBe(true)
  })

  test('a conversation of two units that becomes one of half a unit gives back two and takes a half', () => {
    const changes = said([settle(decision({ rm: 'wang.fang', units: 0.5 }), {}, { kind: 'transfer', reason: 'x' })], {
      conversation: { ...hers, units: 2 },
    })
    expect([changes.release, changes.claim]).toMatchObject([
      { rm: 'li.wei', units: 2 },
      { rm: 'wang.fang', units: 0.5 },
    ])
  })

  test('who may be filled beyond his capacity: never, once, or as a person has ordered', () => {
    expect(said([settle(decision())]).claim?.exceed).toBe('no')
    expect(said([settle(decision({ mayExceed: true }))]).claim?.exceed).toBe('once')
    expect(said([settle(decision({ rule: 'admin', mayExceed: true }))]).claim?.exceed).toBe('ordered')
  })

  test('whoever hears of a hand-over before WeCom has agreed is named with it: he must hear of a refusal, too', () => {
    const told = (effects: Effect[], conversation?: Conversation) =>
      said(effects, { ...(conversation && { conversation }) }).errands.find(({ kind }) => kind === 'kf/trans')?.payload
    const [toWang, fromLi] = [decision({ rm: 'wang.fang' }), { formerManager: '已转走' }]
    expect(told([settle(decision())])).not.toHaveProperty('told')
    expect(told([settle(toWang, fromLi, { kind: 'transfer', reason: 'x' })], hers)).toHaveProperty('told', 'li.wei')
    expect(told([settle(decision(), {}, { kind: 'route', taken: true })])).toHaveProperty('told', 'li.wei')
    expect(told([accept({})], with_({ status: 'offered', rm: 'li.wei' }))).toHaveProperty('told', 'li.wei')
  })
})

describe('who has it', () => {
  test('WeCom says that somebody else has the session: our books follow without a call', () => {
    const changes = said([adopt('wang.fang', 'transferred-by-manager')], { conversation: hers })
    expect(changes.conversation).toMatchObject({ status: 'assigned', rm: 'wang.fang', firstReplyAt: null })
    expect([changes.release?.rm, changes.claim, changes.errands]).toMatchObject([
      'li.wei',
      { rm: 'wang.fang', exceed: 'always' },
      [{ kind: 'message/grey_cards', payload: { rm: 'li.wei' } }], // nothing but what his phone shows about it
    ])
    expect(changes.touchpoints).toMatchObject([
      { kind: 'conversation.transferred', rm: 'wang.fang', data: { from: 'li.wei', reason: 'transferred-by-manager' } },
    ])
  })

  test('that the RM who has it has it is no news', () => {
    expect(said([adopt('li.wei', 'x')], { conversation: hers })).toMatchObject({
      conversationChanged: false,
      touchpoints: [],
      claim: null,
    })
  })

  test('the first answer stops the clock, the second changes nothing', () => {
    const first = said([managerReplied()], { conversation: hers })
    expect(first.conversation?.firstReplyAt).toEqual(now)
    expect(first.stopped).toEqual(['clock/first_reply_remind:wk1:wm1', 'clock/first_reply_reassign:wk1:wm1'])
    expect(first.conversation).toMatchObject({ answeredAt: now, answeredBy: 'li.wei' })
    expect(said([managerReplied()], { conversation: { ...hers, firstReplyAt: now } }).conversationChanged).toBe(false)
  })

  test("whoever takes over has a clock of his own; the customer's first answer is still that of the RM before", () => {
    const before = { ...hers, firstReplyAt: later(-60), answeredAt: later(-60), answeredBy: 'li.wei' }
    const { conversation } = said([settle(decision({ rm: 'wang.fang' }))], { conversation: before })
    const answered = { answeredAt: later(-60), answeredBy: 'li.wei' }
    expect(conversation).toMatchObject({ rm: 'wang.fang', firstReplyAt: null, ...answered })
    const after = said([managerReplied()], { conversation: conversation as Conversation }).conversation
    expect(after).toMatchObject({ firstReplyAt: now, ...answered })
  })
})

describe('the end', () => {
  test('the RM is free, every timer stops, who waits is looked at', () => {
    const changes = said([close('ended-by-manager')], { conversation: hers })
    expect(changes.conversation).toMatchObject({ status: 'closed', closedAt: now })
    expect([changes.release, changes.lookAgain, changes.errands]).toEqual([
      { rm: 'li.wei', units: 1, work: null },
      true,
      [],
    ])
    expect(new Set(changes.stopped).size).toBe(4)
    expect(changes.touchpoints).toMatchObject([
      { kind: 'conversation.closed', rm: 'li.wei', data: { reason: 'ended-by-manager' } },
    ])
  })

  test('by us: WeCom is told, and the closing words wait for the code that this gives', () => {
    const changes = said([close('admin:done', { tellWecom: true, words: words('再见') })], { conversation: hers })
    expect(changes.errands).toMatchObject([
      {
        kind: 'kf/trans',
        payload: { state: 4, rm: null },
        then: [{ kind: 'kf/send_msg_on_event', lane: 0, payload: { code: '' } }],
      },
    ])
  })

  test('a second end is no news', () => {
    expect(said([close('again', { tellWecom: true })], { conversation: with_({ status: 'closed' }) })).toMatchObject({
      errands: [],
      touchpoints: [],
    })
  })
})

describe('words to the customer', () => {
  test('six replies in a row: four go out, the fifth place is kept for the last words, the rest is on record as not sent', () => {
    const six = said([
      ...Array.from({ length: 6 }, (_, n) => reply(words(`${n}`))),
      lastWords(words('最后')),
      lastWords(words('太多')),
    ])
    expect(six.errands.map(({ payload }) => (payload as { words: { text: string } }).words.text)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '最后',
    ])
    expect(six.chat?.sent).toBe(5)
    expect(kinds(six).touchpoints).toEqual(Array(3).fill('message.failed'))
  })

  test.each([
    [0, 0, 0],
    [1, 0, 1],
    [2, 1, 1],
  ])('%i left: %i ordinary and %i last ones', (repliesLeft, ordinary, last) => {
    const changes = said([reply(words('a')), reply(words('b')), lastWords(words('c')), lastWords(words('d'))], {
      repliesLeft,
    })
    const texts = changes.errands.map(({ payload }) => (payload as { words: { text: string } }).words.text)
    expect([
      texts.filter((text) => 'ab'.includes(text)).length,
      texts.filter((text) => 'cd'.includes(text)).length,
    ]).toEqual([ordinary, last])
  })

  test('a code lives from the event on, however late it is handled, and costs none of the five', () => {
    const changes = said([replyWithCode('CODE', words('欢迎'))], { at: later(-15), repliesLeft: 0 })
    expect(changes.errands).toMatchObject([
      { kind: 'kf/send_msg_on_event', lane: 0, payload: { code: 'CODE' }, notAfter: later(5) },
    ])
    expect(changes.chat).toBeNull()
  })
})

describe('the rest', () => {
  test('to an RM; a line for the ledger; reminders; what became of a message', () => {
    const changes = said([
      notify('li.wei', '您好'),
      record('rating.given', { stars: 5 }, 'li.wei'),
      remind({ key: 'follow-up:1', kind: 'clock/session_over', at: later(9), payload: { conversationId: '1' } }),
      forget('follow-up:0'),
      messageStatus('m1', 'recalled'),
    ])
    expect(changes.errands).toMatchObject([
      { kind: 'message/send', subject: 'rm:li.wei', payload: { rm: 'li.wei', text: '您好' } },
    ])
    expect(changes.touchpoints).toMatchObject([
      {
        kind: 'rating.given',
        externalUserId: 'wm1',
        customerId: '7',
        channel: 'app_home',
        rm: 'li.wei',
        data: { stars: 5 },
      },
    ])
    expect(changes.timers).toMatchObject([{ key: 'follow-up:1', subject: 'wm1', dueAt: later(9) }])
    expect(changes.stopped).toEqual(['follow-up:0'])
    expect(changes.messageStatus).toMatchObject([{ id: 'm1', status: 'recalled' }])
  })

  test('he would rather leave a message: out of the queue', () => {
    expect(
      said([leaveMessage()], { conversation: with_({ status: 'queued', waitingReason: 'all-full' }) }).conversation,
    ).toMatchObject({ status: 'bot', leftMessage: true, waitingReason: null })
  })
})
