import type { Logger } from 'pino'
import type { Pool, PoolClient } from 'pg'
import { addEvents } from '../inbox/add.ts'
import type { NewEvent } from '../inbox/events.ts'
import type { WecomClient } from '../wecom/client.ts'
import { syncKfMessages } from '../wecom/endpoints/kf.ts'
import { WecomError } from '../wecom/error.ts'
import type { OpenKfId } from '../wecom/ids.ts'
import { eventsOfPage } from './kf-page.ts'

export type KfPull = {
  pool: Pool
  wecom: WecomClient
  inTransaction: <T>(pool: Pool, work: (tx: PoolClient) => Promise<T>) => Promise<T>
  now: () => Date
  log: Logger
  /** The safety net: every account is asked this often when no callback comes. */
  pollMs: number
  wake: (what: 'inbox') => void
}

/** An account whose doorbell rang or whose poll is due, leased to us. */
export type PulledAccount = {
  open_kfid: OpenKfId
  cursor: string
  history_before: Date | null
  cursor_at: Date | null
  fence: string
  token: string | null
  rung: string | null
}

/** After a crash an account rests this long. A lease outlasts the one call to WeCom that is made on it, and is renewed before the next. */
const leaseS = 15
const callMs = 10_000
/** WeCom keeps three days; a longer silence of ours may have lost something, which is then written down. */
const keptMs = 3 * 24 * 3_600_000

/** Accounts to be pulled now, one puller each: the lease is by database time, the fence makes a late one harmless. */
export const claimAccounts = async (pool: Pool, most: number): Promise<PulledAccount[]> => {
  const { rows } = await pool.query<PulledAccount>({
    name: 'kf-claim',
    text: `with due as (
        select a.open_kfid from kf_accounts a
        where a.managed and (a.lease_until is null or a.lease_until < now())
          and (a.poll_at <= now() or exists (select from inbox i where i.state = 'rung' and i.subject = 'account:' || a.open_kfid))
        order by a.poll_at limit $1 for update skip locked)
      update kf_accounts a set lease_until = now() + make_interval(secs => $2), fence = nextval('fences')
      from due where a.open_kfid = due.open_kfid
      returning a.open_kfid, a.cursor, a.history_before, a.cursor_at, a.fence,
        (select max(i.id) from inbox i where i.state = 'rung' and i.subject = 'account:' || a.open_kfid)::text as rung,
        (select i.payload ->> 'token' from inbox i where i.state = 'rung' and i.subject = 'account:' || a.open_kfid
           and i.received_at > now() - interval '9 minutes' order by i.id desc limit 1) as token`,
    values: [most, leaseS],
  })
  return rows
}

/** Pulls an account to its end: page by page, each page and its cursor in one transaction. Never throws. */
export const pullAccount = async (it: KfPull, account: PulledAccount): Promise<void> => {
  try {
    await pullPages(it, account)
    await finish(it, account, { trouble: null, afterMs: it.pollMs * (0.8 + Math.random() * 0.4), answered: true })
  } catch (error) {
    const { message } = error as Error
    it.log.error({ account: account.open_kfid, reason: message }, 'pull failed, trying again')
    const afterMs =
      error instanceof WecomError
        ? Math.max(error.retryAfterMs ?? 0, error.failure === 'wrong_setup' ? 60_000 : 2_000)
        : 2_000
    await finish(it, account, { trouble: message.slice(0, 300), afterMs, answered: false }).catch(() => {})
  }
}

/** WeCom may answer an empty page with more to come, or the same cursor again: a few rounds of that, then the next pull. */
const mostIdleRounds = 5

const pullPages = async (it: KfPull, account: PulledAccount): Promise<void> => {
  let cursor = account.cursor
  let token = account.token
  let idle = 0
  await noteGap(it, account)
  for (;;) {
    const page = await askPage(it, account, { cursor, token })
    token = page.token
    const more = page.has_more === 1
    const moved = page.next_cursor !== '' && page.next_cursor !== cursor
    if (page.msg_list.length > 0 || moved) {
      await storePage(it, account, { items: page.msg_list, cursor: page.next_cursor || cursor })
      if (page.msg_list.length > 0) it.wake('inbox')
    } else if (more) await renew(it, account)
    if (!more) return
    idle = page.msg_list.length === 0 && !moved ? idle + 1 : 0
    if (idle >= mostIdleRounds) return
    cursor = page.next_cursor || cursor
  }
}

