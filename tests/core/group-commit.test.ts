import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGroupCommit } from '../../src/inbox/group-commit.ts'
import type { NewEvent } from '../../src/inbox/events.ts'
import { freshDatabase } from '../ground/ground.ts'

let pool: pg.Pool
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await freshDatabase()
  drop = database.drop
  pool = new pg.Pool({ connectionString: database.url, max: 8 })
})
afterAll(async () => {
  await pool.end()
  await drop()
})
beforeEach(() => pool.query('delete from inbox'))

const event = (key: string, payload: object = {}): NewEvent => ({
  kind: 'callback/x',
  key,
  subject: 'unknown',
  lane: 1,
  payload,
  occurredAt: new Date(0),
  state: 'ignored',
})
const keys = async (): Promise<string[]> =>
  (await pool.query<{ key: string }>('select key from inbox order by id')).rows.map(({ key }) => key)

/** The same pool, with every statement counted. */
const counted = () => {
  const seen = { statements: 0, atOnce: 0, most: 0 }
  const query = async (...asked: unknown[]) => {
    seen.statements += 1
    seen.atOnce += 1
    seen.most = Math.max(seen.most, seen.atOnce)
    return (pool.query as (...asked: unknown[]) => Promise<unknown>)(...asked).finally(() => (seen.atOnce -= 1))
  }
  return { seen, pool: { query } as unknown as pg.Pool }
}

test('a thousand callbacks at once cost a few statements, and each of them is durable', async () => {
  const { seen, pool: watched } = counted()
  const { add } = createGroupCommit(watched)
  await Promise.all(Array.from({ length: 1000 }, (_, n) => add(event(`k${n}`))))
  expect(new Set(await keys())).toEqual(new Set(Array.from({ length: 1000 }, (_, n) => `k${n}`)))
  expect(seen.statements).toBeLessThanOrEqual(4)
})

test('however many come at once, no more than two statements are under way', async () => {
  const { seen, pool: watched } = counted()
  const { add } = createGroupCommit(watched, { most: 100 })
  await Promise.all(Array.from({ length: 3000 }, (_, n) => add(event(`k${n}`))))
  expect(seen.most).toBeLessThanOrEqual(2)
  expect(await keys()).toHaveLength(3000)
})

test('a caller is answered only when his own event can be read by others', async () => {
  const { add } = createGroupCommit(pool)
  const seen = await Promise.all(
    Array.from({ length: 50 }, async (_, n) => {
      await add(event(`k${n}`))
      const { rows } = await pool.query('select 1 from inbox where key = $1', [`k${n}`])
      return rows.length
    }),
  )
  expect(seen).toEqual(Array(50).fill(1))
})

test('the same event from many callers at once is one row, and all of them are answered', async () => {
  const { add } = createGroupCommit(pool)
  await Promise.all(Array.from({ length: 500 }, (_, n) => add(event(`k${n % 5}`))))
  expect((await keys()).sort()).toEqual(['k0', 'k1', 'k2', 'k3', 'k4'])
})

test('two processes that get the same callbacks in opposite order both succeed', async () => {
  const [here, there] = [createGroupCommit(pool), createGroupCommit(pool)]
  const big = 'x'.repeat(2000)
  for (let round = 0; round < 5; round += 1) {
    const all = Array.from({ length: 400 }, (_, n) => event(`r${round}-${n}`, { big }))
    await Promise.all([...all.map(here.add), ...all.toReversed().map(there.add)])
  }
  expect(await keys()).toHaveLength(2000)
})

test('a batch that cannot be stored fails for each of its callers, and the next one is stored', async () => {
  const { add } = createGroupCommit(pool)
  const bad = { ...event('bad'), lane: 'not a number' as unknown as 1 }
  const outcomes = await Promise.allSettled([add(event('a')), add(bad), add(event('b'))])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await keys()).toEqual([])
  await add(event('c'))
  expect(await keys()).toEqual(['c'])
})

test('nobody waits for ever when the database is gone', async () => {
  const nowhere = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none', connectionTimeoutMillis: 500 })
  const { add } = createGroupCommit(nowhere)
  await expect(add(event('a'))).rejects.toThrow()
  await nowhere.end()
})
