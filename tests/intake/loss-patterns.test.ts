import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../src/app.ts'
import { createBank, until, type Bank } from '../core/bank.ts'
import type { ExampleRm } from '../../src/simulator/example-corp.ts'
import { account, smallBank } from '../small-bank.ts'

/** Each of these lost or repeated messages in an implementation that is in use somewhere; here none may. */
const second = 1_000
const minute = 60 * second
const day = 24 * 60 * minute
const other = 'wkSmallBank00000000000000000002'

let bank: Bank
let app: App
beforeAll(async () => {
  // Many RMs: WeCom lets an app write 30 messages a minute to each, and nobody shall wait for that here.
  const [one] = smallBank().rms
  const rms = Array.from({ length: 80 }, (_, n) => ({
    ...(one as ExampleRm),
    userid: `rm.${n}`,
    name: `经理${n}`,
    capacity: 100,
  }))
  const servicers = rms.map(({ userid }) => userid)
  const accounts = [
    { openKfId: account, name: '小城银行客服', servicers },
    { openKfId: other, name: '小城银行理财', servicers },
  ]
  bank = await createBank({
    people: smallBank({ rms, accounts, customers: [] }),
    simulator: { settings: { tokenlessPerMinute: 100_000 } },
  })
})
afterAll(() => bank.stop())

const messagesOf = async (externalUserId: string): Promise<string[]> =>
  (
    await bank.rows<{ id: string }>(
      "select id from messages where external_userid = $1 and sender = 'customer' order by seq",
      [externalUserId],
    )
  ).map(({ id }) => id)
const decisionsOf = async (externalUserId: string): Promise<number> =>
  (
    await bank.rows(
      'select 1 from decisions d join conversations v on v.id = d.conversation_id where v.external_userid = $1',
      [externalUserId],
    )
  ).length
const pulls = (openKfId: string) => bank.wecom.calls('kf/sync_msg').filter(({ body }) => body['open_kfid'] === openKfId)
const cursorOf = async (openKfId: string): Promise<string> =>
  (await bank.rows<{ cursor: string }>('select cursor from kf_accounts where open_kfid = $1', [openKfId]))[0]?.cursor ??
  ''
const writes = (customer: string, ...texts: string[]): string[] =>
  texts.map((text) => bank.wecom.customer(customer).writes(account, text).msgid)
/** Everything that went to a customer or an RM because of a customer. */
const sentTo = (customer: string) =>
  [...bank.wecom.calls('kf/service_state/trans'), ...bank.wecom.calls('kf/send_msg')].filter(({ body }) =>
    [body['external_userid'], body['touser']].includes(customer),
  )

describe('first start (CowAgent: three days of history are answered at once)', () => {
  test('history is written down and answers nobody; what was written just now is answered', async () => {
    bank.hear(null)
    const { wecom } = bank
    wecom.clock.advance(-2 * day)
    const old = writes('wm_of_saturday', '周六的消息', '还有一条')
    wecom.customer('wm_of_sunday').opens(account)
    wecom.clock.advance(day)
    old.push(...writes('wm_of_saturday', '周日的消息'))
    wecom.clock.advance(day - 15 * minute)
    const early = writes('wm_early', '一刻钟以前')
    wecom.clock.advance(14 * minute)
    const fresh = writes('wm_just_now', '一分钟以前')
    wecom.clock.advance(minute)

    const first = await bank.start()
    await until('the newest message to be routed', () => decisionsOf('wm_just_now'))
    await bank.settle()
    expect([await messagesOf('wm_of_saturday'), await messagesOf('wm_early'), await messagesOf('wm_just_now')]).toEqual(
      [old, early, fresh],
    )
    expect([
      await decisionsOf('wm_of_saturday'),
      await decisionsOf('wm_early'),
      await decisionsOf('wm_just_now'),
    ]).toEqual([0, 0, 1])
    expect([sentTo('wm_of_saturday'), sentTo('wm_early')]).toEqual([[], []])
    expect(wecom.sent('kf/send_msg_on_event')).toHaveLength(1) // the words for the one who was routed; no welcome for Sunday's visitor
    const kinds = await bank.rows("select kind from touchpoints where external_userid = 'wm_of_sunday'")
    expect(kinds).toEqual([{ kind: 'entry.opened' }])
    await bank.end(first)
  })
})

