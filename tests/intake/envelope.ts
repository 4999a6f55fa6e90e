import { createCipheriv } from 'node:crypto'
import { encrypt, sign } from '../../src/simulator/callbacks/seal.ts'

/** WeCom's side of a callback with every part open to tampering; made from the simulator's own crypto, not from the door's. */
export type Keys = { token: string; aesKey: string; receiveId: string }
export type Stamp = { timestamp: string; nonce: string }

export const envelope = (encrypted: string): string =>
  `<xml><ToUserName><![CDATA[corp]]></ToUserName><Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`

/** The signature that WeCom would make of these parts. */
export const signature = (token: string, { timestamp, nonce }: Stamp, encrypted: string): string =>
  sign([token, timestamp, nonce, encrypted])

/** `salt` stands for WeCom's random bytes: another one gives other text. */
export const seal = (xml: string, keys: Keys, salt = 0): string => encrypt(xml, keys, Buffer.alloc(16, `r${salt}`))

/** Whole blocks as they are, without a pad of ours: for what a correct sender never sends. */
export const sealBlocks = (plain: Buffer, { aesKey }: Keys): string => {
  const key = Buffer.from(`${aesKey}=`, 'base64')
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}

type Plain = { length?: number; pad?: (count: number) => Buffer; receiveId?: string }

/** random(16) + length + text + receiver + pad, where length, receiver and pad may lie. */
export const plainBlocks = (xml: string, keys: Keys, { length, pad, receiveId }: Plain = {}): Buffer => {
  const message = Buffer.from(xml)
  const size = Buffer.alloc(4)
  size.writeUInt32BE((length ?? message.length) >>> 0)
  const body = Buffer.concat([Buffer.alloc(16, 'r'), size, message, Buffer.from(receiveId ?? keys.receiveId)])
  const count = 32 - (body.length % 32)
  return Buffer.concat([body, pad ? pad(count) : Buffer.alloc(count, count)])
}

/** Query as it goes over the wire; a list becomes the same name several times. */
export const queryOf = (parts: Record<string, string | readonly string[] | undefined>): string =>
  Object.entries(parts)
    .flatMap(([name, value]) =>
      [value ?? []].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
    )
    .join('&')
