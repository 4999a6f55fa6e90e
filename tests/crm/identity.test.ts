import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { idsOf } from '../../src/crm/absorb.ts'
import { putCustomer } from '../../src/crm/customers.ts'
import { claimIdentity, judge, type Claim, type Outcome } from '../../src/crm/identity.ts'
import { undoMerge, type Undone } from '../../src/crm/merge-undo.ts'
import { ingest } from '../../src/crm/ingest.ts'
import type { Store } from '../../src/store/open.ts'
import { nobody } from '../api/bank.ts'
import { freshStore } from '../ground/fresh-store.ts'

let store: Store
beforeAll(async () => {
  store = await freshStore()
})
afterAll(() => store.stop())

let count = 0
beforeEach(() => {
  count += 1
})
const at = new Date('2026-11-23T10:00:00+08:00')
const make = async (values: Record<string, unknown>): Promise<string> =>
  (await store.db.insertInto('customers').values(values).returning('id').executeTakeFirstOrThrow()).id
const row = async (id: string): Promise<Record<string, unknown>> => {
  const { rows } = await sql<{
    row: Record<string, unknown>
  }>`select to_jsonb(c) - 'updated_at' as row from customers c where id = ${id}`.execute(store.db)
  return rows[0]?.row as Record<string, unknown>
}
const contactsOf = async (id: string) =>
  (await sql`select rm, state from contacts where customer_id = ${id} order by rm`.execute(store.db)).rows
const claim = (it: Pick<Claim, 'customerId' | 'value'> & Partial<Claim>): Promise<Outcome> =>
  store.db
    .transaction()
    .execute((trx) => claimIdentity(trx, { kind: 'client_no', via: 'entry', at, sourceId: 'm1', ...it }))
const claimId = async (customerId: string): Promise<string> =>
  (
    await store.db
      .selectFrom('identity_claims')
      .select('id')
      .where('customer_id', '=', customerId)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
  ).id
const undo = (externalUserId: string, id: string): Promise<Undone> =>
  store.db.transaction().execute((trx) => undoMerge(trx, { externalUserId, claimId: id, by: 'admin', now: at }))

/** A client of the bank with everything that a merge moves, and a stranger of WeCom. */
const pair = async (client: object = {}, stranger: object = {}) => {
  const full = {
    client_no: `C${count}`,
    unionid: `u${count}`,
    name: '陈静怡',
    kind: 'sme',
    tier: 'gold',
    owner: 'li.wei',
    branch: 'shanghai',
    firm_no: 'F1',
    firm_name: '面包房',
    tags: ['理财'],
    avoid: ['bad.rm'],
    channel: 'app_home',
    known: true,
    first_seen_at: '2020-01-02T03:04:05.678901Z',
  }
  const from = await make({ ...full, ...client })
  const into = await make({ external_userid: `wm${count}`, ...stranger })
  await store.db
    .insertInto('contacts')
    .values([{ customer_id: from, rm: 'li.wei', state: 'active', since: at }])
    .execute()
  return { from, into, wm: `wm${count}`, clientNo: `C${count}` }
}