describe('cursor in memory or in a file (PandaWiki, CowAgent: gone or wrong after a restart)', () => {
  test('what came while no process ran is there right after the next start, from where the last one stopped', async () => {
    const stopped = await cursorOf(account)
    bank.wecom.forgetCalls()
    bank.hear(null)
    const missed = writes('wm_restart', '系统重启时发来')
    app = await bank.start()
    await until('the missed message', () => decisionsOf('wm_restart'), 5_000)
    expect(await messagesOf('wm_restart')).toEqual(missed)
    expect(pulls(account)[0]?.body).toMatchObject({ cursor: stopped, open_kfid: account })
  })
})

describe('only the last message of a page is handled (iYque, LangBot, PandaWiki)', () => {
  test('every message of a page is kept, in its order, and each customer is decided once', async () => {
    const { knobs } = bank.wecom.callbacks
    knobs.stopped = true
    const mine = writes('wm_page', '一', '二', '三', '四')
    const theirs = writes('wm_page_too', '甲')
    mine.push(...writes('wm_page', '五'))
    knobs.stopped = false
    writes('wm_bell', '铃')
    await bank.settle()
    expect(await messagesOf('wm_page')).toEqual(mine)
    expect(await messagesOf('wm_page_too')).toEqual(theirs)
    expect([await decisionsOf('wm_page'), await decisionsOf('wm_page_too')]).toEqual([1, 1])
  })
})

describe('has_more is ignored, or drops the batch (LinkWeChat, LangBot, PandaWiki, iYque)', () => {
  test('a backlog of 1,100 comes over several pages in one pull, each customer in his order', async () => {
    const { settings, callbacks } = bank.wecom
    callbacks.knobs.stopped = true
    settings.shortPage = 300
    const sent = new Map<string, string[]>()
    for (let n = 0; n < 1100; n += 1) {
      const customer = `wm_crowd_${n % 30}`
      sent.set(customer, [...(sent.get(customer) ?? []), ...writes(customer, `第${n}条`)])
    }
    bank.wecom.forgetCalls()
    callbacks.knobs.stopped = false
    writes('wm_bell', '铃')
    await bank.settle(60_000)
    settings.shortPage = null
    for (const [customer, ids] of sent) expect(await messagesOf(customer)).toEqual(ids)
    expect(pulls(account).length).toBeGreaterThanOrEqual(4)
    expect(new Set(pulls(account).map(({ body }) => body['cursor'])).size).toBeGreaterThanOrEqual(4)
  }, 90_000)

  test('an empty page with has_more = 1 does not end the pull', async () => {
    bank.wecom.settings.emptyPages = 3
    const [msgid] = writes('wm_empty_pages', '空页之后')
    await bank.settle()
    expect(await messagesOf('wm_empty_pages')).toEqual([msgid])
    expect(bank.wecom.settings.emptyPages).toBe(0)
  })
})

describe("one cursor for the whole corp (LinkWeChat: accounts skip each other's messages)", () => {
  test('each account has its own cursor, and each pull names its account', async () => {
    bank.wecom.forgetCalls()
    for (let n = 0; n < 6; n += 1) bank.wecom.customer('wm_two_accounts').writes(n % 2 ? other : account, `第${n}条`)
    await bank.settle()
    const texts = await bank.rows<{ open_kfid: string; text: string }>(
      "select open_kfid, text from messages where external_userid = 'wm_two_accounts' and sender = 'customer' order by open_kfid, seq",
    )
    expect(texts).toEqual([
      ...[0, 2, 4].map((n) => ({ open_kfid: account, text: `第${n}条` })),
      ...[1, 3, 5].map((n) => ({ open_kfid: other, text: `第${n}条` })),
    ])
    expect(await cursorOf(account)).not.toBe(await cursorOf(other))
    for (const { body, errcode } of bank.wecom.calls('kf/sync_msg'))
      expect([[account, other].includes(String(body['open_kfid'])), errcode]).toEqual([true, 0])
  })
})

