import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { listTouchpoints, type TouchpointFilter } from '../src/api/touchpoints/touchpoint-store.ts'
import { everything } from '../src/crm/scope.ts'
import { createCounter } from '../src/figures/counter.ts'
import { readDefinitions } from '../src/figures/definitions.ts'
import { createFigures } from '../src/figures/figures.ts'
import { funnelQuery, readFunnel } from '../src/figures/funnel.ts'
import { dimensions, type Dimension, type Slice } from '../src/figures/slice.ts'
import { zoneOf } from '../src/routing/calendar/zone.ts'
import { openStore, type Store } from '../src/store/open.ts'
import { inTransaction } from '../src/store/transaction.ts'
import { fillLedger } from './ledger-of-years.ts'

/** How many touchpoints; a year of a regional bank is 10,000,000 and takes a quarter of an hour to make. */
const touchpoints = Number(process.env['BENCH_TOUCHPOINTS'] ?? 0)
/** A directory that keeps the ledger and its counts from one run to the next. */
const kept = process.env['BENCH_FIGURES_DIR']

const zone = zoneOf('Asia/Shanghai')

/** The questions that must stay quick however long the ledger is: one customer's timeline, and the figures. */
export const benchFigures = async (): Promise<void> => {
  if (!(touchpoints > 0)) return console.log('Left out; BENCH_TOUCHPOINTS=10000000 npm run bench measures it.')
  const dataDir = kept ?? mkdtempSync(join(tmpdir(), 'yinqiao-figures-'))
  const store = await openStore({ dataDir })
  try {
    if (!(await isFilled(store))) await filled(store)
    await counted(store)
    await timelines(store)
    await funnels(store)
    await others(store)
  } finally {
    await store.stop()
    if (!kept) rmSync(dataDir, { recursive: true, force: true })
  }
}

const isFilled = async ({ pool }: Store): Promise<boolean> =>
  (await pool.query('select 1 from touchpoints limit 1')).rowCount === 1

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
    zone,
    now: () => new Date(),
  })
  const took = await seconds(async () => {
    while ((await counter.catchUp()) !== 'done');
  })
  console.log(`counted in ${took.toFixed(0)} s${took < 1 ? '; it was before' : ''}`)
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

const dayAgo = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10)
const nobodys = { branch: null, rm: null }
const year: Slice = { from: dayAgo(400), to: dayAgo(-2), scope: nobodys }

const timed = async (title: string, questions: Readonly<Record<string, () => Promise<unknown>>>): Promise<void> => {
  console.log(`| ${title} | first | median of 5 |\n|---|---|---|`)
  for (const [name, ask] of Object.entries(questions)) {
    const took: number[] = []
    for (let n = 0; n < 5; n += 1) took.push(await seconds(ask))
    const median = took.toSorted((a, b) => a - b)[2] as number
    console.log(`| ${name} | ${(took[0] as number).toFixed(2)} s | ${median.toFixed(2)} s |`)
  }
  console.log(
    `load ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')} on ${availableParallelism()} cores\n`,
  )
}

const funnels = async (store: Store): Promise<void> => {
  const ask = (by: Dimension | undefined, narrower: Partial<Slice> = {}) => {
    const asked = { ...year, ...narrower, by }
    return () => readFunnel(store.pool, asked)
  }
  await timed('funnel of the whole ledger', {
    total: ask(undefined),
    ...Object.fromEntries(dimensions.map((by) => [`by ${by}`, ask(by)])),
  })
  const supervisor = { scope: { branch: 'city3', rm: null } }
  await timed('funnel that crosses', {
    'branch=city3 by channel': ask('channel', { branch: 'city3' }),
    'branch=city3 by rm': ask('rm', { branch: 'city3' }),
    'a supervisor of city3, total': ask(undefined, supervisor),
    'a supervisor of city3 by week': ask('week', supervisor),
    'a supervisor of city3, channel=app1, by campaign': ask('campaign', { ...supervisor, channel: 'app1' }),
    'channel=app1 by week': ask('week', { channel: 'app1' }),
    'channel=app1 by rm': ask('rm', { channel: 'app1' }),
    'campaign=campaign7 by branch': ask('branch', { campaign: 'campaign7' }),
    'channel=app1, campaign=campaign7, branch=city3': ask('week', {
      channel: 'app1',
      campaign: 'campaign7',
      branch: 'city3',
    }),
    'rm=rm.17 by week': ask('week', { rm: 'rm.17' }),
    'the last 90 days, branch=city3 by channel': ask('channel', { branch: 'city3', from: dayAgo(90) }),
  })
  for (const { text, values } of [funnelQuery(year, 'channel'), funnelQuery({ ...year, branch: 'city3' }, 'channel')])
    await shownPlan(store, text, values)
}

const others = async ({ pool }: Store): Promise<void> => {
  const definitions = readDefinitions('config/figures.yaml')
  const figures = createFigures({ pool, definitions, zone })
  const now = new Date()
  const quarter = { ...year, from: dayAgo(90) }
  const compare = (slice: Slice) => () => figures.comparison({ ...slice, value: definitions.valueEvents, now })
  await timed('other figures', {
    'attribution of contacts by channel, a year': () =>
      figures.attribution({ ...year, goal: 'contact', by: 'channel' }),
    'attribution of contacts by rm, a year': () => figures.attribution({ ...year, goal: 'contact', by: 'rm' }),
    'attribution of values by campaign, a year': () => figures.attribution({ ...year, goal: 'value', by: 'campaign' }),
    'connections by branch, and flags, a year': () => figures.connections({ ...year, by: 'branch', now }),
    'connections by rm, and flags, a year': () => figures.connections({ ...year, by: 'rm', now }),
    'comparison, 90 days': compare(quarter),
    'comparison, a year': compare(year),
    'comparison of city3, a year': compare({ ...year, branch: 'city3' }),
  })
}

if (import.meta.main) await benchFigures()