describe('a merge', () => {
  test('joins everything the bank knows, and undoing it restores both to the last microsecond', async () => {
    const { from, into, wm, clientNo } = await pair()
    const before = [await row(from), await row(into)]
    expect(await claim({ customerId: into, value: clientNo })).toBe('merged')
    expect(await row(into)).toMatchObject({
      client_no: clientNo,
      unionid: `u${count}`,
      tier: 'gold',
      owner: 'li.wei',
      avoid: ['bad.rm'],
      known: true,
      channel: 'app_home',
    })
    expect(await contactsOf(into)).toEqual([{ rm: 'li.wei', state: 'active' }])
    expect(await idsOf(store.db, into)).toEqual([into, from])

    expect(await undo(wm, await claimId(into))).toBe('undone')
    expect([await row(from), await row(into)]).toEqual(before)
    expect(await contactsOf(into)).toEqual([])
    expect(await contactsOf(from)).toEqual([{ rm: 'li.wei', state: 'active' }])
    expect(await idsOf(store.db, into)).toEqual([into])
  })

  test('whatever the two knew before, undoing restores exactly', async () => {
    const text = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
    const facts = fc.record({
      name: text,
      tier: text,
      owner: text,
      branch: text,
      firm_no: text,
      firm_name: text,
      channel: text,
      known: fc.boolean(),
      kind: fc.constantFrom('person', 'sme'),
      tags: fc.subarray(['x', 'y']),
      avoid: fc.subarray(['r1', 'r2']),
      first_seen_at: fc.constantFrom('2020-01-01T00:00:00.123456Z', '2024-01-01T00:00:00Z'),
    })
    await fc.assert(
      fc.asyncProperty(facts, facts, async (client, stranger) => {
        count += 1
        const { from, into, wm, clientNo } = await pair({ ...client, unionid: null }, stranger)
        const before = [await row(from), await row(into)]
        expect(await claim({ customerId: into, value: clientNo })).toBe('merged')
        expect(await undo(wm, await claimId(into))).toBe('undone')
        expect([await row(from), await row(into)]).toEqual(before)
      }),
      { numRuns: 40 },
    )
  })

  test('what was changed since stays, the rest goes back', async () => {
    const { from, into, wm, clientNo } = await pair()
    await claim({ customerId: into, value: clientNo })
    await store.db.updateTable('customers').set({ tier: 'diamond' }).where('id', '=', into).execute()
    await store.db.updateTable('contacts').set({ state: 'lost' }).where('customer_id', '=', into).execute()
    await undo(wm, await claimId(into))
    expect(await row(into)).toMatchObject({ tier: 'diamond', owner: null, client_no: null })
    expect(await contactsOf(into)).toEqual([{ rm: 'li.wei', state: 'lost' }])
    expect(await row(from)).toMatchObject({ tier: 'gold', client_no: clientNo, merged_into: null })
  })

  test('that had merged others before gives them back, too', async () => {
    const { from, into, wm, clientNo } = await pair()
    const older = await make({ merged_into: from })
    await claim({ customerId: into, value: clientNo })
    expect((await idsOf(store.db, into)).toSorted()).toEqual([into, from, older].toSorted())
    await undo(wm, await claimId(into))
    expect(await idsOf(store.db, from)).toEqual([from, older])
  })

  test('is not repeated by another link once an admin has undone it; the bank itself may', async () => {
    const { into, wm, clientNo } = await pair()
    await claim({ customerId: into, value: clientNo })
    await undo(wm, await claimId(into))
    expect(await claim({ customerId: into, value: clientNo, sourceId: 'm2' })).toBe('conflict')
    expect(await row(into)).toMatchObject({ client_no: null })
    const stored = await store.db.transaction().execute((trx) => putCustomer(trx, wm, { ...nobody, clientNo }))
    expect(stored).toMatchObject({ clientNo, externalUserId: wm })
  })

  test('made by the bank is undone the same way, but the bank’s own word stays', async () => {
    const { from, into, wm, clientNo } = await pair()
    await store.db.transaction().execute((trx) => putCustomer(trx, wm, { ...nobody, tier: 'silver', clientNo }))
    expect(await undo(wm, await claimId(into))).toBe('undone')
    expect(await row(into)).toMatchObject({ client_no: null, tier: 'silver', known: true })
    expect(await row(from)).toMatchObject({ client_no: clientNo, tier: 'gold' })
  })

  test('touchpoints of either are one journey while merged, and each his own afterwards', async () => {
    const { from, into, wm, clientNo } = await pair()
    const tell = (key: string) =>
      ingest(store.db, [
        {
          key: `${key}-${count}`,
          kind: 'app.viewed',
          at,
          who: { kind: 'client_no', value: clientNo },
          channel: null,
          data: {},
        },
      ])
    const whose = async () =>
      (
        await sql<{
          customer_id: string
        }>`select customer_id from touchpoints where source_id like ${`app:%-${count}`} order by id`.execute(store.db)
      ).rows.map((one) => one.customer_id)
    await tell('before')
    await claim({ customerId: into, value: clientNo })
    await tell('during')
    await undo(wm, await claimId(into))
    await tell('after')
    expect(await whose()).toEqual([from, into, from])
  })
})

