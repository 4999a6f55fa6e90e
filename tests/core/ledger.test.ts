import { afterAll, beforeAll, expect, test } from 'vitest'
import { readIntegrity } from '../../src/ledger/integrity.ts'
import { record } from '../../src/ledger/record.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import type { ExampleRm } from '../../src/simulator/example-corp.ts'
import { account, smallBank } from '../small-bank.ts'
import { createBank, until, type Bank } from './bank.ts'

const accounts = [account, 'wkSmallBank00000000000000000002', 'wkSmallBank00000000000000000003']
let bank: Bank
beforeAll(async () => {
  const [one] = smallBank().rms
  const rms = Array.from({ length: 60 }, (_, n) => ({
    ...(one as ExampleRm),
    userid: `rm.${n}`,
    name: `经理${n}`,
    capacity: 4,
  }))
  const servicers = rms.map(({ userid }) => userid)
  const people = smallBank({
    rms,
    customers: [],
    accounts: accounts.map((openKfId) => ({ openKfId, name: openKfId.slice(-1), servicers })),
  })
  bank = await createBank({
    people,
    environment: { KF_POLL_S: '2' },
    simulator: { settings: { tokenlessPerMinute: 100_000, shortPage: 40 } },
  })
})
afterAll(() => bank.stop())

const books = () => readIntegrity(bank.store.pool, new Date(bank.clock.now()))
const count = async (text: string): Promise<number> =>
  (await bank.rows<{ n: number }>(`select count(*)::int as n from ${text}`))[0]?.n ?? 0

test('500 messages through lost, doubled, late and disordered callbacks and short pages: the books balance', async () => {
  await bank.start()
  Object.assign(bank.wecom.callbacks.knobs, {
    dropPercent: 40,
    duplicatePercent: 30,
    delayMs: [0, 40],
    reorderPercent: 30,
    reorderMs: 120,
  })
  bank.wecom.faults.add({ path: 'kf/sync_msg', does: 'drop', percent: 10 })
  bank.wecom.faults.add({ path: 'kf/service_state/trans', does: 'drop', percent: 15 })
  bank.wecom.faults.add({ path: 'message/send', does: 'reset', percent: 10 })
  bank.wecom.faults.add({ path: 'kf/send_msg_on_event', does: 'drop', percent: 15 })
  const sent = new Map<string, string[]>()
  for (let n = 0; n < 500; n += 1) {
    const at = accounts[n % 3] as string
    const who = `wm_chaos_${n % 60}`
    const { msgid } = bank.wecom.customer(who).writes(at, `第${n}条`)
    if (n % 25 === 0) bank.wecom.repeats(at, msgid)
    sent.set(`${at} ${who}`, [...(sent.get(`${at} ${who}`) ?? []), msgid])
    if (n % 50 === 0) await bank.wecom.idle()
  }
  await until('all of them', async () => (await count("messages where sender = 'customer'")) === 500, 30_000)
  bank.wecom.faults.clear()
  await bank.settle(40_000)

  expect(await books()).toMatchObject({ received: 500, stored: 500, decided: 500, gaps: [] })
  for (const [chat, ids] of sent) {
    const kept = await bank.rows<{ id: string }>(
      "select id from messages where open_kfid || ' ' || external_userid = $1 and sender = 'customer' order by seq",
      [chat],
    )
    expect(kept.map(({ id }) => id)).toEqual(ids)
  }
  // Each chat was decided once and given once, and WeCom and our books name the same RM.
  const owners = await bank.rows<{ open_kfid: string; external_userid: string; rm: string; decisions: number }>(
    'select v.open_kfid, v.external_userid, v.rm, (select count(*)::int from decisions d where d.conversation_id = v.id) as decisions from conversations v',
  )
  expect(owners).toHaveLength(sent.size)
  for (const { open_kfid, external_userid, rm, decisions } of owners) {
    expect([decisions, bank.wecom.state(open_kfid, external_userid)]).toEqual([1, { state: 3, servicer: rm }])
    const told = bank.wecom
      .customer(external_userid)
      .sees(open_kfid)
      .filter(({ from }) => from === 'account')
    expect(told.length).toBeLessThanOrEqual(1)
  }
  expect(await bank.rows('select userid from rms where load > capacity')).toEqual([])
  const phones = Array.from({ length: 60 }, (_, n) => bank.wecom.servicer(`rm.${n}`).inbox()).flat()
  expect(phones).toHaveLength(owners.length)
}, 90_000)

test('a message that nobody knows how to handle is counted, and one that was given up is named', async () => {
  Object.assign(bank.wecom.callbacks.knobs, { dropPercent: 0, duplicatePercent: 0, delayMs: [0, 0], reorderPercent: 0 })
  bank.wecom.customer('wm_strange').sends(account, 'hologram', {})
  await bank.settle()
  expect(await books()).toMatchObject({ received: 501, stored: 501, decided: 501, gaps: [] })
  await bank.rows(
    "update inbox set state = 'dead', error = 'Error: a mistake' where payload -> 'item' ->> 'msgtype' = 'hologram'",
  )
  expect(await books()).toMatchObject({
    received: 501,
    stored: 501,
    decided: 500,
    gaps: [{ what: 'event-given-up', detail: 'kf/hologram: Error: a mistake' }],
  })
  await bank.rows("update inbox set state = 'ignored', error = null where state = 'dead'")
})

test('what is received and not in the ledger, or waits too long, shows in the books', async () => {
  await bank.rows(
    "insert into inbox (kind, key, subject, payload, occurred_at, received_at, state, due_at) select kind, 'kf:lost', 'wm_lost', jsonb_set(payload, '{item,msgid}', '\"lost\"'), now(), now() - interval '5 minutes', 'new', now() + interval '1 hour' from inbox where kind = 'kf/text' limit 1",
  )
  const found = await books()
  expect([found.received, found.stored]).toEqual([502, 501])
  expect(found.gaps).toMatchObject([{ what: 'event-waiting' }])
  await bank.rows("delete from inbox where key = 'kf:lost'")
})

test('the same source is recorded once, also when its turn is repeated', async () => {
  const line = {
    at: new Date('2026-11-23T02:00:00Z'),
    kind: 'entry.opened' as const,
    externalUserId: 'wm_once',
    sourceId: 'source-1',
  }
  await inTransaction(bank.store.pool, (tx) => record(tx, [line, line]))
  await inTransaction(bank.store.pool, (tx) => record(tx, [line]))
  expect(await count("touchpoints where external_userid = 'wm_once'")).toBe(1)
})

test('a touchpoint is there exactly when its transaction is', async () => {
  const line = { at: new Date(), kind: 'entry.opened' as const, externalUserId: 'wm_never', sourceId: null }
  const refused = inTransaction(bank.store.pool, async (tx) => {
    await record(tx, [line])
    throw new Error('no')
  })
  await expect(refused).rejects.toThrow('no')
  expect(await count("touchpoints where external_userid = 'wm_never'")).toBe(0)
})

test('the ledger is append-only, by whatever door', async () => {
  const before = await count('touchpoints')
  const month = (
    await bank.rows<{ name: string }>(
      "select tableoid::regclass::text as name from touchpoints where kind = 'message.received' limit 1",
    )
  )[0]?.name
  for (const attempt of [
    'update touchpoints set rm = null',
    'delete from touchpoints',
    'truncate touchpoints',
    `update ${month} set rm = null`,
    `delete from ${month}`,
    `truncate ${month}`,
  ])
    await expect(bank.rows(attempt), attempt).rejects.toThrow('append-only')
  expect(await count('touchpoints')).toBe(before)
})
