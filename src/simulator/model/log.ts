import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { day, minute, seconds } from './clock.ts'
import { refuseIf } from './refused.ts'
import type { Account, Entry, LogItem, Payload, World } from './world.ts'

const retained = 3 * day
const tokenLives = 10 * minute
const pageMax = 1000

/** Adds an item to an account's log and rings for it. What the app itself sent is kept as a hidden place. */
export const append = (world: World, account: Account, item: LogItem | null): void => {
  account.log.push({ seq: account.firstSeq + account.log.length, at: world.now(), item })
  if (item) world.ring(account.openKfId)
}

/** An event item, its own msgid and time included (origin 4; account and customer stand inside `event`). */
export const appendEvent = (world: World, account: Account, event: Payload & { event_type: string }): LogItem => {
  const item: LogItem = {
    msgid: world.chance.text(44),
    send_time: seconds(world.now()),
    origin: 4,
    msgtype: 'event',
    event: { ...event, open_kfid: account.openKfId },
  }
  append(world, account, item)
  return item
}

/** A new credential of a callback: good for this account, 10 minutes, any number of pulls. */
export const issueToken = (world: World, account: Account): string => {
  const token = `ENC${world.chance.text(40)}`
  account.tokens.set(token, world.now() + tokenLives)
  if (account.tokens.size > 10_000) dropOldTokens(world, account)
  return token
}

/** The oldest come first in the map. */
const dropOldTokens = (world: World, account: Account): void => {
  for (const [token, expiresAt] of account.tokens) {
    if (expiresAt >= world.now()) return
    account.tokens.delete(token)
  }
}

const checkToken = (world: World, account: Account, token: string): void => {
  const expiresAt = account.tokens.get(token)
  refuseIf(expiresAt === undefined || expiresAt < world.now(), 95007, 'invalid msgtoken')
}

const checkTokenless = (world: World, account: Account): void => {
  const since = world.now() - minute
  account.tokenlessPulls = account.tokenlessPulls.filter((at) => at > since)
  refuseIf(account.tokenlessPulls.length >= world.settings.tokenlessPerMinute, 45009, 'api freq out of limit')
  account.tokenlessPulls.push(world.now())
}

/** A cursor shows nothing of what it is: position, account and a nonce, encrypted. */
const cursorKey = createHash('sha256').update('position in a simulated kf log').digest().subarray(0, 16)
const accountMark = (account: Account): Buffer => createHash('sha256').update(account.openKfId).digest().subarray(0, 4)

export const writeCursor = (world: World, account: Account, seq: number): string => {
  const plain = Buffer.alloc(16)
  plain.writeBigUInt64BE(BigInt(seq))
  accountMark(account).copy(plain, 8)
  world.chance.bytes(4).copy(plain, 12)
  const cipher = createCipheriv('aes-128-ecb', cursorKey, null).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64url')
}

const readCursor = (world: World, account: Account, cursor: string): number => {
  const sealed = Buffer.from(cursor, 'base64url')
  refuseIf(sealed.length !== 16, world.settings.errcodes.badCursor, 'invalid cursor')
  const decipher = createDecipheriv('aes-128-ecb', cursorKey, null).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
  const own = plain.subarray(8, 12).equals(accountMark(account))
  refuseIf(!own, world.settings.errcodes.badCursor, 'invalid cursor')
  return Number(plain.readBigUInt64BE())
}

/** Index of the first entry that is still kept: the last three days. */
const oldest = (world: World, log: Entry[]): number => {
  const since = world.now() - retained
  let [low, high] = [0, log.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((log[middle]?.at ?? 0) < since) low = middle + 1
    else high = middle
  }
  return low
}

const startOf = (world: World, account: Account, cursor: string | undefined): number => {
  const first = oldest(world, account.log)
  if (!cursor) return first
  const wanted = readCursor(world, account, cursor) - account.firstSeq
  return Math.min(Math.max(first, wanted), account.log.length)
}

const pageSize = (world: World, limit: number): number => Math.min(limit, pageMax, world.settings.shortPage ?? pageMax)

export type Page = { next_cursor: string; has_more: 0 | 1; msg_list: LogItem[] }

/** One page of sync_msg. Reading changes nothing: the same cursor gives the same items, and newer ones. */
export const readPage = (
  world: World,
  ask: { account: Account; cursor?: string; token?: string; limit?: number },
): Page => {
  const { account } = ask
  if (ask.token) checkToken(world, account, ask.token)
  else checkTokenless(world, account)
  const start = startOf(world, account, ask.cursor)
  const size = takeEmptyPage(world) ? 0 : pageSize(world, ask.limit ?? pageMax)
  const end = Math.min(start + size, account.log.length)
  const items = account.log.slice(start, end).flatMap((entry) => entry.item ?? [])
  const more = size === 0 || end < account.log.length
  return { next_cursor: writeCursor(world, account, account.firstSeq + end), has_more: more ? 1 : 0, msg_list: items }
}

const takeEmptyPage = (world: World): boolean => {
  if (world.settings.emptyPages <= 0) return false
  world.settings.emptyPages -= 1
  return true
}
