import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { syncAccounts } from '../../src/intake/accounts.ts'
import { claimAccounts, pullAccount, type KfPull, type PulledAccount } from '../../src/intake/kf-pull.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createWecom, type WecomClient } from '../../src/wecom/client.ts'
import { memoryShared } from '../../src/store/memory.ts'
import { createBank, until, type Bank } from '../core/bank.ts'
import { account } from '../small-bank.ts'

/** A process that only takes callbacks; the pulls are made by hand, stopped where it hurts most. */
let bank: Bank
let wecom: WecomClient
let told: string[] = []
const log = pino({ level: 'warn' }, { write: (line: string) => void told.push(line) })
beforeAll(async () => {
  bank = await createBank({ simulator: { settings: { tokenlessPerMinute: 100_000 } } })
  await bank.start({ ROLE: 'web' })
  const { corpId, secret } = bank.wecom.corp
  wecom = createWecom({ baseUrl: bank.environment.WECOM_API_URL, corpId, secret, shared: memoryShared() })
  await syncAccounts({ db: bank.store.db, wecom, now: () => new Date(bank.clock.now()), log })
})
afterAll(async () => {
  wecom.close()
  await bank.stop()
})

type Page = { next_cursor: string; has_more: 0 | 1; msg_list: unknown[] }
/** `between` happens after WeCom's answer and before anything of it is stored. */
const pulling = (between: (page: Page) => Promise<Page | void> = async () => undefined): KfPull => ({
  pool: bank.store.pool,
  wecom: {
    ...wecom,
    call: (async (...asked: Parameters<WecomClient['call']>) => {
      const page = (await wecom.call(...asked)) as Page
      return (await between(page)) ?? page
    }) as WecomClient['call'],
  },
  inTransaction,
  now: () => new Date(bank.clock.now()),
  log,
  pollMs: 60_000,
  wake: () => undefined,
})
const claimed = async (): Promise<PulledAccount> =>
  until('the account to be due', async () => (await claimAccounts(bank.store.pool, 1))[0])
const bells = async (): Promise<string[]> =>
  (
    await bank.rows<{ state: string }>("select state from inbox where kind = 'callback/kf_msg_or_event' order by id")
  ).map(({ state }) => state)
const rings = async (count: number): Promise<void> =>
  void (await until(`${count} bells`, async () => (await bells()).length >= count))
const texts = async (): Promise<string[]> =>
  (
    await bank.rows<{ text: string }>(
      "select payload -> 'item' -> 'text' ->> 'content' as text from inbox where kind = 'kf/text' order by id",
    )
  ).map(({ text }) => text)
const stored = async () =>
  (
    await bank.rows<{ cursor: string; trouble: string | null; leased: boolean }>(
      'select cursor, trouble, lease_until > now() as leased from kf_accounts where open_kfid = $1',
      [account],
    )
  )[0]
const writes = (text: string) => bank.wecom.customer('wm_pull').writes(account, text)

test('a bell that rings while its account is being pulled asks for another pull', async () => {
  writes('一')
  await rings(1)
  let first = true
  await pullAccount(
    pulling(async () => {
      if (!first) return
      first = false
      writes('二')
      await rings(2)
    }),
    await claimed(),
  )
  expect([await texts(), await bells()]).toEqual([['一'], ['done', 'rung']])
  await pullAccount(pulling(), await claimed())
  expect([await texts(), await bells()]).toEqual([
    ['一', '二'],
    ['done', 'done'],
  ])
  expect(await claimAccounts(bank.store.pool, 1)).toEqual([])
})

test('while one pulls, nobody else does; one who was paused stores nothing and moves no cursor', async () => {
  writes('三')
  await rings(3)
  const paused = await claimed()
  expect(await claimAccounts(bank.store.pool, 5)).toEqual([])
  let cursor = ''
  await pullAccount(
    pulling(async () => {
      await bank.leasesRunOut()
      await pullAccount(pulling(), await claimed())
      writes('四')
      await rings(4)
      await pullAccount(pulling(), await claimed())
      cursor = (await stored())?.cursor ?? ''
    }),
    paused,
  )
  expect(await texts()).toEqual(['一', '二', '三', '四'])
  expect(await stored()).toEqual({ cursor, trouble: null, leased: null })
  expect(told.join('')).toContain('another process pulls this account by now')
})

test('the same empty page again and again is left after a few rounds, and asked for again later', async () => {
  let rounds = 0
  writes('五')
  await rings(5)
  const { cursor } = (await stored()) ?? { cursor: '' }
  await pullAccount(
    pulling(async () => {
      rounds += 1
      return { next_cursor: cursor, has_more: 1, msg_list: [] }
    }),
    await claimed(),
  )
  expect(rounds).toBeLessThanOrEqual(6)
  expect(await stored()).toMatchObject({ cursor, trouble: null })
  await bank.rows('update kf_accounts set poll_at = now()')
  await pullAccount(pulling(), await claimed())
  expect((await texts()).at(-1)).toBe('五')
})

test('a cursor that WeCom does not take: from the beginning, and nothing twice', async () => {
  const before = await texts()
  await bank.rows("update kf_accounts set cursor = 'garbage', poll_at = now()")
  writes('六')
  await rings(6)
  await pullAccount(pulling(), await claimed())
  expect(await texts()).toEqual([...before, '六'])
  expect(await stored()).toMatchObject({ trouble: null, cursor: expect.not.stringMatching('garbage') })
})

test('an account that is gone is asked for once a minute, not every moment, and the books name it', async () => {
  told = []
  bank.wecom.faults.add({ path: 'kf/sync_msg', does: 'errcode', errcode: 95004 })
  writes('七')
  await rings(7)
  await pullAccount(pulling(), await claimed())
  bank.wecom.faults.clear()
  expect(await claimAccounts(bank.store.pool, 1)).toEqual([])
  const [row] = await bank.rows<{ wait: number; trouble: string }>(
    'select extract(epoch from lease_until - now())::float8 as wait, trouble from kf_accounts where open_kfid = $1',
    [account],
  )
  expect(row?.wait).toBeGreaterThan(50)
  expect(row?.trouble).toContain('95004')
  expect(await bells()).toContain('rung') // its bell is answered once it can be
})

test('whoever dies in a pull holds the account up for a quarter of a minute, no longer', async () => {
  await bank.leasesRunOut() // the account of before is there again
  await bank.rows('update kf_accounts set poll_at = now()')
  writes('八')
  await rings(8)
  const died = await claimed()
  const [{ left } = { left: 0 }] = await bank.rows<{ left: number }>(
    'select extract(epoch from lease_until - now())::float8 as left from kf_accounts where open_kfid = $1',
    [died.open_kfid],
  )
  expect(left).toBeGreaterThan(10) // longer than the call that is made on it may last
  expect(left).toBeLessThanOrEqual(15)
  await bank.leasesRunOut()
  await pullAccount(pulling(), await claimed())
  expect((await texts()).at(-1)).toBe('八')
})

test('a pull that WeCom keeps waiting with empty pages renews its lease, and ends when somebody else has the account', async () => {
  writes('九')
  await rings(9)
  let asked = 0
  told = []
  await pullAccount(
    pulling(async (page) => {
      asked += 1
      if (asked === 2) await bank.rows("update kf_accounts set fence = nextval('fences')")
      return { ...page, next_cursor: '', has_more: 1, msg_list: [] }
    }),
    await claimed(),
  )
  expect(asked).toBe(2)
  expect(told.join('')).toContain('another process pulls this account by now')
  await bank.leasesRunOut()
  await pullAccount(pulling(), await claimed())
  expect((await texts()).at(-1)).toBe('九')
})
