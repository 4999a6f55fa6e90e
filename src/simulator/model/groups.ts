import { seconds } from './clock.ts'
import { tellGroup } from './contact-events.ts'
import type { Nodes } from './contact-events.ts'
import type { Group, GroupMember } from './contact-types.ts'
import { customerNamed } from './customers.ts'
import { findMember } from './find.ts'
import { Impossible, impossibleIf, Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

export const groupNamed = (world: World, chatId: string): Group => {
  const group = world.contacts.groups.get(chatId)
  if (!group || group.dismissed) throw new Impossible(`there is no group ${chatId}`)
  return group
}

type Joining = { scene: 1 | 2 | 3; invitor?: string | undefined; state?: string | undefined }

/** Members of the corp are told apart by their ids: who is none is a customer, made on first mention. */
const memberOf = (world: World, id: string, { scene, invitor, state }: Joining): GroupMember => {
  const staff = findMember(world, id)
  return {
    id: staff?.userid ?? customerNamed(world, id).externalUserId,
    type: staff ? 1 : 2,
    joinedAt: world.now(),
    scene,
    invitor: invitor ?? null,
    state: state ?? '',
  }
}

export type NewGroup = { owner: string; name?: string; members?: string[]; chatId?: string }

/** A member opens a group with customers: one event, none per member. */
export const createGroup = (world: World, asked: NewGroup): Group => {
  const owner = findMember(world, asked.owner)
  if (!owner) throw new Impossible(`there is no member ${asked.owner}`)
  const joining: Joining = { scene: 1, invitor: owner.userid }
  const group: Group = {
    chatId: asked.chatId ?? `wr${world.chance.text(30)}`,
    name: asked.name ?? '客户群',
    owner: owner.userid,
    notice: '',
    createdAt: world.now(),
    members: [owner.userid, ...(asked.members ?? [])].map((id) => memberOf(world, id, joining)),
    version: world.chance.text(32),
    dismissed: false,
    past: [],
  }
  world.contacts.groups.set(group.chatId, group)
  world.changed({ kind: 'contact' })
  tellGroup(world, 'create', group)
  return group
}

/** Some change, told with its details; the versions before and after let the app see whether it missed one. */
const update = (
  world: World,
  group: Group,
  { detail, nodes = [], change }: { detail: string; nodes?: Nodes; change(): string[] },
): void => {
  const last = group.version
  group.past.push({ until: world.now(), shown: shownGroup(world, group) })
  const changed = change()
  group.version = changed.length > 0 ? world.chance.text(32) : last
  world.changed({ kind: 'contact' })
  const bare = changed.length === 0 || world.settings.bareGroupEvents
  const list: Nodes = bare ? [] : membersChanged(changed, { last, current: group.version })
  const { chatId, owner } = group
  tellGroup(world, 'update', { chatId, owner, rest: [['UpdateDetail', detail], ...nodes, ...list] })
}

const membersChanged = (ids: string[], version: { last: string; current: string }): Nodes => [
  ['MemChangeCnt', ids.length],
  ['<MemChangeList>', ids.map((id) => `<Item><![CDATA[${id}]]></Item>`).join('')],
  ['LastMemVer', version.last],
  ['CurMemVer', version.current],
]

/** Invited (scene 1 or 2: told as 0) or by the group's QR code (3). */
export const joinGroup = (world: World, ask: { chatId: string; ids: string[] } & Joining): void => {
  const group = groupNamed(world, ask.chatId)
  const there = new Set(group.members.map(({ id }) => id))
  const joining = ask.ids.filter((id) => !there.has(id))
  impossibleIf(joining.length === 0, 'they are in the group already')
  update(world, group, {
    detail: 'add_member',
    nodes: [['JoinScene', ask.scene === 3 ? 3 : 0]],
    change: () => {
      const made = joining.map((id) => memberOf(world, id, ask))
      group.members.push(...made)
      return made.map(({ id }) => id)
    },
  })
}

/** 0 left by themselves, 1 removed by the owner. */
export const leaveGroup = (world: World, ask: { chatId: string; ids: string[]; scene: 0 | 1 }): void => {
  const group = groupNamed(world, ask.chatId)
  const leaving = group.members.filter(({ id }) => ask.ids.includes(id) && id !== group.owner)
  impossibleIf(leaving.length === 0, 'they are not in the group')
  update(world, group, {
    detail: 'del_member',
    nodes: [['QuitScene', ask.scene]],
    change: () => {
      group.members = group.members.filter((member) => !leaving.includes(member))
      return leaving.map(({ id }) => id)
    },
  })
}

export const editGroup = (
  world: World,
  chatId: string,
  given: { name?: string; notice?: string; owner?: string },
): void => {
  const group = groupNamed(world, chatId)
  const details = { name: 'change_name', notice: 'change_notice', owner: 'change_owner' } as const
  for (const field of ['name', 'notice', 'owner'] as const) {
    const value = given[field]
    if (value === undefined) continue
    const change = (): string[] => {
      group[field] = value
      return []
    }
    update(world, group, { detail: details[field], change })
  }
}

export const dismissGroup = (world: World, chatId: string): void => {
  const group = groupNamed(world, chatId)
  group.dismissed = true
  world.changed({ kind: 'contact' })
  tellGroup(world, 'dismiss', group)
}

const visible = (world: World, group: Group): boolean =>
  !group.dismissed && world.members.get(group.owner)?.visible === true

/** Above so many visible people the owners must be named. */
const mostOwners = 1000

/** Groups whose owner the app sees. `status` 1: the owner has left the bank; such a group is listed only when it is asked for. */
export const listGroups = (
  world: World,
  ask: { status: number; owners: string[] | undefined },
): { chat_id: string; status: number }[] => {
  const seen = [...world.members.values()].filter((member) => member.visible)
  refuseIf(!ask.owners && seen.length > mostOwners, 81017, 'too many users, owner_filter is needed')
  return [...world.contacts.groups.values()]
    .filter((group) => visible(world, group) && (ask.owners?.includes(group.owner) ?? true))
    .map(({ chatId, owner }) => ({ chat_id: chatId, status: world.members.get(owner)?.leftAt == null ? 0 : 1 }))
    .filter(({ status }) => (ask.status === 0 ? status === 0 || ask.owners : status === ask.status))
}

/** groupchat/get, as late as the settings say: 90501 for what is no customer group (any more). */
export const readGroup = (world: World, chatId: string) => {
  const group = world.contacts.groups.get(chatId)
  if (!group || !visible(world, group)) throw new Refused(90501, 'not an external group chat')
  const seen = world.now() - world.settings.groupLagMs
  const old = group.past.find(({ until }) => until > seen)
  return (old?.shown ?? shownGroup(world, group)) as ReturnType<typeof shownGroup>
}

const shownGroup = (world: World, group: Group) => ({
  chat_id: group.chatId,
  name: group.name,
  owner: group.owner,
  create_time: seconds(group.createdAt),
  notice: group.notice,
  member_list: group.members.map((member) => shownMember(world, member)),
  admin_list: [],
  member_version: group.version,
})

const shownMember = (world: World, { id, type, joinedAt, scene, invitor, state }: GroupMember) => {
  const customer = world.customers.get(id)
  return {
    userid: id,
    type,
    join_time: seconds(joinedAt),
    join_scene: scene,
    group_nickname: '',
    name: customer?.nickname ?? world.members.get(id)?.name ?? '',
    ...(type === 2 && customer?.unionid && world.settings.unionidBound ? { unionid: customer.unionid } : {}),
    ...(invitor === null ? {} : { invitor: { userid: invitor } }),
    ...(state === '' ? {} : { state }),
  }
}
