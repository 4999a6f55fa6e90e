import { receptionOf, servesAccount } from '../model/servicers.ts'
import type { Account, Member, World } from '../model/world.ts'

/** Who and what there is: for the choosing on the phones page. */
export const overview = (world: World) => ({
  now: world.now(),
  corp: world.corp.name,
  accounts: [...world.accounts.values()]
    .filter((account) => !account.deleted)
    .map((account) => accountView(world, account)),
  customers: [...world.customers.values()].map(({ externalUserId, nickname, bankName, gender, client }) => ({
    externalUserId,
    nickname,
    bankName,
    gender,
    banks: client !== null,
  })),
  members: [...world.members.values()].map((member) => memberView(world, member)),
})

const accountView = (world: World, { openKfId, name, authorised }: Account) => ({
  openKfId,
  name,
  authorised,
  links: [...world.links.values()]
    .filter((link) => link.openKfId === openKfId)
    .map((link) => ({
      url: link.url,
      scene: link.scene,
      name: link.name ?? link.scene,
    })),
})

const receptionWord = (account: Account, userid: string): 'receiving' | 'stopped' | 'suspended' => {
  const { status, stopType } = receptionOf(account, userid)
  if (status === 0) return 'receiving'
  return stopType === 1 ? 'suspended' : 'stopped'
}

const memberView = (world: World, { userid, name, departments, position }: Member) => ({
  userid,
  name,
  position,
  department: world.departments.get(departments[0] ?? 1)?.name ?? '',
  accounts: [...world.accounts.values()]
    .filter((account) => !account.deleted && servesAccount(world, account, userid))
    .map((account) => ({ openKfId: account.openKfId, reception: receptionWord(account, userid) })),
})
