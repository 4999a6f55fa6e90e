import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBook } from '../../src/outbox/book.ts'
import type { OutboxRow } from '../../src/outbox/row.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { account, smallRules } from '../small-bank.ts'
import { createBank, until, type Bank } from './bank.ts'
import { partsOf } from './parts.ts'

/** Nobody is on duty, and the bot talks on: what is told here is about profiles alone. */
let bank: Bank
let parts: Awaited<ReturnType<typeof partsOf>>
beforeAll(async () => {
  bank = await createBank({ rules: { ...smallRules, fallback: { steps: [], otherwise: 'bot' }, rules: [] } })
  await bank.rows('update rms set on_duty = false')
  await bank.start()
  await bank.hold()
  bank.hear(null)
  parts = await partsOf(bank)
})
afterAll(() => bank.stop())
afterEach(() => bank.wecom.faults.clear())

const names = (word: string, count: number) => Array.from({ length: count }, (_, n) => `wm_${word}_${n}`)
/** They write for the first time, and their messages are handled. */
const write = async (customers: readonly string[]): Promise<void> => {
  await parts.takeIn(...customers.map((name) => bank.wecom.customer(name).writes(account, '你好')))
  for (let events = await parts.takeEvents(100); events.length > 0; events = await parts.takeEvents(100))
    await Promise.all(events.map((event) => parts.runEvent(event)))
}
/** Their profiles are to be read. */
const toRead = async (customers: readonly string[]): Promise<OutboxRow[]> => {
  const subjects = new Set(customers.map((name) => `profile:${name}`))
  const rows = (await parts.takeErrands(2_000)).filter(({ subject }) => subjects.has(subject))
  expect(rows).toHaveLength(customers.length)
  bank.wecom.forgetCalls()
  return rows
}
const together = (rows: readonly OutboxRow[], process = parts) => Promise.all(rows.map((row) => process.runErrand(row)))
const calls = (): number[] =>
  bank.wecom.calls('kf/customer/batchget').map(({ body }) => (body['external_userid_list'] as string[]).length)
const customersOf = (customers: readonly string[]) =>
  bank.rows<{ external_userid: string; name: string | null; unionid: string | null }>(
    'select external_userid, name, unionid from customers where external_userid = any($1) order by array_position($1, external_userid)',
    [customers],
  )
const named = async (customers: readonly string[]): Promise<number> =>
  (await customersOf(customers)).filter(({ name }) => name !== null).length
const errandsOf = (customers: readonly string[]) =>
  bank.rows<{ state: string; error: string | null; uncertain: boolean; due_in: number }>(
    `select state, error, uncertain, extract(epoch from due_at - now())::float8 as due_in from outbox
     where kind = 'kf/profile' and subject = any($1) order by array_position($1, subject)`,
    [customers.map((name) => `profile:${name}`)],
  )
const states = async (customers: readonly string[]) => (await errandsOf(customers)).map(({ state }) => state)

describe('many at once', () => {
  test('250 new customers are read with three calls and booked with a few transactions', async () => {
    let transactions = 0
    const counted: typeof inTransaction = (pool, work) => {
      transactions += 1
      return inTransaction(pool, work)
    }
    const never = () => Promise.reject(new Error('the bank knows none of them'))
    const means = { join: never, noteContacts: never, noteGroup: never }
    const own = await partsOf(bank, {
      deliverer: { book: createBook({ pool: bank.store.pool, inTransaction: counted, ...means }) },
    })
    const customers = names('burst', 250)
    await write(customers)
    await together(await toRead(customers), own)
    expect(calls()).toEqual([100, 100, 50])
    expect(transactions).toBeLessThan(10)
    expect(new Set(await states(customers))).toEqual(new Set(['done']))
    const found = await customersOf(customers)
    expect(found.map(({ name }) => name)).toEqual(customers)
    expect(new Set(found.map(({ unionid }) => unionid)).size).toBe(250)
  })

  test('a process that finds 250 waiting reads them with a few calls', async () => {
    const customers = names('waiting', 250)
    await write(customers)
    bank.wecom.forgetCalls()
    await bank.go()
    await until('all of them to be read', async () => (await named(customers)) === 250)
    await bank.hold()
    bank.hear(null)
    expect(calls().length).toBeLessThan(15)
  })
})

