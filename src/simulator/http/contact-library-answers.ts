import * as contact from '../../wecom/endpoints/contact.ts'
import { addTags, deleteTags, editTag, shownGroup, tagLibrary } from '../model/contact-tags.ts'
import { pageOf } from '../model/cursor.ts'
import { listGroups, readGroup } from '../model/groups.ts'
import { startTransfers, transferResult, unassigned } from '../model/transfers.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

const transfersPerPage = 1000

/** The tag library, customer groups, transfers. */
export const contactLibraryAnswers: Served[] = [
  serve(contact.listCorpTags, ({ world }, ask) => ({
    tag_group: tagLibrary(world, { tagIds: ask.tag_id ?? [], groupIds: ask.group_id ?? [] }),
  })),
  serve(contact.addCorpTags, ({ world }, ask) => {
    const asked = { groupId: ask.group_id, groupName: ask.group_name, order: ask.order, tags: ask.tag }
    const { group, made } = addTags(world, asked, 'app')
    return { tag_group: shownGroup(group, made) }
  }),
  serve(contact.editCorpTag, ({ world }, ask) => {
    editTag(world, ask, 'app')
    return {}
  }),
  serve(contact.deleteCorpTags, ({ world }, ask) => {
    deleteTags(world, { tagIds: ask.tag_id ?? [], groupIds: ask.group_id ?? [] }, 'app')
    return {}
  }),
  serve(
    contact.listGroupChats,
    ({ world }, ask) => {
      const owners = ask.owner_filter?.userid_list
      const groups = listGroups(world, { status: ask.status_filter ?? 0, owners })
      const { rows, next_cursor } = pageOf(groups, { list: 'groups', cursor: ask.cursor, limit: ask.limit })
      return { group_chat_list: rows, next_cursor }
    },
    { group_chat_list: [] },
  ),
  serve(contact.getGroupChat, ({ world }, ask) => {
    const group = readGroup(world, ask.chat_id)
    if (ask.need_name === 1) return { group_chat: group }
    const members = group.member_list.map(({ name: _, ...member }) => member)
    return { group_chat: { ...group, member_list: members } }
  }),
  serve(contact.transferContacts, ({ world }, ask) => ({
    customer: startTransfers(world, {
      from: ask.handover_userid,
      to: ask.takeover_userid,
      customers: ask.external_userid,
      message: ask.transfer_success_msg ?? '',
    }),
  })),
  serve(contact.getTransferResult, ({ world }, ask) => {
    const [from, to] = [ask.handover_userid, ask.takeover_userid]
    const paging = { list: `transfers ${from} ${to}`, cursor: ask.cursor, limit: transfersPerPage }
    const { rows, next_cursor } = pageOf(transferResult(world, { from, to }), paging)
    return { customer: rows, next_cursor }
  }),
  serve(contact.listUnassigned, ({ world }, ask) => {
    const paging = { list: 'unassigned', cursor: ask.cursor, limit: ask.page_size ?? 1000 }
    const { rows, next_cursor } = pageOf(unassigned(world), paging)
    return { info: rows, is_last: next_cursor === '', next_cursor }
  }),
]