type Ask = { cursor: string; token: string | null }
type Answer = { next_cursor: string; has_more: number; msg_list: unknown[]; token: string | null }
const askPage = async (it: KfPull, account: PulledAccount, ask: Ask): Promise<Answer> => {
  const { open_kfid } = account
  const { cursor, token } = ask
  try {
    const page = await it.wecom.call(
      syncKfMessages,
      {
        open_kfid,
        limit: 1000,
        ...(cursor && { cursor }),
        ...(token && { token }),
      },
      { deadlineMs: callMs },
    )
    return { ...page, token }
  } catch (error) {
    const less = error instanceof WecomError ? withoutRefused(error, ask) : null
    if (!less) throw error
    it.log.warn(
      {
        account: open_kfid,
        errcode: (error as WecomError).errcode,
        without: less.token === token ? 'cursor' : 'token',
      },
      'asked again',
    )
    await renew(it, account)
    return askPage(it, account, less)
  }
}

/**
 * A token that has run out is no reason to wait: the same question without it. A cursor that WeCom does not take (it documents
 * no number for that) would end all pulling: from the beginning then, what comes again is known by its msgid.
 */
const withoutRefused = ({ errcode, failure }: WecomError, ask: Ask): Ask | null => {
  if (ask.token && errcode === 95007) return { ...ask, token: null }
  return ask.cursor && failure === 'bad_request' ? { ...ask, cursor: '' } : null
}

const lost = 'another process pulls this account by now'
class LeaseLost extends Error {
  override name = 'LeaseLost'
}

const renew = async ({ pool }: KfPull, { open_kfid, fence }: PulledAccount): Promise<void> => {
  const { rowCount } = await pool.query({
    name: 'kf-renew',
    text: 'update kf_accounts set lease_until = now() + make_interval(secs => $3) where open_kfid = $1 and fence = $2',
    values: [open_kfid, fence, leaseS],
  })
  if (rowCount !== 1) throw new LeaseLost(lost)
}

type Page = { items: unknown[]; cursor: string }
/** The heart of it: items and cursor together or not at all, and only while the account is still ours. */
const storePage = (it: KfPull, account: PulledAccount, { items, cursor }: Page): Promise<void> =>
  it.inTransaction(it.pool, async (tx) => {
    const events = eventsOfPage({
      openKfId: account.open_kfid,
      items,
      historyBefore: account.history_before,
      now: it.now(),
    })
    const { rowCount } = await tx.query({
      name: 'kf-page',
      text: `update kf_accounts set cursor = $3, cursor_at = $4, lease_until = now() + make_interval(secs => $5)
             where open_kfid = $1 and fence = $2`,
      values: [account.open_kfid, account.fence, cursor, it.now(), leaseS],
    })
    if (rowCount !== 1) throw new LeaseLost(lost)
    await Promise.all([addEvents(tx, events), meetCustomers(tx, events)])
  })

/**
 * Whoever is not known yet is entered with the page: a burst of new customers costs one statement, not one each. Always in the
 * same order, or the pulls of two accounts with the same new customers would wait for each other.
 */
const meetCustomers = (tx: PoolClient, events: readonly NewEvent[]) =>
  tx.query({
    name: 'kf-customers',
    text: `insert into customers (external_userid) select distinct unnest($1::text[]) order by 1 on conflict (external_userid) do nothing`,
    values: [events.map((event) => event.subject).filter((subject) => !subject.startsWith('account:'))],
  })

type End = { trouble: string | null; afterMs: number; answered: boolean }
/** Doorbells that rang before the pull began are answered by it; later ones ask for another. */
const finish = async (it: KfPull, account: PulledAccount, { trouble, afterMs, answered }: End): Promise<void> => {
  await it.inTransaction(it.pool, async (tx) => {
    const { rowCount } = await tx.query(
      `update kf_accounts set lease_until = case when $3 then null else now() + make_interval(secs => $5) end,
         poll_at = now() + make_interval(secs => $5), trouble = $4,
         pulled_at = case when $3 then $6 else pulled_at end, cursor_at = case when $3 then $6 else cursor_at end
       where open_kfid = $1 and fence = $2`,
      [account.open_kfid, account.fence, answered, trouble, afterMs / 1000, it.now()],
    )
    if (rowCount !== 1 || !answered || account.rung === null) return
    await tx.query(
      "update inbox set state = 'done', done_at = now() where state = 'rung' and subject = $1 and id <= $2",
      [`account:${account.open_kfid}`, account.rung],
    )
  })
}

/** After more than three days without a pull WeCom may have dropped messages: said in the log and in `GET /integrity`. */
const noteGap = async ({ pool, log, now }: KfPull, account: PulledAccount): Promise<void> => {
  if (!account.cursor_at || now().getTime() - account.cursor_at.getTime() <= keptMs) return
  log.error(
    { account: account.open_kfid, since: account.cursor_at },
    'more than three days without a pull: messages may be lost',
  )
  await pool.query('insert into kf_gaps (open_kfid, since, until) values ($1, $2, $3) on conflict do nothing', [
    account.open_kfid,
    account.cursor_at,
    now(),
  ])
}
