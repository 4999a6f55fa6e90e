import type { z } from 'zod'
import type { Payload } from '../model/world.ts'

type Issue = z.core.$ZodIssue
/** What a field is refused with when it is missing and when it is wrong. */
type Codes = readonly [missing: number, wrong: number]

const byField: Readonly<Record<string, Codes>> = {
  type: [41037, 41039],
  scene: [41038, 41040],
  style: [40058, 41042],
  config_id: [41043, 41044],
  welcome_code: [41049, 41050],
  external_userid: [41035, 40096],
  userid_list: [40031, 40031],
  user: [40058, 41041],
  text: [40063, 40063],
  remark: [40063, 40058],
  add_tag: [40063, 40063],
}

/** 客户联系 has numbers of its own for some fields; null leaves it to the common ones. */
export const contactCode = (path: string, issue: Issue, body: Payload): number | null => {
  if (!path.startsWith('externalcontact/')) return null
  const [first, second, ...rest] = issue.path.map(String)
  if (first === undefined) return null
  if (first === 'attachments') return attachmentCode(issue, second !== undefined, rest)
  if (first === 'tag' || first === 'name' || first === 'group_name') return body[first] === undefined ? 40063 : 40072
  // Text that is there and too long is wrong, text without which nothing would be said is missing.
  if (second !== undefined && (first === 'text' || first === 'remark')) return 40058
  const codes = byField[first]
  return codes ? codes[body[first] === undefined || body[first] === '' ? 0 : 1] : null
}

const attachmentCode = (issue: Issue, one: boolean, within: string[]): number => {
  if (!one) return issue.code === 'too_big' ? 41064 : 40058
  if (within.includes('media_id') || within.includes('pic_media_id')) return 40007
  return within[0] === 'msgtype' || issue.code === 'invalid_union' ? 41065 : 40058
}
