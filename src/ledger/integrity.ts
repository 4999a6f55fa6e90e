import type { Pool } from 'pg'
import { readSums } from './books.ts'

export type Gap = { what: string; id: string; since: string; detail: string }
export type Integrity = {
  /** Customer messages that WeCom handed over. */
  received: number
  /** Of these, how many the ledger has. */
  stored: number
  /** Of these, how many have an outcome: a routing decision, or they joined a conversation that has one. */
  decided: number
  gaps: Gap[]
  accounts: { openKfId: string; cursorAt: string | null; lagSeconds: number | null }[]
}

/**
 * The books: every message received is stored, and every stored one is decided, or `gaps` says which is not and why. Counted
 * from three tables that are written by different steps, so that none can vouch for itself; what was counted once and is closed
 * (books.ts) is not counted again, so that this takes no longer in the tenth year than on the first day.
 */
export const readIntegrity = async (pool: Pool, now: Date): Promise<Integrity> => ({
  ...(await readSums(pool)),
  gaps: await readGaps(pool),
  accounts: await readAccounts(pool, now),
})

const mostGaps = 200

/** Each part walks an index of what is unfinished; who waits behind another of his subject is not named beside him. */
export const gapsQuery = `select * from (
   (select 'event-given-up' as what, id::text, occurred_at as since, kind || ': ' || coalesce(error, '') as detail
    from inbox where state = 'dead' order by inbox.id desc limit $1)
   union all
   (select 'event-waiting', id::text, occurred_at, kind || coalesce(': ' || error, '')
    from inbox where state = 'new' and front and received_at < now() - interval '60 seconds' order by lane, inbox.id limit $1)
   union all
   (select 'errand-failed', id::text, created_at, kind || ': ' || coalesce(error, '')
    from outbox where state = 'failed' and kind in ('message/send', 'message/card', 'kf/send_msg_on_event') and done_at > now() - interval '7 days'
    order by outbox.id desc limit $1)
   union all
   (select 'errand-waiting', id::text, created_at, kind || coalesce(': ' || error, '')
    from outbox where state = 'new' and front and created_at < now() - interval '60 seconds' order by lane, outbox.id limit $1)
   union all
   (select 'alarm-unheard', id::text, at, data ->> 'what'
    from touchpoints where kind = 'alarm.unheard' and at > now() - interval '7 days' order by touchpoints.id desc limit $1)
   union all
   (select 'account-not-pulled', open_kfid, coalesce(pulled_at, poll_at), trouble
    from kf_accounts where managed and trouble is not null limit $1)
   union all
   (select 'too-long-without-pull', open_kfid, since, 'until ' || until from kf_gaps limit $1)
 ) gaps order by since limit $1`

const readGaps = async (pool: Pool): Promise<Gap[]> => {
  const { rows } = await pool.query<{ what: string; id: string; since: Date; detail: string }>(gapsQuery, [mostGaps])
  return rows.map((row) => ({ ...row, since: row.since.toISOString() }))
}

const readAccounts = async (pool: Pool, now: Date) => {
  const { rows } = await pool.query<{ open_kfid: string; cursor_at: Date | null }>(
    'select open_kfid, cursor_at from kf_accounts where managed order by open_kfid',
  )
  return rows.map(({ open_kfid, cursor_at }) => ({
    openKfId: open_kfid,
    cursorAt: cursor_at?.toISOString() ?? null,
    lagSeconds: cursor_at && Math.max(0, Math.round((now.getTime() - cursor_at.getTime()) / 1000)),
  }))
}
