import { addLink, checkLinks, deleteLink } from '../model/acquisition-links.ts'
import type { NewLink } from '../model/acquisition-links.ts'
import { balance, setQuota, tellExpiring } from '../model/acquisition-quota.ts'
import { day } from '../model/clock.ts'
import { addFull } from '../model/contact-adding.ts'
import { editInClient } from '../model/contact-edits.ts'
import type { Edit } from '../model/contact-edits.ts'
import { addTags, deleteTags, editTag, shuffleTags, tagLibrary } from '../model/contact-tags.ts'
import type { AcquisitionLink, ContactWay } from '../model/contact-types.ts'
import { addWay, qrOf } from '../model/contact-ways.ts'
import { otherAppDone, otherAppSends } from '../model/contact-welcome.ts'
import { memberNamed } from '../model/members.ts'
import { Impossible } from '../model/refused.ts'
import { refuseTransfer } from '../model/transfers.ts'
import type { World } from '../model/world.ts'
import { groupsControl } from './groups.ts'
import type { GroupsControl } from './groups.ts'
import { relationView, relationViews } from './relation-view.ts'
import type { RelationView } from './relation-view.ts'

type WayAsk = { users: string[]; state?: string; skipVerify?: boolean; remark?: string }
type LinkAsk = { name: string; users: string[]; skipVerify?: boolean; byApp?: boolean }

/** 客户联系 as the bank's admins and fate see it; what people do themselves is with `customer()` and `servicer()`. */
export type ContactsControl = {
  /** A code as add_contact_way makes it. */
  makeWay(ask: WayAsk): { configId: string; qrCode: string }
  makeLink(ask: LinkAsk): { linkId: string; url: string }
  ways(): ContactWay[]
  links(): AcquisitionLink[]
  /** In the console: delete_link. */
  deletesLink(linkId: string): void
  /** What the corp has bought; one batch that ends after `days` (365). */
  setQuota(balance: number, days?: number): void
  quota(): number
  /** WeCom's daily look at batches that end soon. */
  tellExpiring(): void
  /** The console's changes of the tag library; each is told. Answers the ids of the new tags by their names. */
  addTags(group: string, names: string[]): Record<string, string>
  renamesTag(id: string, name: string): void
  deletesTags(ids: string[]): void
  deletesTagGroup(id: string): void
  shufflesTags(groupId?: string): void
  tagGroups(): ReturnType<typeof tagLibrary>
  /** An admin changes many contacts of a member in one go: an edit_external_contact for each. */
  retags(userid: string, customers: string[], edit: Pick<Edit, 'add' | 'remove'>): void
  /** An admin gives a customer to a member (202), or a colleague shares one (201). */
  assigns(customer: string, userid: string, by?: string): void
  shares(customer: string, from: string, to: string): void
  /** The customer declines a transfer that waits; without that it is done when the clock has gone on by 24 h. */
  refusesTransfer(customer: string): void
  /** A member leaves the bank: his customers are unassigned. */
  leaves(userid: string): void
  groups: GroupsControl
  /** Another app welcomes at the same time (41096), and then did it (41051) or not. */
  otherAppSends(code: string): void
  otherAppDone(code: string, sent: boolean): void
  /** So many of the next callbacks of 客户联系 never leave. */
  loses(callbacks: number): void
  relation(userid: string, customer: string): RelationView | null
  relations(of?: { userid?: string; customer?: string }): RelationView[]
}

const operator = 'admin'

const made = (world: World, ask: NewLink): { linkId: string; url: string } => {
  const { linkId, url } = addLink(world, ask)
  return { linkId, url }
}

const names = (world: World, users: string[]): string[] => users.map((userid) => memberNamed(world, userid).userid)

const leaves = (world: World, userid: string): void => {
  const member = world.members.get(userid.toLowerCase())
  if (!member) throw new Impossible(`there is no member ${userid}`)
  Object.assign(member, { leftAt: world.now(), activated: false })
  world.changed({ kind: 'member', userid: member.userid })
  checkLinks(world)
}

const library = (
  world: World,
): Pick<
  ContactsControl,
  'addTags' | 'renamesTag' | 'deletesTags' | 'deletesTagGroup' | 'shufflesTags' | 'tagGroups'
> => ({
  addTags: (groupName, tags) => {
    const { made: tagsMade } = addTags(world, { groupName, tags: tags.map((name) => ({ name })) }, 'console')
    return Object.fromEntries(tagsMade.map(({ name, id }) => [name, id]))
  },
  renamesTag: (id, name) => editTag(world, { id, name }, 'console'),
  deletesTags: (tagIds) => deleteTags(world, { tagIds, groupIds: [] }, 'console'),
  deletesTagGroup: (id) => deleteTags(world, { tagIds: [], groupIds: [id] }, 'console'),
  shufflesTags: (groupId = '') => shuffleTags(world, groupId),
  tagGroups: () => tagLibrary(world, { tagIds: [], groupIds: [] }),
})

const give = (world: World, ask: { customer: string; userid: string; by: string; addWay: 201 | 202 }): void =>
  void addFull(world, {
    userid: ask.userid,
    externalUserId: ask.customer,
    addWay: ask.addWay,
    operator: ask.by,
    state: '',
    linkId: null,
  })

const codesAndLinks = (
  world: World,
): Pick<
  ContactsControl,
  'makeWay' | 'makeLink' | 'ways' | 'links' | 'deletesLink' | 'setQuota' | 'quota' | 'tellExpiring'
> => ({
  makeWay: ({ users, ...rest }) => {
    const members = names(world, users)
    const way = addWay(world, { type: members.length === 1 ? 1 : 2, scene: 2, users: members, parties: [], ...rest })
    return { configId: way.configId, qrCode: qrOf(way) }
  },
  makeLink: ({ users, ...rest }) => made(world, { users: names(world, users), parties: [], ...rest }),
  ways: () => structuredClone([...world.contacts.ways.values()]),
  links: () => structuredClone([...world.contacts.links.values()]),
  deletesLink: (linkId) => deleteLink(world, linkId, 'console'),
  setQuota: (bought, days = 365) => setQuota(world, [{ balance: bought, expiresAt: world.now() + days * day }]),
  quota: () => balance(world),
  tellExpiring: () => tellExpiring(world),
})

export const contactsControl = (world: World): ContactsControl => ({
  ...codesAndLinks(world),
  ...library(world),
  retags: (userid, customers, edit) => {
    for (const externalUserId of customers) editInClient(world, { userid, externalUserId }, edit)
  },
  assigns: (customer, userid, by = operator) => give(world, { customer, userid, by, addWay: 202 }),
  shares: (customer, from, to) => give(world, { customer, userid: to, by: from, addWay: 201 }),
  refusesTransfer: (customer) => refuseTransfer(world, customer),
  leaves: (userid) => leaves(world, userid),
  groups: groupsControl(world),
  otherAppSends: (code) => otherAppSends(world, code),
  otherAppDone: (code, sent) => otherAppDone(world, { code, sent }),
  loses: (callbacks) => void (world.contacts.losing = callbacks),
  relation: (userid, customer) => relationView(world, userid, customer),
  relations: (of) => relationViews(world, of ?? {}),
})
