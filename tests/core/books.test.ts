import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeBooks, readSums } from '../../src/ledger/books.ts'
import { record } from '../../src/ledger/record.ts'
import type { Store } from '../../src/store/open.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { freshStore } from '../ground/fresh-store.ts'

let store: Store
beforeAll(async () => {
  store = await freshStore()
})
afterAll(() => store.stop())

let count = 0
/** Customers' messages as they lie in the inbox and the ledger; `ignored` stands for every outcome. */
const come = async (many: number, state: 'ignored' | 'new' | 'dead' = 'ignored'): Promise<void> => {
  const ids = Array.from({ length: many }, () => `m${(count += 1)}`)
  await store.pool.query(
    `insert into inbox (kind, key, subject, payload, occurred_at, state)
     select 'kf/text', id, 'wm', jsonb_build_object('item', jsonb_build_object('origin', 3, 'msgtype', 'text', 'msgid', id)), now(), $2
     from unnest($1::text[]) as t (id)`,
    [ids, state],
  )
  const at = new Date()
  await record(
    store.pool,
    ids.map((sourceId) => ({ at, kind: 'message.received', sourceId })),
  )
}
const close = (settledMs = 0) => closeBooks({ pool: store.pool, inTransaction, settledMs, most: 7 })
const closed = async () =>
  (await store.pool.query('select received::int, stored::int, decided::int from books')).rows[0]

test('closing changes no sum, and what is closed is not counted again', async () => {
  await come(20)
  await come(2, 'dead')
  const sums = { received: 22, stored: 22, decided: 20 }
  expect(await readSums(store.pool)).toEqual(sums)
  await close() // marks where the tables end
  expect([await readSums(store.pool), await closed()]).toEqual([sums, { received: 0, stored: 0, decided: 0 }])
  await come(5)
  await close() // closes up to the marks, some rows at a time
  expect(await closed()).toEqual(sums)
  expect(await readSums(store.pool)).toEqual({ received: 27, stored: 27, decided: 25 })

  // Nothing of it is read any more: not even its absence shows.
  await store.pool.query("delete from inbox where state = 'ignored' and id <= (select inbox_id from books)")
  expect(await readSums(store.pool)).toEqual({ received: 27, stored: 27, decided: 25 })
})

test('a message that had no outcome when the books were closed counts as soon as it has one', async () => {
  expect((await store.pool.query('select 1 from books_open')).rowCount).toBe(2)
  await store.pool.query("update inbox set state = 'ignored' where state = 'dead'")
  expect(await readSums(store.pool)).toEqual({ received: 27, stored: 27, decided: 27 })
  await close()
  await close()
  expect((await store.pool.query('select 1 from books_open')).rowCount).toBe(0)
  expect([await readSums(store.pool), await closed()]).toEqual(
    Array.from({ length: 2 }, () => ({ received: 27, stored: 27, decided: 27 })),
  )
})

test('marks that are too young are not closed: a transaction may still be writing before them', async () => {
  await come(3)
  await close()
  const writing = await store.pool.connect()
  await writing.query('begin')
  await writing.query(
    `insert into inbox (kind, key, subject, payload, occurred_at) values ('kf/text', 'slow', 'wm', '{"item": {"origin": 3, "msgtype": "text"}}', now())`,
  )
  await come(3)
  await close(60_000)
  await writing.query('commit')
  writing.release()
  await close()
  await close()
  expect(await readSums(store.pool)).toEqual({ received: 34, stored: 33, decided: 33 })
  expect(await closed()).toMatchObject({ received: 34 })
})

test('two processes that close at the same time count nothing twice', async () => {
  await come(40)
  await close()
  await Promise.all([close(), close(), close()])
  expect(await readSums(store.pool)).toEqual({ received: 74, stored: 73, decided: 73 })
})
