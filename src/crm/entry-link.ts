import { packEntry, unpackEntry, type EntrySays } from './entry-pack.ts'
import { seal, sealBytes, unseal } from './sealed.ts'

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
const mostPacked = Math.floor(((mostBytes - mark.length) * 6) / 8) - sealBytes

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
  return mark + seal(secretKey, contextOf(channel), packed)
}

type Given = { scene: string; sceneParam: string; now: Date }

/** What a link said, as far as it can be believed. Never throws. Of an expired one only the campaign is left: it gives no identity. */
export const readEntry = (secretKey: string, { scene, sceneParam, now }: Given): EntryReading => {
  const param = plain(sceneParam)
  if (!param.startsWith(mark)) return { state: 'foreign' }
  const packed = unseal(secretKey, contextOf(scene), param.slice(mark.length))
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

const contextOf = (channel: string) => ({ purpose: 'entry link 1', bound: `${mark}${channel}` })
