import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, UserId } from '../ids.ts'
import { AnsweredUserId, chars } from '../limits.ts'
import { contactDoc, cursor, nextCursor, pageOf } from './contact-shapes.ts'

const between = { handover_userid: UserId, takeover_userid: UserId }

/** From a member who stays to another. One errcode each, 0 is "begun": it is done after 24 h unless the customer declines. */
export const transferContacts = endpoint({
  post: 'externalcontact/transfer_customer',
  doc: contactDoc(92125),
  ask: z.strictObject({
    ...between,
    external_userid: z.array(ExternalUserId).min(1).max(100),
    transfer_success_msg: chars(200, 0).optional(),
  }),
  answer: z.looseObject({
    customer: z.array(z.looseObject({ external_userid: ExternalUserId, errcode: z.number().default(0) })).default([]),
  }),
})

/** `status` 1 done, 2 waiting (until `takeover_time`), 3 declined, 4 the new member is full, 5 no such transfer. */
export const getTransferResult = endpoint({
  post: 'externalcontact/transfer_result',
  doc: contactDoc(94088),
  ask: z.strictObject({ ...between, cursor }),
  answer: z.looseObject({
    customer: z
      .array(
        z.looseObject({
          external_userid: ExternalUserId,
          status: z.number().default(5),
          takeover_time: z.number().default(0),
        }),
      )
      .default([]),
    next_cursor: nextCursor,
  }),
})

/** Customers of members who have left, at most 1,000 a page. */
export const listUnassigned = endpoint({
  post: 'externalcontact/get_unassigned_list',
  doc: contactDoc(92124),
  ask: z.strictObject({ cursor, page_size: pageOf(1000) }),
  answer: z.looseObject({
    info: z
      .array(
        z.looseObject({
          handover_userid: AnsweredUserId,
          external_userid: ExternalUserId,
          dimission_time: z.number().default(0),
        }),
      )
      .default([]),
    is_last: z.boolean().default(true),
    next_cursor: nextCursor,
  }),
})
