import type { Pool, PoolClient } from 'pg'
import type { Errands } from './effects.ts'
import type { OutboxRow, Result } from './row.ts'

type Refused = Extract<Result, { end: 'refused' }>
/** The next decision stands on what is true: it comes back as an event. */
export const tellInbox = (
  tx: Pool | PoolClient,
  { row, now }: { row: OutboxRow; now: Date },
  { errcode, state, servicer }: Refused,
) => {
  const { rm = null, told = null } = row.payload as Partial<Errands['kf/trans']>
  return tx.query(
    `insert into inbox (kind, key, subject, lane, payload, occurred_at)
     values ('kf/trans_refused', 'trans_refused:' || $1, $2, 1, $3, $4) on conflict (key) do nothing`,
    [
      row.id,
      row.subject,
      JSON.stringify({ conversationId: row.conversation_id, rm, told, errcode, state, servicer }),
      now,
    ],
  )
}

/**
 * We were paused, lost the lease and called WeCom all the same: a later hand-over may have been undone by ours. Whoever owns
 * the conversation in our books gets it again.
 */
export const assertOwner = (tx: Pool | PoolClient, row: OutboxRow<'kf/trans'>) =>
  tx.query(
    `insert into outbox (kind, subject, lane, payload, conversation_id)
     select 'kf/trans', external_userid, 1,
       jsonb_build_object('openKfId', open_kfid, 'externalUserId', external_userid, 'state', 3, 'rm', rm, 'then', '[]'::jsonb), id
     from conversations where open_kfid = $1 and external_userid = $2 and status = 'assigned' and not relay`,
    [row.payload.openKfId, row.payload.externalUserId],
  )
