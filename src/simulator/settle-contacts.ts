import type { ExampleContacts } from './example/contacts.ts'
import { day } from './model/clock.ts'
import { addSilently } from './model/contact-adding.ts'
import { addTags } from './model/contact-tags.ts'
import type { World } from './model/world.ts'

/** Friendships and tags that were there before anybody looked: no callback tells of them. */
export const settleContacts = (world: World, { tags, friends, quota }: ExampleContacts): void => {
  world.contacts.quota.batches = [{ expiresAt: world.now() + 365 * day, balance: quota }]
  const ids = new Map<string, string>()
  for (const { group, names } of tags) {
    const asked = { groupName: group, tags: names.map((name, index) => ({ name, order: names.length - index })) }
    for (const { id, name } of addTags(world, asked, 'console').made) ids.set(name, id)
  }
  for (const { userid, externalUserId, remark, tags: names, days } of friends) {
    const way = { addWay: 1, operator: externalUserId, state: '', linkId: null }
    const relation = addSilently(world, { userid, externalUserId, ...way })
    relation.createdAt = world.now() - days * day
    Object.assign(relation, { remark, welcomed: true, chatStarted: true })
    for (const name of names) relation.tags.add(ids.get(name) ?? name)
  }
}
