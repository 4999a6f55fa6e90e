import type { Pool } from 'pg'
import { waits } from '../store/waits.ts'
import type { Delivery } from './deliver.ts'

/** A card that was sent: its row, whose phone shows it, and the code for its one change. */
export type OpenCard = { id: string; rm: string; code: string }

/** WeCom gives a code with each card that is sent: good for one change within 72 h. */
export const openCards = (pool: Pool): Delivery['cards'] => ({
  open: async ({ payload, conversation_id }) => {
    const { rows } = await pool.query<OpenCard>({
      name: 'outbox-open-cards',
      text: `select id, payload ->> 'rm' as rm, answer ->> 'responseCode' as code from outbox
             where kind = 'message/card' and conversation_id = $1 and state = 'done' and answer ->> 'responseCode' is not null
               and ($2::text is null or payload ->> 'rm' = $2) and split_part(payload -> 'card' ->> 'task', '@', 1) = any ($3)
               and done_at > now() - interval '72 hours' order by id`,
      values: [conversation_id, payload.rm, payload.matters],
    })
    return rows
  },
  spare: ({ payload, conversation_id }) =>
    pool.query({
      name: 'outbox-spare-cards',
      text: `update outbox set state = 'expired', done_at = now(), error = 'its matter was over before it was sent'
             where kind = 'message/card' and conversation_id = $1 and ${waits()} and lease_until is null and not uncertain
               and payload ? 'digest' and not payload ? 'more' and ($2::text is null or payload ->> 'rm' = $2)
               and split_part(payload -> 'card' ->> 'task', '@', 1) = any ($3)`,
      values: [conversation_id, payload.rm, payload.matters],
    }),
  greyed: (id) => pool.query("update outbox set answer = answer - 'responseCode' where id = $1", [id]),
})
