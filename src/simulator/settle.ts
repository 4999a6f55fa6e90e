import type { ExampleCorp, ExampleCustomer } from './example-corp.ts'
import { settleContacts } from './settle-contacts.ts'
import { addAccount } from './model/accounts.ts'
import { customerNamed } from './model/customers.ts'
import { memberNamed } from './model/members.ts'
import { addServicers } from './model/servicers.ts'
import type { Customer, World } from './model/world.ts'

const clientOf = ({ client, known }: ExampleCustomer): Customer['client'] =>
  client ?? (known?.clientNo ? { clientNo: known.clientNo, name: known.name } : null)

const bankNameOf = ({ client, known }: ExampleCustomer): Customer['bankName'] =>
  [known?.firm?.name, known?.name ?? client?.name].filter(Boolean).join(' ') || null

/** Moves people into an empty world: departments, members, accounts with their servicers, customers, links. */
export const settle = (world: World, people: ExampleCorp): void => {
  world.corp.name = people.name
  world.departments.set(1, { id: 1, name: people.name, parentid: 0, order: 1 })
  people.branches.forEach(({ departmentId: id, name }, index) =>
    world.departments.set(id, { id, name, parentid: 1, order: index + 1 }),
  )
  const department = new Map(people.branches.map((branch) => [branch.key, branch.departmentId]))
  for (const rm of people.rms) {
    const departments = [department.get(rm.branch) ?? 1]
    memberNamed(world, rm.userid, { name: rm.name, departments, position: rm.position })
  }
  for (const given of people.accounts) {
    const account = addAccount(world, { openKfId: given.openKfId, name: given.name })
    addServicers(world, account, { userids: given.servicers, departments: [] })
  }
  for (const given of people.customers) {
    const { externalUserId, nickname, gender } = given
    customerNamed(world, externalUserId, { nickname, gender, client: clientOf(given), bankName: bankNameOf(given) })
  }
  for (const link of people.links) world.links.set(link.encScene, link)
  if (people.contacts) settleContacts(world, people.contacts)
  world.corp.upgrade.userids.push(...people.rms.map((rm) => rm.userid))
}
