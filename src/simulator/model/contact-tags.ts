import { seconds } from './clock.ts'
import { tellTag } from './contact-events.ts'
import type { Tag, TagGroup } from './contact-types.ts'
import { Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

/** Who changes the library: the app by API (no callbacks), or an admin in the console (callbacks; he may change all). */
export type Author = 'app' | 'console'

const groups = (world: World): TagGroup[] => [...world.contacts.tagGroups.values()]
const livingTags = ({ tags }: TagGroup): Tag[] => tags.filter((tag) => !tag.deleted)

/** The tag, if it is still in the library. */
export const liveTag = (world: World, id: string): { tag: Tag; group: TagGroup } | undefined => {
  for (const group of world.contacts.tagGroups.values()) {
    const tag = group.tags.find((one) => one.id === id)
    if (tag) return tag.deleted || group.deleted ? undefined : { tag, group }
  }
  return undefined
}

const liveGroup = (world: World, id: string): TagGroup | undefined => {
  const group = world.contacts.tagGroups.get(id)
  return group?.deleted === false ? group : undefined
}

const newTag = (world: World, name: string, order = 0): Tag => ({
  id: `et${world.chance.text(30)}`,
  name,
  order,
  createdAt: world.now(),
  deleted: false,
})

type Told = { by: Author; change: 'create' | 'update' | 'delete'; type: 'tag' | 'tag_group' }

const tellOne = (world: World, { id }: Tag, { by, change, type }: Told): void => {
  if (by === 'app' && !world.settings.apiEditsEmitEvents) return
  tellTag(world, change, [
    ['Id', id],
    ['TagType', type],
  ])
}

export type NewTags = {
  groupId?: string | undefined
  groupName?: string | undefined
  order?: number | undefined
  tags: { name: string; order?: number | undefined }[]
}

/** add_corp_tag: into a group that is named or found by its name; the same name twice is made once. */
export const addTags = (world: World, ask: NewTags, by: Author): { group: TagGroup; made: Tag[] } => {
  const known = ask.groupId
    ? liveGroup(world, ask.groupId)
    : groups(world).find((one) => !one.deleted && one.name === ask.groupName)
  refuseIf(ask.groupId !== undefined && !known, 40068, 'invalid group_id')
  const names = new Map(ask.tags.map((tag) => [tag.name, tag.order]))
  const all = groups(world).flatMap(livingTags).length
  refuseIf(all + names.size > world.settings.tagCap, 40126, 'too many tags')
  const taken = known !== undefined && livingTags(known).some((tag) => names.has(tag.name))
  refuseIf(taken, 40071, 'tag name is used already')
  const group = known ?? makeGroup(world, ask, by)
  const made = [...names].map(([name, order]) => newTag(world, name, order))
  group.tags.push(...made)
  made.forEach((tag) => tellOne(world, tag, { by, change: 'create', type: 'tag' }))
  return { group, made }
}

const makeGroup = (world: World, ask: NewTags, by: Author): TagGroup => {
  const group: TagGroup = { ...newTag(world, ask.groupName ?? '', ask.order), byApp: by === 'app', tags: [] }
  world.contacts.tagGroups.set(group.id, group)
  tellOne(world, group, { by, change: 'create', type: 'tag_group' })
  return group
}

const owned = (group: TagGroup, by: Author): void =>
  refuseIf(by === 'app' && !group.byApp, 81011, 'no permission on this tag')

/** edit_corp_tag: a tag or a group; a name that another one has is refused. */
export const editTag = (
  world: World,
  ask: { id: string; name?: string | undefined; order?: number | undefined },
  by: Author,
): void => {
  const group = liveGroup(world, ask.id)
  const found = liveTag(world, ask.id)
  const tag = group ?? found?.tag
  const home = group ?? found?.group
  if (!tag || !home) throw new Refused(40068, 'invalid tagid')
  owned(home, by)
  const siblings: Tag[] = group ? groups(world).filter((one) => !one.deleted) : livingTags(home)
  const taken = siblings.some((other) => other !== tag && other.name === ask.name)
  refuseIf(taken, 40071, 'tag name is used already')
  tag.name = ask.name ?? tag.name
  tag.order = ask.order ?? tag.order
  tellOne(world, tag, { by, change: 'update', type: group ? 'tag_group' : 'tag' })
}

/** del_corp_tag: a group takes its tags along without a word of each, and goes with its last tag. */
export const deleteTags = (world: World, ask: { tagIds: string[]; groupIds: string[] }, by: Author): void => {
  const doomed = ask.groupIds.map((id) => liveGroup(world, id))
  const single = ask.tagIds.map((id) => liveTag(world, id))
  for (const group of [...doomed, ...single.map((found) => found?.group)]) {
    if (!group) throw new Refused(40068, 'invalid tagid')
    owned(group, by)
  }
  for (const found of single) if (found) deleteTag(world, found, by)
  for (const group of doomed) if (group) deleteGroup(world, group, by)
}

const forget = (world: World, tag: Tag): void => {
  tag.deleted = true
  for (const held of world.contacts.relations.values())
    for (const relation of held.values()) relation.tags.delete(tag.id)
}

const deleteTag = (world: World, { tag, group }: { tag: Tag; group: TagGroup }, by: Author): void => {
  forget(world, tag)
  tellOne(world, tag, { by, change: 'delete', type: 'tag' })
  if (livingTags(group).length === 0) deleteGroup(world, group, by)
}

const deleteGroup = (world: World, group: TagGroup, by: Author): void => {
  if (group.deleted) return
  group.deleted = true
  livingTags(group).forEach((tag) => forget(world, tag))
  tellOne(world, group, { by, change: 'delete', type: 'tag_group' })
}

/** An admin moves tags within a group, or (with no group) the groups: only the order changes. */
export const shuffleTags = (world: World, groupId: string): void => {
  const group = world.contacts.tagGroups.get(groupId)
  group?.tags.forEach((tag, index) => (tag.order = index))
  tellTag(world, 'shuffle', [['Id', groupId]])
}

/** The library; with ids, only those, and those that are deleted as well. */
export const tagLibrary = (world: World, ask: { tagIds: string[]; groupIds: string[] }) => {
  const byGroup = ask.groupIds.length > 0
  const byTag = !byGroup && ask.tagIds.length > 0
  return groups(world)
    .filter((group) => (byGroup ? ask.groupIds.includes(group.id) : byTag || !group.deleted))
    .map((group) => {
      const wanted = (tag: Tag): boolean => (byTag ? ask.tagIds.includes(tag.id) : byGroup || !tag.deleted)
      return shownGroup(group, group.tags.filter(wanted))
    })
    .filter(({ tag }) => !byTag || tag.length > 0)
}

const shown = (tag: Tag) => ({
  create_time: seconds(tag.createdAt),
  order: tag.order,
  ...(tag.deleted ? { deleted: true } : {}),
})

export const shownGroup = (group: TagGroup, tags: Tag[]) => ({
  group_id: group.id,
  group_name: group.name,
  ...shown(group),
  tag: tags.map((tag) => ({ id: tag.id, name: tag.name, ...shown(tag) })).sort((a, b) => b.order - a.order),
})
