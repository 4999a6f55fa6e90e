import type { Pool } from 'pg'

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
 * from three tables that are written by different steps, so that none can vouch for itself.
 */
export const readIntegrity = async (pool: Pool, now: Date): Promise<Integrity> => {
  const { rows } = await pool.query<{ received: number; stored: number; decided: number }>(`
    with received as (
      select id, coalesce(payload -> 'item' ->> 'msgid', key) as msgid, state, payload from inbox
      where payload -> 'item' ->> 'origin' = '3' and payload -> 'item' ->> 'msgtype' <> 'event')
    select
      (select count(*)::int from received) as received,
      (select count(*)::int from touchpoints where kind = 'message.received') as stored,
      (select count(*)::int from received r left join messages m on m.id = r.msgid
       where r.state = 'ignored' or (r.state = 'done' and (
         r.payload ? 'history' or r.payload ? 'recalled'
         or exists (select from decisions d where d.conversation_id = m.conversation_id)
         or exists (select from conversations v where v.id = m.conversation_id and v.assigned_at is not null)))) as decided`)
  const books = rows[0] as { received: number; stored: number; decided: number }
  return { ...books, gaps: await readGaps(pool), accounts: await readAccounts(pool, now) }
}

const mostGaps = 200

const readGaps = async (pool: Pool): Promise<Gap[]> => {
  const { rows } = await pool.query<{ what: string; id: string; since: Date; detail: string }>(
    `select * from (
       (select 'event-given-up' as what, id::text, occurred_at as since, kind || ': ' || coalesce(error, '') as detail
        from inbox where state = 'dead' order by id desc limit $1)
       union all
       (select 'event-waiting', id::text, occurred_at, kind || coalesce(': ' || error, '')
        from inbox where state = 'new' and received_at < now() - interval '60 seconds' order by id limit $1)
       union all
       (select 'errand-failed', id::text, created_at, kind || ': ' || coalesce(error, '')
        from outbox where state = 'failed' and kind in ('message/send', 'kf/send_msg_on_event') and done_at > now() - interval '7 days'
        order by id desc limit $1)
       union all
       (select 'errand-waiting', id::text, created_at, kind || coalesce(': ' || error, '')
        from outbox where state = 'new' and created_at < now() - interval '60 seconds' order by id limit $1)
       union all
       (select 'alarm-unheard', id::text, at, data ->> 'what'
        from touchpoints where kind = 'alarm.unheard' and at > now() - interval '7 days' order by id desc limit $1)
       union all
       (select 'account-not-pulled', open_kfid, coalesce(pulled_at, poll_at), trouble
        from kf_accounts where managed and trouble is not null limit $1)
       union all
       (select 'too-long-without-pull', open_kfid, since, 'until ' || until from kf_gaps limit $1)
     ) gaps order by since limit $1`,
    [mostGaps],
  )
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
