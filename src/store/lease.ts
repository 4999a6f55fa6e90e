import { CompiledQuery, type Kysely, type Selectable } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { Tables } from './tables.ts'
import { waits } from './waits.ts'

export type Line = 'inbox' | 'outbox'
type Conn = Pool | PoolClient | Kysely<Tables>

/** Who holds a row: the fence is the claim's number, and whoever comes with an older one has lost the row. */
export type Hold = { id: string; fence: string }

type ClaimOptions = {
  limit: number
  leaseMs: number
  /** Only these lanes; all without it. */
  lanes?: readonly number[]
}

const everyLane = [0, 1, 2, 3]

/**
 * Takes up to `limit` rows, lanes first, then the oldest: only the first waiting row of a subject, and none of a subject that has
 * one in flight. They are ours for `leaseMs` of database time; each claim counts as an attempt. Call it outside of a transaction,
 * or the rows stay locked until that ends.
 */
export const claim = async <L extends Line>(
  db: Conn,
  line: L,
  { limit, leaseMs, lanes = everyLane }: ClaimOptions,
): Promise<Selectable<Tables[L]>[]> => {
  const text = `select * from claim_${line}($1, make_interval(secs => $2), $3) order by lane, id`
  const values = [limit, leaseMs / 1000, [...lanes]]
  const { rows } = await run<Selectable<Tables[L]>>(db, { name: `claim_${line}`, text }, values)
  return rows
}

/** Prolongs the lease from now on; false when somebody else has the row or it is no longer waiting: stop working on it. */
export const renew = async (
  db: Conn,
  line: Line,
  { id, fence, leaseMs }: Hold & { leaseMs: number },
): Promise<boolean> => {
  const text = `update ${line} set lease_until = clock_timestamp() + make_interval(secs => $3) where ${held} returning id`
  return (await run(db, { text }, [id, fence, leaseMs / 1000])).rows.length > 0
}

type ReleaseOptions = Hold & {
  /** Due again after this; without it 1 s, 2 s, 4 s … by the number of attempts, at most 5 minutes, spread by up to a quarter. */
  afterMs?: number
  /** Why, for people; without a token, a message's text or a phone number. */
  error?: string
  /** The row was not really tried (a budget was empty): the claim does not count as an attempt. */
  uncounted?: boolean
}

/** Gives a row back to be tried later; its subject waits for it. False when somebody else has it by now. */
export const release = async (
  db: Conn,
  line: Line,
  { id, fence, afterMs, error, uncounted = false }: ReleaseOptions,
): Promise<boolean> => {
  const text = `update ${line} set lease_until = null, error = coalesce($4, error), attempts = attempts - $5::int,
    due_at = clock_timestamp() + make_interval(secs => coalesce($3, least(300, power(2, least(attempts, 10) - 1)) * (1 + id % 100 / 400.0)))
    where ${held} returning id`
  const seconds = afterMs === undefined ? null : afterMs / 1000
  return (await run(db, { text }, [id, fence, seconds, error ?? null, uncounted ? 1 : 0])).rows.length > 0
}

const held = `id = $1 and fence = $2 and ${waits()} and lease_until is not null`

type Statement = { name?: string; text: string }
/** A name spares a connection of the pool the planning of what it does again and again. */
const run = async <Row>(db: Conn, statement: Statement, values: unknown[]): Promise<{ rows: Row[] }> => {
  if ('executeQuery' in db) return db.executeQuery(CompiledQuery.raw(statement.text, values))
  return db.query<Row & object>({ ...statement, values })
}
