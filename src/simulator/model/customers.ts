import { chatOf, concerning, findChat } from './find.ts'
import { codeForWelcome } from './welcome.ts'
import { addLine, lineOf } from './lines.ts'
import { append, appendEvent } from './log.ts'
import { addMedia, kfMax } from './media.ts'
import { Impossible, impossibleIf } from './refused.ts'
import { sampleMedia } from './sample-media.ts'
import { customerWrote, sweep } from './session.ts'
import { seconds } from './clock.ts'
import type { Account, Chat, Customer, LogItem, MediaType, Payload, World } from './world.ts'

/** The customer, made on first mention: tests choose ids as they like. */
export const customerNamed = (world: World, externalUserId: string, given: Partial<Customer> = {}): Customer => {
  const known = world.customers.get(externalUserId)
  if (known) return Object.assign(known, given)
  const made: Customer = {
    externalUserId,
    nickname: externalUserId,
    avatar: '',
    gender: 0,
    unionid: `o${world.chance.text(27)}`,
    kind: externalUserId.startsWith('wo') ? 'wecom' : 'wx',
    corpName: null,
    position: null,
    blocks: false,
    client: null,
    bankName: null,
    ...given,
  }
  world.customers.set(externalUserId, made)
  world.changed({ kind: 'customer', externalUserId })
  return made
}

/** The account as a customer sees it: a deleted one cannot be opened. */
export const openAccount = (world: World, openKfId: string): Account => {
  const account = world.accounts.get(openKfId)
  if (!account || account.deleted) throw new Impossible(`there is no kf account ${openKfId}`)
  return account
}

export type Entrance = { scene?: string; sceneParam?: string; wechatChannels?: Payload }

/** He opens the chat. `scene_param` exists only with a link's scene; the welcome code only after 48 quiet hours. */
export const openChat = (world: World, ask: { customer: string; openKfId: string } & Entrance): LogItem => {
  const account = openAccount(world, ask.openKfId)
  customerNamed(world, ask.customer)
  const chat = sweep(world, chatOf(world, ask.openKfId, ask.customer))
  const from = {
    ...(ask.scene ? { scene: ask.scene } : {}),
    ...(ask.scene && ask.sceneParam ? { scene_param: ask.sceneParam } : {}),
    ...(ask.wechatChannels ? { wechat_channels: ask.wechatChannels } : {}),
  }
  chat.entered = { at: world.now(), ...from }
  world.changed({ kind: 'entered', openKfId: ask.openKfId, externalUserId: ask.customer })
  return appendEvent(world, account, {
    event_type: 'enter_session',
    external_userid: ask.customer,
    ...from,
    ...codeForWelcome(world, chat),
  })
}

/** Opens by a link of add_contact_way. A tampered one opens the chat without any event: null. */
export const openLink = (world: World, ask: { customer: string; url: string }): LogItem | null => {
  const url = new URL(ask.url)
  const link = world.links.get(url.searchParams.get('enc_scene') ?? '')
  if (!link || new URL(link.url).pathname !== url.pathname) return null
  const sceneParam = url.searchParams.get('scene_param') ?? undefined
  if (sceneParam !== undefined && Buffer.byteLength(sceneParam) > 128) return null
  const entrance = { scene: link.scene, ...(sceneParam === undefined ? {} : { sceneParam }) }
  return openChat(world, { customer: ask.customer, openKfId: link.openKfId, ...entrance })
}

export type Sending = { customer: string; openKfId: string; type: string; payload: Payload; msgid?: string }

/**
 * He sends something: the session begins or goes on, the window of 48 h and 5 messages starts anew. With a msgid that
 * the log has already, it is that message again, as WeCom sometimes delivers one twice.
 */
export const customerSends = (world: World, ask: Sending): LogItem => {
  const account = openAccount(world, ask.openKfId)
  customerNamed(world, ask.customer)
  const chat = chatOf(world, ask.openKfId, ask.customer)
  const twice = ask.msgid === undefined ? undefined : account.log.find(({ item }) => item?.msgid === ask.msgid)?.item
  if (twice) {
    append(world, account, twice)
    return twice
  }
  const { type, payload } = withMedia(world, ask)
  customerWrote(world, account, chat)
  const msgid = ask.msgid ?? world.chance.text(26)
  const item: LogItem = {
    msgid,
    open_kfid: ask.openKfId,
    external_userid: ask.customer,
    send_time: seconds(world.now()),
    origin: 3,
    msgtype: type,
    [type]: payload,
  }
  append(world, account, item)
  addLine(world, chat, { msgid, from: 'customer', type, payload })
  return item
}

const isMedia = (type: string): type is MediaType => type in kfMax
const hint: Record<MediaType, string> = { image: '图片', voice: '语音', video: '视频', file: '文件' }

/** A media payload may bring `bytes` and `filename`; what is too big for kf arrives as a hint in words. */
const withMedia = (world: World, { type, payload }: Sending): { type: string; payload: Payload } => {
  if (!isMedia(type) || payload['media_id'] !== undefined) return { type, payload }
  const bytes = Buffer.isBuffer(payload['bytes']) ? payload['bytes'] : sampleMedia(type)
  if (bytes.length > kfMax[type]) return { type: 'text', payload: { content: `[${hint[type]}过大，暂不支持接收]` } }
  const filename = typeof payload['filename'] === 'string' ? payload['filename'] : `${type}.${extension[type]}`
  return { type, payload: { media_id: addMedia(world, { type, filename, bytes }).mediaId } }
}

const extension: Record<MediaType, string> = { image: 'png', voice: 'amr', video: 'mp4', file: 'pdf' }

type MenuItem = { type: string; click?: { id?: string; content: string } }

/** He taps an item of a menu that he was sent; only `click` items say anything, and they do so for ever. */
export const clickMenu = (
  world: World,
  ask: { customer: string; openKfId: string; msgid: string; item: string },
): LogItem => {
  const chat = chatOf(world, ask.openKfId, ask.customer)
  const line = lineOf(chat, ask.msgid)
  impossibleIf(line?.type !== 'msgmenu', `message ${ask.msgid} is no menu in this chat`)
  const items = (line?.payload['list'] ?? []) as MenuItem[]
  const click = items.find(({ click: it }) => it?.id === ask.item || it?.content === ask.item)?.click
  if (!click) throw new Impossible(`the menu ${ask.msgid} has no item ${ask.item} to click`)
  const payload = { content: click.content, ...(click.id === undefined ? {} : { menu_id: click.id }) }
  return customerSends(world, { customer: ask.customer, openKfId: ask.openKfId, type: 'text', payload })
}

const chatWithMessage = (world: World, customer: string, msgid: string): Chat | undefined =>
  [...world.accounts.keys()].flatMap((id) => findChat(world, id, customer) ?? []).find((chat) => lineOf(chat, msgid))

/** He takes back one of his own messages. */
export const customerRecalls = (world: World, ask: { customer: string; msgid: string }): LogItem => {
  const chat = chatWithMessage(world, ask.customer, ask.msgid)
  const line = chat && lineOf(chat, ask.msgid)
  if (!chat || line?.from !== 'customer') throw new Impossible(`${ask.msgid} is no message of ${ask.customer}`)
  line.status = 'recalled'
  world.changed({ kind: 'line', ...concerning(chat) })
  return appendEvent(world, openAccount(world, chat.openKfId), {
    event_type: 'user_recall_msg',
    external_userid: ask.customer,
    recall_msgid: ask.msgid,
  })
}
