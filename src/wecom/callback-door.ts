import { CallbackRefused } from './callback-refused.ts'
import type { Seal } from './crypto.ts'
import { decrypt, encrypt, readAesKey } from './crypto.ts'
import { sign, verify } from './signature.ts'
import { readXml } from './xml.ts'
import { writeXml } from './xml-write.ts'

/** The query of a callback, straight from the URL: nothing about it is believed yet. */
export type CallbackQuery = { msg_signature?: unknown; timestamp?: unknown; nonce?: unknown; echostr?: unknown }

export type CallbackDoor = {
  /** The answer to WeCom's check of the URL: these bytes, nothing around them. */
  echo(query: CallbackQuery): Buffer
  /** A POST body to the XML that WeCom sealed. Throws `CallbackRefused`, 400 or 403. */
  open(query: CallbackQuery, body: string): string
  /** A passive reply, or (in the simulator) a callback's envelope. `random` must be 16 fresh bytes. */
  seal(xml: string, stamp: { timestamp: string; nonce: string; random: Buffer }): Sealed
}
export type Sealed = { encrypt: string; signature: string; reply: string }

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The lock of one callback URL. A bad key or token stops here, with a sentence that says which. */
export const createCallbackDoor = (config: { token: string; aesKey: string; receiveId: string }): CallbackDoor => {
  if (!/^[!-~]{1,64}$/.test(config.token)) throw new TypeError('the callback token is empty or has odd characters')
  const lock: Seal = { key: readAesKey(config.aesKey), receiveId: config.receiveId }

  const enter = (query: CallbackQuery, encrypted: string): Buffer => {
    const signed = { timestamp: text(query.timestamp), nonce: text(query.nonce), encrypt: encrypted }
    if (!verify(config.token, query.msg_signature, signed)) throw new CallbackRefused(403, 'signature')
    return decrypt(lock, encrypted)
  }

  return {
    // A proxy that decodes and re-encodes the query turns the + of base64 into a space.
    echo: (query) => enter(query, text(query.echostr).replaceAll(' ', '+')),
    open: (query, body) => enter(query, envelope(body)).toString(),
    seal: (xml, { timestamp, nonce, random }) => {
      const encrypted = encrypt(lock, xml, random)
      const signature = sign(config.token, { timestamp, nonce, encrypt: encrypted })
      const reply = { Encrypt: encrypted, MsgSignature: signature, TimeStamp: Number(timestamp), Nonce: nonce }
      return { encrypt: encrypted, signature, reply: writeXml(reply) }
    },
  }
}

const envelope = (body: string): string => {
  const encrypted = readXml(body)['Encrypt']
  if (typeof encrypted !== 'string' || encrypted === '') throw new CallbackRefused(400, 'no Encrypt')
  return encrypted
}
