import type { Pool } from 'pg'

/** What an admin may order; the fields become the event's payload. */
export type Order = { conversationId: string; reason: string; by: string; rm?: string }
export type CommandKind = 'admin/assign' | 'admin/close' | 'admin/reroute'

/**
 * `late`: stored and will be done, but no worker got to it in time. `failed`: the event was given up. `refused`: nothing was
 * changed, for the reason that the words say.
 */
export type Outcome = 'done' | 'unknown-conversation' | 'closed' | 'late' | 'failed' | { refused: string }

type Commanding = {
  pool: Pool
  wake: (what: 'inbox') => void
  pause: (ms: number) => Promise<void>
  patienceMs?: number
}

/**
 * An admin's order takes the same way as everything that happens: into the inbox, in the customer's order, to a handler. So
 * it can neither overtake a message nor be lost. Resolves when a worker has carried it out.
 */
export const createCommand =
  ({ pool, wake, pause, patienceMs = 5_000 }: Commanding) =>
  async (kind: CommandKind, order: Order): Promise<Outcome> => {
    const subject = await subjectOf(pool, order.conversationId)
    if (typeof subject === 'string') return subject
    const { rows } = await pool.query<{ id: string }>(
      `insert into inbox (kind, key, subject, lane, payload, occurred_at)
     values ($1, 'command:' || gen_random_uuid(), $2, 0, $3, now()) returning id`,
      [kind, subject.externalUserId, JSON.stringify(order)],
    )
    wake('inbox')
    return outcomeOf(pool, (rows[0] as { id: string }).id, { pause, rounds: Math.ceil(patienceMs / 20) })
  }

const subjectOf = async (
  pool: Pool,
  conversationId: string,
): Promise<{ externalUserId: string } | 'unknown-conversation' | 'closed'> => {
  const { rows } = await pool.query<{ external_userid: string; status: string }>(
    'select external_userid, status from conversations where id = $1',
    [conversationId],
  )
  const row = rows[0]
  if (!row) return 'unknown-conversation'
  return row.status === 'closed' ? 'closed' : { externalUserId: row.external_userid }
}

type Patience = { pause: (ms: number) => Promise<void>; rounds: number }
const outcomeOf = async (pool: Pool, id: string, { pause, rounds }: Patience): Promise<Outcome> => {
  for (let round = 0; round < rounds; round += 1) {
    const { rows } = await pool.query<{ state: string; error: string | null }>(
      'select state, error from inbox where id = $1',
      [id],
    )
    const { state, error = null } = rows[0] ?? {}
    if (state === 'done') return error === null ? 'done' : { refused: error }
    if (state === 'dead') return 'failed'
    await pause(20)
  }
  return 'late'
}
