import type { Pool, PoolClient } from 'pg'
import type { Digest } from './effects.ts'
import { howManyFit, mostNamed } from './gathered.ts'
import type { OutboxRow } from './row.ts'

type Conn = Pool | PoolClient
type Waiting = { id: string; text: string }

/** What may come as one message with others: texts, and cards that have words for it. */
export const mayBeGathered = ({ kind, payload }: Pick<OutboxRow, 'kind' | 'payload'>): boolean =>
  kind === 'message/send' || (kind === 'message/card' && 'digest' in payload)

/**
 * He has had as many messages as may wait for others in a minute: those that wait behind this one come along in it. First
 * the words are here, then the rows that had them are done: in one transaction, so none is lost.
 */
export const gatherNotices = (tx: Conn, row: OutboxRow): Promise<void> =>
  row.kind === 'message/send'
    ? gatherTexts(tx, row as OutboxRow<'message/send'>)
    : gatherCards(tx, row as OutboxRow<'message/card'>)

/** Behind this row in its line, not begun, and nothing hangs on it. */
const behind = `subject = $1 and id > $2 and kind = $3 and state = 'new' and lease_until is null and not uncertain
  and payload -> 'more' is null and jsonb_array_length(coalesce(payload -> 'then', '[]')) = 0`

/** In their order, as many as fit, each with its whole words. */
const gatherTexts = async (tx: Conn, row: OutboxRow<'message/send'>): Promise<void> => {
  const { text, more = [] } = row.payload
  const { rows } = await tx.query<Waiting>(
    `select id, payload ->> 'text' as text from outbox where ${behind} order by id limit 60 for update`,
    [row.subject, row.id, row.kind],
  )
  const next = rows.map((one) => one.text)
  const taken = rows.slice(0, howManyFit(text, more, next))
  await takeAlong(tx, row, { taken, more: [...more, ...taken.map((one) => one.text)] })
}

/** All of the same words, also those that stand behind others: what they are about has a list, so the first are named. */
const gatherCards = async (tx: Conn, row: OutboxRow<'message/card'>): Promise<void> => {
  const { count, lines } = row.payload.more ?? { count: 0, lines: [] }
  const { words } = row.payload.digest as Digest
  const { rows: taken } = await tx.query<Waiting>(
    `select id, payload -> 'digest' ->> 'line' as text from outbox
     where ${behind} and payload -> 'digest' ->> 'words' = $4 order by id limit 2000 for update`,
    [row.subject, row.id, row.kind, words],
  )
  const named = [...lines, ...taken.map((one) => one.text)].slice(0, mostNamed)
  await takeAlong(tx, row, { taken, more: { count: count + taken.length, lines: named } })
}

type Along = { taken: readonly Waiting[]; more: object }
const takeAlong = async (tx: Conn, { id }: OutboxRow, { taken, more }: Along): Promise<void> => {
  if (taken.length === 0) return
  await tx.query("update outbox set payload = jsonb_set(payload, '{more}', $2) where id = $1", [
    id,
    JSON.stringify(more),
  ])
  await tx.query(
    "update outbox set state = 'done', done_at = now(), answer = jsonb_build_object('in', $1::text) where id = any ($2)",
    [id, taken.map((one) => one.id)],
  )
}
