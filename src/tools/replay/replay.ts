import type { Pool, PoolClient } from 'pg'
import type { Effect } from '../../dispatch/effects.ts'
import { readArrival, type Arrival } from '../../dispatch/arrival/arrival.ts'
import type { Changes } from '../../dispatch/changes.ts'
import type { Handler } from '../../dispatch/turn/turn.ts'
import { prepare } from '../../dispatch/prepare.ts'
import type { NewEvent } from '../../inbox/events.ts'
import { makeDesk } from '../../parts.ts'
import type { Settings } from '../../settings.ts'
import type { Store } from '../../store/open.ts'

/** What one saved event makes the handler want, and what would be written and sent. `effects` is null when nobody handles it. */
export type Replayed = { arrival: Arrival; effects: readonly Effect[] | null; changes: Changes }

/**
 * Runs saved events through the real handlers on the facts of this database, as if each arrived one second after it was sent.
 * Everything happens in one transaction that is rolled back: nothing is stored and nothing is sent.
 */
export const replay = async (
  events: readonly NewEvent[],
  { store, settings }: { store: Store; settings: Settings },
): Promise<Replayed[]> => {
  const client = await store.pool.connect()
  try {
    await client.query('begin')
    const done: Replayed[] = []
    for (const event of events) done.push(await replayOne(event, { client, store, settings }))
    return done
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}

type Scratch = { client: PoolClient; store: Store; settings: Settings }

const replayOne = async (event: NewEvent, { client, store, settings }: Scratch): Promise<Replayed> => {
  // Whatever the desk writes on the way (a customer never seen before) goes to the transaction that is rolled back.
  const pool = client as unknown as Pool
  const now = () => new Date(event.occurredAt.getTime() + 1_000)
  const { desk } = await makeDesk({ settings, pool, db: store.db, now })
  const arrival = readArrival({
    ...event,
    id: '0',
    fence: '0',
    attempts: 1,
    occurred_at: event.occurredAt,
    payload: event.payload as Record<string, unknown>,
  })
  let effects: readonly Effect[] | null = null
  const handlers = new Map(
    [...desk.handlers].map(([kind, handler]) => [kind, listening(handler, (heard) => (effects = heard))]),
  )
  const { changes } = await prepare({ ...desk, handlers }, arrival, true)
  return { arrival, effects, changes }
}

const listening = (handler: Handler, heard: (effects: readonly Effect[]) => void): Handler => ({
  ...handler,
  handle: async (turn) => {
    const effects = await handler.handle(turn)
    heard(effects)
    return effects
  },
})
