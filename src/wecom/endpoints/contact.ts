import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, UserId } from '../ids.ts'
import { AnsweredUserId, bytes, chars, opaque } from '../limits.ts'
import { Attachment } from './contact-attachments.ts'
import { contactDoc, cursor, done, ExternalContact, nextCursor, pageOf, relation } from './contact-shapes.ts'

/** The members who have 客户联系 and whom the app may see. */
export const listFollowUsers = endpoint({
  get: 'externalcontact/get_follow_user_list',
  doc: contactDoc(92571),
  ask: z.strictObject({}),
  answer: z.looseObject({ follow_user: z.array(AnsweredUserId).default([]) }),
})

/** All customers of one member in one go. WeCom says 84061 for a member who has none. */
export const listContacts = endpoint({
  get: 'externalcontact/list',
  doc: contactDoc(92113),
  ask: z.strictObject({ userid: UserId }),
  answer: z.looseObject({ external_userid: z.array(ExternalUserId).default([]) }),
  empty: [84061],
})

const Tag = z.looseObject({
  group_name: z.string().default(''),
  tag_name: z.string().default(''),
  tag_id: z.string().optional(),
  /** 1 the corp's, 2 the member's own (without an id), 3 of a rule group. */
  type: z.number().default(1),
})

/** The customer and who follows them, at most 500 a page. Members outside the app's visible range are left out. */
export const getContact = endpoint({
  get: 'externalcontact/get',
  doc: contactDoc(92114),
  ask: z.strictObject({ external_userid: ExternalUserId, cursor }),
  answer: z.looseObject({
    external_contact: ExternalContact,
    follow_user: z.array(z.looseObject({ ...relation, tags: z.array(Tag).default([]) })).default([]),
    next_cursor: nextCursor,
  }),
})

/** One row per friendship, tags as bare ids and the corp's only. A page may be short or empty: go on to the cursor's end. */
export const listContactsByUser = endpoint({
  post: 'externalcontact/batch/get_by_user',
  doc: contactDoc(92994),
  ask: z.strictObject({ userid_list: z.array(UserId).min(1).max(100), cursor, limit: pageOf(100) }),
  answer: z.looseObject({
    external_contact_list: z
      .array(
        z.looseObject({
          external_contact: ExternalContact,
          follow_info: z.looseObject({ ...relation, tag_id: z.array(z.string()).default([]) }),
        }),
      )
      .default([]),
    next_cursor: nextCursor,
    fail_info: z.looseObject({ unlicensed_userid_list: z.array(z.string()).default([]) }).optional(),
  }),
})

const remarks = ['remark', 'description', 'remark_company', 'remark_mobiles', 'remark_pic_mediaid'] as const

/** What is given replaces what was there; mobiles are cleared with `['']`. No callback comes of it. */
export const remarkContact = endpoint({
  post: 'externalcontact/remark',
  doc: contactDoc(92115),
  ask: z
    .strictObject({
      userid: UserId,
      external_userid: ExternalUserId,
      remark: chars(20, 0).optional(),
      description: chars(150, 0).optional(),
      remark_company: chars(20, 0).optional(),
      remark_mobiles: z.array(bytes(64, 0)).min(1).optional(),
      remark_pic_mediaid: opaque().optional(),
    })
    .refine((ask) => remarks.some((field) => ask[field] !== undefined), {
      error: 'give at least one remark',
      path: ['remark'],
    }),
  answer: done,
})

/**
 * Once per code, within 20 s of the event, in the member's name; the text and each attachment come as messages of their own.
 * 41051 is as good as success; after 41096 another try may still be in time.
 */
export const sendWelcomeMsg = endpoint({
  post: 'externalcontact/send_welcome_msg',
  doc: contactDoc(92137),
  ask: z
    .strictObject({
      welcome_code: bytes(256),
      text: z.strictObject({ content: bytes(4000) }).optional(),
      attachments: z.array(Attachment).max(9).optional(),
    })
    .refine((ask) => ask.text !== undefined || Boolean(ask.attachments?.length), {
      error: 'give text or attachments',
      path: ['text'],
    }),
  answer: done,
})

export {
  createAcquisitionLink,
  deleteAcquisitionLink,
  getAcquisitionChat,
  getAcquisitionLink,
  getAcquisitionQuota,
  getAcquisitionStatistic,
  listAcquisitionCustomers,
  listAcquisitionLinks,
  updateAcquisitionLink,
} from './contact-acquisition.ts'
export { getGroupChat, listGroupChats } from './contact-group.ts'
export { addCorpTags, deleteCorpTags, editCorpTag, listCorpTags, markTags } from './contact-tag.ts'
export { getTransferResult, listUnassigned, transferContacts } from './contact-transfer.ts'
export { addContactWay, deleteContactWay, getContactWay, listContactWays, updateContactWay } from './contact-way.ts'