describe('the cursor is saved before the messages (all six)', () => {
  test('items that cannot be stored leave the cursor where it was; nothing is skipped once they can', async () => {
    await bank.rows(`create function refuse_poison() returns trigger language plpgsql as $$ begin
      if new.payload::text like '%存不进去%' then raise exception 'no'; end if; return new; end $$`)
    await bank.rows('create trigger refuse_poison before insert on inbox for each row execute function refuse_poison()')
    const before = await cursorOf(account)
    const { knobs } = bank.wecom.callbacks
    knobs.stopped = true
    const ids = writes('wm_atomic', '之前', '存不进去', '之后')
    knobs.stopped = false
    writes('wm_bell', '铃')
    await until(
      'the trouble to be told',
      async () => (await bank.rows('select 1 from kf_accounts where trouble is not null')).length,
    )
    expect(await cursorOf(account)).toBe(before)
    expect(await messagesOf('wm_atomic')).toEqual([])
    await bank.rows('drop trigger refuse_poison on inbox')
    await bank.settle()
    expect(await messagesOf('wm_atomic')).toEqual(ids)
    expect(await bank.rows('select 1 from kf_accounts where trouble is not null')).toEqual([])
  })

  test('an answer that gets lost on the way is asked for again', async () => {
    bank.wecom.faults.add({ path: 'kf/sync_msg', does: 'drop', times: 2 })
    const ids = writes('wm_lost_answer', '一', '二')
    await bank.settle()
    bank.wecom.faults.clear()
    expect(await messagesOf('wm_lost_answer')).toEqual(ids)
  })

  test('a message that arrives while its account is being pulled is not overlooked', async () => {
    bank.wecom.faults.add({ path: 'kf/sync_msg', does: 'slow', ms: 200, times: 2 })
    const ids = writes('wm_meanwhile', '一')
    await until('the pull to begin', () => bank.wecom.callbacks.deliveries.at(-1)?.outcome === 'delivered')
    ids.push(...writes('wm_meanwhile', '二'))
    await bank.settle()
    bank.wecom.faults.clear()
    expect(await messagesOf('wm_meanwhile')).toEqual(ids)
  })
})

describe('the cursor is lost or cleared (kilbertert, a Redis key that ran out: 22 old messages answered again)', () => {
  test('three days come again, nobody is answered or recorded twice', async () => {
    await bank.settle()
    const state = () =>
      Promise.all(
        ['inbox', 'messages', 'touchpoints', 'decisions', 'conversations', 'outbox'].map(
          async (table) =>
            (
              await bank.rows<{ n: number }>(
                `select count(*)::int as n from ${table}${table === 'inbox' ? " where key like 'kf:%'" : ''}`,
              )
            )[0]?.n,
        ),
      )
    const before = await state()
    expect(before[1]).toBeGreaterThan(1100)
    bank.wecom.forgetCalls()
    await bank.rows("update kf_accounts set cursor = '', poll_at = now()")
    await until(
      'the replay',
      () => pulls(account).some(({ body }) => body['cursor'] === undefined) && pulls(account).length >= 2,
    )
    await bank.settle()
    expect(await state()).toEqual(before)
    expect([
      ...bank.wecom.calls('kf/send_msg'),
      ...bank.wecom.calls('kf/service_state/trans'),
      ...bank.wecom.calls('message/send'),
    ]).toEqual([])
  })

  test('the same item in a later page, and again much later, is still one', async () => {
    const [msgid] = writes('wm_twice', '重复')
    await bank.settle()
    bank.wecom.repeats(account, msgid as string)
    await bank.settle()
    const page = bank.wecom.log(account).find((item) => item.msgtype === 'event')?.msgid as string
    bank.wecom.repeats(account, page)
    bank.wecom.repeats(account, msgid as string)
    await bank.settle()
    expect(await messagesOf('wm_twice')).toEqual([msgid])
    expect(await decisionsOf('wm_twice')).toBe(1)
    const touches = await bank.rows(
      "select kind from touchpoints where external_userid = 'wm_twice' and kind = 'message.received'",
    )
    expect(touches).toHaveLength(1)
  })
})

