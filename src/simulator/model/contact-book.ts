import { day } from './clock.ts'
import type { ContactBook, Phase, Relation } from './contact-types.ts'
import type { World } from './world.ts'

/** Nobody knows anybody; the corp has bought 1,000 customers of acquisition links for a year. */
export const newContactBook = (now: number): ContactBook => ({
  relations: new Map(),
  requests: [],
  welcomes: new Map(),
  tagGroups: new Map(),
  ways: new Map(),
  links: new Map(),
  quota: { used: 0, batches: [{ expiresAt: now + 365 * day, balance: 1000 }] },
  groups: new Map(),
  transfers: [],
  chatKeys: new Map(),
  losing: 0,
})

export const findRelation = (world: World, userid: string, externalUserId: string): Relation | undefined =>
  world.contacts.relations.get(userid.toLowerCase())?.get(externalUserId)

export const relationsOfMember = (world: World, userid: string): Relation[] => [
  ...(world.contacts.relations.get(userid.toLowerCase())?.values() ?? []),
]

/** In the order in which they began. */
export const relationsOfCustomer = (world: World, externalUserId: string): Relation[] =>
  [...world.contacts.relations.values()]
    .flatMap((held) => held.get(externalUserId) ?? [])
    .sort((a, b) => a.createdAt - b.createdAt)

const alive: readonly Phase[] = ['half', 'full']
export const isAlive = (relation: Relation | undefined): relation is Relation =>
  relation !== undefined && alive.includes(relation.phase)

export const isFull = (world: World, userid: string): boolean => {
  const cap = world.members.get(userid)?.contactCap ?? 0
  const held = world.contacts.relations.get(userid)
  // Counting is dear with thousands of contacts: only when there may be too many.
  return (held?.size ?? 0) >= cap && relationsOfMember(world, userid).filter(isAlive).length >= cap
}

export const keepRelation = (world: World, relation: Relation): Relation => {
  const held = world.contacts.relations.get(relation.userid) ?? new Map<string, Relation>()
  world.contacts.relations.set(relation.userid, held.set(relation.externalUserId, relation))
  return relation
}
