import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Errand } from '../../src/outbox/effects.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { account } from '../small-bank.ts'
import { createBank, until, type Bank } from './bank.ts'
import { partsOf } from './parts.ts'

/** Nobody is on duty unless a test says so: the bot has every session and may write. */
let bank: Bank
beforeAll(async () => {
  bank = await createBank()
  await bank.rows('update rms set on_duty = false')
  await bank.start()
})
afterAll(() => bank.stop())
afterEach(() => bank.wecom.faults.clear())

type Row = { id: string; state: string; error: string | null; attempts: number; uncertain: boolean; due_in: number }
const rowsOf = (subject: string): Promise<Row[]> =>
  bank.rows(
    'select id, state, error, attempts, uncertain, extract(epoch from due_at - now())::float8 as due_in from outbox where subject = $1 order by id',
    [subject],
  )
/** An errand as a turn would leave it; answers its id. */
const put = async ({ kind, subject, lane, payload, notAfter, then = [] }: Errand): Promise<string> => {
  const [row] = await bank.rows<{ id: string }>(
    'insert into outbox (kind, subject, lane, payload, not_after) values ($1, $2, $3, $4, $5) returning id',
    [kind, subject, lane, JSON.stringify({ ...payload, then }), notAfter ?? null],
  )
  return row?.id ?? ''
}
const say = (to: string, text: string): Errand => ({
  kind: 'kf/send_msg',
  subject: to,
  lane: 1,
  payload: { openKfId: account, to, words: { text } },
})
const ends = (id: string): Promise<Row> =>
  until(
    `errand ${id} to end`,
    async () =>
      (
        await bank.rows<Row>(
          "select id, state, error, attempts, uncertain from outbox where id = $1 and state <> 'new'",
          [id],
        )
      )[0],
  )
/** A customer who has written, so that he may be written to. */
const customer = async (name: string): Promise<string> => {
  bank.wecom.customer(name).writes(account, '在吗')
  await bank.settle()
  return name
}
const heard = (name: string): string[] =>
  bank.wecom
    .customer(name)
    .sees(account)
    .filter(({ from }) => from === 'account')
    .map(({ payload }) => String(payload['content']))
const touches = async (name: string): Promise<string[]> =>
  (
    await bank.rows<{ kind: string }>('select kind from touchpoints where external_userid = $1 order by id', [name])
  ).map(({ kind }) => kind)
const calls = (path: string, name: string) =>
  bank.wecom.calls(path).filter(({ body }) => body['touser'] === name || body['external_userid'] === name)

describe('an outcome that nobody knows', () => {
  test('the answer is lost after WeCom sent the message: the same msgid again, delivered once, booked as sent', async () => {
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'drop', times: 1 })
    const name = await customer('wm_dropped')
    const tries = calls('kf/send_msg', name)
    expect(tries).toHaveLength(2)
    expect(new Set(tries.map(({ body }) => body['msgid'])).size).toBe(1)
    expect(tries.map(({ errcode }) => errcode === 0)).toEqual([true, false])
    expect(heard(name)).toHaveLength(1)
    expect(
      await bank.rows("select status from messages where external_userid = $1 and sender = 'bot'", [name]),
    ).toEqual([{ status: 'accepted' }])
    expect(
      (await touches(name)).filter((kind) => kind.startsWith('message.sent') || kind === 'message.failed'),
    ).toEqual(['message.sent'])
    expect(await rowsOf(name)).toMatchObject([{ state: 'done', attempts: 2, uncertain: true }])
  })

  test.each(['reset', 'html'] as const)('the call did not work (%s): it is repeated, delivered once', async (does) => {
    bank.wecom.faults.add({ path: 'kf/send_msg', does, times: 2 })
    const name = await customer(`wm_${does}`)
    expect(heard(name)).toHaveLength(1)
    expect(await rowsOf(name)).toMatchObject([{ state: 'done', attempts: 3 }])
  })

  test("the process dies between WeCom's answer and its booking: the next one finds it delivered", async () => {
    const name = await customer('wm_died')
    await bank.hold()
    const id = await put(say(name, '只说一次'))
    const dies = await partsOf(bank, {
      leaseMs: 1,
      deliverer: { book: () => Promise.reject(new Error('the process is gone')) },
    })
    for (const row of await dies.takeErrands()) await dies.runErrand(row)
    expect(heard(name)).toContain('只说一次')
    expect(await bank.rows('select state from outbox where id = $1', [id])).toEqual([{ state: 'new' }])
    await bank.go()
    expect(await ends(id)).toMatchObject({ state: 'done' })
    expect(heard(name).filter((text) => text === '只说一次')).toHaveLength(1)
    expect((await touches(name)).filter((kind) => kind === 'message.failed')).toEqual([])
    expect(
      await bank.rows("select status from messages where external_userid = $1 and text = '只说一次'", [name]),
    ).toEqual([{ status: 'accepted' }])
  })

  test('an RM whose message was accepted without an answer reads it once', async () => {
    const before = bank.wecom.servicer('zhao.lei').inbox().length
    bank.wecom.faults.add({ path: 'message/send', does: 'drop', times: 1 })
    const id = await put({
      kind: 'message/send',
      subject: 'rm:zhao.lei',
      lane: 1,
      payload: { rm: 'zhao.lei', text: '请回复客户' },
    })
    expect(await ends(id)).toMatchObject({ state: 'done', attempts: 2 })
    expect(bank.wecom.servicer('zhao.lei').inbox()).toHaveLength(before + 1)
  })

  test('a hand-over without an answer is looked up, not repeated', async () => {
    const name = await customer('wm_trans_dropped')
    bank.wecom.faults.add({ path: 'kf/service_state/trans', does: 'drop', times: 1 })
    const trans: Errand = {
      kind: 'kf/trans',
      subject: name,
      lane: 1,
      payload: { openKfId: account, externalUserId: name, state: 3, rm: 'li.wei' },
    }
    expect(await ends(await put(trans))).toMatchObject({ state: 'done', attempts: 2 })
    expect(calls('kf/service_state/trans', name)).toHaveLength(1)
    expect(calls('kf/service_state/get', name)).toHaveLength(1)
    expect(bank.wecom.state(account, name)).toEqual({ state: 3, servicer: 'li.wei' })
  })

  test('WeCom tells that a message failed before we know that we sent it: it is shown as failed', async () => {
    const name = await customer('wm_blocks')
    bank.wecom.customer(name).blocks()
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'drop', times: 1 })
    const id = await put(say(name, '收不到的消息'))
    await until('the failure to be told', async () => (await touches(name)).includes('message.failed'))
    await ends(id)
    await bank.settle()
    expect(
      await bank.rows("select status, text from messages where external_userid = $1 and text = '收不到的消息'", [name]),
    ).toEqual([{ status: 'failed', text: '收不到的消息' }])
  })
})

