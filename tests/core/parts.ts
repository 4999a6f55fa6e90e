import pino from 'pino'
import { createEventRunner, type Dispatch } from '../../src/dispatch/dispatcher.ts'
import type { Handlers } from '../../src/dispatch/handlers.ts'
import { addEvents } from '../../src/inbox/add.ts'
import type { ClaimedEvent } from '../../src/inbox/events.ts'
import { eventsOfPage } from '../../src/intake/kf-page.ts'
import { createErrandRunner, type Deliverer } from '../../src/outbox/deliverer.ts'
import type { OutboxRow } from '../../src/outbox/row.ts'
import { createMeters } from '../../src/meters.ts'
import { makeParts } from '../../src/parts.ts'
import { readSettings } from '../../src/settings.ts'
import { claim, type Line } from '../../src/store/lease.ts'
import { memoryShared } from '../../src/store/memory.ts'
import { createWecom } from '../../src/wecom/client.ts'
import type { Bank } from './bank.ts'

type Options = { handlers?: Handlers; dispatch?: Partial<Dispatch>; deliverer?: Partial<Deliverer>; leaseMs?: number }

/** One process of Yinqiao taken apart: nothing happens by itself, a test claims, runs and stalls as it likes. */
export const partsOf = async (bank: Bank, { handlers, leaseMs = 30_000, ...options }: Options = {}) => {
  const { corpId, agentId, secret } = bank.wecom.corp
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const shared = memoryShared()
  const wecom = createWecom({ baseUrl: bank.environment.WECOM_API_URL, corpId, secret, shared })
  const settings = readSettings(bank.environment)
  const parts = await makeParts({
    settings,
    store: bank.store,
    shared,
    wecom,
    agentId,
    log,
    now: () => new Date(bank.clock.now()),
    meters: createMeters(),
  })
  const dispatch: Dispatch = { ...parts.dispatch, ...(handlers && { handlers }), ...options.dispatch }
  const deliverer: Deliverer = { ...parts.deliverer, ...options.deliverer }
  const runEvent = createEventRunner(dispatch)
  const runErrand = createErrandRunner(deliverer)

  const take = async <Row>(line: Line, limit: number): Promise<Row[]> =>
    (await claim(bank.store.db, line, { limit, leaseMs })) as unknown as Row[]
  const takeEvents = (limit = 50) => take<ClaimedEvent>('inbox', limit)
  const takeErrands = (limit = 50) => take<OutboxRow>('outbox', limit)

  return {
    wecom,
    dispatch,
    deliverer,
    runEvent,
    runErrand: (row: OutboxRow, claimedAt = deliverer.monotonic()) => runErrand(row, claimedAt),
    takeEvents,
    takeErrands,
    /** Puts items of WeCom's log into the inbox, as a pull does. */
    takeIn: async (...items: object[]): Promise<void> => {
      await addEvents(
        bank.store.pool,
        eventsOfPage({ openKfId: bank.account, items, historyBefore: null, now: new Date(bank.clock.now()) }),
      )
    },
    /** Handles and delivers everything that is due now, in one thread. */
    runAll: async (): Promise<void> => {
      for (;;) {
        const [events, errands] = [await takeEvents(), await takeErrands()]
        for (const event of events) await runEvent(event)
        for (const errand of errands) await runErrand(errand, deliverer.monotonic())
        if (events.length + errands.length === 0) return
      }
    },
  }
}
