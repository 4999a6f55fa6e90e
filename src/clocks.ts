import type { Logger } from 'pino'
import { activateDue } from './api/routing/activate-due.ts'
import { every } from './clock/every.ts'
import { endSilentSessions, reconcileLoads, ringTimers } from './clock/tick.ts'
import { keepDayClock } from './dispatch/begin-day.ts'
import type { Dispatch } from './dispatch/dispatcher.ts'
import { askToLookAgain } from './dispatch/waiting.ts'
import { createCounter, type CounterOptions } from './figures/counter.ts'
import { accountsRang, answerAccountBells } from './intake/account-bells.ts'
import type { Accounts } from './intake/accounts.ts'
import { runSyncJob, syncLists, type Sync } from './intake/sync-jobs.ts'
import { closeBooks } from './ledger/books.ts'
import { askForQuota } from './outbox/quota.ts'
import { ensureMonths } from './store/months.ts'
import type { Store } from './store/open.ts'
import type { Shared } from './store/shared.ts'
import { inTransaction } from './store/transaction.ts'

export type Clocks = {
  store: Store
  shared: Shared
  dispatch: Dispatch
  accounts: Accounts
  sync: Sync
  /** How long after the start WeCom's lists are first read: what people wait for comes first. */
  syncAfterMs: number
  reloadRules: () => Promise<void>
  /** Uploads what welcomes need, ahead of need; answers what could not be. */
  keepMediaUp: () => Promise<{ file: string; trouble: string }[]>
  figures: Pick<CounterOptions, 'definitions' | 'zone'>
  now: () => Date
  log: Logger
  /** How often what is due is looked for, in ms. */
  pollMs: number
}

/** What is looked at from time to time, whether anybody asks or not. */
export const startClocks = (it: Clocks, accounts: { pause: () => number; read: () => Promise<void> }) => {
  const { store, shared, log, pollMs } = it
  const syncFrom = performance.now() + it.syncAfterMs
  return [
    every(
      () => Math.min(250, pollMs),
      async () => {
        if ((await ringTimers(store.pool, it.now())) > 0) shared.publish('inbox', '')
      },
      log,
    ),
    every(
      () => Math.max(1_000, pollMs),
      async () => {
        if (await accountsRang(store.pool)) await answerAccountBells(it.accounts, store.pool)
      },
      log,
    ),
    every(accounts.pause, accounts.read, log),
    every(
      () => 30_000,
      () => lookAround(it),
      log,
    ),
    every(
      () => 300_000,
      () => mendLoads(it),
      log,
    ),
    every(
      () => 60_000,
      () => closeBooks({ pool: store.pool, inTransaction }),
      log,
    ),
    every(
      () => 12 * 3_600_000,
      () => ensureMonths(store.db),
      log,
    ),
    every(
      () => 60_000,
      () => watchQuota(it),
      log,
    ),
    ...syncLists.map((list) =>
      every(
        () => Math.max(1_000, pollMs),
        async () => {
          if (performance.now() >= syncFrom) await runSyncJob(it.sync, list)
        },
        log,
      ),
    ),
    every(
      () => 600_000,
      () => freshMedia(it),
      log,
    ),
    // Another process may have made new rules active while no message of Redis reached us.
    every(() => 30_000, it.reloadRules, log),
    every(
      () => Math.max(250, pollMs),
      () => goLive(it),
      log,
    ),
    countFigures(it),
  ]
}

/** The figures follow the ledger by some seconds; a long way is gone in short steps. */
const countFigures = ({ store, figures, now, log, pollMs }: Clocks) => {
  const counter = createCounter({ pool: store.pool, inTransaction, ...figures, now })
  let more = false
  return every(
    () => (more ? 0 : 10 * pollMs),
    async () => {
      more = (await counter.catchUp()) === 'more'
    },
    log,
  )
}

/** The sweep: whatever event was missed, the waiting are looked at again within half a minute. */
const lookAround = async ({ store, shared, dispatch, now }: Clocks): Promise<void> => {
  await endSilentSessions(store.pool, now())
  await keepDayClock(store.pool, dispatch)
  await store.pool.query(askToLookAgain)
  shared.publish('inbox', '')
}

/** Rule sets whose time has come: this process has them at once, the others when they hear of it; who waits is looked at again. */
const goLive = async ({ store, shared, reloadRules, now, log }: Clocks): Promise<void> => {
  const { activated, unreadable } = await activateDue(store.db, { by: 'schedule', now: now() })
  for (const version of unreadable)
    log.error({ version }, 'a scheduled rule set cannot be read any more and was taken back')
  if (activated.length === 0) return
  log.info({ versions: activated }, 'a scheduled rule set went live')
  await reloadRules()
  shared.publish('routing', '')
  await store.pool.query(askToLookAgain)
  shared.publish('inbox', '')
}

/** What is left of the paid links is known before anybody needs one. */
const watchQuota = async ({ store, shared, dispatch, now }: Clocks): Promise<void> => {
  if (dispatch.rules().rules.invitation.paid && (await askForQuota(store.pool, now()))) shared.publish('readings', '')
}

/** While a welcome code runs out nothing can be uploaded any more. */
const freshMedia = async ({ keepMediaUp, log }: Clocks): Promise<void> => {
  for (const failed of await keepMediaUp()) log.error(failed, 'a file for welcomes could not be uploaded')
}

const mendLoads = async ({ store, log }: Clocks): Promise<void> => {
  for (const drift of await reconcileLoads(store.pool))
    log.error(drift, "an RM's load had drifted and was counted anew")
}
