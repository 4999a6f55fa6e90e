import { createHash } from 'node:crypto'
import type { ExampleContacts, ExampleFriend } from './example/contacts.ts'
import { day } from './model/clock.ts'
import { addLink } from './model/acquisition-links.ts'
import { addSilently } from './model/contact-adding.ts'
import { liveTag } from './model/contact-tags.ts'
import type { Tag, TagGroup } from './model/contact-types.ts'
import { addWay } from './model/contact-ways.ts'
import type { World } from './model/world.ts'

/** What was there before anybody looked: no callback tells of it. */
export const settleContacts = (world: World, given: ExampleContacts): void => {
  world.contacts.quota.batches = [{ expiresAt: world.now() + 365 * day, balance: given.quota }]
  for (const { group, names } of given.tags) settleTags(world, group, names)
  for (const friend of given.friends) settleFriend(world, friend)
  const known = ({ userids }: { userids: string[] }): boolean => userids.every((userid) => world.members.has(userid))
  for (const { userids: users, ...way } of (given.ways ?? []).filter(known)) {
    const made = addWay(world, { type: users.length === 1 ? 1 : 2, scene: 2, users, parties: [], ...way })
    rekey(world.contacts.ways, made.configId, { ...made, configId: way.configId })
  }
  for (const { userids: users, name, linkId, url } of (given.links ?? []).filter(known)) {
    const made = addLink(world, { name, users, parties: [] })
    rekey(world.contacts.links, made.linkId, { ...made, linkId, url })
  }
}

const rekey = <Held extends { configId: string } | { linkId: string }>(
  held: Map<string, Held>,
  old: string,
  kept: Held,
): void => {
  held.delete(old)
  held.set('configId' in kept ? kept.configId : kept.linkId, kept)
}

/** The same at each start, for a database that knew them yesterday. */
const tagId = (name: string): string => `et${createHash('sha256').update(name).digest('hex').slice(0, 30)}`

const settleTags = (world: World, name: string, names: string[]): void => {
  const made = (path: string, own: string, order: number): Tag => ({
    id: tagId(path),
    name: own,
    order,
    createdAt: world.now(),
    deleted: false,
  })
  const tags = names.map((own, index) => made(`${name}/${own}`, own, names.length - index))
  const group: TagGroup = { ...made(name, name, 0), byApp: false, tags }
  world.contacts.tagGroups.set(group.id, group)
}

const settleFriend = (world: World, friend: ExampleFriend): void => {
  const { userid, externalUserId, remark, state = '', addWay: way = 1, half = false } = friend
  if (!world.members.has(userid)) return
  const relation = addSilently(world, {
    userid,
    externalUserId,
    addWay: way,
    operator: externalUserId,
    state,
    linkId: null,
  })
  const phase = half ? 'half' : 'full'
  Object.assign(relation, { createdAt: world.now() - friend.since, remark, phase, welcomed: !half, chatStarted: !half })
  for (const tag of friend.tags) {
    const id = idOf(world, tag)
    if (id !== undefined) relation.tags.add(id)
  }
}

const idOf = (world: World, tag: string): string | undefined => {
  if (liveTag(world, tag)) return tag
  const all = [...world.contacts.tagGroups.values()].flatMap((group) => group.tags)
  return all.find(({ name }) => name === tag)?.id
}
