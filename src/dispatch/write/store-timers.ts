import type { PoolClient } from 'pg'
import type { NumberedTurn } from './ready-turn.ts'

/** Stops and sets clocks. One that is set again is not stopped first. */
export const storeTimers = async (tx: PoolClient, turns: readonly NumberedTurn[]): Promise<void> => {
  const dropped = turns.flatMap(stoppedBy)
  const timers = turns.flatMap(({ changes, conversationId }) =>
    changes.timers.map((timer) => ({ ...timer, payload: { conversationId, ...timer.payload } })),
  )
  const drop = { name: 'dispatch-untime', text: 'delete from timers where key = any($1)', values: [dropped] }
  const set = {
    name: 'dispatch-time',
    text: `insert into timers (key, kind, subject, due_at, payload)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
           on conflict (key) do update set kind = excluded.kind, due_at = excluded.due_at, payload = excluded.payload`,
    values: [
      timers.map((t) => t.key),
      timers.map((t) => t.kind),
      timers.map((t) => t.subject),
      timers.map((t) => t.dueAt.toISOString()),
      timers.map((t) => JSON.stringify(t.payload)),
    ],
  }
  await Promise.all([...(dropped.length > 0 ? [tx.query(drop)] : []), ...(timers.length > 0 ? [tx.query(set)] : [])])
}

const stoppedBy = ({ changes: { stopped, timers, conversation } }: NumberedTurn): string[] => {
  // A conversation that has just begun has no timers to stop.
  if (conversation?.id === null) return []
  const renewed = new Set(timers.map(({ key }) => key))
  return [...new Set(stopped)].filter((key) => !renewed.has(key))
}
