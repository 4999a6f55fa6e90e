import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { ExternalUserId, UserId } from '../ids.ts'
import { chars, opaque } from '../limits.ts'
import { contactDoc, done } from './contact-shapes.ts'

const id = opaque(64)
const name = chars(30)
/** Bigger comes first. */
const order = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .optional()

const entry = {
  name: z.string().default(''),
  create_time: z.number().default(0),
  order: z.number().default(0),
  /** Only when asked for by id: it is gone, and its name still known. */
  deleted: z.boolean().optional(),
}
const TagGroup = z.looseObject({
  group_id: z.string(),
  group_name: z.string().default(''),
  create_time: entry.create_time,
  order: entry.order,
  deleted: entry.deleted,
  tag: z.array(z.looseObject({ id: z.string(), ...entry })).default([]),
})

const some = (first: unknown[] | undefined, second: unknown[] | undefined) => Boolean(first?.length || second?.length)

/** The whole library when neither list is given; with both, only `group_id` counts. */
export const listCorpTags = endpoint({
  post: 'externalcontact/get_corp_tag_list',
  doc: contactDoc(92117),
  ask: z.strictObject({ tag_id: z.array(id).optional(), group_id: z.array(id).optional() }),
  answer: z.looseObject({ tag_group: z.array(TagGroup).default([]) }),
})

/** Answers the group with the new tags only. A `group_name` that exists gets the tags added; 10,000 tags a corp. */
export const addCorpTags = endpoint({
  post: 'externalcontact/add_corp_tag',
  doc: contactDoc(92117),
  ask: z
    .strictObject({
      group_id: id.optional(),
      group_name: name.optional(),
      order,
      tag: z.array(z.strictObject({ name, order })).min(1),
    })
    .refine((ask) => ask.group_id !== undefined || ask.group_name !== undefined, {
      error: 'give group_id or group_name',
      path: ['group_id'],
    }),
  answer: z.looseObject({ tag_group: TagGroup }),
})

/** A tag or a group; only by the app that made it. */
export const editCorpTag = endpoint({
  post: 'externalcontact/edit_corp_tag',
  doc: contactDoc(92117),
  ask: z.strictObject({ id, name: name.optional(), order }),
  answer: done,
})

/** A group goes with its last tag. */
export const deleteCorpTags = endpoint({
  post: 'externalcontact/del_corp_tag',
  doc: contactDoc(92117),
  ask: z
    .strictObject({ tag_id: z.array(id).optional(), group_id: z.array(id).optional() })
    .refine((ask) => some(ask.tag_id, ask.group_id), { error: 'name a tag or a group', path: ['tag_id'] }),
  answer: done,
})

/** Of one friendship: two members who follow the same customer tag them apart. At most 5 calls at once, else 45033. */
export const markTags = endpoint({
  post: 'externalcontact/mark_tag',
  doc: contactDoc(92118),
  ask: z
    .strictObject({
      userid: UserId,
      external_userid: ExternalUserId,
      add_tag: z.array(id).optional(),
      remove_tag: z.array(id).optional(),
    })
    .refine((ask) => some(ask.add_tag, ask.remove_tag), { error: 'name a tag to add or to remove', path: ['add_tag'] }),
  answer: done,
})
