import { sql } from 'kysely'
import type { Logger } from 'pino'
import type { Db } from '../store/open.ts'
import type { WecomClient } from '../wecom/client.ts'
import { WecomError } from '../wecom/error.ts'
import { reconcileContacts } from './contact-reconcile.ts'
import { reconcileGroups } from './group-reconcile.ts'
import { syncTags } from './tag-library.ts'

export type Sync = { db: Db; wecom: WecomClient; now: () => Date; log: Logger; wake: (what: 'inbox') => void }
export type SyncRun = Sync & {
  /** Where an earlier run stopped; empty at the beginning. */
  progress: Record<string, unknown>
  /** Writes down how far it is and keeps the job; throws when another process has it by now. */
  save: (progress: object) => Promise<void>
}

const leaseS = 120
/** Nightly when the bank sleeps; the tags besides whenever an event says that they changed. */
const nextNight = sql`(date_trunc('day', now() at time zone 'Asia/Shanghai') + interval '1 day 3 hours') at time zone 'Asia/Shanghai'`
const jobs: Readonly<Record<string, (run: SyncRun) => Promise<void>>> = {
  contacts: reconcileContacts,
  groups: reconcileGroups,
  tags: syncTags,
}

type Claimed = { name: string; fence: string; progress: Record<string, unknown> }

/** Each is looked at by itself: a change of the tag library does not wait until thousands of groups are read. */
export const syncLists: readonly string[] = Object.keys(jobs)

/** Does this list if it is due; no two processes the same. A list that WeCom refuses is tried again later. */
export const runSyncJob = async (it: Sync, list: string): Promise<void> => {
  for (let job = await claimJob(it.db, list); job; job = await claimJob(it.db, list)) await runJob(it, job)
}

const claimJob = async (db: Db, list: string): Promise<Claimed | undefined> => {
  const { rows } = await sql<Claimed>`
    update sync_jobs set lease_until = now() + make_interval(secs => ${leaseS}), fence = nextval('fences'), started_at = now()
    where name = (select name from sync_jobs where name = ${list} and due_at <= now()
      and (lease_until is null or lease_until <= now()) for update skip locked)
    returning name, fence, progress`.execute(db)
  return rows[0]
}

const runJob = async (it: Sync, { name, fence, progress }: Claimed): Promise<void> => {
  const save = async (now: object): Promise<void> => {
    const { numAffectedRows } = await sql`
      update sync_jobs set progress = ${JSON.stringify(now)}, lease_until = now() + make_interval(secs => ${leaseS})
      where name = ${name} and fence = ${fence}`.execute(it.db)
    if (numAffectedRows !== 1n) throw new Error(`another process has ${name}`)
  }
  try {
    await jobs[name]?.({ ...it, progress, save })
    await sql`update sync_jobs set lease_until = null, progress = '{}', finished_at = now(), trouble = null,
      due_at = case when due_at > started_at then due_at else ${nextNight} end where name = ${name} and fence = ${fence}`.execute(
      it.db,
    )
  } catch (error) {
    const { message } = error as Error
    it.log.warn({ job: name, reason: message }, 'a list of WeCom could not be read, it is tried again')
    await sql`update sync_jobs set lease_until = null, trouble = ${message.slice(0, 500)}, due_at = now() + make_interval(secs => ${waitS(error)})
      where name = ${name} and fence = ${fence}`.execute(it.db)
  }
}

/** A missing permission is not granted within a minute; a budget says itself when it is full again. */
const waitS = (error: unknown): number => {
  if (!(error instanceof WecomError)) return 60
  if (error.failure === 'back_off') return Math.max(1, Math.ceil((error.retryAfterMs ?? 60_000) / 1000))
  return error.failure === 'wrong_setup' ? 3600 : 300
}