describe('undoing', () => {
  test('goes from the newest to the oldest', async () => {
    const { into, wm, clientNo } = await pair({ unionid: null })
    await make({ unionid: `other${count}` })
    await claim({ customerId: into, value: clientNo })
    const first = await claimId(into)
    await claim({ customerId: into, kind: 'unionid', value: `other${count}`, via: 'profile' })
    expect(await undo(wm, first)).toBe('newer')
    expect(await undo(wm, await claimId(into))).toBe('undone')
    expect(await undo(wm, first)).toBe('undone')
    expect(await undo(wm, first)).toBe('undone-before')
  })

  test('a number that was merely set takes it away again', async () => {
    const into = await make({ external_userid: `wm${count}` })
    const before = await row(into)
    expect(await claim({ customerId: into, value: `C${count}` })).toBe('set')
    expect(await row(into)).toMatchObject({ client_no: `C${count}`, known: true })
    expect(await undo(`wm${count}`, await claimId(into))).toBe('undone')
    expect(await row(into)).toEqual(before)
  })

  test('is refused when the number belongs to somebody else by now, and then nothing is changed', async () => {
    const { into, wm, clientNo } = await pair()
    await claim({ customerId: into, value: clientNo })
    const id = await claimId(into)
    await store.db.updateTable('customers').set({ client_no: 'another' }).where('id', '=', into).execute()
    await make({ client_no: clientNo })
    const before = await row(into)
    const outcome = await store.db
      .transaction()
      .execute(async (trx) => {
        const found = await undoMerge(trx, { externalUserId: wm, claimId: id, by: 'admin', now: at })
        if (found !== 'undone') throw new Error(found)
      })
      .catch((error: Error) => error.message)
    expect(outcome).toBe('taken')
    expect(await row(into)).toEqual(before)
  })

  test('finds only his own, and no conflict', async () => {
    const { into, wm, clientNo } = await pair()
    await claim({ customerId: into, value: clientNo })
    expect(await undo('wm_somebody_else', await claimId(into))).toBe('unknown')
    const other = await make({ external_userid: `wmB${count}` })
    expect(await claim({ customerId: other, value: clientNo })).toBe('conflict')
    expect(await undo(`wmB${count}`, await claimId(other))).toBe('not-a-merge')
    expect(await undo(wm, '0')).toBe('unknown')
  })
})

describe('a claim', () => {
  const person = { id: '1', external_userid: 'wm', client_no: null, unionid: null, known: false }
  const client = { id: '2', external_userid: null, client_no: 'C', unionid: null, known: true }
  const asked = { person, holder: null, kind: 'client_no' as const, value: 'C', undone: false }

  test.each([
    ['nobody has the name', {}, { outcome: 'set' }],
    ['he has it', { person: { ...person, client_no: 'C' } }, { outcome: 'same' }],
    ['a client outside WeCom has it', { holder: client }, { outcome: 'merged' }],
    [
      'another customer of WeCom has it',
      { holder: { ...client, external_userid: 'wm2' } },
      { outcome: 'conflict', reason: 'taken' },
    ],
    [
      'he has another one',
      { person: { ...person, client_no: 'D' }, holder: client },
      { outcome: 'conflict', reason: 'has-another' },
    ],
    [
      'both have a unionid, not the same',
      { person: { ...person, unionid: 'a' }, holder: { ...client, unionid: 'b' } },
      { outcome: 'conflict', reason: 'names-differ' },
    ],
    [
      'both have the same unionid',
      { person: { ...person, unionid: 'a' }, holder: { ...client, unionid: 'a' } },
      { outcome: 'merged' },
    ],
    ['an admin undid it before', { undone: true, holder: client }, { outcome: 'conflict', reason: 'undone-before' }],
  ])('when %s', (_, change, verdict) => {
    expect(judge({ ...asked, ...change })).toEqual(verdict)
  })

  test('of many customers at the same moment gives the number to one of them, and everybody else a conflict', async () => {
    const client_no = `C${count}`
    await make({ client_no, known: true })
    const people = await Promise.all(Array.from({ length: 8 }, (_, n) => make({ external_userid: `wm${count}_${n}` })))
    const outcomes = await Promise.all(people.map((customerId) => claim({ customerId, value: client_no })))
    expect(outcomes.toSorted()).toEqual([...Array(7).fill('conflict'), 'merged'])
  })

  test('that is met again and again is one row with a count, and one line in the ledger', async () => {
    const { into, clientNo } = await pair()
    await claim({ customerId: into, value: clientNo })
    const other = await make({ external_userid: `wmC${count}` })
    for (const sourceId of ['m1', 'm2', 'm2', 'm3']) await claim({ customerId: other, value: clientNo, sourceId })
    const rows = await store.db
      .selectFrom('identity_claims')
      .select(['times', 'reason', 'other_id'])
      .where('customer_id', '=', other)
      .execute()
    expect(rows).toEqual([{ times: 3, reason: 'taken', other_id: into }])
    const lines = await sql<{ kind: string }>`select kind from touchpoints where customer_id = ${other}`.execute(
      store.db,
    )
    expect(lines.rows).toEqual([{ kind: 'identity.conflict' }])
  })
})
