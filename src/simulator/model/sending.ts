import { cutToBytes } from './bytes.ts'
import { usableCode } from './codes.ts'
import { chatOf, knownCustomer, managedAccount } from './find.ts'
import { addLine } from './lines.ts'
import { append, appendEvent } from './log.ts'
import { kfMedia, liveMedia } from './media.ts'
import { refuseIf } from './refused.ts'
import { sessionLives, sweep } from './session.ts'
import type { Account, Chat, MediaType, Payload, World } from './world.ts'

const messagesPerWindow = 5
const mediaTypes = ['image', 'voice', 'video', 'file']

export type Message = { msgid?: string | undefined; msgtype: string; body: Payload }

/** send_msg: checked in the order of kf.md 21.5, then shown to the customer; accepted is not delivered. */
export const sendMessage = (
  world: World,
  ask: Message & { openKfId: string; externalUserId: string },
): { msgid: string } => {
  const account = managedAccount(world, ask.openKfId)
  const customer = knownCustomer(world, ask.externalUserId)
  const body = acceptable(world, ask)
  const msgid = ownMsgid(world, account, ask.msgid)
  refuseIf(!world.corp.verified, 95003, 'corp is not verified')
  const chat = chatOf(world, account.openKfId, customer.externalUserId)
  checkWindow(world, chat)
  account.msgids.add(msgid)
  chat.sent += 1
  if (chat.state === 0 && world.settings.autoAssistantOnSend) chat.state = 1
  deliver(world, { account, chat, msgid, msgtype: ask.msgtype, body })
  return { msgid }
}

const checkWindow = (world: World, chat: Chat): void => {
  sweep(world, chat)
  refuseIf(chat.state !== 0 && chat.state !== 1, 95018, 'send msg session status invalid')
  const since = chat.lastCustomerAt
  refuseIf(since === null || world.now() - since > sessionLives, 95002, 'send time out of limit')
  refuseIf(chat.sent >= messagesPerWindow, 95001, 'send msg count out of limit')
}

/** send_msg_on_event: needs the code, no window. */
export const sendOnEvent = (world: World, ask: Message & { code: string }): { msgid: string } => {
  const code = usableCode(world, ask.code, ask.msgtype)
  const { chat } = code
  const account = managedAccount(world, chat.openKfId)
  const body = acceptable(world, ask)
  const msgid = ownMsgid(world, account, ask.msgid)
  code.used = true
  account.msgids.add(msgid)
  if (code.kind === 'welcome') chat.welcomedAt = world.now()
  if (world.settings.eventMessagesCount) chat.sent += 1
  deliver(world, { account, chat, msgid, msgtype: ask.msgtype, body })
  return { msgid }
}

const ownMsgid = (world: World, account: Account, wanted: string | undefined): string => {
  const msgid = wanted ?? world.chance.text(32)
  refuseIf(!/^[0-9A-Za-z_-]{1,32}$/.test(msgid), 40058, 'invalid msgid')
  refuseIf(account.msgids.has(msgid), world.settings.errcodes.duplicateMsgid, 'msgid is used already')
  return msgid
}

/** Media must live; long titles and texts are cut at a character's end, without a word. */
const acceptable = (world: World, { msgtype, body }: Message): Payload => {
  if (mediaTypes.includes(msgtype)) kfMedia(world, String(body['media_id']), msgtype as MediaType)
  if (typeof body['thumb_media_id'] === 'string') liveMedia(world, body['thumb_media_id'])
  const cuts = limits[msgtype] ?? {}
  const cut = (key: string, value: unknown): unknown =>
    typeof value === 'string' && cuts[key] !== undefined ? cutToBytes(value, cuts[key]) : value
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, cut(key, value)]))
}

const limits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  text: { content: 2048 },
  link: { title: 128, desc: 512 },
  miniprogram: { title: 64 },
}

type Delivery = { account: Account; chat: Chat; msgid: string; msgtype: string; body: Payload }

const deliver = (world: World, { account, chat, msgid, msgtype, body }: Delivery): void => {
  append(world, account, null)
  addLine(world, chat, { msgid, from: 'account', type: msgtype, payload: body })
  const failType = failureOf(world, chat)
  if (failType !== null) failLater(world, { account, chat, msgid, failType })
}

const failureOf = (world: World, chat: Chat): number | null => {
  if (!world.corp.anyMemberLoggedIn) return 11
  return world.customers.get(chat.externalUserId)?.blocks ? 10 : null
}

/** msg_send_fail: the message was accepted, and its slot is spent. */
export const failLater = (
  world: World,
  ask: { account: Account; chat: Chat; msgid: string; failType: number },
): void => {
  const line = ask.chat.lines.findLast((sent) => sent.msgid === ask.msgid)
  if (line) line.status = 'failed'
  appendEvent(world, ask.account, {
    event_type: 'msg_send_fail',
    external_userid: ask.chat.externalUserId,
    fail_msgid: ask.msgid,
    fail_type: ask.failType,
  })
}
