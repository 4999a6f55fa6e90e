import { afterAll, beforeAll, expect, test } from 'vitest'
import { on, type Handler } from '../../src/dispatch/turn/turn.ts'
import type { ClaimedEvent } from '../../src/inbox/events.ts'
import type { ExampleRm } from '../../src/simulator/example-corp.ts'
import { redisUrl } from '../ground/ground.ts'
import { account, smallBank, smallRules } from '../small-bank.ts'
import { createBank, until, type Bank } from './bank.ts'
import { partsOf } from './parts.ts'

let bank: Bank
beforeAll(async () => {
  const [one] = smallBank().rms
  const rms = Array.from({ length: 40 }, (_, n) => ({
    ...(one as ExampleRm),
    userid: `rm.${n}`,
    name: `经理${n}`,
    capacity: 3,
  }))
  const people = smallBank({
    rms,
    customers: [],
    accounts: [{ openKfId: account, name: '小城银行客服', servicers: rms.map(({ userid }) => userid) }],
  })
  bank = await createBank({ people, simulator: { settings: { tokenlessPerMinute: 100_000 } } })
})
afterAll(() => bank.stop())

/** What a paused process must not have touched. */
const everything = async () =>
  Object.fromEntries(
    await Promise.all(
      ['conversations', 'decisions', 'messages', 'touchpoints', 'outbox', 'rms', 'timers', 'kf_chats'].map(
        async (table) => [
          table,
          (
            await bank.rows<{ all: string }>(
              `select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text), '[]')::text as all from ${table} t`,
            )
          )[0]?.all,
        ],
      ),
    ),
  ) as Record<string, string>
/** A handler of texts that always fails. */
const failing = (reason: string) =>
  new Map([['kf/text', on('kf/text', () => Promise.reject(new Error(reason))) as unknown as Handler]])
const due = (events: ClaimedEvent[]): ClaimedEvent[] | null => (events.length > 0 ? events : null)
const stateOf = async (id: string) =>
  (await bank.rows<{ state: string }>('select state from inbox where id = $1', [id]))[0]?.state

test('a dispatcher that was paused beyond its lease commits nothing, neither before nor after the other has finished', async () => {
  const { takeIn, runEvent, takeEvents } = await partsOf(bank, { leaseMs: 1 })
  await takeIn(bank.wecom.customer('wm_paused').writes(account, '你好'))
  const [paused] = await takeEvents()
  const fresh = await until('the lease to run out', async () => (await takeEvents())[0])
  if (!paused) throw new Error('nothing was claimed')
  expect([fresh.id, Number(fresh.fence) > Number(paused.fence)]).toEqual([paused.id, true])

  const before = await everything()
  await runEvent(paused)
  expect(await everything()).toEqual(before)
  expect(await stateOf(fresh.id)).toBe('new')

  await runEvent(fresh)
  expect(await stateOf(fresh.id)).toBe('done')
  const after = await everything()
  expect(after['messages']).toContain('你好')
  await runEvent(paused)
  expect(await everything()).toEqual(after)
})

test('a handler that fails while paused does not postpone or bury the event of the other', async () => {
  const failed = await partsOf(bank, {
    leaseMs: 1,
    handlers: failing('no'),
  })
  await failed.takeIn(bank.wecom.customer('wm_failing').writes(account, '你好'))
  const [paused] = await failed.takeEvents()
  const { takeEvents, runEvent } = await partsOf(bank)
  const fresh = await until('the lease to run out', async () => (await takeEvents())[0])
  if (!paused) throw new Error('nothing was claimed')
  await failed.runEvent({ ...paused, attempts: 99 })
  expect(await stateOf(fresh.id)).toBe('new')
  await runEvent(fresh)
  expect(await stateOf(fresh.id)).toBe('done')
})

test('a handler that throws each time is given up after three tries; the message is on record, and the customer goes on', async () => {
  const handlers = failing('a mistake in a handler')
  const { takeIn, takeEvents, runEvent } = await partsOf(bank, { handlers })
  await takeIn(
    bank.wecom.customer('wm_poison').writes(account, '毒'),
    bank.wecom.customer('wm_poison').sends(account, 'image', { media_id: 'x' }),
  )
  for (let tries = 1; tries <= 3; tries += 1) {
    const [event, ...more] = await until('the event to be due', async () => due(await takeEvents()))
    expect([event?.kind, event?.attempts, more]).toEqual(['kf/text', tries, []]) // what came later waits
    if (event) await runEvent(event)
    await bank.rows("update inbox set due_at = now() where subject = 'wm_poison'") // the pause before the next try is over
  }
  expect(await bank.rows("select state, error from inbox where subject = 'wm_poison' order by id")).toMatchObject([
    { state: 'dead', error: 'Error: a mistake in a handler' },
    { state: 'new' },
  ])
  expect(await bank.rows("select text from messages where external_userid = 'wm_poison'")).toEqual([{ text: '毒' }])
  const after = await partsOf(bank)
  await after.runAll()
  expect(
    await bank.rows(
      "select type from messages where external_userid = 'wm_poison' and sender = 'customer' order by seq",
    ),
  ).toEqual([{ type: 'text' }, { type: 'image' }])
})

