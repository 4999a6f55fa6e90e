import type { Pool } from 'pg'
import { syncAccounts, type Accounts } from './accounts.ts'

/** A bell about the accounts themselves, or from an account that we do not know yet. */
const bells = `state = 'rung' and (subject = 'accounts' or (subject like 'account:%'
  and not exists (select from kf_accounts a where 'account:' || a.open_kfid = inbox.subject)))`

export const accountsRang = async (pool: Pool): Promise<boolean> => {
  const { rowCount } = await pool.query(`select 1 from inbox where ${bells} limit 1`)
  return (rowCount ?? 0) > 0
}

/** An admin changed what the app may manage: the accounts are read again; bells of accounts that WeCom does not list are put aside. */
export const answerAccountBells = async (accounts: Accounts, pool: Pool): Promise<void> => {
  const { rows } = await pool.query<{ id: string }>(`select id from inbox where ${bells}`)
  await syncAccounts(accounts)
  const ids = rows.map((row) => row.id)
  await pool.query("update inbox set state = 'done', done_at = now() where id = any($1) and subject = 'accounts'", [
    ids,
  ])
  await pool.query(
    `update inbox set state = 'ignored', done_at = now(), error = 'WeCom lists no such kf account'
     where id = any($1) and ${bells}`,
    [ids],
  )
}
