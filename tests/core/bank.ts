import { setTimeout as pause } from 'node:timers/promises'
import pino, { type Logger } from 'pino'
import { startApp, type App } from '../../src/app.ts'
import { readSettings } from '../../src/settings.ts'
import { createSimulator } from '../../src/simulator/create-simulator.ts'
import type { SimulatorOptions } from '../../src/simulator/create-simulator.ts'
import type { ExampleCorp } from '../../src/simulator/example-corp.ts'
import { openStore } from '../../src/store/open.ts'
import { seedExample } from '../../src/tools/seed.ts'
import { freshDatabase, tempDir } from '../ground/ground.ts'
import { smallBank, smallRules } from '../small-bank.ts'

type BankOptions = {
  people?: ExampleCorp
  rules?: object
  simulator?: SimulatorOptions
  environment?: Record<string, string>
  /** The time at which the bank's clock starts; a Monday morning in Shanghai unless told. Processes of their own have the real one. */
  startAt?: number
}

/** Waits until `check` answers something else than false, null or undefined; throws what it waited for when that takes too long. */
export const until = async <Found>(
  what: string,
  check: () => Promise<Found> | Found,
  patienceMs = 15_000,
): Promise<NonNullable<Found>> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await pause(15)) {
    const found = await check()
    if (found) return found
  }
  throw new Error(`waited ${patienceMs} ms in vain: ${what}`)
}

/** One WeCom and one database, for processes of Yinqiao that come, go and stand beside each other. */
export const createBank = async ({ people = smallBank(), rules = smallRules, ...options }: BankOptions = {}) => {
  const database = await freshDatabase()
  const begun = performance.now()
  const start = options.startAt ?? Date.parse('2026-11-23T10:00:00+08:00')
  let offset = 0
  const clock = {
    now: () => start + offset + Math.round(performance.now() - begun),
    advance: (ms: number) => void (offset += ms),
  }
  const simulator = await createSimulator({ clock, people, seed: 1, ...options.simulator })
  const { control: wecom } = simulator
  const store = await openStore({ databaseUrl: database.url, dataDir: tempDir() })
  await seedExample(store.db, people)
  await store.pool.query(
    "insert into rulesets (ruleset, origin, author, active, activated_at) values ($1, 'test', 'test', true, now())",
    [JSON.stringify(rules)],
  )
  const { corpId, agentId, secret, token, aesKey } = wecom.corp
  const running = new Set<App>()

  const environment = {
    DATABASE_URL: database.url,
    DATA_DIR: tempDir(),
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    ADMIN_API_KEY: 'test-admin-key-0123456789',
    PORT: '0',
    WECOM_API_URL: simulator.url,
    WECOM_CORP_ID: corpId,
    WECOM_AGENT_ID: String(agentId),
    WECOM_APP_SECRET: secret,
    WECOM_CALLBACK_TOKEN: token,
    WECOM_CALLBACK_AES_KEY: aesKey,
    ...options.environment,
  }
  const begin = async ({ log, ...more }: { log?: Logger } & Record<string, string | Logger> = {}): Promise<App> => {
    const settings = readSettings({ ...environment, ...(more as Record<string, string>) })
    const level = process.env['TEST_LOG'] ?? 'silent'
    const app = await startApp({
      settings,
      log: log ?? pino({ level }),
      now: () => new Date(clock.now()),
      pollMs: 50,
      syncAfterMs: 86_400_000,
    })
    running.add(app)
    return app
  }

  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await store.pool.query<Row>(text, values)).rows

  return {
    wecom,
    clock,
    store,
    rows,
    account: people.accounts[0]?.openKfId as string,
    /** What a process needs to belong to this bank. */
    environment,
    /** A process; WeCom's callbacks go to it until another one is started or `hear` names another. */
    start: async (change?: Parameters<typeof begin>[0]): Promise<App> => {
      const app = await begin(change)
      wecom.callbacks.setUrl(`${app.url}/wecom/callback`)
      return app
    },
    hear: (app: { url: string } | null): void => wecom.callbacks.setUrl(app && `${app.url}/wecom/callback`),
    /** Ends every process; `go` starts one again. */
    hold: async (): Promise<void> => {
      for (const app of running) await app.stop()
      running.clear()
    },
    go: async (): Promise<void> => {
      const app = await begin()
      wecom.callbacks.setUrl(`${app.url}/wecom/callback`)
    },
    /** As if their time had passed: what a killed process held may be taken by another. */
    leasesRunOut: async (): Promise<void> => {
      for (const table of ['kf_accounts', 'inbox', 'outbox'])
        await store.pool.query(
          `update ${table} set lease_until = now() - interval '1 second' where lease_until is not null`,
        )
    },
    end: async (app: App): Promise<void> => {
      running.delete(app)
      await app.stop()
    },
    /** Nothing is under way and nothing is left to do. */
    settle: async (patienceMs = 20_000): Promise<void> => {
      for (let calm = 0; calm < 2;) {
        await wecom.idle()
        await until(
          'everything to be handled and delivered',
          async () => {
            const left = await rows(
              `select kind from inbox where state in ('new', 'rung') union all select kind from outbox where state = 'new'
               union all select kind from timers where due_at <= $1 limit 1`,
              [new Date(clock.now())],
            )
            return left.length === 0
          },
          patienceMs,
        )
        calm = [...running].some((app) => app.busy()) ? 0 : calm + 1
      }
    },
    stop: async (): Promise<void> => {
      for (const app of running) await app.stop()
      await simulator.close()
      await store.stop()
      await database.drop()
    },
  }
}
export type Bank = Awaited<ReturnType<typeof createBank>>