describe('a process that was paused', () => {
  test('it calls nobody on a lease that is nearly over, and gives the errand back', async () => {
    const name = await customer('wm_old_lease')
    await bank.hold()
    const parts = await partsOf(bank)
    const id = await put(say(name, '太晚了'))
    const [row] = await parts.takeErrands()
    if (row) await parts.runErrand(row, parts.deliverer.monotonic() - 25_000)
    expect(heard(name)).not.toContain('太晚了')
    expect(await bank.rows('select state, lease_until, uncertain from outbox where id = $1', [id])).toEqual([
      { state: 'new', lease_until: null, uncertain: false },
    ])
    await bank.go()
    expect(await ends(id)).toMatchObject({ state: 'done' })
    expect(heard(name).filter((text) => text === '太晚了')).toHaveLength(1)
  })

  test('it hands a session over after another has moved on: whoever has it in our books gets it again', async () => {
    await bank.rows("update rms set on_duty = true, capacity = 1000 where userid = 'wang.fang'")
    const name = await customer('wm_late_trans')
    expect(bank.wecom.state(account, name)).toEqual({ state: 3, servicer: 'wang.fang' })
    await bank.hold()
    const late: Errand = {
      kind: 'kf/trans',
      subject: name,
      lane: 1,
      payload: { openKfId: account, externalUserId: name, state: 3, rm: 'li.wei' },
    }
    const id = await put(late)
    const paused = await partsOf(bank, { leaseMs: 1 })
    const [row] = await paused.takeErrands()
    await bank.rows(
      "update outbox set fence = nextval('fences'), state = 'failed', error = 'decided otherwise', lease_until = null where id = $1",
      [id],
    )
    if (row) await paused.runErrand(row) // it wakes up in the middle of its call
    expect(bank.wecom.state(account, name)).toEqual({ state: 3, servicer: 'li.wei' })
    await bank.go()
    await until('the owner of our books', () => bank.wecom.state(account, name).servicer === 'wang.fang')
    await bank.rows('update rms set on_duty = false')
    await bank.settle()
  })
})

