import type { PoolClient } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTurnWriter } from '../../src/dispatch/write/turn-writer.ts'
import type { ClaimedEvent } from '../../src/inbox/events.ts'
import { createBook } from '../../src/outbox/book.ts'
import type { ExampleRm } from '../../src/simulator/example-corp.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { account, smallBank } from '../small-bank.ts'
import { createBank, until, type Bank } from './bank.ts'
import { partsOf } from './parts.ts'

let bank: Bank
beforeAll(async () => {
  const [one] = smallBank().rms
  const rms = ['rm.a', 'rm.b', 'rm.c', 'rm.d'].map((userid) => ({
    ...(one as ExampleRm),
    userid,
    name: userid,
    capacity: 100,
  }))
  const people = smallBank({
    rms,
    customers: [],
    accounts: [{ openKfId: account, name: '小城银行客服', servicers: rms.map(({ userid }) => userid) }],
  })
  bank = await createBank({ people })
  // Whoever has run once knows who is a servicer.
  await bank.start()
  await bank.hold()
})
afterAll(() => bank.stop())

/** Parts whose transactions are counted. With `first`, none is begun before that many turns are ready to be written. */
const counting = async ({ first = 1 } = {}) => {
  const seen = { transactions: 0, ready: 0 }
  const counted: typeof inTransaction = async (pool, work) => {
    seen.transactions += 1
    await until('the turns that are to be written', () => seen.ready >= first)
    return inTransaction(pool, work)
  }
  const never = () => Promise.reject(new Error('nobody says who he is here'))
  const { pool } = bank.store
  const writeTurn = createTurnWriter({ pool, inTransaction: counted, join: never, noteReception: never })
  const write: typeof writeTurn = (turn) => {
    seen.ready += 1
    return writeTurn(turn)
  }
  const parts = await partsOf(bank, {
    dispatch: { write },
    deliverer: {
      book: createBook({ pool, inTransaction: counted, join: never, noteContacts: never, noteGroup: never }),
    },
  })
  return { ...parts, seen }
}
/** Customers whom no other test, and no other try of this one, knows. */
let tries = 0
const names = (word: string, count: number) => {
  tries += 1
  return Array.from({ length: count }, (_, n) => `wm_${word}_${tries}_${n}`)
}
const written = async (parts: Awaited<ReturnType<typeof counting>>, customers: string[]): Promise<ClaimedEvent[]> => {
  for (const name of customers) await parts.takeIn(bank.wecom.customer(name).writes(account, `${name}想贷款`))
  return parts.takeEvents(100)
}
const stands = (customers: string[]) =>
  bank.rows<{ external_userid: string; status: string; rm: string | null }>(
    `select external_userid, status, rm from conversations where external_userid = any($1) order by id`,
    [customers],
  )
const load = async (): Promise<number> => {
  const [sum] = await bank.rows<{ load: number }>('select sum(load)::int as load from rms')
  return sum?.load as number
}
const kindsOf = async (name: string) =>
  (
    await bank.rows<{ kind: string }>('select kind from touchpoints where external_userid = $1 order by id', [name])
  ).map(({ kind }) => kind)

test('twenty customers at once: few transactions, and each has all that is his', async () => {
  const parts = await counting({ first: 20 })
  const customers = names('crowd', 20)
  const before = await load()
  const events = await written(parts, customers)
  await Promise.all(events.map((event) => parts.runEvent(event)))
  // Whoever was ready first, and all who had become so meanwhile.
  expect(parts.seen.transactions).toBeLessThanOrEqual(2)
  expect((await stands(customers)).map(({ status }) => status)).toEqual(customers.map(() => 'assigned'))
  const own = await bank.rows(
    `select m.external_userid as name, m.text, d.rm = v.rm as decided, t.data ->> 'decisionId' = d.id::text as told, o.payload ->> 'rm' = v.rm as handed
     from messages m join conversations v on v.id = m.conversation_id join decisions d on d.conversation_id = v.id
     join touchpoints t on t.conversation_id = v.id and t.kind = 'conversation.routed'
     join outbox o on o.conversation_id = v.id and o.kind = 'kf/trans'
     where m.external_userid = any($1) and v.external_userid = m.external_userid order by v.id`,
    [customers],
  )
  expect(own).toHaveLength(20)
  for (const one of own)
    expect(one).toEqual({
      ...one,
      text: `${(one as { name: string }).name}想贷款`,
      decided: true,
      told: true,
      handed: true,
    })
  expect((await load()) - before).toBe(20)

  parts.seen.transactions = 0
  const errands = (await parts.takeErrands(100)).filter(
    ({ kind, subject }) => kind === 'kf/trans' && customers.includes(subject),
  )
  await Promise.all(errands.map((row) => parts.runErrand(row)))
  expect(errands).toHaveLength(20)
  expect(parts.seen.transactions).toBeLessThan(20)
  const next = await bank.rows(
    `select e.external_userid from conversations e where e.external_userid = any($1)
       and exists (select from outbox o where o.conversation_id = e.id and o.kind = 'message/card')`,
    [customers],
  )
  expect(next).toHaveLength(20)
})

