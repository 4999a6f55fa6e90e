import { seconds } from './clock.ts'
import { openAccount } from './customers.ts'
import { chatOf, concerning } from './find.ts'
import { addLine, lineOf } from './lines.ts'
import { append, appendEvent } from './log.ts'
import { impossibleIf } from './refused.ts'
import { servesAccount } from './servicers.ts'
import { codeFor, endByServicer, handTo, reopenFor, sweep } from './session.ts'
import type { Account, Chat, LogItem, Payload, World } from './world.ts'

/** What a servicer does in his WeCom client; only this leaves events (session_status_change). */
export type Act = { userid: string; openKfId: string; customer: string }

const scene = (world: World, { userid, openKfId, customer }: Act): { account: Account; chat: Chat } => {
  const account = openAccount(world, openKfId)
  impossibleIf(!servesAccount(world, account, userid), `${userid} is not a servicer of ${openKfId}`)
  impossibleIf(!world.customers.has(customer), `there is no customer ${customer}`)
  return { account, chat: sweep(world, chatOf(world, openKfId, customer)) }
}

const own = (world: World, act: Act): { account: Account; chat: Chat } => {
  const found = scene(world, act)
  const his = found.chat.state === 3 && found.chat.servicer === act.userid
  impossibleIf(!his, `the chat is not with ${act.userid} (state ${found.chat.state})`)
  return found
}

const tell = (world: World, { account, chat }: { account: Account; chat: Chat }, change: Payload): LogItem => {
  world.changed({ kind: 'session', ...concerning(chat) })
  return appendEvent(world, account, {
    event_type: 'session_status_change',
    external_userid: chat.externalUserId,
    ...change,
  })
}

/** Takes a waiting customer out of the pool (change_type 1, with the reply code). */
export const take = (world: World, act: Act): LogItem => {
  const { account, chat } = scene(world, act)
  impossibleIf(chat.state !== 2, `the chat does not wait in the pool (state ${chat.state})`)
  handTo(chat, act.userid)
  const code = codeFor(world, chat)
  const msgCode = code === null ? {} : { msg_code: code }
  return tell(world, { account, chat }, { change_type: 1, new_servicer_userid: act.userid, ...msgCode })
}

/** Gives his customer to a colleague (change_type 2). */
export const transferTo = (world: World, act: Act & { to: string }): LogItem => {
  const { account, chat } = own(world, act)
  impossibleIf(!servesAccount(world, account, act.to), `${act.to} is not a servicer of ${act.openKfId}`)
  handTo(chat, act.to)
  const change = { change_type: 2, old_servicer_userid: act.userid, new_servicer_userid: act.to }
  return tell(world, { account, chat }, change)
}

/** Ends his session (change_type 3, with the end code). */
export const endSession = (world: World, act: Act): LogItem => {
  const { account, chat } = own(world, act)
  endByServicer(world, chat)
  const change = { change_type: 3, old_servicer_userid: act.userid, msg_code: codeFor(world, chat) }
  return tell(world, { account, chat }, change)
}

/** Takes back a session that he gave away, or opens an ended one again (change_type 4). */
export const retake = (world: World, act: Act): LogItem => {
  const { account, chat } = scene(world, act)
  const old = chat.state === 3 ? chat.servicer : chat.previous
  const lost = chat.state === 4 || (chat.state === 3 && chat.servicer !== act.userid)
  impossibleIf(!lost || !chat.had.has(act.userid), `${act.userid} cannot take this chat back (state ${chat.state})`)
  if (chat.state === 3) handTo(chat, act.userid)
  else reopenFor(world, chat, act.userid)
  const change = { change_type: 4, old_servicer_userid: old ?? act.userid, new_servicer_userid: act.userid }
  return tell(world, { account, chat }, change)
}

/** He writes; into an ended chat that was his, which opens it again. */
export const reply = (world: World, act: Act & { type: string; payload: Payload; msgid?: string }): LogItem => {
  const found = scene(world, act)
  if (found.chat.state === 4) retake(world, act)
  const { account, chat } = own(world, act)
  const msgid = act.msgid ?? world.chance.text(26)
  const item: LogItem = {
    msgid,
    open_kfid: act.openKfId,
    external_userid: act.customer,
    send_time: seconds(world.now()),
    origin: 5,
    servicer_userid: act.userid,
    msgtype: act.type,
    [act.type]: act.payload,
  }
  append(world, account, item)
  addLine(world, chat, { msgid, from: 'servicer', servicer: act.userid, type: act.type, payload: act.payload })
  return item
}

/** He takes back one of his messages. */
export const servicerRecalls = (world: World, act: Act & { msgid: string }): LogItem => {
  const { account, chat } = scene(world, act)
  const line = lineOf(chat, act.msgid)
  impossibleIf(line?.servicer !== act.userid, `${act.msgid} is no message of ${act.userid}`)
  if (line) line.status = 'recalled'
  world.changed({ kind: 'line', ...concerning(chat) })
  return appendEvent(world, account, {
    event_type: 'servicer_recall_msg',
    external_userid: act.customer,
    recall_msgid: act.msgid,
    servicer_userid: act.userid,
  })
}

/** He refuses the customer's messages, or takes them again. */
export const rejectCustomer = (world: World, act: Act & { rejects: boolean }): LogItem => {
  const { account, chat } = scene(world, act)
  chat.rejected = act.rejects
  return appendEvent(world, account, {
    event_type: 'reject_customer_msg_switch_change',
    servicer_userid: act.userid,
    external_userid: act.customer,
    reject_switch: act.rejects ? 1 : 0,
  })
}
