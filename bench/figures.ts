import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { listTouchpoints, type TouchpointFilter } from '../src/api/touchpoint-store.ts'
import { everything } from '../src/crm/scope.ts'
import { createCounter } from '../src/figures/counter.ts'
import { readDefinitions } from '../src/figures/definitions.ts'
import { funnelQuery, readFunnel } from '../src/figures/funnel.ts'
import type { Dimension, Slice } from '../src/figures/slice.ts'
import { zoneOf } from '../src/routing/zone.ts'
import { openStore, type Store } from '../src/store/open.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { fillLedger } from './ledger-of-years.ts'

/** How many touchpoints; a year of a regional bank is 10,000,000 and takes a quarter of an hour to make. */
const touchpoints = Number(process.env['BENCH_TOUCHPOINTS'] ?? 0)

/** The two questions that must stay quick however long the ledger is: one customer's timeline, and the funnel. */
export const benchFigures = async (): Promise<void> => {
  if (!(touchpoints > 0)) return console.log('Left out; BENCH_TOUCHPOINTS=10000000 npm run bench measures it.')
  const dataDir = mkdtempSync(join(tmpdir(), 'yinqiao-figures-'))
  const store = await openStore({ dataDir })
  try {
    await filled(store)
    await counted(store)
    await timelines(store)
    await funnels(store)
  } finally {
    await store.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  await work()
  return (performance.now() - begun) / 1000
}

const filled = async ({ url, pool }: Store): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const took = await seconds(() => fillLedger(client, touchpoints))
  await client.end()
  const { rows } = await pool.query<{ n: string; size: string }>(
    `select (select count(*) from touchpoints) as n, pg_size_pretty(sum(pg_total_relation_size(inhrelid))) as size
     from pg_inherits where inhparent = 'touchpoints'::regclass`,
  )
  console.log(`${Number(rows[0]?.n).toLocaleString('en')} touchpoints (${rows[0]?.size}) made in ${took.toFixed(0)} s`)
}

const counted = async ({ pool, url }: Store): Promise<void> => {
  const definitions = readDefinitions('config/figures.yaml')
  const counter = createCounter({
    pool,
    inTransaction,
    definitions,
    zone: zoneOf('Asia/Shanghai'),
    now: () => new Date(),
  })
  const took = await seconds(async () => {
    while ((await counter.catchUp()) !== 'done');
  })
  console.log(`counted from nothing in ${took.toFixed(0)} s`)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum analyze')
  await client.end()
  await pool.query(`insert into touchpoints (at, kind, external_userid, customer_id, channel)
    select now(), 'app.viewed', 'wm_' || i, i, 'app1' from generate_series(1, 500) i`)
  const more = await seconds(async () => {
    while ((await counter.catchUp()) !== 'done');
  })
  console.log(`500 customers with something new: counted in ${(more * 1000).toFixed(0)} ms\n`)
}

const shownPlan = async (store: Store, text: string, values: unknown[]): Promise<void> => {
  const { rows } = await store.pool.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`, values)
  const lines = rows.map((row) => row['QUERY PLAN'])
  const most = 40
  console.log(`\n${[...lines.slice(0, most), ...(lines.length > most ? ['…', ...lines.slice(-6)] : [])].join('\n')}\n`)
}

const timelines = async (store: Store): Promise<void> => {
  console.log('| timeline (50 lines) | median | slowest of 200 |\n|---|---|---|')
  const asked: [string, (i: number) => TouchpointFilter][] = [
    ['externalUserId', (i) => ({ externalUserId: `wm_${i}` })],
    ['customerId', (i) => ({ customerId: String(i) })],
    ['clientNo', (i) => ({ clientNo: `C${i - (i % 3) + 1}` })],
    ['externalUserId, 5,000 lines', () => ({ externalUserId: 'wm_1' })],
    ['clientNo, 5,000 lines', () => ({ clientNo: 'C1' })],
  ]
  for (const [name, filterOf] of asked) {
    const took: number[] = []
    for (let n = 0; n < 200; n += 1) {
      const filter = filterOf(2 + ((n * 7_919) % Math.round(touchpoints / 10 - 3)))
      const page = { scope: everything, filter, place: null, limit: 51 }
      took.push(await seconds(() => listTouchpoints(store.db, page)))
    }
    const sorted = took.toSorted((a, b) => a - b).map((one) => `${(one * 1000).toFixed(1)} ms`)
    console.log(`| ${name} | ${sorted[100]} | ${sorted.at(-1)} |`)
  }
  for (const by of ['external_userid', 'customer_id'] as const)
    await shownPlan(store, `select * from touchpoints where ${by} = $1 order by at desc, id desc limit 51`, [
      by === 'customer_id' ? 4_711 : 'wm_4711',
    ])
}

const funnels = async (store: Store): Promise<void> => {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
  const slice: Slice = { from: day(400), to: day(-2), scope: { branch: null, rm: null } }
  console.log('| funnel of the whole ledger | first | median of 5 |\n|---|---|---|')
  for (const by of [undefined, 'channel', 'campaign', 'branch', 'rm', 'week'] as (Dimension | undefined)[]) {
    const took: number[] = []
    for (let n = 0; n < 5; n += 1) took.push(await seconds(() => readFunnel(store.pool, { ...slice, by })))
    const median = took.toSorted((a, b) => a - b)[2] as number
    console.log(`| ${by ?? 'total'} | ${(took[0] as number).toFixed(2)} s | ${median.toFixed(2)} s |`)
  }
  const { text, values } = funnelQuery(slice, 'channel')
  await shownPlan(store, text, values)
}

if (import.meta.main) await benchFigures()
