import { access, constants, mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { adminKey, isShort } from './admin-key.ts'
import { mountApi } from './api-mount.ts'
import { startBackground } from './background.ts'
import { createHttp } from './http.ts'
import { createGroupCommit } from './inbox/group-commit.ts'
import { makeParts } from './parts.ts'
import { corpOf, publicUrl, type Settings } from './settings.ts'
import { startSimulator } from './play.ts'
import { claimInstallation } from './store/installation.ts'
import { memoryShared } from './store/memory.ts'
import { openStore } from './store/open.ts'
import { redisShared } from './store/redis.ts'
import { inTransaction } from './store/transaction.ts'
import { createCallbackDoor } from './wecom/callback-door.ts'
import { createWecom } from './wecom/client.ts'
import type { Budgets } from './wecom/quota.ts'
import { createMeters } from './meters.ts'
import type { Simulator, SimulatorOptions } from './simulator/create-simulator.ts'

/** Of this release, as package.json has it. */
const { version } = packageJson as { version: string }

export type AppOptions = {
  settings: Settings
  log: Logger
  now?: () => Date
  /** Milliseconds that only go forward. */
  monotonic?: () => number
  /** How often loops look without being woken. */
  pollMs?: number
  /** For the bundled simulator, when there is no corp. */
  simulator?: SimulatorOptions
  /** Calls to WeCom per API and member, where they differ from the official limits. */
  budgets?: Budgets
  /** How long after the start WeCom's contact lists and tags are first read. */
  syncAfterMs?: number
}

export type App = {
  url: string
  /** The bundled WeCom, when no corp is set. */
  simulator: Simulator | null
  /** Shown once: the admin key that this start has made; null when there was one already. */
  newAdminKey: string | null
  /** True while something is being handled or delivered in this process. */
  busy(): boolean
  stop(): Promise<void>
}

/** Makes every part, hands each what it needs, and starts. Rejects with a sentence that says what is wrong. */
export const startApp = async ({ settings, log, pollMs = 500, ...options }: AppOptions): Promise<App> => {
  await makeDataDir(settings.DATA_DIR)
  const stops: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse())
      await end().catch((error: Error) => log.warn({ reason: error.message }, 'a part did not stop cleanly'))
    stops.length = 0
  }
  try {
    const store = await openStore({ databaseUrl: settings.DATABASE_URL, dataDir: resolve(settings.DATA_DIR), log })
    stops.push(store.stop)
    await claimInstallation(store.pool, settings.WECOM_CORP_ID ?? 'simulator')
    const shared = settings.REDIS_URL ? await redisShared({ url: settings.REDIS_URL, log }) : memoryShared({ log })
    stops.push(shared.close)
    if (isShort(settings.ADMIN_API_KEY)) log.warn('ADMIN_API_KEY is short; take a longer one: openssl rand -hex 32')
    const key = await adminKey(store.db, settings.ADMIN_API_KEY)
    const play = settings.WECOM_CORP_ID
      ? null
      : await startSimulator({ settings, store, log, options: options.simulator ?? {} })
    if (play) stops.push(play.simulator.close)
    // One clock for both, so that the phones page can move time.
    const now = options.now ?? play?.now ?? (() => new Date())
    const corp = play?.corp ?? corpOf(settings)
    const meters = createMeters()
    const wecom = createWecom({
      ...corp,
      shared,
      log,
      seen: meters.wecomCall,
      ...(options.budgets && { budgets: options.budgets }),
    })
    stops.push(async () => wecom.close())
    const { monotonic } = options
    const ground = { settings, store, shared, wecom, agentId: corp.agentId, log, now, monotonic, meters }
    const parts = await makeParts(ground)
    const unsubscribe = shared.subscribe(
      'routing',
      () =>
        void parts
          .reloadRules()
          .catch((error: Error) => log.error({ reason: error.message }, 'the new rules could not be read')),
    )
    stops.push(async () => unsubscribe())

    const groupCommit = createGroupCommit(store.ackPool)
    const http = createHttp({
      callback: {
        door: createCallbackDoor({ token: corp.token, aesKey: corp.aesKey, receiveId: corp.corpId }),
        store: groupCommit.add,
        maxAgeS: settings.CALLBACK_MAX_AGE_S,
        now,
        log,
        rang: (event) => shared.publish(event.state === 'rung' ? 'callback' : 'inbox', ''),
        count: meters.callback,
      },
      more: (app) => {
        const end = mountApi(app, { store, shared, wecom, meters, version, now, log, ...parts })
        stops.push(async () => end())
      },
      log,
    })
    const port = settings.ROLE === 'worker' ? null : await http.listen({ host: settings.HOST, port: settings.PORT })
    stops.push(http.close)
    const url = settings.PUBLIC_URL ?? publicUrl({ ...settings, PORT: port ?? settings.PORT })
    play?.connect(url)

    const background =
      settings.ROLE === 'web'
        ? null
        : await startBackground({
            store,
            shared,
            ...parts,
            pull: {
              pool: store.pool,
              wecom,
              inTransaction,
              now,
              log,
              pollMs: settings.KF_POLL_S * 1000,
              wake: (what) => shared.publish(what, ''),
            },
            accounts: { db: store.db, wecom, now, log },
            sync: { db: store.db, wecom, now, log, wake: (what) => shared.publish(what, '') },
            syncAfterMs: options.syncAfterMs ?? 20_000,
            now,
            log,
            pollMs,
          })
    if (background) stops.push(background.stop)
    return { url, simulator: play?.simulator ?? null, newAdminKey: key, busy: () => background?.busy() ?? false, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const makeDataDir = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { recursive: true })
    await access(dir, constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(`DATA_DIR ${dir} cannot be used (${code}): give a folder that this user may write to`)
  }
}
