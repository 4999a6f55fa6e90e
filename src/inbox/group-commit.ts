import type { Pool } from 'pg'
import { addEvents } from './add.ts'
import type { NewEvent } from './events.ts'

type Waiting = { event: NewEvent; stored: () => void; failed: (error: unknown) => void }

/**
 * Callbacks that arrive together are stored together: while one insert is under way the next batch gathers, so a burst costs
 * a few commits, not one each. `add` resolves when its event is durable and rejects when it is not.
 */
export const createGroupCommit = (pool: Pool, { most = 500, writers = 2 } = {}) => {
  let waiting: Waiting[] = []
  let writing = 0
  let called = false

  const write = async (): Promise<void> => {
    called = false
    writing += 1
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      await store(pool, batch)
    }
    writing -= 1
  }

  return {
    add: (event: NewEvent): Promise<void> =>
      new Promise((stored, failed) => {
        waiting.push({ event, stored, failed })
        // Callbacks already read from their sockets join this batch; a second writer takes over only when the first is slow.
        if (called || writing >= writers || (writing > 0 && waiting.length < 32)) return
        called = true
        setImmediate(() => void write())
      }),
  }
}

const store = async (pool: Pool, batch: Waiting[]): Promise<void> => {
  try {
    await addEvents(pool, oncePerKey(batch))
    for (const { stored } of batch) stored()
  } catch (error) {
    for (const { failed } of batch) failed(error)
  }
}

/**
 * `on conflict do nothing` does not see duplicates within one statement as conflicts in every plan: one of each. Always in the
 * same order, or two processes that are given the same callbacks would wait for each other.
 */
const oncePerKey = (batch: Waiting[]): NewEvent[] =>
  [...new Map(batch.map(({ event }) => [event.key, event])).values()].sort(
    (a, b) => a.occurredAt.getTime() - b.occurredAt.getTime() || (a.key < b.key ? -1 : 1),
  )
