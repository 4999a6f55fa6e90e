import { packEntry, unpackEntry } from './entry-pack.ts'
import { seal, unseal } from './sealed.ts'

/** Whom a browser may speak for, where, and until when. */
export type TouchSays = { channel: string; clientNo: string; campaign?: string | undefined; expiresAt: Date }

const mark = 't1'

/**
 * What a page of the bank's app is given so that it may tell touchpoints of its own client, and of nobody else: client and
 * campaign encrypted, bound to the channel, running out. It opens no chat and proves no identity: an entry link is another thing.
 */
export const signTouch = (secretKey: string, { channel, clientNo, campaign, expiresAt }: TouchSays): string =>
  [mark, channel, seal(secretKey, contextOf(channel), packEntry({ clientNo, campaign }, expiresAt))].join('.')

/** What a token says; `expired` when its time is over, null when it is not ours. Never throws. */
export const readTouch = (secretKey: string, token: string, now: Date): TouchSays | 'expired' | null => {
  const [start, channel = '', sealed = '', ...more] = token.split('.')
  if (start !== mark || more.length > 0) return null
  const packed = unseal(secretKey, contextOf(channel), sealed)
  const found = packed && unpackEntry(packed)
  if (!found?.expiresAt || found.says.clientNo === undefined) return null
  if (found.expiresAt <= now) return 'expired'
  const { clientNo, campaign } = found.says
  return { channel, clientNo, ...(campaign !== undefined && { campaign }), expiresAt: found.expiresAt }
}

const contextOf = (channel: string) => ({ purpose: 'touch 1', bound: `${mark}.${channel}` })
