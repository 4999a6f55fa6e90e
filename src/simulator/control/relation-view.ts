import { findRelation, relationsOfCustomer, relationsOfMember } from '../model/contact-book.ts'
import { shownTags } from '../model/contact-reads.ts'
import type { ContactLine, Phase, Relation } from '../model/contact-types.ts'
import type { World } from '../model/world.ts'

/** A friendship as the phones and tests see it. `asked`: the customer waits for the member's yes. */
export type RelationView = {
  userid: string
  member: string
  externalUserId: string
  nickname: string
  phase: Phase | 'asked'
  since: number
  addWay: number
  operator: string
  state: string
  remark: string
  description: string
  tags: string[]
  welcomed: boolean
  chatStarted: boolean
  lines: ContactLine[]
}

const nameOf = (world: World, userid: string): string => world.members.get(userid)?.name ?? userid
const nicknameOf = (world: World, id: string): string => world.customers.get(id)?.nickname ?? id

const view = (world: World, relation: Relation): RelationView => ({
  userid: relation.userid,
  member: nameOf(world, relation.userid),
  externalUserId: relation.externalUserId,
  nickname: nicknameOf(world, relation.externalUserId),
  phase: relation.phase,
  since: relation.createdAt,
  addWay: relation.addWay,
  operator: relation.operator,
  state: relation.state,
  remark: relation.remark,
  description: relation.description,
  tags: shownTags(world, relation).map(({ tag_name }) => tag_name),
  welcomed: relation.welcomed,
  chatStarted: relation.chatStarted,
  lines: structuredClone(relation.lines),
})

export const relationView = (world: World, userid: string, externalUserId: string): RelationView | null => {
  const relation = findRelation(world, userid, externalUserId)
  return relation ? view(world, relation) : null
}

type Of = { userid?: string; customer?: string }

const requested = (world: World, of: Of): RelationView[] =>
  world.contacts.requests
    .filter((one) => of.userid === undefined || one.userid === of.userid.toLowerCase())
    .filter((one) => of.customer === undefined || one.externalUserId === of.customer)
    .map(({ userid, externalUserId, at, addWay, operator, state }) => ({
      userid,
      member: nameOf(world, userid),
      externalUserId,
      nickname: nicknameOf(world, externalUserId),
      phase: 'asked',
      since: at,
      addWay,
      operator,
      state,
      remark: '',
      description: '',
      tags: [],
      welcomed: false,
      chatStarted: false,
      lines: [],
    }))

/** Of a member, of a customer, or all; requests that wait come last. */
export const relationViews = (world: World, of: Of): RelationView[] => {
  const held =
    of.userid === undefined
      ? [...world.contacts.relations.values()].flatMap((own) => [...own.values()])
      : relationsOfMember(world, of.userid)
  const wanted = of.userid === undefined && of.customer !== undefined ? relationsOfCustomer(world, of.customer) : held
  const own = wanted.filter((one) => of.customer === undefined || one.externalUserId === of.customer)
  return [...own.map((relation) => view(world, relation)), ...requested(world, of)]
}
