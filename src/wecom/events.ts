import { z } from 'zod'
import { contactKind, contactSchemas } from './contact-events.ts'
import type { OpenKfId } from './ids.ts'
import { AnsweredUserId } from './limits.ts'
import { dateOfSeconds } from './seconds.ts'
import type { XmlElement } from './xml.ts'
import { readXml } from './xml.ts'

const words = z.string().catch('')
const openKfId = z
  .string()
  .min(1)
  .transform((id) => id as OpenKfId)

/** An element that came once, several times or not at all: always a list. */
const each = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => [value ?? []].flat().filter((one) => one !== ''), z.array(item))

const fromStaff = { FromUserName: AnsweredUserId, AgentID: words }
const staffMessage = { ...fromStaff, MsgId: z.string().min(1) }
const card = { ...fromStaff, EventKey: z.string(), TaskId: words, CardType: words, ResponseCode: words }
const staffEvent = z.object({ ...fromStaff, EventKey: words })

/** Samples of 2021 spell the options OpitonIds: both are read. */
const SelectedItem = z
  .object({
    QuestionKey: z.string(),
    OptionIds: z
      .object({ OptionId: each(z.string()) })
      .optional()
      .catch(undefined),
    OpitonIds: z
      .object({ OpitonId: each(z.string()) })
      .optional()
      .catch(undefined),
  })
  .transform(({ QuestionKey, OptionIds, OpitonIds }) => ({
    QuestionKey,
    OptionIds: OptionIds?.OptionId ?? OpitonIds?.OpitonId ?? [],
  }))
const SelectedItems = z
  .object({ SelectedItem: each(SelectedItem) })
  .transform((items) => items.SelectedItem)
  .catch([])

/** What a member sends to the app, by MsgType. */
const messages = {
  'app/text': z.object({ ...staffMessage, Content: z.string() }),
  'app/image': z.object({ ...staffMessage, PicUrl: words, MediaId: words }),
  'app/voice': z.object({ ...staffMessage, MediaId: words, Format: words }),
  'app/video': z.object({ ...staffMessage, MediaId: words, ThumbMediaId: words }),
  'app/location': z.object({ ...staffMessage, Location_X: words, Location_Y: words, Scale: words, Label: words }),
  'app/link': z.object({ ...staffMessage, Title: words, Description: words, Url: words, PicUrl: words }),
}

/** What happens, by Event. */
const events = {
  /** Only a doorbell: pull the account with this token within 10 minutes. */
  kf_msg_or_event: z.object({ Token: words, OpenKfId: openKfId }),
  /** The admin gave accounts to the app or took them away. */
  kf_account_auth_change: z.object({ AuthAddOpenKfId: each(openKfId), AuthDelOpenKfId: each(openKfId) }),
  /** A button or the submit of a card: `ResponseCode` updates the card once, within 72 h. */
  'app/template_card_event': z.object({ ...card, SelectedItems }),
  'app/template_card_menu_event': z.object(card),
  'app/enter_agent': staffEvent,
  'app/subscribe': staffEvent,
  'app/unsubscribe': staffEvent,
  'app/click': staffEvent,
  'app/view': staffEvent,
}

const schemas = { ...messages, ...events, ...contactSchemas }

/** What a callback carries, by kind, in WeCom's own names; all text, ids of staff in lower case. */
export type CallbackEvents = { [Kind in keyof typeof schemas]: z.output<(typeof schemas)[Kind]> }
export type CallbackKind = keyof CallbackEvents

type Envelope = {
  corpId: string
  /** CreateTime; null when there is none to read. */
  at: Date | null
  /** Every element as it came. */
  raw: XmlElement
}
export type KnownCallback<Kind extends CallbackKind = CallbackKind> = {
  [Each in Kind]: Envelope & { kind: Each; event: CallbackEvents[Each] }
}[Kind]
/** `type` is MsgType, or Event and ChangeType joined by `/`: `change_external_contact/add_external_contact`. */
export type UnknownCallback = Envelope & { kind: 'unknown'; type: string }
export type Callback = KnownCallback | UnknownCallback

/** Reads a decrypted callback. Throws `CallbackRefused` 400 only when it is no XML; what is unknown comes back raw. */
export const readCallback = (xml: string): Callback => {
  const raw = readXml(xml, 'collect')
  const envelope = { corpId: words.parse(raw['ToUserName']), at: dateOf(raw['CreateTime']), raw }
  const kind = kindOf(raw)
  const read = kind && schemas[kind].safeParse(raw)
  return read?.success
    ? ({ ...envelope, kind, event: read.data } as KnownCallback)
    : { ...envelope, kind: 'unknown', type: typeOf(raw) }
}

const kindOf = (raw: XmlElement): CallbackKind | null => {
  if (raw['MsgType'] !== 'event') return own(messages, `app/${raw['MsgType']}`)
  const name = words.parse(raw['Event']).toLowerCase()
  return (
    own(events, name) ??
    own(events, `app/${name}`) ??
    own(contactSchemas, contactKind(name, words.parse(raw['ChangeType'])))
  )
}

const own = <Table extends object>(table: Table, key: string): (keyof Table & CallbackKind) | null =>
  Object.hasOwn(table, key) ? (key as keyof Table & CallbackKind) : null

const typeOf = (raw: XmlElement): string =>
  [raw['MsgType'] === 'event' ? raw['Event'] : raw['MsgType'], raw['ChangeType']]
    .filter((part) => typeof part === 'string' && part !== '')
    .join('/')

const dateOf = (seconds: unknown): Date | null =>
  typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? dateOfSeconds(Number(seconds)) : null

/** The kinds that a handler can be written for: what staff do in the app, and what 客户联系 tells. */
export type HandledCallback = Extract<CallbackKind, `${string}/${string}`>
export const callbackKinds = Object.keys(schemas).filter((kind) => kind.includes('/')) as readonly HandledCallback[]
