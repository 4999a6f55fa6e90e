import type { ExternalUserId, MsgId, OpenKfId } from './ids.ts'
import type { KfEvents, KfKind } from './kf-events.ts'
import { dateOfSeconds } from './seconds.ts'
import { customerMessages, kfSchemas, servicerMessage, sessionEvents } from './kf-events.ts'

export type { KfEvents } from './kf-events.ts'
export { kfKinds } from './kf-events.ts'

/** One item of `kf/sync_msg` that we understand. `externalUserId` is null when it is about a servicer only. */
export type KnownKfItem<Kind extends KfKind = KfKind> = {
  [Each in Kind]: {
    kind: Each
    msgid: MsgId
    openKfId: OpenKfId
    externalUserId: ExternalUserId | null
    at: Date
    event: KfEvents[Each]
  }
}[Kind]

/** One that we do not: kept as it came, with what could be read. Origin 3 is still a customer who wrote something. */
export type UnknownKfItem = {
  kind: 'unknown'
  msgid: string | null
  openKfId: string | null
  externalUserId: string | null
  at: Date | null
  /** 3 customer, 4 system, 5 servicer. */
  origin: number | null
  /** The msgtype, or the event_type of an event. */
  type: string | null
  /** The first thing that was wrong with it, for operators; never a value. */
  why: string
  raw: unknown
}

export type KfItem = KnownKfItem | UnknownKfItem

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
/** An id that is longer than any id of WeCom's is none: it could not be a key. */
const id = (value: unknown): string | null => ((text(value)?.length ?? 0) <= 256 ? text(value) : null)
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** The kind of an item; null when there is none for it. */
const kindOf = (item: Fields, event: Fields | null): KfKind | null => {
  if (event) return own(sessionEvents, `kf/${event['event_type']}`)
  if (item['origin'] === 5) return own(servicerMessage, 'kf/servicer_message')
  return item['origin'] === 3 ? own(customerMessages, `kf/${item['msgtype']}`) : null
}

const own = <Table extends object>(table: Table, key: string): (keyof Table & KfKind) | null =>
  Object.hasOwn(table, key) ? (key as keyof Table & KfKind) : null

/** Reads one item of `msg_list`. Never throws: what cannot be read comes back as `unknown` with the raw item. */
export const readKfItem = (raw: unknown): KfItem => {
  const item = isObject(raw) ? raw : {}
  const event = item['msgtype'] === 'event' && isObject(item['event']) ? item['event'] : null
  const kind = kindOf(item, event)
  if (!kind) return unknown(raw, 'not a kind that we know')

  const fields = event ? { ...event, msgid: item['msgid'], send_time: item['send_time'] } : item
  const read = kfSchemas[kind].safeParse(fields)
  if (!read.success) return unknown(raw, complaint(read.error.issues[0]))

  const at = dateOfSeconds(read.data.send_time)
  return at ? known(kind, read.data, at) : unknown(raw, 'send_time: not a time')
}

const complaint = (issue: { path: PropertyKey[]; code?: string | undefined } | undefined): string =>
  `${issue?.path.join('.') ?? ''}: ${issue?.code ?? 'unreadable'}`

const known = (kind: KfKind, event: KfEvents[KfKind], at: Date): KnownKfItem => {
  const externalUserId = 'external_userid' in event ? event.external_userid : null
  return { kind, msgid: event.msgid, openKfId: event.open_kfid, externalUserId, at, event } as KnownKfItem
}

const unknown = (raw: unknown, why: string): UnknownKfItem => {
  const item = isObject(raw) ? raw : {}
  const event = isObject(item['event']) ? item['event'] : {}
  return {
    kind: 'unknown',
    msgid: id(item['msgid']),
    openKfId: id(item['open_kfid']) ?? id(event['open_kfid']),
    externalUserId: id(item['external_userid']) ?? id(event['external_userid']),
    at: dateOfSeconds(item['send_time']),
    origin: number(item['origin']),
    type: text(event['event_type']) ?? text(item['msgtype']),
    why,
    raw,
  }
}