describe('the doorbell', () => {
  test('its token has run out (95007): the pull goes on without it', async () => {
    const { knobs } = bank.wecom.callbacks
    knobs.delayMs = [150, 151]
    bank.wecom.forgetCalls()
    const ids = writes('wm_expired_token', '迟到的回调')
    bank.wecom.clock.advance(11 * minute)
    await bank.settle()
    knobs.delayMs = [0, 0]
    bank.wecom.clock.advance(-11 * minute)
    expect(await messagesOf('wm_expired_token')).toEqual(ids)
    expect(pulls(account).map(({ errcode, body }) => [errcode, body['token'] !== undefined])).toEqual(
      expect.arrayContaining([
        [95007, true],
        [0, false],
      ]),
    )
  })

  test('it rings three times for one message, and once for many', async () => {
    const { knobs } = bank.wecom.callbacks
    Object.assign(knobs, { duplicatePercent: 100, mergeMs: 60 })
    const ids = writes('wm_bells', '一', '二', '三')
    await bank.settle()
    Object.assign(knobs, { duplicatePercent: 0, mergeMs: 0 })
    expect(await messagesOf('wm_bells')).toEqual(ids)
    expect(await decisionsOf('wm_bells')).toBe(1)
  })

  test('it rings for an account that nobody knows: the list is read again, the account is pulled', async () => {
    const born = bank.wecom.accounts.add({ name: '新开的客服', servicers: ['rm.1'] })
    const { msgid } = bank.wecom.customer('wm_new_account').writes(born, '新账号的第一条')
    await until(
      'the message of the new account',
      async () => (await messagesOf('wm_new_account')).includes(msgid),
      10_000,
    )
    await bank.settle()
    expect(await decisionsOf('wm_new_account')).toBe(1)
  })
})

