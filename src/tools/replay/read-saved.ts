import { createHash } from 'node:crypto'
import { eventOfCallback } from '../../intake/callback-event.ts'
import { eventsOfPage } from '../../intake/kf-page.ts'
import type { NewEvent } from '../../inbox/events.ts'

/** The file is neither an item of sync_msg nor a callback's XML. */
export class BadSample extends Error {
  override name = 'BadSample'
}

/**
 * What was saved, as intake would store it: one item of `sync_msg`, its whole answer (`msg_list`), or a callback's decrypted XML.
 * Throws `BadSample`.
 */
export const readSaved = (text: string): NewEvent[] => {
  if (text.trimStart().startsWith('<')) return [fromXml(text.trim())]
  const items = itemsIn(text)
  const { open_kfid: openKfId = '' } = items[0] ?? {}
  return eventsOfPage({ openKfId, items, historyBefore: null, now: new Date(0) })
}

const fromXml = (xml: string): NewEvent => {
  const event = eventOfCallback(xml, { digest: createHash('sha256').update(xml).digest('base64url'), now: new Date(0) })
  if (event.state === 'rung')
    throw new BadSample(`${event.kind} 只是门铃，消息本身在 kf/sync_msg 里：请保存 msg_list 中的一条`)
  return event
}

type Item = { msgid?: string; open_kfid?: string; msgtype?: string }

const itemsIn = (text: string): Item[] => {
  const value = parse(text)
  const items = isObject(value) && Array.isArray(value['msg_list']) ? (value['msg_list'] as unknown[]) : [value]
  if (items.length > 0 && items.every((item) => isObject(item) && typeof item['msgtype'] === 'string'))
    return items as Item[]
  throw new BadSample('须为 kf/sync_msg 的 msg_list 中的一条（含 msgtype），或整个回答，或回调解密后的 XML')
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new BadSample(`不是 JSON，也不是 XML：${(error as Error).message}`)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
