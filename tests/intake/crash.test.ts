import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBank, until, type Bank } from '../core/bank.ts'
import { freePort } from '../ground/ground.ts'
import { smallBank } from '../small-bank.ts'

let bank: Bank
beforeAll(async () => {
  bank = await createBank({
    startAt: Date.now(),
    simulator: { settings: { tokenlessPerMinute: 100_000, shortPage: 25 } },
    people: smallBank({ customers: [] }),
  })
  await bank.rows('update rms set capacity = 1000')
})
afterAll(() => bank.stop())

/** A process of its own, as `npm start` makes it. */
const spawnYinqiao = async (): Promise<ChildProcess> => {
  const port = await freePort()
  const { PATH } = process.env
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH, ...bank.environment, PORT: String(port), KF_POLL_S: '1', LOG_LEVEL: 'fatal' },
    stdio: 'ignore',
  })
  bank.hear({ url: `http://127.0.0.1:${port}` })
  return child
}
const count = async (text: string): Promise<number> =>
  (await bank.rows<{ n: number }>(`select count(*)::int as n from ${text}`))[0]?.n ?? 0

test('killed in the middle of a backlog: every message is there once, answered by nobody twice', async () => {
  const sent = new Map<string, string[]>()
  for (let n = 0; n < 400; n += 1) {
    const customer = `wm_crash_${n % 25}`
    const { msgid } = bank.wecom.customer(customer).writes(bank.account, `第${n}条`)
    sent.set(customer, [...(sent.get(customer) ?? []), msgid])
  }
  const killed = await spawnYinqiao()
  await until('some of the backlog', async () => (await count('inbox')) >= 100, 25_000)
  killed.kill('SIGKILL')
  await once(killed, 'exit')
  await bank.leasesRunOut()
  expect(await count("messages where sender = 'customer'")).toBeLessThan(400) // it was the middle

  const child = await spawnYinqiao()
  await until(
    'all messages to be handled',
    async () => (await count("messages where sender = 'customer'")) === 400,
    30_000,
  )
  await until(
    'all customers to be handed over',
    async () => (await count("outbox where kind = 'kf/trans' and state = 'done'")) === 25,
    30_000,
  )
  child.kill('SIGTERM')
  expect((await once(child, 'exit'))[0]).toBe(0)

  for (const [customer, ids] of sent) {
    const kept = await bank.rows<{ id: string }>(
      "select id from messages where external_userid = $1 and sender = 'customer' order by seq",
      [customer],
    )
    expect(kept.map(({ id }) => id)).toEqual(ids)
    const told = bank.wecom.conversationView(bank.account, customer).lines.filter(({ from }) => from === 'account')
    expect(told.length, `${customer} was told once`).toBeLessThanOrEqual(1)
  }
  expect(await count("touchpoints where kind = 'message.received'")).toBe(400)
  expect(await count('conversations')).toBe(25)
  expect(await count('decisions')).toBe(25)
}, 90_000)
