import type { Pool, PoolClient } from 'pg'

/** A customer's message as WeCom handed it over. */
const isReceived = `i.payload -> 'item' ->> 'origin' = '3' and i.payload -> 'item' ->> 'msgtype' <> 'event'`
/** It has an outcome: a routing decision, it joined a conversation that has one, or none is owed. */
const isDecided = `(i.state = 'ignored' or (i.state = 'done' and (
  i.payload ? 'history' or i.payload ? 'recalled' or exists (
    select from messages m where m.id = coalesce(i.payload -> 'item' ->> 'msgid', i.key) and (
      exists (select from decisions d where d.conversation_id = m.conversation_id)
      or exists (select from conversations v where v.id = m.conversation_id and v.assigned_at is not null))))))`

export type Sums = { received: number; stored: number; decided: number }

type Closed = Sums & { inbox_id: string; touchpoint_id: string }

/** All messages ever: the closed sums, and what came since, counted. */
export const readSums = async (pool: Pool): Promise<Sums> => {
  const client = await pool.connect()
  try {
    // One view of both: the positions, and what lies behind them.
    await client.query('begin isolation level repeatable read read only')
    const sums = await countSince(client)
    await client.query('commit')
    client.release()
    return sums
  } catch (error) {
    client.release(true)
    throw error
  }
}

const countSince = async (tx: PoolClient): Promise<Sums> => {
  const { rows: books } = await tx.query<Closed>(
    'select inbox_id, touchpoint_id, received::int, stored::int, decided::int from books',
  )
  const closed = books[0] as Closed
  // The positions as values: the planner would not guess that so little lies behind them, and read everything.
  const { rows } = await tx.query<Sums>(
    `with tail as (select ${isDecided} as decided from inbox i where i.id > $1 and ${isReceived})
     select (select count(*)::int from tail) as received,
       (select count(*)::int from touchpoints where id > $2 and kind = 'message.received') as stored,
       (select count(*)::int from tail where decided)
         + (select count(*)::int from books_open o join inbox i on i.id = o.inbox_id where ${isDecided}) as decided`,
    [closed.inbox_id, closed.touchpoint_id],
  )
  const since = rows[0] as Sums
  return {
    received: closed.received + since.received,
    stored: closed.stored + since.stored,
    decided: closed.decided + since.decided,
  }
}

export type Closing = {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  /** Longer than any transaction of ours may last. */
  settledMs?: number
  /** Rows per transaction. */
  most?: number
}

/** Moves the closed positions up to the last marks, and marks where the tables end now. Any process may, one at a time does. */
export const closeBooks = async ({
  pool,
  inTransaction,
  settledMs = 90_000,
  most = 20_000,
}: Closing): Promise<void> => {
  while (await inTransaction(pool, (tx) => closeSome(tx, settledMs, most)));
}

type Step = { inbox_id: string; touchpoint_id: string; inbox_to: string; touchpoint_to: string; more: boolean }

/** Answers whether there is more to close. */
const closeSome = async (tx: PoolClient, settledMs: number, most: number): Promise<boolean> => {
  const { rows } = await tx.query<Step>(
    `select inbox_id, touchpoint_id, least(inbox_mark, inbox_id + $2) as inbox_to, least(touchpoint_mark, touchpoint_id + $2) as touchpoint_to,
       inbox_mark > inbox_id + $2 or touchpoint_mark > touchpoint_id + $2 as more
     from books where marked_at <= now() - make_interval(secs => $1::float8 / 1000) for update skip locked`,
    [settledMs, most],
  )
  const step = rows[0]
  if (!step) return false
  await closeInbox(tx, step)
  await closeLedger(tx, step)
  if (!step.more)
    await tx.query(`update books set marked_at = now(), touchpoint_mark = (select last_value from touchpoint_ids),
      inbox_mark = (select coalesce(max(id), 0) from inbox)`)
  return step.more
}

const closeInbox = (tx: PoolClient, { inbox_id, inbox_to }: Step) =>
  tx.query(
    `with closing as materialized (
       select i.id, ${isDecided} as decided from inbox i where i.id > $2 and i.id <= $1 and ${isReceived}),
     left_open as (insert into books_open select id from closing where not decided),
     ended as (
       delete from books_open o using inbox i where i.id = o.inbox_id and ${isDecided} returning 1)
     update books set inbox_id = $1, received = received + (select count(*) from closing),
       decided = decided + (select count(*) from closing where decided) + (select count(*) from ended)`,
    [inbox_to, inbox_id],
  )

const closeLedger = (tx: PoolClient, { touchpoint_id, touchpoint_to }: Step) =>
  tx.query(
    `update books set touchpoint_id = $1, stored = stored
       + (select count(*) from touchpoints t where t.id > $2 and t.id <= $1 and t.kind = 'message.received')`,
    [touchpoint_to, touchpoint_id],
  )
