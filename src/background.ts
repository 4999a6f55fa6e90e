import { startClocks, type Clocks } from './clocks.ts'
import { createEventRunner } from './dispatch/dispatcher.ts'
import { askToLookAgain } from './dispatch/waiting.ts'
import type { ClaimedEvent } from './inbox/events.ts'
import { syncAccounts } from './intake/accounts.ts'
import { claimAccounts, pullAccount, type KfPull } from './intake/kf-pull.ts'
import { createErrandRunner, type Deliverer } from './outbox/deliverer.ts'
import type { LaneName } from './outbox/lanes.ts'
import type { OutboxRow } from './outbox/row.ts'
import { claim } from './store/lease.ts'
import type { Store } from './store/open.ts'
import { createWorkLoop, type WorkLoop } from './store/work-loop.ts'

export type Background = Clocks & {
  deliverer: Deliverer
  pull: KfPull
}

const leaseMs = 30_000
type Timed = { row: OutboxRow; claimedAt: number }

/** Everything that runs without being asked: pulling, handling, delivering, and time itself. */
export const startBackground = async (it: Background) => {
  const { store, shared, dispatch, log } = it
  const loops = loopsOf(it)
  const unsubscribe = Object.entries(loops).map(([channel, loop]) => shared.subscribe(channel, loop.wake))
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
  // The clocks begin with a reading of their own: this start has made it, and a second one could undo what an event says meanwhile.
  let made = true
  const readAgain = async (): Promise<void> => {
    if (!made) await readAccounts()
    made = false
  }
  const clocks = startClocks(it, { pause: () => (accountsRead ? 3_600_000 : 10_000), read: readAgain })
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

/** The workers, by the word that wakes them: each takes what is due, many at once. */
const loopsOf = (it: Background): Record<'callback' | 'inbox' | LaneName, WorkLoop> => {
  const { store, dispatch, deliverer, log, pollMs } = it
  const errand = createErrandRunner(deliverer)
  const errands = (name: LaneName, { lane, width }: { lane: number; width: number }): WorkLoop =>
    createWorkLoop<Timed>({
      name,
      claim: async (most) => {
        const claimedAt = deliverer.monotonic()
        const rows = await claim(store.pool, 'outbox', { limit: most, leaseMs, lanes: [lane] })
        return rows.map((row) => ({ row: row as unknown as OutboxRow, claimedAt }))
      },
      run: ({ row, claimedAt }) => errand(row, claimedAt),
      width,
      pollMs,
      log,
    })
  return {
    callback: createWorkLoop({
      name: 'pull',
      claim: (most) => claimAccounts(store.pool, most),
      run: (account) => pullAccount(it.pull, account),
      width: 4,
      pollMs,
      log,
    }),
    inbox: createWorkLoop({
      name: 'events',
      claim: async (most) => (await claim(store.pool, 'inbox', { limit: most, leaseMs })) as unknown as ClaimedEvent[],
      run: createEventRunner(dispatch),
      width: 32,
      pollMs,
      log,
    }),
    // Welcome codes live 20 s: they have places of their own, whatever else is slow.
    welcomes: errands('welcomes', { lane: 0, width: 4 }),
    errands: errands('errands', { lane: 1, width: 96 }),
    // Readings come in storms and WeCom takes few of them at once (45033): they never hold up what people wait for.
    readings: errands('readings', { lane: 2, width: 5 }),
    // As many as WeCom tells in one call: those that are in hand together are one.
    profiles: errands('profiles', { lane: 3, width: 100 }),
  }
}

/** Nobody heard the doorbells while no process ran: every account is asked soon after the start, 50 a second. */
const pullAllSoon = (pool: Store['pool']) =>
  pool.query(
    `update kf_accounts set poll_at = least(poll_at, now() + random() * make_interval(secs => (select least(60, count(*) / 50.0) from kf_accounts)))
     where managed`,
  )
