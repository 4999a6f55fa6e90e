import type { z } from 'zod'
import type { Settings } from '../model/settings.ts'

type Issue = z.core.$ZodIssue

/** WeCom's number for what the schema found first; 40058 is "a parameter is wrong". */
export const codeOfIssue = (issue: Issue, settings: Settings): number => {
  const path = issue.path.map(String)
  const last = path.at(-1)
  if (path.length === 0 || last === undefined) return 40058
  if (path[0] === 'open_kfid') return settings.errcodes.missingAccount
  if (path[0] === 'msgtype') return 40008
  if (path.includes('list') && last === 'type') return 95009
  if (last === 'list' && issue.code === 'custom') return 95008
  if (last === 'media_id' || last === 'thumb_media_id') return 40007
  return cardCodes[path.find((part) => part in cardCodes) ?? ''] ?? 40058
}

/** One code per part of a template card. */
const cardCodes: Readonly<Record<string, number>> = {
  card_type: 42031,
  card_action: 42045,
  button_list: 42038,
  submit_button: 42046,
  checkbox: 42043,
  task_id: 42014,
}

/** Where it is wrong, without what it was: an error may travel into logs. */
export const placeOfIssue = (issue: Issue): string => `invalid Request Parameter: ${issue.path.map(String).join('.')}`
