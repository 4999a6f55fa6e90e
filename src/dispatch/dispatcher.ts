import type { Logger } from 'pino'
import type { Pool, PoolClient } from 'pg'
import { hasClosedDesk, isEveryoneFull } from '../routing/room.ts'
import { lanesOf, type LaneName } from '../outbox/lanes.ts'
import type { ClaimedEvent } from '../inbox/events.ts'
import { readArrival, type Arrival } from './arrival/arrival.ts'
import type { Changes } from './changes.ts'
import { Conflict, LostLease } from './conflict.ts'
import { buryEvent, postpone } from './failure.ts'
import { beginDay } from './begin-day.ts'
import { prepare, type Desk, type Prepared } from './prepare.ts'
import type { Guard, ReadyTurn } from './write/ready-turn.ts'
import { joinsQueue, oneLookIsEnough, waitingInOrder, type Waiting } from './waiting.ts'

export type Dispatch = Desk & {
  log: Logger
  /** Writes a turn, everything or nothing; see `commit` for what it throws. Turns that are ready together may share a transaction. */
  write: (turn: ReadyTurn) => Promise<void>
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  /** Tells the others that there is something in the inbox or the outbox. */
  wake: (what: 'inbox' | 'live' | LaneName) => void
  /** For /metrics: a friendship began, was confirmed, or ended. */
  countContact: (change: ContactChange) => void
}

/** `confirmed`: a half add has become a whole one. */
export type ContactChange = 'added' | 'half_added' | 'confirmed' | 'lost'

const mostTries = 8

/** Handles one claimed event to its end: done, postponed, or buried with its reason. Never throws. */
export const createEventRunner =
  (dispatch: Dispatch) =>
  async (claimed: ClaimedEvent): Promise<void> => {
    try {
      if (claimed.kind === 'clock/look_again') await lookAgain(dispatch, claimed)
      else if (claimed.kind === 'clock/day_begins') await beginDay(dispatch, claimed)
      else await runTurn(dispatch, readArrival(claimed), { inboxId: claimed.id, fence: claimed.fence, finish: true })
    } catch (error) {
      if (error instanceof LostLease) return
      await fail(dispatch, claimed, error)
    }
  }

/** Prepares and commits; what changed in between is prepared again, on a roster read anew. */
const runTurn = async (dispatch: Dispatch, arrival: Arrival, guard: Guard): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const prepared = await prepare(dispatch, arrival, attempt > 1)
    prepared.release?.()
    if (prepared.doubtful) continue
    if (!guard.finish && isIdle(prepared.changes)) return
    try {
      await write(dispatch, prepared, { ...guard, ignored: prepared.ignored })
      return
    } catch (error) {
      dispatch.roster.stale()
      if (!isConflict(error) || attempt >= mostTries) throw error
    }
  }
}

const write = async (dispatch: Dispatch, { changes, active }: Prepared, guard: Guard): Promise<void> => {
  const now = dispatch.now()
  dispatch.roster.moved(changes, now)
  const { version, pauseAfter } = active ?? dispatch.rules()
  await dispatch.write({ changes, guard, now, rulesetVersion: version, pauseAfter })
  if (changes.presence.length + changes.attention.length + changes.staff.length > 0) dispatch.roster.stale()
  if (changes.lookAgain || changes.staff.length > 0 || joinsQueue(changes) || mayBeRefused(changes))
    dispatch.wake('inbox')
  for (const lane of lanesOf(changes.errands)) dispatch.wake(lane)
  if (changes.touchpoints.length > 0) dispatch.wake('live')
  for (const line of changes.touchpoints) countContact(dispatch, line)
}

const countContact = (dispatch: Dispatch, { kind, data }: Changes['touchpoints'][number]): void => {
  if (kind === 'contact.added') dispatch.countContact(data?.['half'] === true ? 'half_added' : 'added')
  if (kind === 'contact.confirmed') dispatch.countContact('confirmed')
  if (kind === 'contact.lost') dispatch.countContact('lost')
}

/** Whoever asked for an invitation hears at once that there is none. */
const mayBeRefused = ({ invitation, notInvited }: Changes): boolean => invitation !== null || notInvited !== null

const isIdle = (changes: Changes): boolean => !changes.conversationChanged && changes.errands.length === 0

/** Serialization trouble is a conflict, too: deadlock (40P01), serialization failure (40001). */
const isConflict = (error: unknown): boolean =>
  error instanceof Conflict || ['40P01', '40001'].includes((error as { code?: string }).code ?? '')

/** The waiting conversations, most urgent first, each decided and committed before the next: who is free goes to who waits longest. */
const lookAgain = async (dispatch: Dispatch, claimed: ClaimedEvent): Promise<void> => {
  const guard = { inboxId: claimed.id, fence: claimed.fence, finish: false }
  await dispatch.pool.query(oneLookIsEnough, [claimed.id])
  await dispatch.roster.fresh()
  for (const waiting of await waitingInOrder(dispatch.pool, dispatch.now(), 2_000)) {
    if (await waitsOn(dispatch, waiting)) continue
    const again = { kind: 'clock/step_over', subject: waiting.external_userid, payload: { conversationId: waiting.id } }
    await runTurn(dispatch, readArrival({ ...claimed, ...again }), guard)
  }
  await dispatch.pool.query(
    "update inbox set state = 'done', done_at = now(), lease_until = null where id = $1 and fence = $2",
    [claimed.id, claimed.fence],
  )
}

/** He waits because all are full, and they are: nothing is to be decided, unless his desk has closed meanwhile. */
const waitsOn = async ({ roster, rules, now }: Dispatch, { waiting_reason, rule, open_kfid }: Waiting) =>
  waiting_reason === 'all-full' &&
  !hasClosedDesk(rules().rules, rule, now()) &&
  isEveryoneFull(await roster.recent(), open_kfid, rules().rules)

const fail = async (dispatch: Dispatch, claimed: ClaimedEvent, error: unknown): Promise<void> => {
  const { code, name, message } = error as Error & { code?: string }
  // The database's own troubles pass; a handler that throws does so every time: three tries, then it must not block this customer.
  const passing = code !== undefined && /^(08|40|53|55|57|ECONN|EPIPE|ETIMEDOUT)/.test(code)
  dispatch.log.warn(
    { event: claimed.id, kind: claimed.kind, attempts: claimed.attempts, code, error: `${name}: ${message}` },
    'event failed',
  )
  const reason = `${name}: ${message}`.slice(0, 500)
  try {
    if (passing || claimed.attempts < 3) await postpone(dispatch.pool, claimed, reason)
    else await dispatch.inTransaction(dispatch.pool, (tx) => buryEvent(tx, claimed, reason))
  } catch (again) {
    // The database is away: the lease runs out and the event is claimed anew.
    dispatch.log.error({ event: claimed.id, error: (again as Error).message }, 'event left to its lease')
  }
}
