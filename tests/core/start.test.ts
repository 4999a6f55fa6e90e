import { spawn } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/settings.ts'
import { freePort, tempDir } from '../ground/ground.ts'
import { createBank, until, type Bank } from './bank.ts'

/** A start that cannot be says why in a sentence, and leaves nothing behind. */
let bank: Bank
beforeAll(async () => {
  bank = await createBank()
})
afterAll(() => bank.stop())

const refused = async (change: Record<string, string>): Promise<string> => {
  const settings = readSettings({ ...bank.environment, ...change })
  const error = await startApp({ settings, log: pino({ level: 'silent' }) }).then(
    async (app) => {
      await app.stop()
      return null
    },
    (reason: unknown) => reason as Error,
  )
  expect(error).toBeInstanceOf(Error)
  return error?.message ?? ''
}
/** Connections to the bank's database besides the test's own. */
const connections = async (): Promise<number> =>
  (
    await bank.rows<{ n: number }>(
      'select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
  )[0]?.n ?? 0

test('rules with a mistake: file, line and column', async () => {
  await bank.rows('delete from rulesets')
  const file = join(tempDir(), 'routing.yaml')
  writeFileSync(file, 'pools: {}\nrules: []\nfallback: { steps: [], otherwise: leave-mesage }\n')
  expect(await refused({ ROUTING_FILE: file })).toMatch(/routing\.yaml:3:\d+ .*otherwise/)
  expect(await refused({ ROUTING_FILE: '/nowhere/routing.yaml' })).toMatch(
    /^ROUTING_FILE \/nowhere\/routing\.yaml .*ENOENT/,
  )
  await bank.rows(
    "insert into rulesets (ruleset, origin, author, active, activated_at) values ($1, 'test', 'test', true, now())",
    [JSON.stringify({ pools: {}, rules: [], fallback: { steps: [], otherwise: 'leave-message' } })],
  )
})

test('a short admin key works, and is warned of without being told', async () => {
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  for (const [key, warnings] of [
    ['bank-key', 1],
    ['bank-key-of-more-than-20', 0],
  ] as const) {
    lines.length = 0
    const app = await bank.start({ ADMIN_API_KEY: key, log })
    const { status } = await fetch(`${app.url}/api/v1/keys`, { headers: { authorization: `Bearer ${key}` } })
    await bank.end(app)
    expect(status).toBe(200)
    expect(lines.filter((line) => line.includes('ADMIN_API_KEY is short'))).toHaveLength(warnings)
    expect(lines.join()).not.toContain(key)
  }
})

test('a port that is taken: which one, and what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  expect(await refused({ PORT: String(port) })).toMatch(new RegExp(`Port ${port} .*taken.*PORT`))
  other.close()
})

test.each(['192.0.2.7', 'nowhere.invalid'])('HOST %s, which is not here: named, with what to do', async (host) => {
  expect(await refused({ HOST: host })).toMatch(new RegExp(`HOST ${host} .*set HOST`))
})

test('a DATA_DIR that is no folder: named, with what to do', async () => {
  const file = join(tempDir(), 'data')
  writeFileSync(file, '')
  expect(await refused({ DATA_DIR: file })).toMatch(new RegExp(`DATA_DIR ${file} .*EEXIST.*folder`))
})

test('TZ_BUSINESS is the zone in which calendars are open and the clock is read', async () => {
  const app = await bank.start({ TZ_BUSINESS: 'America/New_York' })
  const when = {
    all: [
      { fact: 'time.open', is: true },
      { fact: 'time.hour', is: 9 },
    ],
  }
  const rules = [{ key: 'open', name: '营业中', when, steps: [], otherwise: 'bot' }]
  const calendars = { branch: { hours: { 'mon-fri': ['09:00-12:00'] } } }
  const ruleset = { calendars, rules, fallback: { steps: [], otherwise: 'leave-message' } }
  const tried = async (at: string): Promise<string> => {
    const answer = await fetch(`${app.url}/api/v1/routing/try`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bank.environment.ADMIN_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ruleset, facts: {}, at }),
    })
    return ((await answer.json()) as { rule: string }).rule
  }
  expect(await tried('2026-11-23T09:30:00-05:00')).toBe('open')
  expect(await tried('2026-11-23T09:30:00+08:00')).toBe('fallback')
  await bank.end(app)
})

test('a database that does not answer: said without its password', async () => {
  const message = await refused({ DATABASE_URL: 'postgres://yinqiao:verysecret@127.0.0.1:1/none' })
  expect(message).not.toBe('')
  expect(message).not.toContain('verysecret')
})

test('WeCom does not answer at the start: it starts all the same, takes callbacks, and goes on when WeCom is back', async () => {
  await bank.wecom.network.refuse()
  const app = await bank.start()
  bank.wecom.customer('wm_early').writes(bank.account, '企业微信暂时不通')
  await bank.wecom.idle()
  expect(bank.wecom.callbacks.deliveries.at(-1)?.outcome).toBe('delivered')
  await bank.wecom.network.again()
  await until(
    'the message',
    async () => (await bank.rows("select 1 from messages where external_userid = 'wm_early'")).length > 0,
  )
  await bank.settle()
  await bank.end(app)
})

test('npm start ends when npm is told to: the shell in between passes no signal on', async () => {
  const port = String(await freePort())
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ...bank.environment, PORT: port, LOG_LEVEL: 'fatal' }
  const npm = spawn('npm', ['start'], { env, stdio: 'ignore' })
  const lives = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  await until('npm start to answer', lives, 25_000)
  npm.kill('SIGTERM')
  await until('it to be gone', async () => !(await lives()))
}, 45_000)

test('after all of this no connection is left over', async () => {
  await until('the connections to be closed', async () => (await connections()) < bank.store.pool.totalCount)
})

test('a stopped process has let go of everything: another one starts at the same port', async () => {
  const first = await bank.start()
  const { port } = new URL(first.url)
  await bank.end(first)
  const second = await bank.start({ PORT: port })
  expect(new URL(second.url).port).toBe(port)
})
