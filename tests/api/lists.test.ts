import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'
import { addConversation, addTouchpoint, rmFacts, smallHouse } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await smallHouse(it.db)
  const { id: customerId } = await it.db
    .selectFrom('customers')
    .select('id')
    .where('external_userid', '=', 'wm_li')
    .executeTakeFirstOrThrow()
  for (let n = 0; n < 12; n++) {
    await it.call('PUT', `/rms/rm${n}`, { body: rmFacts() })
    await it.call('PUT', `/customers/wm_${n}`, { body: { kind: 'person' } })
    await addConversation(it.db, { externalUserId: `wm_${n}`, customerId, rm: 'li.wei', status: 'closed' })
    await it.call('POST', '/keys', { body: { name: `k${n}`, role: 'app' } })
    await it.call('PUT', '/routing', { body: { fallback: { steps: [], otherwise: 'bot' } } })
  }
  // Microseconds apart and alike: a place in the list must be exact.
  for (let n = 0; n < 15; n++)
    await sql`insert into touchpoints (at, kind) values (timestamptz '2026-11-01 08:00:00.123400+00' + ${n % 4} * interval '1 microsecond', 'app.tick')`.execute(
      it.db,
    )
})
afterAll(() => it.stop())

type List = { items: Record<string, unknown>[]; nextCursor: string | null }
const walk = async (path: string, limit: number) => {
  const found: Record<string, unknown>[] = []
  let cursor: string | null = null
  let pages = 0
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`
    const { status, body }: { status: number; body: List } = await it.call<List>('GET', path + query)
    expect(status).toBe(200)
    expect(body.items.length).toBeLessThanOrEqual(limit)
    found.push(...body.items)
    cursor = body.nextCursor
    pages += 1
  } while (cursor !== null)
  return { found, pages }
}

test.each([
  '/rms',
  '/customers',
  '/conversations',
  '/keys',
  '/routing/versions',
  '/touchpoints',
  '/touchpoints?kind=app.tick',
])('%s gives the same rows in pages of any size, each once', async (path) => {
  const all = (await it.call<List>('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200`)).body
  expect(all.items.length).toBeGreaterThanOrEqual(12)
  expect(all.nextCursor).toBeNull()
  for (const limit of [1, 5, all.items.length]) {
    const { found, pages } = await walk(path, limit)
    expect(found.map((one) => JSON.stringify(one))).toEqual(all.items.map((one) => JSON.stringify(one)))
    expect(pages).toBe(Math.ceil(all.items.length / limit))
  }
})

test('a page is 50 unless asked otherwise', async () => {
  for (let n = 0; n < 45; n++) await addTouchpoint(it.db, { kind: 'app.many' })
  const { body } = await it.call<List>('GET', '/touchpoints')
  expect(body.items).toHaveLength(50)
  expect(body.nextCursor).toEqual(expect.stringMatching(/^[\w-]+$/))
})

test('rows that are added meanwhile neither repeat nor push out others', async () => {
  const first = (await it.call<List>('GET', '/conversations?limit=3')).body
  const { id: customerId } = await it.db.selectFrom('customers').select('id').limit(1).executeTakeFirstOrThrow()
  await addConversation(it.db, { externalUserId: 'wm_newer', customerId, rm: null, status: 'queued' })
  const second = (await it.call<List>('GET', `/conversations?limit=3&cursor=${first.nextCursor}`)).body
  const ids = [...first.items, ...second.items].map((one) => Number(one['id']))
  expect(ids).toEqual(ids.toSorted((a, b) => b - a))
  expect(new Set(ids).size).toBe(6)
})

test('a cursor of one list is none of another', async () => {
  const { nextCursor } = (await it.call<List>('GET', '/keys?limit=1')).body
  expect((await it.call('GET', `/conversations?cursor=${nextCursor}`)).status).toBe(422)
})
