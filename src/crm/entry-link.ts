import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { packEntry, unpackEntry, type EntrySays } from './entry-pack.ts'

export type { EntrySays } from './entry-pack.ts'

/**
 * How the parameter of a link was judged. `valid`: ours, and its time is not over. `expired`: ours, too late. `forged`:
 * it looks like ours and is not, or belongs to another channel, or was made with another SECRET_KEY. `foreign`: somebody
 * else's (a campaign tool's own parameter).
 */
export type EntryState = 'valid' | 'expired' | 'forged' | 'foreign'
export type EntryReading = EntrySays & { state: EntryState }

/** What the link shall say does not fit the 128 bytes that WeCom allows. */
export class EntryTooLong extends Error {
  override name = 'EntryTooLong'
}

/** Of `scene_param`, unencoded. https://developer.work.weixin.qq.com/document/path/94665 */
const mostBytes = 128
const mark = 'y1.'
const nonceBytes = 12
const tagBytes = 16
const mostPacked = Math.floor(((mostBytes - mark.length) * 6) / 8) - nonceBytes - tagBytes

type Asked = EntrySays & {
  /** The channel's key, which is the link's `scene`: in another channel's link the parameter is worth nothing. */
  channel: string
  /** Never, when it is left out. Read by the second. */
  expiresAt?: Date | null | undefined
}

/**
 * The `scene_param` of an entry link: at most 128 bytes of [A-Za-z0-9_.-], encrypted (AES-256-GCM under a key derived from
 * SECRET_KEY) and bound to its channel. The same question makes the same parameter. About 75 letters and digits fit, all
 * three texts together, or 58 bytes of other text; more throws `EntryTooLong`.
 */
export const signEntry = (secretKey: string, { channel, expiresAt = null, ...says }: Asked): string => {
  const packed = packEntry(says, expiresAt)
  if (packed.length > mostPacked) throw new EntryTooLong('clientNo, campaign and firm together are too long for a link')
  const keys = keysOf(secretKey)
  // Made of the message itself: a nonce can come twice only for the same message, and no chance is needed.
  const nonce = createHmac('sha256', keys.nonce)
    .update(context(channel))
    .update(packed)
    .digest()
    .subarray(0, nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonce, { authTagLength: tagBytes })
  cipher.setAAD(context(channel))
  const sealed = Buffer.concat([nonce, cipher.update(packed), cipher.final(), cipher.getAuthTag()])
  return mark + sealed.toString('base64url')
}

type Given = { scene: string; sceneParam: string; now: Date }

/** What a link said, as far as it can be believed. Never throws. Of an expired one only the campaign is left: it gives no identity. */
export const readEntry = (secretKey: string, { scene, sceneParam, now }: Given): EntryReading => {
  const param = plain(sceneParam)
  if (!param.startsWith(mark)) return { state: 'foreign' }
  const packed = open(secretKey, scene, param.slice(mark.length))
  const found = packed && unpackEntry(packed)
  if (!found) return { state: 'forged' }
  const { says, expiresAt } = found
  if (expiresAt === null || now < expiresAt) return { ...says, state: 'valid' }
  return { ...(says.campaign !== undefined && { campaign: says.campaign }), state: 'expired' }
}

/** WeCom's pages do not say whether the parameter comes back decoded: both forms are taken. */
const plain = (param: string): string => {
  if (!param.includes('%')) return param
  try {
    return decodeURIComponent(param)
  } catch {
    return param
  }
}

const open = (secretKey: string, channel: string, text: string): Buffer | null => {
  const sealed = Buffer.from(text, 'base64url')
  // Node reads past foreign letters and spare bits: only the one way of writing it counts.
  if (sealed.toString('base64url') !== text || sealed.length <= nonceBytes + tagBytes) return null
  const nonce = sealed.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', keysOf(secretKey).cipher, nonce, { authTagLength: tagBytes })
  decipher.setAAD(context(channel))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    return null
  }
}

const context = (channel: string): Buffer => Buffer.from(`${mark}${channel}`)

const keysOf = (secretKey: string) => {
  const keys = Buffer.from(hkdfSync('sha256', Buffer.from(secretKey, 'base64'), '', 'yinqiao entry link 1', 64))
  return { cipher: keys.subarray(0, 32), nonce: keys.subarray(32) }
}
