import type pg from 'pg'

const rms = 5_000

/**
 * A year of a bank's ledger, made by the database itself: ten touchpoints a customer, most of them come into the chat, every fifth a
 * second time and to somebody else, and one has as many lines as a customer can hardly have. Channels, campaigns and RMs
 * have nothing to do with each other or with the day, as in life: what is alike is alike by chance. Yet nothing is random, so that two
 * runs measure the same.
 */
export const fillLedger = async (client: pg.Client, touchpoints: number): Promise<void> => {
  const customers = Math.round(touchpoints / 10)
  await client.query("set synchronous_commit = off; set maintenance_work_mem = '512MB'")
  await client.query(`select ensure_touchpoint_months((now() - interval '430 days')::date, now()::date)`)
  await client.query(
    `insert into customers (external_userid, client_no, known, tier)
     select 'wm_' || i, case when i % 3 > 0 then 'C' || i end, i % 3 > 0, (array['gold', 'silver', null])[1 + i % 3]
     from generate_series(1, $1::int) i`,
    [customers],
  )
  await client.query(
    `insert into touchpoints (at, kind, data) select now() - interval '2 years', 'rm.placed',
    jsonb_build_object('rm', 'rm.' || n, 'branch', 'city' || n % 20 || '/branch' || n % 200) from generate_series(0, $1::int - 1) n`,
    [rms],
  )
  const indices = await withoutIndices(client)
  for (const each of lines) await client.query(lineOf(each), [customers])
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

/** One of `n`, the same for the same customer and visit. */
const oneOf = (n: number, what: string, { earlier = 0 }: Each): string =>
  `(hashtext('${what}${earlier}' || i) & 2147483647) % ${n}`

type Each = {
  kind: string
  times: number
  /** How long after his visit the first and each further one is, in minutes. */
  after: number
  every: number
  /** Which customers. */
  who: string
  rm?: true
  data?: 'described' | 'entered'
  /** His other visit, so many minutes before. */
  earlier?: number
}
const before = 48_000
const lines: Each[] = [
  { kind: 'app.viewed', times: 3, after: -13_000, every: 3_100, who: 'true' },
  { kind: 'customer.described', times: 1, after: -14_000, every: 0, who: 'i % 3 > 0', data: 'described' },
  { kind: 'entry.opened', times: 1, after: 0, every: 0, who: 'i % 10 < 7', data: 'entered' },
  { kind: 'message.received', times: 3, after: 1, every: 40, who: 'i % 10 < 7' },
  { kind: 'conversation.routed', times: 1, after: 2, every: 0, who: 'i % 10 < 7', rm: true },
  { kind: 'message.replied', times: 2, after: 5, every: 30, who: 'i % 10 < 6', rm: true },
  { kind: 'contact.invited', times: 1, after: 90, every: 0, who: 'i % 10 < 5', rm: true },
  { kind: 'contact.added', times: 1, after: 200, every: 0, who: 'i % 10 < 3', rm: true },
  { kind: 'contact.lost', times: 1, after: 900, every: 0, who: 'i % 90 = 0', rm: true },
  { kind: 'app.deposit', times: 1, after: 9_000, every: 0, who: 'i % 13 = 0' },
  { kind: 'entry.opened', times: 1, after: 0, every: 0, who: 'i % 5 = 0', data: 'entered', earlier: before },
  { kind: 'message.received', times: 1, after: 1, every: 0, who: 'i % 5 = 0', earlier: before },
  { kind: 'conversation.routed', times: 1, after: 2, every: 0, who: 'i % 5 = 0', rm: true, earlier: before },
  { kind: 'message.replied', times: 1, after: 5, every: 0, who: 'i % 5 = 0', rm: true, earlier: before },
  { kind: 'contact.added', times: 1, after: 200, every: 0, who: 'i % 25 = 0', rm: true, earlier: before },
]

const dataOf = (each: Each): string => {
  if (each.data === 'described')
    return `jsonb_build_object('client', true, 'segment', 'person' || coalesce('/' || (array['gold', 'silver', null])[1 + i % 3], ''))`
  if (each.data === 'entered') return `jsonb_build_object('campaign', 'campaign' || ${oneOf(40, 'campaign', each)})`
  return `'{}'::jsonb`
}

const lineOf = (each: Each): string =>
  `insert into touchpoints (at, kind, external_userid, customer_id, channel, rm, data)
   select ${visit('i')} + make_interval(mins => ${each.after - (each.earlier ?? 0)} + ${each.every} * (n - 1)), '${each.kind}', 'wm_' || i, i,
     'app' || ${oneOf(8, 'channel', each)}, ${each.rm ? `'rm.' || ${oneOf(rms, 'rm', each)}` : 'null'}, ${dataOf(each)}
   from generate_series(1, $1::int) i, generate_series(1, ${each.times}) n where ${each.who}`
