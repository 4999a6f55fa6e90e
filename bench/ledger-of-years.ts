import type pg from 'pg'

/**
 * A year of a bank's ledger, made by the database itself: ten touchpoints a customer, every second one comes into the chat, and
 * one has as many lines as a customer can hardly have. Nothing is random, so that two runs measure the same.
 */
export const fillLedger = async (client: pg.Client, touchpoints: number): Promise<void> => {
  const customers = Math.round(touchpoints / 10)
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'")
  await client.query(`select ensure_touchpoint_months((now() - interval '400 days')::date, now()::date)`)
  await client.query(
    `insert into customers (external_userid, client_no, known, tier)
     select 'wm_' || i, case when i % 3 > 0 then 'C' || i end, i % 3 > 0, (array['gold', 'silver', null])[1 + i % 3]
     from generate_series(1, $1::int) i`,
    [customers],
  )
  await client.query(`insert into touchpoints (at, kind, data) select now() - interval '2 years', 'rm.placed',
    jsonb_build_object('rm', 'rm.' || n, 'branch', 'branch' || n % 20) from generate_series(0, 499) n`)
  const indices = await withoutIndices(client)
  for (const [kind, each] of Object.entries(lines)) await client.query(lineOf(kind, each), [customers])
  await client.query(
    `insert into touchpoints (at, kind, external_userid, customer_id, rm)
     select ${visit(1)} + n * interval '13 minutes', 'message.received', 'wm_1', 1, 'rm.1' from generate_series(1, 5000) n`,
  )
  for (const index of indices) await client.query(index)
  await client.query('vacuum analyze touchpoints')
  await client.query('analyze customers')
}

/** Filling first and sorting once is several times quicker than keeping every index in order. */
const withoutIndices = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string; made: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as made from pg_index
     where indrelid = 'touchpoints'::regclass and not exists (select from pg_constraint c where c.conindid = indexrelid)`,
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ made }) => made.replace(' ON ONLY ', ' ON '))
}

/** When customer `i` comes: spread over the year in an order that has nothing to do with his number. */
const visit = (i: string | number): string =>
  `date_trunc('day', now()) - make_interval(secs => (${i}::bigint * 7919 % 360 + 5) * 86400 - ${i}::bigint * 104729 % 36000)`

type Each = {
  times: number
  /** How long after his visit the first and each further one is, in minutes. */
  after: number
  every: number
  /** Which customers. */
  who: string
  rm?: true
  data?: string
}
const lines: Record<string, Each> = {
  'app.viewed': { times: 4, after: -13_000, every: 3_100, who: 'true' },
  'customer.described': { times: 1, after: -14_000, every: 0, who: 'i % 3 > 0', data: described() },
  'entry.opened': { times: 1, after: 0, every: 0, who: 'i % 10 < 7', data: entered() },
  'message.received': { times: 3, after: 1, every: 40, who: 'i % 10 < 7' },
  'conversation.routed': { times: 1, after: 2, every: 0, who: 'i % 10 < 7', rm: true },
  'message.replied': { times: 2, after: 5, every: 30, who: 'i % 10 < 6', rm: true },
  'contact.invited': { times: 1, after: 90, every: 0, who: 'i % 10 < 5', rm: true },
  'contact.added': { times: 1, after: 200, every: 0, who: 'i % 10 < 3', rm: true },
  'app.deposit': { times: 1, after: 9_000, every: 0, who: 'i % 13 = 0' },
}

function described(): string {
  return `jsonb_build_object('client', true, 'segment', 'person' || coalesce('/' || (array['gold', 'silver', null])[1 + i % 3], ''))`
}
function entered(): string {
  return `jsonb_build_object('scene', 'app' || i % 5, 'campaign', 'campaign' || i % 12)`
}

const lineOf = (kind: string, { times, after, every, who, rm, data = `'{}'::jsonb` }: Each): string =>
  `insert into touchpoints (at, kind, external_userid, customer_id, channel, rm, data)
   select ${visit('i')} + make_interval(mins => ${after} + ${every} * (n - 1)), '${kind}', 'wm_' || i, i, 'app' || i % 5,
     ${rm ? `'rm.' || i % 500` : 'null'}, ${data}
   from generate_series(1, $1::int) i, generate_series(1, ${times}) n where ${who}`
