import { createGroup, dismissGroup, editGroup, groupNamed, joinGroup, leaveGroup } from '../model/groups.ts'
import type { NewGroup } from '../model/groups.ts'
import type { Group } from '../model/contact-types.ts'
import type { World } from '../model/world.ts'

/** What members and customers do with customer groups (客户群); each is told as change_external_chat. */
export type GroupsControl = {
  /** Answers the chat_id. */
  create(group: NewGroup): string
  /** Scene 1 invited, 2 by an invite link, 3 by the group's code, whose `state` stands in the member's row. */
  joins(chatId: string, ids: string[], ask?: { scene?: 1 | 2 | 3; invitor?: string; state?: string }): void
  leaves(chatId: string, ids: string[]): void
  removes(chatId: string, ids: string[]): void
  renames(chatId: string, name: string): void
  notices(chatId: string, notice: string): void
  changesOwner(chatId: string, owner: string): void
  dismisses(chatId: string): void
  get(chatId: string): Group
}

export const groupsControl = (world: World): GroupsControl => ({
  create: (group) => createGroup(world, group).chatId,
  joins: (chatId, ids, ask = {}) => joinGroup(world, { chatId, ids, scene: ask.scene ?? 1, ...ask }),
  leaves: (chatId, ids) => leaveGroup(world, { chatId, ids, scene: 0 }),
  removes: (chatId, ids) => leaveGroup(world, { chatId, ids, scene: 1 }),
  renames: (chatId, name) => editGroup(world, chatId, { name }),
  notices: (chatId, notice) => editGroup(world, chatId, { notice }),
  changesOwner: (chatId, owner) => editGroup(world, chatId, { owner: owner.toLowerCase() }),
  dismisses: (chatId) => dismissGroup(world, chatId),
  get: (chatId) => structuredClone(groupNamed(world, chatId)),
})
