import { sql } from 'kysely'
import type { RmStatus } from '../routing/model.ts'
import type { Db } from '../store/open.ts'
import { everything, seesRm, type Scope } from './scope.ts'

/** What the bank says about a relationship manager (客户经理). `capacity` counts kf conversations at once. */
export type RmFacts = {
  name: string
  branch: string
  /** Level 1-5 per skill. */
  skills: Record<string, number>
  lines: string[]
  /** `expiresOn` is a calendar day such as 2026-12-31, the last day on which the licence holds. */
  licences: { code: string; expiresOn: string }[]
  capacity: number
  /** Pieces of a kind of work (`work` of a rule) at once; a kind that is absent has no limit of its own. */
  profile?: Record<string, number> | undefined
  deputy: string | null
  onDuty: boolean
  /** The branch whose RMs he supervises: he hears when one of them does not answer. */
  supervises?: string | null | undefined
  /** New customers he may get per business day; null: no limit. */
  dailyNewCap?: number | null | undefined
}
/** `kf`: the best of the statuses at the kf accounts he serves; `since`: when duty or status last changed. */
export type Presence = { kf: RmStatus; onDuty: boolean; since: Date }
/** `pausedAt`: he missed too many customers and gets none until he says that he is back, or is put on duty anew. */
export type Rm = RmFacts & {
  userid: string
  load: number
  profile: Record<string, number>
  /** Pieces in hand per kind of work. */
  inHand: Record<string, number>
  presence: Presence
  supervises: string | null
  dailyNewCap: number | null
  pausedAt: Date | null
}

/** An RM may serve several accounts: whoever receives at one of them can be reached. */
const kfStatus = sql<{ kf: RmStatus; since: string } | null>`(
  select json_build_object('kf', s.status, 'since', s.since) from servicers s where s.userid = rms.userid
  order by array_position(array['receiving', 'suspended', 'stopped', 'unknown'], s.status), s.since limit 1)`

/** His open tasks, where his profile limits them. */
const openTasks = sql<number | null>`case when rms.profile ? 'task' then (
  select count(*)::int from tasks where tasks.rm = rms.userid and tasks.state = 'open') end`

const selectRms = (db: Db) =>
  db
    .selectFrom('rms')
    .selectAll('rms')
    .select([kfStatus.as('kf'), openTasks.as('tasks')])
type Row = Awaited<ReturnType<ReturnType<typeof selectRms>['executeTakeFirstOrThrow']>>

const later = (a: Date, b: Date): Date => (a > b ? a : b)

const fromRow = (row: Row): Rm => ({
  userid: row.userid,
  name: row.name,
  branch: row.branch,
  skills: row.skills,
  lines: row.lines,
  licences: row.licences,
  capacity: Number(row.capacity),
  profile: row.profile,
  inHand: row.tasks === null ? row.in_hand : { ...row.in_hand, task: row.tasks },
  deputy: row.deputy,
  onDuty: row.on_duty,
  supervises: row.supervises,
  dailyNewCap: row.daily_new_cap,
  pausedAt: row.paused_at,
  load: Number(row.load),
  presence: {
    kf: row.kf?.kf ?? 'unknown',
    onDuty: row.on_duty,
    since: row.kf ? later(row.duty_since, new Date(row.kf.since)) : row.duty_since,
  },
})

/** RMs by userid, after the given one. */
export const listRms = async (
  db: Db,
  { scope, after, limit }: { scope: Scope; after: string | null; limit: number },
): Promise<Rm[]> => {
  let query = selectRms(db).orderBy('rms.userid').limit(limit)
  for (const condition of seesRm(scope)) query = query.where(condition)
  if (after !== null) query = query.where('rms.userid', '>', after)
  return (await query.execute()).map(fromRow)
}

/** Null when there is no such RM, or he is out of scope. */
export const getRm = async (db: Db, userid: string, scope: Scope = everything): Promise<Rm | null> => {
  let query = selectRms(db).where('rms.userid', '=', userid.toLowerCase())
  for (const condition of seesRm(scope)) query = query.where(condition)
  const row = await query.executeTakeFirst()
  return row ? fromRow(row) : null
}

/** Creates or replaces what the bank says; load and reception status stay what they are. */
export const putRm = async (db: Db, userid: string, facts: RmFacts): Promise<Rm> => {
  const id = userid.toLowerCase()
  const values = {
    name: facts.name,
    branch: facts.branch,
    skills: JSON.stringify(facts.skills),
    lines: facts.lines,
    licences: JSON.stringify(facts.licences),
    capacity: facts.capacity,
    profile: JSON.stringify(facts.profile ?? {}),
    deputy: facts.deputy?.toLowerCase() ?? null,
    on_duty: facts.onDuty,
    supervises: facts.supervises ?? null,
    daily_new_cap: facts.dailyNewCap ?? null,
  }
  await recordPlace(db, id, facts.branch)
  await db
    .insertInto('rms')
    .values({ userid: id, ...values })
    .onConflict((conflict) =>
      conflict.column('userid').doUpdateSet({
        ...values,
        duty_since: sql`case when rms.on_duty = excluded.on_duty then rms.duty_since else now() end`,
        paused_at: sql`case when rms.on_duty = excluded.on_duty then rms.paused_at end`,
        missed: sql`case when rms.on_duty = excluded.on_duty then rms.missed else 0 end`,
        updated_at: sql`now()`,
      }),
    )
    .execute()
  const stored = await getRm(db, id)
  if (!stored) throw new Error(`the RM ${id} was deleted while it was being stored`)
  return stored
}

/** The ledger says where an RM belongs from now on, so that figures by branch do not change with the next reorganisation. */
const recordPlace = (db: Db, userid: string, branch: string) =>
  sql`insert into touchpoints (at, kind, data)
    select now(), 'rm.placed', jsonb_build_object('rm', ${userid}::text, 'branch', ${branch}::text)
    where not exists (select from rms where userid = ${userid} and branch = ${branch})`.execute(db)

/**
 * `busy` when he still has open conversations: they must be handed over first. The load is part of the condition
 * because an assignment that commits meanwhile raises it under the row's lock.
 */
export const deleteRm = async (db: Db, userid: string): Promise<'deleted' | 'unknown' | 'busy'> => {
  const id = userid.toLowerCase()
  const { rows } = await sql<{ userid: string }>`delete from rms where userid = ${id} and load = 0 and not exists (
    select from conversations v where v.rm = ${id} and v.status in ('offered', 'assigned')) returning userid`.execute(
    db,
  )
  if (rows.length > 0) return 'deleted'
  return (await getRm(db, id)) ? 'busy' : 'unknown'
}
