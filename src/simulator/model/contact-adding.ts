import { takeQuota } from './acquisition-quota.ts'
import { isAlive, findRelation, isFull, keepRelation } from './contact-book.ts'
import { optional, tellContact } from './contact-events.ts'
import { addContactLine, system } from './contact-lines.ts'
import type { Relation, Request, Way } from './contact-types.ts'
import { issueWelcome } from './contact-welcome.ts'
import { customerNamed } from './customers.ts'
import { findMember } from './find.ts'
import { Impossible, impossibleIf } from './refused.ts'
import type { Customer, Member, World } from './world.ts'

export type Adding = Way & { userid: string; externalUserId: string }

/** The member, if he can have customers at all. */
export const followerNamed = (world: World, userid: string): Member => {
  const member = findMember(world, userid)
  if (!member) throw new Impossible(`there is no member ${userid}`)
  impossibleIf(!member.activated || member.leftAt !== null, `${userid} does not use WeCom`)
  impossibleIf(!member.hasContacts, `${userid} has no 客户联系`)
  return member
}

const fresh = (adding: Adding, at: number): Relation => ({
  ...adding,
  phase: 'half',
  createdAt: at,
  remark: '',
  description: '',
  remarkCompany: '',
  mobiles: [],
  tags: new Set(),
  chatStarted: false,
  welcomed: false,
  received: 0,
  transferredAt: [],
  lines: [],
})

/** A member who deleted the customer begins anew; one who was deleted kept his remarks and tags. */
const renewed = (world: World, lost: Relation, adding: Adding): Relation => {
  const begun = fresh(adding, world.now())
  const state = world.settings.staleStateBug ? lost.state : adding.state
  const kept = { lines: lost.lines, transferredAt: lost.transferredAt }
  if (lost.phase === 'lost_by_member') return { ...begun, ...kept }
  const { remark, description, remarkCompany, mobiles, tags } = lost
  return { ...begun, ...kept, state, remark, description, remarkCompany, mobiles, tags }
}

const begin = (world: World, adding: Adding): Relation => {
  const member = followerNamed(world, adding.userid)
  const externalUserId = customerNamed(world, adding.externalUserId).externalUserId
  impossibleIf(isFull(world, member.userid), `${member.userid} can take no further customers`)
  const wanted = { ...adding, userid: member.userid, externalUserId }
  const before = findRelation(world, member.userid, externalUserId)
  if (isAlive(before)) throw new Impossible(`${externalUserId} is a contact of ${member.userid} already`)
  return keepRelation(world, before ? renewed(world, before, wanted) : fresh(wanted, world.now()))
}

const added = (world: World, relation: Relation, change: string): void => {
  world.changed({ kind: 'contact', externalUserId: relation.externalUserId, userid: relation.userid })
  const code = issueWelcome(world, relation)
  const rest = optional(world, { State: relation.state, WelcomeCode: code })
  tellContact(world, change, { userid: relation.userid, externalUserId: relation.externalUserId, rest })
}

/** One side only: the member has not confirmed yet. With `autoAccept` he does so at once. */
export const addHalf = (world: World, adding: Adding): Relation => {
  const relation = begin(world, adding)
  addContactLine(world, relation, system('客户通过扫码或链接添加了你，确认后可以聊天'))
  added(world, relation, 'add_half_external_contact')
  countForLink(world, relation)
  if (world.settings.autoAccept) complete(world, relation)
  return relation
}

/** Both sides at once. */
export const addFull = (world: World, adding: Adding): Relation => {
  const relation = complete(world, begin(world, adding))
  countForLink(world, relation)
  return relation
}

/** Whoever comes by an acquisition link costs one of the quota. */
const countForLink = (world: World, { userid, externalUserId, linkId, state }: Relation): void => {
  const link = linkId === null ? undefined : world.contacts.links.get(linkId)
  if (!link) return
  link.customers.push({ at: world.now(), userid, externalUserId, state })
  takeQuota(world)
}

/** Both sides, without a word to anybody: how the world was before it was looked at. */
export const addSilently = (world: World, adding: Adding): Relation => {
  const relation = begin(world, adding)
  relation.phase = 'full'
  return relation
}

/** The friendship is whole. Its welcome code comes only when no welcome was sent and nobody has written. */
export const complete = (world: World, relation: Relation): Relation => {
  if (relation.phase === 'full') return relation
  relation.phase = 'full'
  addContactLine(world, relation, system('已添加为联系人，现在可以开始聊天了'))
  added(world, relation, 'add_external_contact')
  return relation
}

/** The customer asks, the member must say yes. A second request of the same two takes the first one's place. */
export const request = (world: World, adding: Adding): Request => {
  const member = followerNamed(world, adding.userid)
  const waiting: Request = { ...adding, userid: member.userid, at: world.now() }
  world.contacts.requests = world.contacts.requests.filter((one) => !samePair(one, waiting))
  world.contacts.requests.push(waiting)
  world.changed({ kind: 'contact', externalUserId: waiting.externalUserId, userid: member.userid })
  return waiting
}

const samePair = (one: Request, other: { userid: string; externalUserId: string }): boolean =>
  one.userid === other.userid && one.externalUserId === other.externalUserId

/** The member confirms: a half contact, or somebody who asked. */
export const accept = (world: World, ask: { userid: string; externalUserId: string }): Relation => {
  const userid = ask.userid.toLowerCase()
  const relation = findRelation(world, userid, ask.externalUserId)
  if (relation?.phase === 'half') return complete(world, relation)
  const waiting = world.contacts.requests.find((one) => samePair(one, { ...ask, userid }))
  if (!waiting) throw new Impossible(`${ask.externalUserId} did not ask ${userid}`)
  world.contacts.requests = world.contacts.requests.filter((one) => one !== waiting)
  const { at: _, ...adding } = waiting
  return addFull(world, adding)
}

export const byCustomer = (customer: Pick<Customer, 'externalUserId'>, way: Partial<Way> = {}): Way => ({
  addWay: 1,
  operator: customer.externalUserId,
  state: '',
  linkId: null,
  ...way,
})
