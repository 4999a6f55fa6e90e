import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { UserId } from '../ids.ts'
import { AnsweredUserId, chars, DepartmentId, opaque } from '../limits.ts'
import { contactDoc, cursor, done, nextCursor, pageOf } from './contact-shapes.ts'

const users = z.array(UserId).max(100).optional()
const parties = z.array(DepartmentId).max(100).optional()
const config = z.strictObject({ config_id: opaque(64) })

/** What may be changed later. `state` comes back with the customer: never give a printed code another one. */
const changeable = {
  style: z.literal([1, 2, 3]).optional(),
  remark: chars(30, 0).optional(),
  skip_verify: z.boolean().optional(),
  state: chars(30, 0).optional(),
  user: users,
  party: parties,
  is_exclusive: z.boolean().optional(),
}

/**
 * A code that adds one of the members; 500,000 a corp, and whoever loses the config_id can never delete it.
 * Type 1 has exactly one member, 2 several (100 with those of departments). Scene 1 is a mini program's button, 2 a QR code.
 */
export const addContactWay = endpoint({
  post: 'externalcontact/add_contact_way',
  doc: contactDoc(92228),
  ask: z
    .strictObject({ type: z.literal([1, 2]), scene: z.literal([1, 2]), ...changeable })
    .refine((ask) => ask.type === 2 || (ask.user?.length === 1 && !ask.party?.length), {
      error: 'type 1 needs exactly one member',
      path: ['user'],
    })
    .refine((ask) => ask.type === 1 || Boolean(ask.user?.length || ask.party?.length), {
      error: 'type 2 needs members or departments',
      path: ['user'],
    }),
  answer: z.looseObject({ config_id: z.string().min(1), qr_code: z.string().optional() }),
})

export const getContactWay = endpoint({
  post: 'externalcontact/get_contact_way',
  doc: contactDoc(92228),
  ask: config,
  answer: z.looseObject({
    contact_way: z.looseObject({
      config_id: z.string(),
      type: z.number(),
      scene: z.number(),
      style: z.number().optional(),
      remark: z.string().default(''),
      skip_verify: z.boolean().default(true),
      state: z.string().default(''),
      qr_code: z.string().optional(),
      user: z.array(AnsweredUserId).default([]),
      party: z.array(z.number()).default([]),
      is_exclusive: z.boolean().optional(),
    }),
  }),
})

/** Only ids, of codes made by API in the last 90 days unless told otherwise; never temporary ones. */
export const listContactWays = endpoint({
  post: 'externalcontact/list_contact_way',
  doc: contactDoc(92228),
  ask: z.strictObject({
    start_time: z.int().min(0).optional(),
    end_time: z.int().min(0).optional(),
    cursor,
    limit: pageOf(1000),
  }),
  answer: z.looseObject({
    contact_way: z.array(z.looseObject({ config_id: z.string() })).default([]),
    next_cursor: nextCursor,
  }),
})

/** What is given replaces what was there; type and scene stay. */
export const updateContactWay = endpoint({
  post: 'externalcontact/update_contact_way',
  doc: contactDoc(92228),
  ask: config.extend(changeable),
  answer: done,
})

export const deleteContactWay = endpoint({
  post: 'externalcontact/del_contact_way',
  doc: contactDoc(92228),
  ask: config,
  answer: done,
})