test('one whose lease was lost meanwhile is left to the other process; those beside him are written', async () => {
  const parts = await counting()
  const customers = names('lost', 6)
  const events = await written(parts, customers)
  await bank.rows("update inbox set fence = nextval('fences') where id = $1", [events[2]?.id])
  await Promise.all(events.map((event) => parts.runEvent(event)))
  expect((await stands(customers)).map(({ external_userid }) => external_userid).sort()).toEqual(
    customers.filter((name) => name !== events[2]?.subject).sort(),
  )
  expect(await kindsOf(events[2]?.subject as string)).toEqual([])
})

test('two who want the last place: one gets it, the other waits, and those beside them are served', async () => {
  await bank.rows('update rms set capacity = load + case userid when $1 then 1 else 0 end', ['rm.a'])
  const parts = await counting()
  const customers = names('last', 5)
  const events = await written(parts, customers)
  await Promise.all(events.map((event) => parts.runEvent(event)))
  const after = await stands(customers)
  expect(after.filter(({ rm }) => rm === 'rm.a')).toHaveLength(1)
  expect(after).toHaveLength(5)
  expect(await bank.rows('select userid from rms where load > capacity')).toEqual([])
  await bank.rows('update rms set capacity = 100')
})

test("whoever holds one RM's row for long keeps only that RM's customers waiting", async () => {
  const parts = await counting()
  const holder = await bank.store.pool.connect()
  const customers = names('held', 8)
  try {
    await holder.query('begin')
    await holder.query("select from rms where userid = 'rm.b' for update")
    const events = await written(parts, customers)
    const running = events.map((event) => parts.runEvent(event))
    const there = await until('those whose RMs are free', async () => {
      const found = await stands(customers)
      return found.length >= 4 ? found : null
    })
    expect(there.filter(({ rm }) => rm === 'rm.b')).toEqual([])
    await holder.query('rollback')
    await Promise.all(running)
    expect((await stands(customers)).map(({ status }) => status)).toEqual(customers.map(() => 'assigned'))
  } finally {
    holder.release()
  }
})

test('a turn that waits alone for an RM holds up nobody who comes later', async () => {
  const parts = await counting()
  const [alone, served] = names('alone', 2) as [string, string]
  // He has his RM: what he writes next needs nobody's row.
  for (const event of await written(parts, [served])) await parts.runEvent(event)
  const holder = await bank.store.pool.connect()
  try {
    await holder.query('begin')
    await holder.query('select from rms for update')
    const [waiting] = await written(parts, [alone])
    const running = parts.runEvent(waiting as ClaimedEvent)
    await until('the turn that waits', () => blockedBy(holder))
    const [later] = await written(parts, [served])
    await parts.runEvent(later as ClaimedEvent)
    expect((await kindsOf(served)).filter((kind) => kind === 'message.received')).toHaveLength(2)
    expect(await stands([alone])).toEqual([])
    await holder.query('rollback')
    await running
    expect(await stands([alone])).toMatchObject([{ status: 'assigned' }])
  } finally {
    holder.release()
  }
})

/** Somebody waits for a lock that this connection has. */
const blockedBy = async (holder: PoolClient): Promise<true | null> => {
  const {
    rows: [own],
  } = await holder.query<{ pid: number }>('select pg_backend_pid() as pid')
  const waiting = await bank.rows('select from pg_stat_activity where $1 = any(pg_blocking_pids(pid))', [own?.pid])
  return waiting.length > 0 ? true : null
}
