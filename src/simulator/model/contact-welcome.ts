import { second } from './clock.ts'
import { findRelation, isAlive } from './contact-book.ts'
import { addContactLine, said } from './contact-lines.ts'
import type { Relation, Welcome } from './contact-types.ts'
import { liveMedia } from './media.ts'
import { Impossible, Refused, refuseIf } from './refused.ts'
import type { Payload, World } from './world.ts'

const lives = 20 * second

/** A code for one welcome within 20 s, unless a welcome makes no sense or is the console's business. */
export const issueWelcome = (world: World, relation: Relation): string | undefined => {
  const { userid, externalUserId, chatStarted, welcomed } = relation
  const member = world.members.get(userid)
  const customer = world.customers.get(externalUserId)
  if (chatStarted || welcomed || member?.adminWelcome || customer?.kind === 'wecom') return undefined
  const code = world.chance.text(43)
  const expiresAt = world.now() + lives
  world.contacts.welcomes.set(code, { code, userid, externalUserId, expiresAt, status: 'open' })
  return code
}

export type WelcomeMessage = { code: string; text?: string | undefined; attachments: Payload[] }

/** send_welcome_msg: once, in the member's name. A failure uses the code up, too. */
export const sendWelcome = (world: World, ask: WelcomeMessage): void => {
  const { welcome, relation } = usable(world, ask.code)
  try {
    ask.attachments.forEach((attachment) => checkAttachment(world, attachment))
  } catch (error) {
    welcome.status = 'failed'
    throw error
  }
  deliver(world, { welcome, relation }, ask)
}

const usable = (world: World, code: string): { welcome: Welcome; relation: Relation } => {
  const welcome = world.contacts.welcomes.get(code)
  if (!welcome) throw new Refused(41050, 'invalid welcome_code')
  const relation = findRelation(world, welcome.userid, welcome.externalUserId)
  refuseIf(welcome.status === 'sent' || Boolean(relation?.welcomed || relation?.chatStarted), 41051, 'already chatting')
  refuseIf(welcome.expiresAt < world.now() || welcome.status === 'failed', 41050, 'invalid welcome_code')
  refuseIf(welcome.status === 'sending', 41096, 'welcome is being sent')
  if (!isAlive(relation)) throw new Refused(41050, 'invalid welcome_code')
  return { welcome, relation }
}

const mediaOf: Readonly<Record<string, string>> = {
  image: 'media_id',
  video: 'media_id',
  file: 'media_id',
  miniprogram: 'pic_media_id',
}

const checkAttachment = (world: World, attachment: Payload): void => {
  const type = String(attachment['msgtype'])
  const mediaId = bodyOf(attachment)[mediaOf[type] ?? '']
  if (mediaId === undefined) return
  const media = liveMedia(world, String(mediaId))
  refuseIf(media.type !== (type === 'miniprogram' ? 'image' : type), 40007, 'invalid media_id')
}

const bodyOf = (attachment: Payload): Payload => attachment[String(attachment['msgtype'])] as Payload

const deliver = (
  world: World,
  { welcome, relation }: { welcome: Welcome; relation: Relation },
  { text, attachments }: Pick<WelcomeMessage, 'text' | 'attachments'>,
): void => {
  welcome.status = 'sent'
  relation.welcomed = true
  if (text !== undefined) addContactLine(world, relation, said('servicer', 'text', { content: text }))
  for (const attachment of attachments)
    addContactLine(world, relation, said('servicer', String(attachment['msgtype']), bodyOf(attachment)))
}

const openWelcome = (world: World, code: string): Welcome => {
  const welcome = world.contacts.welcomes.get(code)
  if (!welcome) throw new Impossible('there is no such welcome code')
  return welcome
}

/** Another app has begun to welcome the customer: ours gets 41096 until that app is done. */
export const otherAppSends = (world: World, code: string): void => void (openWelcome(world, code).status = 'sending')

/** The other app was done, or gave up and left the code to us. */
export const otherAppDone = (world: World, ask: { code: string; sent: boolean }): void => {
  const welcome = openWelcome(world, ask.code)
  const relation = findRelation(world, welcome.userid, welcome.externalUserId)
  welcome.status = 'open'
  if (ask.sent && relation) deliver(world, { welcome, relation }, { text: '您好，很高兴认识您！', attachments: [] })
}
