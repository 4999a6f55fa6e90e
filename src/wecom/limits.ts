import { z } from 'zod'
import type { UserId } from './ids.ts'

/** Text of `min` to `max` bytes in UTF-8: WeCom counts bytes, a Chinese character is three. */
export const bytes = (max: number, min = 1) =>
  z.string().refine((text) => fits(text, min, max), { error: `must have ${min} to ${max} bytes in UTF-8` })

/** A byte count lies between the count of UTF-16 units and three times it, so most texts need no counting. */
const fits = (text: string, min: number, max: number): boolean => {
  if (text.length < min && text.length * 3 < min) return false
  if (text.length >= min && text.length * 3 <= max) return true
  const size = Buffer.byteLength(text)
  return size >= min && size <= max
}

/** Text of `min` to `max` characters (字), as people count them. */
export const chars = (max: number, min = 1) =>
  z.string().refine((text) => [...text].length >= min && [...text].length <= max, {
    error: `must have ${min} to ${max} characters`,
  })

/** A web address with its scheme, at most `max` bytes. */
export const webUrl = (max = 2048) =>
  bytes(max).refine((url) => /^https?:\/\/[^\s]+$/i.test(url), { error: 'must begin with http:// or https://' })

/** A field that must be unique and opaque: an id from WeCom, not empty. */
export const opaque = (max = 256) => bytes(max)

export const flag = z.literal([0, 1])

/** Department ids pass 2^31; all stay below 2^53. */
export const DepartmentId = z.int().min(1)

/** A staff id inside an answer: lower-cased like ours, but its letters are WeCom's business. */
export const AnsweredUserId = z
  .string()
  .min(1)
  .transform((id) => id.toLowerCase() as UserId)

/** An id of our own making for a message: at most 32 of [0-9A-Za-z_-]. An empty one is refused by WeCom: leave it out. */
export const OwnMsgId = z.string().regex(/^[0-9A-Za-z_-]{1,32}$/, 'must have 1 to 32 letters, digits, _ or -')

/**
 * Text that WeCom only *suggests* to keep within `max` characters: what is longer is cut here and ends in `…`, because a
 * card that is refused helps nobody.
 */
export const clipped = (max: number) =>
  z.string().transform((text) => {
    if (text.length <= max) return text
    const letters = [...text]
    return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`
  })

/** Ids joined by `|`, as message/send takes them. */
export const joined = (max: number) =>
  z
    .string()
    .regex(/^[0-9A-Za-z_\-@.]+(\|[0-9A-Za-z_\-@.]+)*$/, 'must be ids joined by |')
    .refine((ids) => ids.split('|').length <= max, { error: `at most ${max} ids` })
    .transform((ids) => ids.toLowerCase())
