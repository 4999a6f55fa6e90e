import { setTimeout as pause } from 'node:timers/promises'
import pino, { type Logger } from 'pino'
import pg from 'pg'
import { startApp } from '../src/app.ts'
import { readSettings } from '../src/settings.ts'
import type { ExampleCorp } from '../src/simulator/example-corp.ts'
import type { Simulator, SimulatorOptions } from '../src/simulator/create-simulator.ts'
import { freshDatabase, tempDir } from './ground/ground.ts'
import { smallBank } from './small-bank.ts'

export const adminKey = 'test-admin-key-0123456789'

type WorldOptions = {
  /** The rule set as JSON; the small bank's own when absent. */
  rules?: object
  people?: ExampleCorp
  simulator?: SimulatorOptions
  environment?: Record<string, string>
  log?: Logger
  /** WeCom's contact lists and tags are read, at once; else never, so that a test has its calls to itself. */
  syncAtOnce?: boolean
  /** WeCom's 30 messages a minute for an RM, in real time; without it tests would wait for minutes that they do not mean. */
  officialBudgets?: boolean
  /** How often the loops look without being woken; soon unless told. */
  pollMs?: number
  /** When its clock starts; that Monday unless told. */
  startAt?: number
}

const asManyAsYouLike = [{ limit: 1_000_000, windowMs: 60_000, atOnce: 1_000_000 }]

/** A time that tests move; it stands at a Monday morning in Shanghai until told otherwise, and runs on from there. */
const testClock = (start = Date.parse('2026-11-23T10:00:00+08:00')) => {
  const begun = performance.now()
  let offset = 0
  return {
    now: () => start + offset + Math.round(performance.now() - begun),
    advance: (ms: number) => {
      offset += ms
    },
  }
}

/**
 * The real thing on a database of its own, with the bundled WeCom: people act through `customer()` and `rm()`, `settle()` waits
 * until nothing is left to do, and the rest looks at what came of it.
 */
export const createWorld = async (options: WorldOptions = {}) => {
  const database = await freshDatabase()
  const clock = testClock(options.startAt)
  const pool = new pg.Pool({ connectionString: database.url, max: 3 })
  if (options.rules)
    await pool.query(
      "insert into rulesets (ruleset, origin, author, active, activated_at) values ($1, 'test', 'test', true, now())",
      [JSON.stringify(options.rules)],
    )
  const settings = readSettings({
    DATABASE_URL: database.url,
    DATA_DIR: tempDir(),
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ADMIN_API_KEY: adminKey,
    PORT: '0',
    ...options.environment,
  })
  const people = options.people ?? smallBank()
  const app = await startApp({
    settings,
    log: options.log ?? pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    now: () => new Date(clock.now()),
    monotonic: clock.now,
    pollMs: options.pollMs ?? 50,
    syncAfterMs: options.syncAtOnce ? 0 : 86_400_000,
    ...(!options.officialBudgets && { budgets: { member: asManyAsYouLike, notice: asManyAsYouLike } }),
    simulator: {
      clock,
      people,
      seed: 1,
      ...options.simulator,
      settings: { ...(!options.officialBudgets && { staffPerMinute: 1_000_000 }), ...options.simulator?.settings },
    },
  })
  const wecom = (app.simulator as Simulator).control
  const account = people.accounts[0]?.openKfId as string

  const unfinished = async (): Promise<string[]> => {
    const { rows } = await pool.query<{ what: string }>(
      `select 'inbox ' || kind || coalesce(' ' || error, '') as what from inbox where state in ('new', 'rung')
       union all select 'outbox ' || kind || coalesce(' ' || error, '') from outbox where state = 'new'
       union all select 'timer ' || key from timers where due_at <= $1`,
      [new Date(clock.now())],
    )
    return rows.map((row) => row.what)
  }
  /** Waits until every callback is delivered, every event handled and every errand carried out. */
  const settle = async (patienceMs = 20_000): Promise<void> => {
    const until = performance.now() + patienceMs
    for (let calm = 0; calm < 2;) {
      await wecom.idle()
      const left = await unfinished()
      calm = left.length === 0 && !app.busy() ? calm + 1 : 0
      if (performance.now() > until)
        throw new Error(`not settled after ${patienceMs} ms: ${left.slice(0, 10).join(', ')}`)
      if (left.length > 0) await pause(10)
    }
  }

  const customer = (externalUserId: string) => {
    const control = wecom.customer(externalUserId)
    return {
      opens: (at: Parameters<typeof control.opens>[0] = account) => control.opens(at),
      writes: (text: string, msgid?: string) => control.writes(account, text, msgid),
      sends: (type: string, payload: object) => control.sends(account, type, payload as never),
      clicks: (item: string) => control.clicksMenu(account, item),
      recalls: control.recalls,
      blocks: control.blocks,
      sees: () => control.sees(account).map((line) => JSON.stringify(line.payload)),
      raw: control,
    }
  }

  return {
    app,
    wecom,
    account,
    pool,
    clock,
    settle,
    customer,
    rm: (userid: string) => wecom.servicer(userid),
    /** What an RM's phone has shown, oldest first. */
    rings: (userid: string): string[] =>
      wecom
        .sent('message/send')
        .filter((body) => body['touser'] === userid)
        .map(
          (body) =>
            (body['text'] as { content?: string } | undefined)?.content ?? JSON.stringify(body['template_card']),
        ),
    advance: async (ms: number): Promise<void> => {
      clock.advance(ms)
      await settle()
    },
    touchpoints: async (externalUserId: string): Promise<string[]> => {
      const { rows } = await pool.query<{ kind: string }>(
        'select kind from touchpoints where external_userid = $1 order by id',
        [externalUserId],
      )
      return rows.map((row) => row.kind)
    },
    conversation: async (externalUserId: string): Promise<Record<string, unknown>> => {
      const { rows } = await pool.query(
        'select * from conversations where external_userid = $1 order by id desc limit 1',
        [externalUserId],
      )
      return rows[0] as Record<string, unknown>
    },
    api: async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${app.url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${adminKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: (text ? JSON.parse(text) : null) as Record<string, never> }
    },
    stop: async (): Promise<void> => {
      await app.stop()
      await pool.end()
      await database.drop()
    },
  }
}
export type World = Awaited<ReturnType<typeof createWorld>>
