import type { Pool, PoolClient } from 'pg'
import type { NewEvent } from './events.ts'

const insert = {
  name: 'inbox-add',
  text: `insert into inbox (kind, key, subject, lane, payload, occurred_at, state)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::jsonb[], $6::timestamptz[], $7::text[])
         on conflict (key) do nothing
         returning key`,
}

/** Stores events in one statement, in the given order; answers the keys that were new. What is known already is left as it is. */
export const addEvents = async (db: Pool | PoolClient, events: readonly NewEvent[]): Promise<Set<string>> => {
  if (events.length === 0) return new Set()
  const { rows } = await db.query<{ key: string }>({
    ...insert,
    values: [
      events.map((event) => event.kind),
      events.map((event) => event.key),
      events.map((event) => event.subject),
      events.map((event) => event.lane),
      events.map((event) => JSON.stringify(event.payload)),
      events.map((event) => event.occurredAt.toISOString()),
      events.map((event) => event.state ?? 'new'),
    ],
  })
  return new Set(rows.map((row) => row.key))
}
