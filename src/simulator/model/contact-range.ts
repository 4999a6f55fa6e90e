import { findRelation, isAlive, isFull, relationsOfCustomer } from './contact-book.ts'
import { findMember } from './find.ts'
import { Impossible, Refused, refuseIf } from './refused.ts'
import type { Customer, Member, World } from './world.ts'

/** The members behind a code or a link: named ones and those of departments. */
export type Range = { users: string[]; parties: number[] }

/** A member whom the app may name: 60111 unknown, 60011 out of sight, 84083 without 客户联系. */
export const contactMember = (world: World, userid: string): Member => {
  const member = findMember(world, userid)
  if (!member || member.leftAt !== null) throw new Refused(60111, 'userid not found')
  refuseIf(!member.visible, 60011, 'no privilege to access/modify contact/party/agent')
  refuseIf(!member.hasContacts, 84083, 'user is not an external contact user')
  return member
}

/** The range of a new code or link: 40098 for names that are not verified, 41054 not activated, 41041 too many. */
export const checkRange = (world: World, { users, parties }: Range, most: number): void => {
  for (const userid of users) {
    const member = contactMember(world, userid)
    refuseIf(!member.activated, 41054, 'user is not activated')
    refuseIf(!member.realNamed, 40098, 'user is not real-named')
  }
  for (const id of parties) refuseIf(!world.departments.has(id), 60003, 'department not found')
  refuseIf(membersOf(world, { users, parties }).length > most, most > 100 ? 40058 : 41041, 'too many users')
}

const below = (world: World, ids: number[]): number[] => {
  const children = [...world.departments.values()].filter((one) => ids.includes(one.parentid)).map(({ id }) => id)
  return children.length === 0 ? ids : [...ids, ...below(world, children)]
}

const membersOf = (world: World, { users, parties }: Range): Member[] => {
  const departments = parties.length === 0 ? [] : below(world, parties)
  return [...world.members.values()].filter(
    (member) => users.includes(member.userid) || member.departments.some((id) => departments.includes(id)),
  )
}

const usable = (world: World, range: Range): Member[] =>
  membersOf(world, range).filter(
    (member) => member.activated && member.realNamed && member.hasContacts && member.leftAt === null,
  )

export const hasUsable = (world: World, range: Range): boolean => usable(world, range).length > 0

type Picking = Range & { exclusive?: boolean; turn: number }

/**
 * Whom the customer sees: a friend he has among them; with `exclusive` who follows others of his corp; else the next in
 * turn. WeCom publishes no rule for the last.
 */
export const pickMember = (world: World, range: Picking, customer: Customer): { member: Member; friends: boolean } => {
  const members = usable(world, range)
  const friend = members.find((member) => isAlive(findRelation(world, member.userid, customer.externalUserId)))
  if (friend) return { member: friend, friends: true }
  const open = members.filter((member) => !isFull(world, member.userid))
  const colleague = range.exclusive ? open.find((member) => followsCorp(world, member, customer)) : undefined
  const member = colleague ?? open[range.turn % Math.max(1, open.length)]
  if (!member) throw new Impossible('nobody behind this code can take a customer')
  range.turn += 1
  return { member, friends: false }
}

const followsCorp = (world: World, member: Member, { corpName }: Customer): boolean =>
  corpName !== null &&
  [...world.customers.values()]
    .filter((other) => other.corpName === corpName)
    .some((other) =>
      relationsOfCustomer(world, other.externalUserId).some((one) => one.userid === member.userid && isAlive(one)),
    )
