import { sql } from 'kysely'
import type { Logger } from 'pino'
import { noteServicers } from '../crm/presence.ts'
import type { Db } from '../store/open.ts'
import type { WecomClient } from '../wecom/client.ts'
import { listUsersSimply } from '../wecom/endpoints/directory.ts'
import { listKfAccounts, listServicers } from '../wecom/endpoints/kf.ts'
import type { OpenKfId, UserId } from '../wecom/ids.ts'
import { statusInList } from '../wecom/kf-status.ts'

/** What a customer wrote before this installation first saw the account is history: recorded, never answered. */
const historyMs = 10 * 60_000

export type Accounts = { db: Db; wecom: WecomClient; now: () => Date; log: Logger }

/**
 * Makes our list of kf accounts and their servicers what WeCom says: at start, hourly, and when an admin changes what the app
 * may manage. Rejects when WeCom cannot be asked.
 */
export const syncAccounts = async (it: Accounts): Promise<void> => {
  const accounts = await allAccounts(it)
  for (const account of accounts) {
    await it.db
      .insertInto('kf_accounts')
      .values({
        open_kfid: account.open_kfid,
        name: account.name,
        managed: account.manage_privilege,
        history_before: new Date(it.now().getTime() - historyMs),
      })
      .onConflict((known) =>
        known.column('open_kfid').doUpdateSet({ name: account.name, managed: account.manage_privilege, ...atOnce }),
      )
      .execute()
  }
  await it.db
    .updateTable('kf_accounts')
    .set({ managed: false })
    .where('open_kfid', 'not in', ['', ...accounts.map((account) => account.open_kfid)])
    .execute()
  for (const { open_kfid, manage_privilege } of accounts) if (manage_privilege) await syncServicers(it, open_kfid)
}

/** An account that was given back has rung for nobody meanwhile: it is pulled now. */
const atOnce = {
  poll_at: sql<Date>`case when kf_accounts.managed then kf_accounts.poll_at else now() end`,
  lease_until: sql<Date | null>`case when kf_accounts.managed then kf_accounts.lease_until end`,
}

const allAccounts = async ({ wecom }: Accounts) => {
  const accounts = []
  for (let offset = 0; ; offset += 100) {
    const page = await wecom.call(listKfAccounts, { offset, limit: 100 })
    accounts.push(...page.account_list)
    if (page.account_list.length < 100) return accounts
  }
}

/** Who serves an account and who is receiving now; a department stands for its members. */
const syncServicers = async (it: Accounts, openKfId: OpenKfId): Promise<void> => {
  const at = it.now()
  const { servicer_list: listed } = await it.wecom.call(listServicers, { open_kfid: openKfId })
  const servicers: { userid: UserId; status: 'receiving' | 'stopped' | 'suspended' | 'unknown' }[] = []
  for (const { userid, department_id, status, stop_type } of listed) {
    if (userid)
      servicers.push({
        userid: userid,
        status: status === undefined ? 'unknown' : statusInList(status, stop_type),
      })
    else if (department_id !== undefined) servicers.push(...(await members(it, department_id)))
  }
  await noteServicers(it.db, { openKfId, servicers, at })
}

/** Members who serve an account only through their department: WeCom does not tell their status until it changes. */
const members = async ({ wecom, log }: Accounts, department: number) => {
  try {
    const { userlist } = await wecom.call(listUsersSimply, { department_id: department })
    return userlist.map(({ userid }) => ({ userid: userid, status: 'receiving' as const }))
  } catch (error) {
    log.warn({ department, reason: (error as Error).message }, 'members of a servicing department could not be read')
    return []
  }
}
