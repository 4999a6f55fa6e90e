import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claim, release, renew } from '../../src/store/lease.ts'
import { freshDatabase } from '../ground/ground.ts'

let pool: pg.Pool
let drop: () => Promise<void>

beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  pool = new pg.Pool({ connectionString: fresh.url, max: 14 })
  pool.on('error', () => {})
})
afterAll(async () => {
  await pool.end()
  await drop()
})

/** A small generator of its own (mulberry32), so that a failure can be run again with its seed. */
const dice = (start: number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const SUBJECTS = 200
const ROWS = 5000
const seed = Date.now() % 1_000_000

/** Everything that a run saw, to be judged at the end. */
const watch = () => {
  const inFlight = new Map<string, string>()
  const seen = {
    together: [] as string[],
    finished: new Map<string, number[]>(),
    done: 0,
    released: 0,
    lost: 0,
    fencedOff: 0,
  }
  return {
    seen,
    taken: (subject: string, id: string) => {
      if (inFlight.has(subject)) seen.together.push(`${subject}: ${inFlight.get(subject)} and ${id} (seed ${seed})`)
      inFlight.set(subject, id)
    },
    left: (subject: string) => inFlight.delete(subject),
    finished: (subject: string, id: string) => {
      seen.done += 1
      seen.finished.set(subject, [...(seen.finished.get(subject) ?? []), Number(id)])
    },
  }
}

/**
 * Writes its share in transactions that stay open for a moment, so that rows become visible out of the order of their ids.
 * Subjects `own…` belong to one writer; `all…` are written by every one, like a customer whose callbacks meet his messages.
 */
const write = async (writer: number, random: () => number): Promise<void> => {
  const client = await pool.connect()
  for (let n = 0; n < ROWS / 4;) {
    await client.query('begin')
    for (let i = 0; i < 25; i += 1, n += 1) {
      const subject =
        random() < 0.1 ? `all${Math.floor(random() * 5)}` : `own${Math.floor((random() * SUBJECTS) / 4) * 4 + writer}`
      await client.query(
        `insert into inbox (kind, key, subject, lane, payload, occurred_at) values ('test', $1, $2, $3, '{}', now())`,
        [`${writer}-${n}`, subject, Math.floor(random() * 3)],
      )
    }
    await sleep(random() * 10)
    await client.query('commit')
  }
  client.release()
}

const finish = (id: string, fence: string) =>
  pool.query(`update inbox set state = 'done', lease_until = null where id = $1 and fence = $2 and state = 'new'`, [
    id,
    fence,
  ])

/** Works like a dispatcher, fails like one, and now and then forgets its rows until others have them. */
const work = async ({ seen, taken, left, finished }: ReturnType<typeof watch>, random: () => number): Promise<void> => {
  const handle = async ({ id, fence, subject }: { id: string; fence: string; subject: string }) => {
    taken(subject, id)
    await sleep(random() * 3)
    if (random() < 0.1) expect(await renew(pool, 'inbox', { id, fence, leaseMs: 20_000 })).toBe(true)
    left(subject)
    if (random() < 0.1) {
      expect(await release(pool, 'inbox', { id, fence, afterMs: random() * 30, error: 'refused' })).toBe(true)
      seen.released += 1
      return
    }
    finished(subject, id)
    expect((await finish(id, fence)).rowCount).toBe(1)
  }
  const forget = async ({ id, fence, subject }: { id: string; fence: string; subject: string }) => {
    taken(subject, id)
    left(subject) // before the lease ends, or the next claim would seem to come too early
    seen.lost += 1
    await sleep(700)
    // Awake again: the fence lets it finish only what nobody else took meanwhile.
    if ((await finish(id, fence)).rowCount === 1) finished(subject, id)
    else seen.fencedOff += 1
  }
  const zombies: Promise<void>[] = []
  while (seen.done < ROWS) {
    const dies = random() < 0.01
    const rows = await claim(pool, 'inbox', { limit: 1 + Math.floor(random() * 8), leaseMs: dies ? 150 : 20_000 })
    if (dies) zombies.push(...rows.map(forget))
    else await Promise.all(rows.map(handle))
    if (rows.length === 0) await sleep(3)
  }
  await Promise.all(zombies)
}

test('eight claimers, 5,000 rows, failures, late commits and the dead: one row of a subject at a time, in order, each once', async () => {
  const random = dice(seed)
  const watching = watch()
  await Promise.all([
    ...[0, 1, 2, 3].map((n) => write(n, dice(seed + n))),
    ...Array.from({ length: 8 }, () => work(watching, random)),
  ])
  const { seen } = watching

  expect(seen.together).toEqual([])
  expect(seen.done).toBe(ROWS)
  expect(new Set([...seen.finished.values()].flat()).size).toBe(ROWS)
  const out = [...seen.finished].filter(
    ([subject, ids]) => subject.startsWith('own') && ids.some((id, i) => i > 0 && id <= (ids[i - 1] ?? 0)),
  )
  expect(out).toEqual([])
  const { rows } = await pool.query(
    `select count(*) filter (where state = 'done')::int as done, count(*)::int as all from inbox`,
  )
  expect(rows).toEqual([{ done: ROWS, all: ROWS }])
  // Bad plans show here first: a planner who knows nothing of the new rows may enter an index for every pair of them.
  const {
    rows: [effort],
  } = await pool.query<{ probes: number }>(
    `select sum(idx_scan)::float8 as probes from pg_stat_user_indexes where relname = 'inbox'`,
  )
  expect((effort?.probes ?? 0) / ROWS).toBeLessThan(300)
  // It would prove nothing if nothing had gone wrong.
  expect(seen.released).toBeGreaterThan(200)
  expect(seen.lost).toBeGreaterThan(5)
  expect(seen.fencedOff).toBeGreaterThan(0)
}, 120_000)
