import { addAccount, addLink, setAuthorised } from '../model/accounts.ts'
import type { NewAccount } from '../model/accounts.ts'
import { openAccount } from '../model/customers.ts'
import { memberNamed } from '../model/members.ts'
import { addServicers } from '../model/servicers.ts'
import type { Account, World } from '../model/world.ts'

/** What the bank's admin does in WeCom's console. */
export type AccountsControl = {
  /** Makes an account; `servicers` become members when they are not. Answers the open_kfid. */
  add(account: NewAccount & { servicers?: string[] }): string
  authorise(...openKfIds: string[]): void
  deauthorise(...openKfIds: string[]): void
  delete(openKfId: string): void
  addServicers(openKfId: string, userids: string[]): void
  /** A customer link as add_contact_way makes it. */
  link(openKfId: string, scene?: string): string
  list(): Account[]
}

export const accountsControl = (world: World): AccountsControl => {
  const addAll = (openKfId: string, userids: string[]): void => {
    const members = userids.map((userid) => memberNamed(world, userid).userid)
    addServicers(world, openAccount(world, openKfId), { userids: members, departments: [] })
  }
  return {
    add: ({ servicers = [], ...account }) => {
      const { openKfId } = addAccount(world, account)
      addAll(openKfId, servicers)
      return openKfId
    },
    authorise: (...openKfIds) => void setAuthorised(world, openKfIds, true),
    deauthorise: (...openKfIds) => void setAuthorised(world, openKfIds, false),
    delete: (openKfId) => {
      openAccount(world, openKfId).deleted = true
      world.changed({ kind: 'account', openKfId })
    },
    addServicers: addAll,
    link: (openKfId, scene = '') => addLink(world, openAccount(world, openKfId).openKfId, scene).url,
    list: () => [...world.accounts.values()].filter((account) => !account.deleted),
  }
}
