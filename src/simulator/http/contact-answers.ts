import * as contact from '../../wecom/endpoints/contact.ts'
import { editByApi } from '../model/contact-edits.ts'
import {
  followersOf,
  followUsers,
  listCustomers,
  ownRelation,
  relationsOf,
  shownContact,
  shownRelation,
  shownTags,
} from '../model/contact-reads.ts'
import { sendWelcome } from '../model/contact-welcome.ts'
import { pageOf } from '../model/cursor.ts'
import { liveMedia } from '../model/media.ts'
import type { Payload, World } from '../model/world.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

const followersPerPage = 500

/** A page may be short, or even empty, before the end: `shortPage` and `emptyPages` of the settings. */
const sizeOf = (world: World, limit: number): number => {
  if (world.settings.emptyPages <= 0) return Math.min(limit, world.settings.shortPage ?? limit)
  world.settings.emptyPages -= 1
  return 0
}

/** Members with 客户联系, their customers, remarks, welcomes. */
export const contactAnswers: Served[] = [
  serve(contact.listFollowUsers, ({ world }) => ({ follow_user: followUsers(world) }), { follow_user: [] }),
  serve(contact.listContacts, ({ world }, ask) => ({ external_userid: listCustomers(world, ask.userid) }), {
    external_userid: [],
  }),
  serve(
    contact.getContact,
    ({ world }, ask) => {
      const paging = { list: `get ${ask.external_userid}`, cursor: ask.cursor, limit: followersPerPage }
      const { rows, next_cursor } = pageOf(followersOf(world, ask.external_userid), paging)
      return {
        external_contact: shownContact(world, ask.external_userid),
        follow_user: rows.map((relation) => ({ ...shownRelation(relation), tags: shownTags(world, relation) })),
        next_cursor,
      }
    },
    { follow_user: [] },
  ),
  serve(
    contact.listContactsByUser,
    ({ world }, ask) => {
      const limit = sizeOf(world, ask.limit ?? 50)
      const paging = { list: `batch ${ask.userid_list.join()}`, cursor: ask.cursor, limit }
      const { rows, next_cursor } = pageOf(relationsOf(world, ask.userid_list), paging)
      return {
        external_contact_list: rows.map((relation) => ({
          external_contact: shownContact(world, relation.externalUserId),
          follow_info: { ...shownRelation(relation), tag_id: [...relation.tags] },
        })),
        next_cursor,
      }
    },
    { external_contact_list: [] },
  ),
  serve(contact.remarkContact, ({ world }, ask) => {
    const relation = ownRelation(world, ask.userid, ask.external_userid)
    if (ask.remark_pic_mediaid) liveMedia(world, ask.remark_pic_mediaid)
    const { remark, description, remark_company: remarkCompany, remark_mobiles: mobiles } = ask
    editByApi(world, relation, { remark, description, remarkCompany, mobiles })
    return {}
  }),
  serve(contact.markTags, ({ world }, ask) => {
    const relation = ownRelation(world, ask.userid, ask.external_userid)
    editByApi(world, relation, { add: ask.add_tag, remove: ask.remove_tag })
    return {}
  }),
  serve(contact.sendWelcomeMsg, ({ world }, ask) => {
    const attachments = (ask.attachments ?? []) as Payload[]
    sendWelcome(world, { code: ask.welcome_code, text: ask.text?.content, attachments })
    return {}
  }),
]
