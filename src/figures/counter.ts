import type { Pool, PoolClient } from 'pg'
import { businessCalendar } from './calendar.ts'
import { collect } from './collect.ts'
import { countedTables } from './count-person.ts'
import { fingerprint, type Definitions } from './definitions.ts'
import type { Zone } from '../routing/calendar/zone.ts'
import { recount } from './recount.ts'
import { isFinal, markNow, type Mark } from './safe-id.ts'

export type CounterOptions = {
  pool: Pool
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  definitions: Definitions
  zone: Zone
  now: () => Date
  /** Customers counted in one transaction, lines looked at in one. */
  batch?: { customers: number; lines: number }
}
export type Step = 'done' | 'more' | 'waiting'
export type Counter = {
  /** One step: `more` when there is more to do at once, `waiting` when another process counts or somebody's transaction has to end first. */
  catchUp(): Promise<Step>
  /** Throws all counts away: the next `catchUp` begins with the first line of the ledger. */
  startOver(): Promise<void>
}

/**
 * Keeps the figures in step with the ledger. Each step is one transaction under one lock of the database: one process counts at a
 * time, any process can go on where another stopped, and whatever is counted twice comes to the same.
 */
export const createCounter = (options: CounterOptions): Counter => {
  const { pool, definitions, zone, batch = { customers: 1_000, lines: 200_000 } } = options
  const config = fingerprint(definitions, zone.name)
  const ground = { definitions, calendar: businessCalendar(zone) }
  let mark: Mark | null = null

  const alone = (work: (tx: PoolClient, upto: string) => Promise<Step>): Promise<Step> =>
    options.inTransaction(pool, async (tx) => {
      if (!(await lock(tx))) return 'waiting'
      const { rows } = await tx.query<{ upto: string; config: string }>('select upto, config from figure_progress')
      const progress = rows[0] as { upto: string; config: string }
      if (progress.config !== config) await clear(tx, config)
      return work(tx, progress.config === config ? progress.upto : '0')
    })

  /** `done` when every final line has been looked at. */
  const look = async (): Promise<Step> => {
    mark ??= await markNow(pool)
    if (!(await isFinal(pool, mark))) return 'waiting'
    const { upTo } = mark
    const seen = await alone(async (tx, after) => {
      if (BigInt(after) >= BigInt(upTo)) return 'done'
      const next = BigInt(after) + BigInt(batch.lines)
      const end = next < BigInt(upTo) ? String(next) : upTo
      await collect(tx, { after, upTo: end })
      return end === upTo ? 'done' : 'more'
    })
    if (seen === 'done') mark = null
    return seen
  }

  /** `done` when nobody is left to be counted. */
  const count = (): Promise<Step> =>
    alone(async (tx) => {
      const { rows } = await tx.query<{ id: string }>(take, [batch.customers])
      if (rows.length > 0)
        await recount(
          tx,
          rows.map(({ id }) => id),
          ground,
        )
      await tx.query('update figure_progress set counted_at = $1', [options.now()])
      return rows.length < batch.customers ? 'done' : 'more'
    })

  return {
    catchUp: async () => {
      const looked = await look()
      return looked === 'done' ? count() : looked
    },
    startOver: async () => {
      mark = null
      await options.inTransaction(pool, async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(${lockKey})`)
        await clear(tx, config)
      })
    },
  }
}

const lockKey = `hashtext('figures')`
const lock = async (tx: PoolClient): Promise<boolean> => {
  const { rows } = await tx.query<{ mine: boolean }>(`select pg_try_advisory_xact_lock(${lockKey}) as mine`)
  return rows[0]?.mine === true
}

const take = `delete from figure_dirty where customer_id = any (array(select customer_id from figure_dirty order by customer_id limit $1))
  returning customer_id as id`

const clear = async (tx: PoolClient, config: string): Promise<void> => {
  await tx.query(
    `truncate ${[...countedTables, 'figure_funnel', 'figure_dirty', 'figure_claims', 'figure_places'].join(', ')}`,
  )
  await tx.query(`update figure_progress set upto = 0, config = $1, counted_at = null`, [config])
}
