import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'
import { refuseIf } from './refused.ts'

const key = createHash('sha256').update('place in a simulated list').digest().subarray(0, 16)
const markOf = (list: string): Buffer => createHash('sha256').update(list).digest().subarray(0, 8)

/** Shows nothing of what it is: a place in one list, encrypted. */
const write = (list: string, at: number): string => {
  const plain = Buffer.alloc(16)
  plain.writeBigUInt64BE(BigInt(at))
  markOf(list).copy(plain, 8)
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64url')
}

const read = (list: string, cursor: string): number => {
  const sealed = Buffer.from(cursor, 'base64url')
  refuseIf(sealed.length !== 16, 40035, 'invalid cursor')
  const decipher = createDecipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
  refuseIf(!plain.subarray(8).equals(markOf(list)), 40035, 'invalid cursor')
  return Number(plain.readBigUInt64BE())
}

type Paging = { list: string; cursor?: string | undefined; limit: number }

/** One page of a list; the end is an empty next_cursor. A cursor of another list is 40035. */
export const pageOf = <Item>(items: Item[], { list, cursor, limit }: Paging): { rows: Item[]; next_cursor: string } => {
  const start = cursor ? read(list, cursor) : 0
  const end = start + limit
  return { rows: items.slice(start, end), next_cursor: end < items.length ? write(list, end) : '' }
}
