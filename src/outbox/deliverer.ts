import type { Logger } from 'pino'
import type { Pool } from 'pg'
import type { WecomClient } from '../wecom/client.ts'
import { countedOf, type Counted } from './counted.ts'
import { deliver, type Call, type Delivery } from './deliver.ts'
import { openCards } from './open-cards.ts'
import { inviteOf } from './invitation.ts'
import type { LinkFor } from './invite.ts'
import { lanesOf, type Lane, type LaneName } from './lanes.ts'
import type { ReadProfile } from './read-profile.ts'
import { welcomedBefore, type MediaIds } from './welcome.ts'
import { ownMsgid, timeOver, type OutboxRow, type Result, type Tried } from './row.ts'

export type Deliverer = {
  pool: Pool
  log: Logger
  /** Books what came of a try; answers false when it was not ours any more, and rejects when nothing is booked. */
  book: (it: Tried) => Promise<boolean>
  call: WecomClient['call']
  /** Links that invite to an RM; it may ask WeCom for one. */
  links: LinkFor
  media: MediaIds
  readProfile: ReadProfile
  agentId: number
  installation: string
  now: () => Date
  /** Milliseconds that only go forward, also while the process was paused. */
  monotonic: () => number
  leaseMs: number
  wake: (what: 'inbox' | 'live' | LaneName) => void
  /** For /metrics. */
  count: (counted: Counted) => void
}

/** A call with its waits and repeats takes 12 s at most: it is only begun while the lease covers it. */
const callMs = 12_000

class LeaseNearlyOver extends Error {
  override name = 'LeaseNearlyOver'
  outcome = 'not_sent'
}

/** Carries out one claimed row and books the result. No transaction is open while WeCom is called. Never throws. */
export const createErrandRunner =
  (it: Deliverer) =>
  async (claimed: OutboxRow, claimedAt: number): Promise<void> => {
    // A try before this one that left no word (its process died, the database was away) may have reached WeCom.
    const row = { ...claimed, uncertain: claimed.uncertain || claimed.attempts - 1 > claimed.reported }
    // Looked at again right before each call: a process that was paused meanwhile must not act on an old lease.
    const call: Call = (endpoint, ask, options) => {
      if (it.monotonic() - claimedAt > it.leaseMs - callMs)
        throw new LeaseNearlyOver('the lease on this errand is nearly over')
      return it.call(endpoint, ask, { deadlineMs: callMs, ...options })
    }
    const { agentId, installation, links } = it
    const delivery: Delivery = {
      call,
      agentId,
      installation,
      links,
      cards: openCards(it.pool),
      profileOf: (externalUserId) => it.readProfile({ externalUserId, call, claimedAt }),
      media: it.media,
      welcomed: welcomedBefore(it.pool),
      now: it.now,
    }
    const now = it.now()
    const result: Result =
      row.not_after && row.not_after < now ? { end: 'expired', reason: timeOver } : await deliver(row, delivery)
    report(it, row, result)
    try {
      const booked = { row, result, now: it.now(), msgid: ownMsgid(it.installation, row.id) }
      const ours = await it.book(booked)
      const counted = ours ? countedOf(row, result, booked.now) : null
      if (counted) it.count(counted)
    } catch (error) {
      // Not booked: the lease runs out and the errand is tried again, with the same msgid.
      it.log.error({ errand: row.id, kind: row.kind, error: (error as Error).message }, 'errand not booked')
      return
    }
    // What was read may be news, and whoever asked for an invitation hears of it: events in the customer's line, or the group's.
    if (result.end === 'refused' || ['contact/read', 'group/read'].includes(row.kind) || inviteOf(row)) it.wake('inbox')
    if (result.end === 'done') it.wake('live')
    for (const lane of lanesOf(followingOf(row, result))) it.wake(lane)
  }

/** What can be carried out now: what came of it, and a customer's next one, in the other of his lanes. */
const followingOf = (row: OutboxRow, result: Result): { lane: Lane }[] => {
  const then = result.end === 'done' ? (row.payload.then ?? []) : []
  const instead = result.end === 'expired' && result.instead ? [result.instead] : []
  const others: { lane: Lane }[] = row.lane < 2 ? [{ lane: row.lane === 0 ? 1 : 0 }] : []
  return [...then, ...instead, ...others]
}

const report = (it: Deliverer, row: OutboxRow, result: Result): void => {
  if (result.end === 'done') return
  const about = { errand: row.id, kind: row.kind, attempts: row.attempts, end: result.end, reason: result.reason }
  if (result.end === 'failed') it.log.error(about, 'errand failed for good')
  else it.log.warn(about, 'errand did not go through')
}