describe('who somebody is', () => {
  /** Customers of all sorts, read in the way of `run`; what the books say of them, without what differs by name. */
  const allSorts = async (word: string, run: (rows: OutboxRow[]) => Promise<unknown>) => {
    const is = (name: string) => `wm_${word}_${name}`
    const union = (name: string) => `u_${word}_${name}`
    const unionids = { new: 'new', twin: 'new', client: 'client', same: 'same', other: 'told', undone: 'undone' }
    const customers = ['plain', ...Object.keys(unionids)].map(is)
    await bank.rows("insert into customers (unionid, client_no, known, tier) values ($1, $2, true, 'gold')", [
      union('client'),
      `C_${word}`,
    ])
    for (const name of customers) await write([name])
    bank.wecom.customer(is('plain'), { nickname: '', unionid: '' })
    for (const [name, unionid] of Object.entries(unionids)) bank.wecom.customer(is(name), { unionid: union(unionid) })
    await bank.rows('update customers set name = $2, unionid = $3 where external_userid = $1', [
      is('same'),
      '早就知道',
      union('same'),
    ])
    await bank.rows('update customers set unionid = $2 where external_userid = $1', [is('other'), union('older')])
    await bank.rows(
      `insert into identity_claims (at, last_at, customer_id, kind, value, via, outcome, undone_at, undone_by)
       select now(), now(), id, 'unionid', $2, 'profile', 'merged', now(), 'admin' from customers where external_userid = $1`,
      [is('undone'), union('undone')],
    )
    await run(await toRead(customers))
    expect(new Set(await states(customers))).toEqual(new Set(['done']))
    const claims = await bank.rows(
      `select c.external_userid, k.kind, k.value, k.via, k.outcome, k.reason, k.times, o.external_userid as other, o.tier as other_tier,
         k.undone_at is null as stands from identity_claims k join customers c on c.id = k.customer_id
       left join customers o on o.id = k.other_id where c.external_userid = any($1) order by c.external_userid, k.outcome`,
      [customers],
    )
    const touches = await bank.rows(
      `select external_userid, kind, data ->> 'by' as by, data ->> 'via' as via, data ? 'otherCustomerId' as other from touchpoints
       where external_userid = any($1) and kind like 'identity.%' order by external_userid`,
      [customers],
    )
    const facts = await bank.rows(
      'select external_userid, name, unionid, client_no, tier, known from customers where external_userid = any($1) order by id',
      [customers],
    )
    return JSON.parse(JSON.stringify({ facts, claims, touches }).replaceAll(`_${word}`, '')) as {
      facts: object[]
      claims: object[]
      touches: object[]
    }
  }

  test('read together, it comes to the same as one by one', async () => {
    const alone = await allSorts('alone', async (rows) => {
      for (const row of rows) await parts.runErrand(row)
    })
    expect(calls()).toHaveLength(7)
    const one = await allSorts('one', together)
    expect(calls()).toEqual([7])
    expect(one).toEqual(alone)

    const { facts, claims, touches } = one
    expect(facts).toMatchObject([
      { external_userid: 'wm_plain', name: null, unionid: null },
      { external_userid: 'wm_new', name: 'wm_new', unionid: 'u_new' },
      { external_userid: 'wm_twin', name: 'wm_twin', unionid: null },
      { external_userid: 'wm_client', unionid: 'u_client', client_no: 'C', tier: 'gold', known: true },
      { external_userid: 'wm_same', name: '早就知道', unionid: 'u_same' },
      { external_userid: 'wm_other', name: 'wm_other', unionid: 'u_older' },
      { external_userid: 'wm_undone', unionid: null },
    ])
    expect(claims).toMatchObject([
      { external_userid: 'wm_client', value: 'u_client', via: 'profile', outcome: 'merged' },
      { external_userid: 'wm_other', value: 'u_told', outcome: 'conflict', reason: 'has-another' },
      // Two customers of WeCom never become one: the second is told as a conflict.
      { external_userid: 'wm_twin', value: 'u_new', outcome: 'conflict', reason: 'taken', other: 'wm_new' },
      { external_userid: 'wm_undone', outcome: 'conflict', reason: 'undone-before' },
      { external_userid: 'wm_undone', outcome: 'merged', stands: false },
    ])
    expect(touches).toMatchObject([
      { external_userid: 'wm_client', kind: 'identity.joined', by: 'unionid', via: 'profile', other: true },
      { external_userid: 'wm_other', kind: 'identity.conflict' },
      { external_userid: 'wm_twin', kind: 'identity.conflict', other: true },
      { external_userid: 'wm_undone', kind: 'identity.conflict' },
    ])
  })

  test('somebody else gets the unionid in the same moment: he is told as a conflict, the others are booked', async () => {
    const customers = names('raced', 5)
    await write(customers)
    const rows = await toRead(customers)
    const racer = await bank.store.pool.connect()
    try {
      await racer.query('begin')
      await racer.query("insert into customers (external_userid, unionid) values ('wm_racer', 'un_wm_raced_2')")
      bank.wecom.customer('wm_raced_2', { unionid: 'un_wm_raced_2' })
      const running = together(rows)
      await until('his row to be waited for', async () => {
        const waiting = await bank.rows(
          "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
        return waiting.length > 0
      })
      await racer.query('commit')
      await running
    } finally {
      racer.release()
    }
    expect(await named(customers)).toBe(5)
    expect(
      await bank.rows(
        `select c.external_userid, k.reason from identity_claims k join customers c on c.id = k.customer_id where c.external_userid = any($1)`,
        [customers],
      ),
    ).toEqual([{ external_userid: 'wm_raced_2', reason: 'taken' }])
  })
})

describe('what goes wrong', () => {
  test('one without a profile has none and is asked for again at his next contact; those beside him are read', async () => {
    const customers = names('shy', 4)
    await write(customers)
    const [, gone] = customers
    const rows = (await toRead(customers)).map((row) =>
      row.subject === `profile:${gone}`
        ? { ...row, payload: { ...row.payload, externalUserId: 'wm_never_here' } }
        : row,
    )
    await bank.rows("insert into customers (external_userid, profile_asked_at) values ('wm_never_here', now())")
    await together(rows)
    expect(calls()).toEqual([4])
    expect(await states(customers)).toEqual(['done', 'expired', 'done', 'done'])
    expect(await named(customers)).toBe(3)
    expect(
      await bank.rows("select name, profile_asked_at from customers where external_userid = 'wm_never_here'"),
    ).toEqual([{ name: null, profile_asked_at: null }])
  })

  test.each([
    ['too many calls', { does: 'errcode', errcode: 45033, times: 1 }, 1, [20, 61]],
    // The client itself repeats a call four times.
    ['a broken line', { does: 'reset' }, 4, [-60, 2]],
  ] as const)('%s: one call for all, and later one again', async (_what, fault, tries, [soonest, latest]) => {
    const own = await partsOf(bank)
    const customers = names(fault.does, 60)
    await write(customers)
    bank.wecom.faults.add({ path: 'kf/customer/batchget', ...fault })
    await together(await toRead(customers), own)
    expect(calls()).toEqual(Array(tries).fill(60))
    for (const { state, due_in } of await errandsOf(customers)) {
      expect(state).toBe('new')
      expect(due_in).toBeGreaterThan(soonest)
      expect(due_in).toBeLessThan(latest)
    }
    bank.wecom.faults.clear()
    await bank.rows("update outbox set due_at = now() where kind = 'kf/profile' and state = 'new'")
    await together(await toRead(customers), await partsOf(bank))
    expect(calls()).toEqual([60])
    expect(await named(customers)).toBe(60)
  })

  test('one id that WeCom does not take is found by halves: he fails, the others are read', async () => {
    const customers = names('wrong', 16)
    await write(customers)
    const [, , , bad] = customers
    const rows = (await toRead(customers)).map((row) =>
      row.subject === `profile:${bad}` ? { ...row, payload: { ...row.payload, externalUserId: 'x'.repeat(65) } } : row,
    )
    await together(rows)
    // Our own check refuses each group that he is in.
    expect(calls().toSorted((a, b) => a - b)).toEqual([1, 2, 4, 8])
    expect(await states(customers)).toEqual(customers.map((name) => (name === bad ? 'failed' : 'done')))
    expect(await named(customers)).toBe(15)
  })

  test('a lease that is nearly over: WeCom is not called, and all are tried again', async () => {
    const customers = names('paused', 3)
    await write(customers)
    const rows = await toRead(customers)
    const now = parts.deliverer.monotonic()
    await Promise.all(rows.map((row, index) => parts.runErrand(row, index === 1 ? now - 18_500 : now)))
    expect(calls()).toEqual([])
    expect(await errandsOf(customers)).toMatchObject(
      customers.map(() => ({ state: 'new', uncertain: false, error: expect.stringContaining('lease') })),
    )
  })

  test('one whose lease was lost meanwhile is left to the other process; those beside him are booked', async () => {
    const customers = names('lost', 4)
    await write(customers)
    const rows = await toRead(customers)
    await bank.rows("update outbox set fence = nextval('fences') where subject = 'profile:wm_lost_2'")
    await together(rows)
    expect(await states(customers)).toEqual(['done', 'done', 'new', 'done'])
    expect((await customersOf(customers)).map(({ name }) => name !== null)).toEqual([true, true, false, true])
  })

  test("whoever holds one customer's row keeps only his profile waiting", async () => {
    const customers = names('held', 6)
    await write(customers)
    const rows = await toRead(customers)
    const holder = await bank.store.pool.connect()
    try {
      await holder.query('begin')
      await holder.query("select from customers where external_userid = 'wm_held_3' for update")
      await together(rows)
      expect(await states(customers)).toEqual(['done', 'done', 'done', 'new', 'done', 'done'])
    } finally {
      await holder.query('rollback')
      holder.release()
    }
    await bank.leasesRunOut()
    await together(await toRead(['wm_held_3']))
    expect(await named(customers)).toBe(6)
  })
})