describe('WeCom says no', () => {
  test('a token that runs out in the middle of a burst: one new token, nothing lost', async () => {
    const names = Array.from({ length: 24 }, (_, n) => `wm_burst_${n}`)
    bank.wecom.forgetCalls()
    for (const [n, name] of names.entries()) {
      if (n === 8) bank.wecom.revokeToken()
      bank.wecom.customer(name).writes(account, '在吗')
    }
    await bank.settle()
    for (const name of names) expect(heard(name)).toHaveLength(1)
    expect(bank.wecom.calls('gettoken')).toHaveLength(1)
  })

  test('busy (-1) and a version conflict (6000) are repeated without anybody noticing', async () => {
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: -1, times: 1 })
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: 6000, nth: 2, times: 1 })
    const name = await customer('wm_busy')
    expect(await rowsOf(name)).toMatchObject([{ state: 'done', attempts: 1 }])
    expect(heard(name)).toHaveLength(1)
  })

  test('an errand whose time is over is not sent any more, and the ledger says so', async () => {
    const name = await customer('wm_too_late')
    const code: Errand = {
      kind: 'kf/send_msg_on_event',
      subject: name,
      lane: 0,
      notAfter: new Date(bank.clock.now() - 1),
      payload: { openKfId: account, to: name, code: 'a-code', words: { text: '欢迎' } },
    }
    bank.wecom.forgetCalls()
    expect(await ends(await put(code))).toMatchObject({ state: 'expired', error: 'its time was over' })
    expect(bank.wecom.calls('kf/send_msg_on_event')).toEqual([])
    expect((await touches(name)).at(-1)).toBe('message.failed')
  })

  test('what follows a hand-over does not happen when the hand-over does not', async () => {
    const name = await customer('wm_no_trans')
    const tell: Errand = {
      kind: 'message/send',
      subject: 'rm:li.wei',
      lane: 1,
      payload: { rm: 'li.wei', text: '新客户' },
    }
    bank.wecom.faults.add({ path: 'kf/service_state/trans', does: 'errcode', errcode: 95013, times: 1 })
    const id = await put({
      kind: 'kf/trans',
      subject: name,
      lane: 1,
      payload: { openKfId: account, externalUserId: name, state: 3, rm: 'li.wei' },
      then: [tell],
    })
    expect(await ends(id)).toMatchObject({ state: 'failed' })
    await bank.settle()
    expect(
      bank.wecom
        .servicer('li.wei')
        .inbox()
        .filter(({ body }) => body['content'] === '新客户'),
    ).toEqual([])
  })

  test('to one customer in order: the second line waits while the first is repeated; others do not wait', async () => {
    const [name, other] = [await customer('wm_order'), await customer('wm_no_order')]
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'reset', times: 1 })
    const ids = [await put(say(name, '第一句')), await put(say(name, '第二句')), await put(say(other, '别人的'))]
    for (const id of ids) await ends(id)
    expect(heard(name).slice(-2)).toEqual(['第一句', '第二句'])
    const order = bank.wecom.sent('kf/send_msg').map((body) => (body['text'] as { content: string }).content)
    expect(order.indexOf('别人的')).toBeLessThan(order.indexOf('第一句'))
  })

  test('words that WeCom will never take are given up at once, and the books name them', async () => {
    const name = await customer('wm_bad_words')
    bank.wecom.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: 40201, times: 1 })
    expect(await ends(await put(say(name, '被拦截的话')))).toMatchObject({ state: 'failed', attempts: 1 })
    expect((await touches(name)).at(-1)).toBe('message.failed')
    expect((await rowsOf(name)).at(-1)?.error).not.toContain('被拦截')
  })

  test('a wrong set-up (48002) is no reason to give up: tried again in a minute, with advice', async () => {
    bank.wecom.faults.add({ path: 'message/send', does: 'errcode', errcode: 48002, times: 1 })
    await put({ kind: 'message/send', subject: 'rm:set.up', lane: 1, payload: { rm: 'li.wei', text: '你好' } })
    const row = await until('the refusal', async () => (await rowsOf('rm:set.up')).find(({ error }) => error))
    expect(row).toMatchObject({ state: 'new', error: expect.stringMatching(/48002.*grant/s) })
    expect(row.due_in).toBeGreaterThan(50)
    await bank.rows("delete from outbox where subject = 'rm:set.up'")
  })

  // The last one: afterwards this API is paused for a minute.
  test('too many calls (45009): that API rests a minute, the others go on, nothing is given up', async () => {
    const name = await customer('wm_limited')
    bank.wecom.forgetCalls()
    bank.wecom.faults.add({ path: 'message/send', does: 'errcode', errcode: 45009 })
    for (let n = 0; n < 5; n += 1)
      await put({ kind: 'message/send', subject: `rm:limit.${n}`, lane: 1, payload: { rm: 'li.wei', text: `${n}` } })
    const waiting = await until('all five to be put off', async () => {
      const rows = await bank.rows<Row>(
        "select state, attempts, extract(epoch from due_at - now())::float8 as due_in from outbox where subject like 'rm:limit.%' and error is not null",
      )
      return rows.length === 5 ? rows : null
    })
    for (const row of waiting) {
      expect(row).toMatchObject({ state: 'new', attempts: 1 })
      expect(row.due_in).toBeGreaterThan(45)
    }
    expect(await ends(await put(say(name, '别的接口照常')))).toMatchObject({ state: 'done' })
    expect(bank.wecom.calls('message/send').length).toBeLessThanOrEqual(5) // those that were under way; none comes again
  })
})

test('the helper that takes a whole transaction in its hands leaves nothing open', async () => {
  await expect(inTransaction(bank.store.pool, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  // The running app has transactions of its own: only one that stays open is ours.
  const idle = "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
  await expect.poll(() => bank.rows(idle)).toEqual([])
})
