import type { Pool, PoolClient } from 'pg'
import { howManyFit } from './gathered.ts'
import type { OutboxRow } from './row.ts'

type Waiting = { id: string; text: string }

/**
 * He has had as many texts as WeCom shows in a minute: those that wait behind this one come along in the same message, in their
 * order, as many as fit. First the words are here, then the rows that had them are done: in one transaction, so none is lost.
 */
export const gatherNotices = async (tx: Pool | PoolClient, row: OutboxRow<'message/send'>): Promise<void> => {
  const { text, more = [] } = row.payload
  const { rows } = await tx.query<Waiting>(
    `select id, payload ->> 'text' as text from outbox
     where subject = $1 and kind = 'message/send' and state = 'new' and id > $2 and lease_until is null and not uncertain
       and payload -> 'more' is null and jsonb_array_length(coalesce(payload -> 'then', '[]')) = 0
     order by id limit 60 for update`,
    [row.subject, row.id],
  )
  const taken = rows.slice(
    0,
    howManyFit(
      text,
      more,
      rows.map((one) => one.text),
    ),
  )
  if (taken.length === 0) return
  await tx.query("update outbox set payload = jsonb_set(payload, '{more}', $2) where id = $1", [
    row.id,
    JSON.stringify([...more, ...taken.map((one) => one.text)]),
  ])
  await tx.query(
    "update outbox set state = 'done', done_at = now(), answer = jsonb_build_object('in', $1::text) where id = any ($2)",
    [row.id, taken.map(({ id }) => id)],
  )
}