describe('what the page holds', () => {
  test('a message taken back in the same page reaches nobody, and both are on record', async () => {
    const { knobs } = bank.wecom.callbacks
    knobs.stopped = true
    const [msgid] = writes('wm_recalls', '发错了')
    bank.wecom.customer('wm_recalls').recalls(msgid as string)
    knobs.stopped = false
    writes('wm_bell', '铃')
    await bank.settle()
    expect(await bank.rows("select status from messages where external_userid = 'wm_recalls'")).toEqual([
      { status: 'recalled' },
    ])
    expect(
      await bank.rows(
        "select kind from touchpoints where external_userid = 'wm_recalls' and kind like 'message.%' order by id",
      ),
    ).toEqual([{ kind: 'message.received' }, { kind: 'message.recalled' }])
    expect([await decisionsOf('wm_recalls'), sentTo('wm_recalls')]).toEqual([0, []])
  })

  test('a type and an event that nobody knows are kept raw and shown as ignored; what follows goes on', async () => {
    const customer = bank.wecom.customer('wm_unknown')
    const strange = customer.sends(account, 'hologram', { beams: [1, 2, { deep: 'x' }] })
    const ids = [strange.msgid, ...writes('wm_unknown', '你好')]
    await bank.settle()
    const [row] = await bank.rows<{ state: string; kind: string; payload: { item: object } }>(
      'select state, kind, payload from inbox where key = $1',
      [`kf:${account}:${strange.msgid}`],
    )
    expect(row).toMatchObject({
      state: 'ignored',
      kind: 'kf/hologram',
      payload: { item: { hologram: { beams: [1, 2, { deep: 'x' }] } } },
    })
    expect(await messagesOf('wm_unknown')).toEqual(ids)
    expect(await decisionsOf('wm_unknown')).toBe(1)
  })

  test.each<[string, string, object]>([
    ['a NUL in its text', 'text', { content: '前\0后' }],
    ['half a surrogate pair', 'text', { content: 'emoji \ud83d broken' }],
    ['a NUL in a name', 'link', { title: 'a', 'b\0c': 1, url: 'https://x.test' }],
    ['a text of half a megabyte', 'text', { content: '长'.repeat(170_000) }],
    ['a body that is no object', 'text', [] as object],
    ['500 levels', 'note', JSON.parse(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`) as object],
  ])('a message with %s does not hold up the account', async (name, type, payload) => {
    const customer = `wm_odd_${Buffer.from(name).toString('hex').slice(0, 20)}`
    const odd = bank.wecom.customer(customer).sends(account, type, payload as never)
    const ids = [odd.msgid, ...writes(customer, '之后')]
    await bank.settle()
    expect(await messagesOf(customer)).toEqual(ids)
  })

  test.each<[string, object]>([
    ['a time in milliseconds', { send_time: 1_795_400_000_000 }],
    ['a time beyond all times', { send_time: 1e15 }],
    ['a time before all times', { send_time: -1e15 }],
    ['no time', { send_time: undefined }],
    ['an id of 5,000 characters', { msgid: Array.from({ length: 500 }, (_, n) => `${n}`.padStart(10, 'x')).join('') }],
    [
      'a customer of 5,000 characters',
      { external_userid: Array.from({ length: 500 }, (_, n) => `${n}`.padStart(10, 'y')).join('') },
    ],
    ['an unknown origin', { origin: 99 }],
  ])('an item with %s does not hold up the account', async (name, change) => {
    const { knobs } = bank.wecom.callbacks
    knobs.stopped = true
    const item = bank.wecom.customer('wm_odd_item').writes(account, `奇怪的一条：${name}`)
    Object.assign(item, change) // the very item in WeCom's log
    knobs.stopped = false
    const after = `wm_after_${Buffer.from(name).toString('hex').slice(0, 40)}`
    const ids = writes(after, '之后')
    await bank.settle()
    expect(await messagesOf(after)).toEqual(ids)
    const kept = await bank.rows("select state from inbox where payload -> 'item' -> 'text' ->> 'content' = $1", [
      `奇怪的一条：${name}`,
    ])
    expect(kept).toHaveLength(1)
  })
})

describe('the account', () => {
  test('taken from the app and given back: what was written in between is there at once', async () => {
    bank.wecom.accounts.deauthorise(other)
    await until(
      'the account to be known as taken',
      async () => (await bank.rows('select 1 from kf_accounts where open_kfid = $1 and not managed', [other])).length,
    )
    await bank.settle()
    bank.wecom.forgetCalls()
    const { msgid } = bank.wecom.customer('wm_between').writes(other, '授权被取消期间')
    expect(pulls(other)).toEqual([])
    bank.wecom.accounts.authorise(other)
    await until('the message of the time between', async () => (await messagesOf('wm_between')).includes(msgid), 10_000)
    await bank.settle()
    expect(await decisionsOf('wm_between')).toBe(1)
  })
})

describe('no callbacks at all (AWA: none for days)', () => {
  test('the poll catches up, in order', async () => {
    await bank.end(app)
    app = await bank.start({ KF_POLL_S: '1' })
    bank.wecom.callbacks.knobs.stopped = true
    const ids = writes('wm_polled', '一', '二')
    await until('the poll', () => decisionsOf('wm_polled'), 8_000)
    ids.push(...writes('wm_polled', '三'))
    await until('the next poll', async () => (await messagesOf('wm_polled')).length === 3, 8_000)
    expect(await messagesOf('wm_polled')).toEqual(ids)
    bank.wecom.callbacks.knobs.stopped = false
  })

  test('after more than three days without a pull the gap is on record', async () => {
    await bank.rows(
      "update kf_accounts set cursor_at = cursor_at - interval '4 days', poll_at = now() where open_kfid = $1",
      [account],
    )
    await until(
      'the gap',
      async () => (await bank.rows('select 1 from kf_gaps where open_kfid = $1', [account])).length,
    )
  })
})