test('a poison that cannot even be written down is buried all the same', async () => {
  const { takeIn, takeEvents, runEvent } = await partsOf(bank, {
    handlers: failing('no'),
  })
  await takeIn(bank.wecom.customer('wm_worse').writes(account, '写不进去'))
  await bank.rows(
    "alter table messages add constraint nothing_like_that check (text is distinct from '写不进去') not valid",
  )
  await bank.rows("update inbox set attempts = 2 where subject = 'wm_worse'")
  const [event] = await takeEvents()
  if (event) await runEvent(event)
  await bank.rows('alter table messages drop constraint nothing_like_that')
  expect(await bank.rows("select state from inbox where subject = 'wm_worse'")).toEqual([{ state: 'dead' }])
})

test('two processes on one database: one pull at a time, each message handled once, nobody above his capacity', async () => {
  const environment = { REDIS_URL: redisUrl() }
  const [one, two] = [await bank.start(environment), await bank.start(environment)]
  await bank.settle()
  bank.wecom.forgetCalls()
  const sent = new Map<string, string[]>()
  for (let n = 0; n < 240; n += 1) {
    if (n % 20 === 0) bank.hear(n % 40 ? one : two)
    const customer = `wm_pair_${n % 60}`
    const { msgid } = bank.wecom.customer(customer).writes(account, `第${n}条`)
    sent.set(customer, [...(sent.get(customer) ?? []), msgid])
  }
  await bank.settle(60_000)
  const pulls = bank.wecom.calls('kf/sync_msg').filter(({ errcode }) => errcode === 0)
  expect(pulls.length).toBeGreaterThan(2)
  // Each pull begins where the one before it ended: never two at the same time, never one page twice.
  for (const [index, { body }] of pulls.slice(1).entries())
    expect(body['cursor']).toBe(pulls[index]?.answer['next_cursor'])
  for (const [customer, ids] of sent) {
    const kept = await bank.rows<{ id: string }>(
      "select id from messages where external_userid = $1 and sender = 'customer' order by seq",
      [customer],
    )
    expect(kept.map(({ id }) => id)).toEqual(ids)
  }
  expect(
    await bank.rows(
      "select customer from (select external_userid as customer, count(*) from conversations where external_userid like 'wm_pair%' group by 1 having count(*) <> 1) twice",
    ),
  ).toEqual([])
  expect(await bank.rows('select userid from rms where load > capacity')).toEqual([])
  const moved = bank.wecom.sent('kf/service_state/trans').map((body) => body['external_userid'])
  expect(new Set(moved).size).toBe(moved.length)
  expect(moved).toHaveLength(60)
  const { rows: drift } = await bank.store.pool.query(
    `select userid from rms r where load <> (select coalesce(sum(units), 0) from conversations v where v.rm = r.userid and status in ('assigned', 'offered'))`,
  )
  expect(drift).toEqual([])
}, 90_000)

test('rules that are made active through one process are used by the other at once', async () => {
  const [one, two] = [await bank.start({ REDIS_URL: redisUrl() }), await bank.start({ REDIS_URL: redisUrl() })]
  bank.hear(two)
  const put = await fetch(`${one.url}/api/v1/routing`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${bank.environment.ADMIN_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...smallRules,
      rules: [
        {
          key: 'only',
          name: '只有一条',
          when: { fact: 'message.type', is: 'text' },
          steps: [{ to: 'rm:rm.7' }],
          otherwise: 'leave-message',
        },
      ],
    }),
  })
  const body = (await put.json()) as { version?: number; errors?: object }
  expect([put.status, body.errors]).toEqual([200, undefined])
  await bank.end(one)
  bank.wecom.customer('wm_new_rules').writes(account, '按新规则')
  await bank.settle()
  const [decision] = await bank.rows(
    "select d.rule, d.ruleset_version from decisions d join conversations v on v.id = d.conversation_id where v.external_userid = 'wm_new_rules'",
  )
  expect(decision).toEqual({ rule: 'only', ruleset_version: body.version })
})
