import type { Logger } from 'pino'
import { activateDue } from './api/activate-due.ts'
import { endSilentSessions, reconcileLoads, ringTimers } from './clock/tick.ts'
import { every } from './clock/every.ts'
import { createEventRunner, type Dispatch } from './dispatch/dispatcher.ts'
import { keepDayClock } from './dispatch/begin-day.ts'
import { askToLookAgain } from './dispatch/waiting.ts'
import { createCounter, type CounterOptions } from './figures/counter.ts'
import type { ClaimedEvent } from './inbox/events.ts'
import { syncAccounts, type Accounts } from './intake/accounts.ts'
import { accountsRang, answerAccountBells } from './intake/account-bells.ts'
import { runSyncJobs, type Sync } from './intake/sync-jobs.ts'
import { claimAccounts, pullAccount, type KfPull } from './intake/kf-pull.ts'
import { createErrandRunner, type Deliverer } from './outbox/deliverer.ts'
import { askForQuota } from './outbox/quota.ts'
import type { OutboxRow } from './outbox/row.ts'
import { claim } from './store/lease.ts'
import { closeBooks } from './ledger/books.ts'
import { ensureMonths } from './store/months.ts'
import type { Store } from './store/open.ts'
import type { Shared } from './store/shared.ts'
import { inTransaction } from './store/transaction.ts'
import { createWorkLoop, type WorkLoop } from './store/work-loop.ts'

export type Background = {
  store: Store
  shared: Shared
  dispatch: Dispatch
  deliverer: Deliverer
  pull: KfPull
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
  /** How often each loop looks without being woken, in ms. */
  pollMs: number
}

const leaseMs = 30_000
type Timed = { row: OutboxRow; claimedAt: number }

/** Everything that runs without being asked: pulling, handling, delivering, and time itself. */
export const startBackground = async (it: Background) => {
  const { store, shared, dispatch, log } = it
  const loops = loopsOf(it)
  const wakes: [string, string[]][] = [
    ['callback', ['pull']],
    ['inbox', ['events']],
    ['outbox', ['errands', 'readings']],
    ['welcome', ['welcomes']],
  ]
  const unsubscribe = wakes.map(([channel, names]) =>
    shared.subscribe(channel, () => {
      for (const name of names) loops[name]?.wake()
    }),
  )
  // The console changed an RM: who waits may be his now.
  unsubscribe.push(
    shared.subscribe('roster', () => {
      dispatch.roster.stale()
      store.pool.query(askToLookAgain).then(
        () => shared.publish('inbox', ''),
        (error: Error) => log.warn({ reason: error.message }, 'no look at the queue, the sweep will'),
      )
    }),
  )
  let accountsRead = false
  const readAccounts = async (): Promise<void> => {
    accountsRead = false
    await syncAccounts(it.accounts)
    accountsRead = true
  }
  await readAccounts().catch((error: Error) =>
    log.error({ reason: error.message }, 'kf accounts could not be read, trying again'),
  )
  await pullAllSoon(store.pool)
  const clocks = clocksOf(it, { pause: () => (accountsRead ? 3_600_000 : 10_000), read: readAccounts })
  for (const loop of Object.values(loops)) loop.start()

  return {
    busy: () => Object.values(loops).some((loop) => loop.busy()),
    wakeAll: () => {
      for (const loop of Object.values(loops)) loop.wake()
    },
    stop: async () => {
      for (const stop of unsubscribe) stop()
      await Promise.all([...clocks.map((clock) => clock.stop()), ...Object.values(loops).map((loop) => loop.stop())])
    },
  }
}

/** The workers, by name: each takes what is due, many at once, and is woken when there is something. */
const loopsOf = (it: Background): Record<string, WorkLoop> => {
  const { store, dispatch, deliverer, log, pollMs } = it
  const errand = createErrandRunner(deliverer)
  const claimErrands =
    (lanes?: number[]) =>
    async (most: number): Promise<Timed[]> => {
      const claimedAt = deliverer.monotonic()
      const rows = await claim(store.db, 'outbox', { limit: most, leaseMs, ...(lanes && { lanes }) })
      return rows.map((row) => ({ row: row as unknown as OutboxRow, claimedAt }))
    }
  return {
    pull: createWorkLoop({
      name: 'pull',
      claim: (most) => claimAccounts(store.pool, most),
      run: (account) => pullAccount(it.pull, account),
      width: 4,
      pollMs,
      log,
    }),
    events: createWorkLoop({
      name: 'events',
      claim: async (most) => (await claim(store.db, 'inbox', { limit: most, leaseMs })) as unknown as ClaimedEvent[],
      run: createEventRunner(dispatch),
      width: 16,
      pollMs,
      log,
    }),
    // Welcome codes live 20 s: they have places of their own, whatever else is slow.
    welcomes: createWorkLoop({
      name: 'welcomes',
      claim: claimErrands([0]),
      run: ({ row, claimedAt }) => errand(row, claimedAt),
      width: 4,
      pollMs,
      log,
    }),
    errands: createWorkLoop({
      name: 'errands',
      claim: claimErrands([1]),
      run: ({ row, claimedAt }) => errand(row, claimedAt),
      width: 48,
      pollMs,
      log,
    }),
    // Readings come in storms and WeCom takes few of them at once (45033): they never hold up what people wait for.
    readings: createWorkLoop({
      name: 'readings',
      claim: claimErrands([2]),
      run: ({ row, claimedAt }) => errand(row, claimedAt),
      width: 5,
      pollMs,
      log,
    }),
  }
}

/** What is looked at from time to time, whether anybody asks or not. */
const clocksOf = (it: Background, accounts: { pause: () => number; read: () => Promise<void> }) => {
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
    every(
      () => Math.max(1_000, pollMs),
      async () => {
        if (performance.now() >= syncFrom) await runSyncJobs(it.sync)
      },
      log,
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
const countFigures = ({ store, figures, now, log, pollMs }: Background) => {
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

/** Nobody heard the doorbells while no process ran: every account is asked soon after the start, 50 a second. */
const pullAllSoon = (pool: Store['pool']) =>
  pool.query(
    `update kf_accounts set poll_at = least(poll_at, now() + random() * make_interval(secs => (select least(60, count(*) / 50.0) from kf_accounts)))
     where managed`,
  )

/** The sweep: whatever event was missed, the waiting are looked at again within half a minute. */
const lookAround = async ({ store, shared, dispatch, now }: Background): Promise<void> => {
  await endSilentSessions(store.pool, now())
  await keepDayClock(store.pool, dispatch)
  await store.pool.query(askToLookAgain)
  shared.publish('inbox', '')
}

/** Rule sets whose time has come: this process has them at once, the others when they hear of it; who waits is looked at again. */
const goLive = async ({ store, shared, reloadRules, now, log }: Background): Promise<void> => {
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
const watchQuota = async ({ store, shared, dispatch, now }: Background): Promise<void> => {
  if (dispatch.rules().rules.invitation.paid && (await askForQuota(store.pool, now()))) shared.publish('outbox', '')
}

/** While a welcome code runs out nothing can be uploaded any more. */
const freshMedia = async ({ keepMediaUp, log }: Background): Promise<void> => {
  for (const failed of await keepMediaUp()) log.error(failed, 'a file for welcomes could not be uploaded')
}

const mendLoads = async ({ store, log }: Background): Promise<void> => {
  for (const drift of await reconcileLoads(store.pool))
    log.error(drift, "an RM's load had drifted and was counted anew")
}
