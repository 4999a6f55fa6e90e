import { createCipheriv, createDecipheriv, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto'
import { CallbackRefused } from './callback-refused.ts'

const keyLength = 32
const randomLength = 16
const block = 32

/**
 * EncodingAESKey to key. The 43rd character carries two spare bits that need not be zero (most real keys have some), so
 * the text must not be compared with its re-encoding.
 */
export const readAesKey = (encodingAesKey: string): Buffer => {
  if (!/^[0-9A-Za-z]{43}$/.test(encodingAesKey)) {
    throw new TypeError('EncodingAESKey must be exactly 43 letters or digits: copy it again from the WeCom console')
  }
  return Buffer.from(`${encodingAesKey}=`, 'base64')
}

export type Seal = {
  key: Buffer
  /** The corp id for apps of one's own, empty for smart robots. */
  receiveId: string
}

/** Node turns a Buffer into a key anew at each use, which costs more than the decryption itself. */
const secrets = new WeakMap<Buffer, KeyObject>()
const secretOf = (key: Buffer): KeyObject => {
  const known = secrets.get(key) ?? createSecretKey(key)
  secrets.set(key, known)
  return known
}

/** `Encrypt` or echostr to the bytes that WeCom sealed. Whatever is wrong, the refusal is the same 403. */
export const decrypt = ({ key, receiveId }: Seal, encrypted: string): Buffer => {
  const plain = decipher(key, encrypted)
  const message = plain && unpack(plain, receiveId)
  if (!message) throw new CallbackRefused(403, 'decrypt')
  return message
}

const decipher = (key: Buffer, encrypted: string): Buffer | null => {
  const bytes = Buffer.from(encrypted, 'base64')
  const whole = bytes.length >= block && bytes.length % 16 === 0 && bytes.toString('base64') === encrypted
  if (!whole) return null
  const cipher = createDecipheriv('aes-256-cbc', secretOf(key), key.subarray(0, 16))
  cipher.setAutoPadding(false) // WeCom pads to 32 bytes; OpenSSL would refuse any pad above 16
  return cipher.update(bytes) // whole blocks: without padding nothing is left for final()
}

/** random(16) ‖ length(4, big-endian) ‖ message ‖ receiveid ‖ pad(1..32): each must be exactly there. */
const unpack = (plain: Buffer, receiveId: string): Buffer | null => {
  const pad = padLength(plain)
  const owner = Buffer.from(receiveId)
  const start = randomLength + 4
  const end = plain.length - pad - owner.length
  if (pad === 0 || end < start || plain.readUInt32BE(randomLength) !== end - start) return null
  return timingSafeEqual(plain.subarray(end, end + owner.length), owner) ? plain.subarray(start, end) : null
}

/** 0 when the padding is not 1 to 32 equal bytes. Looks at the same 32 bytes whatever they are. */
const padLength = (plain: Buffer): number => {
  const pad = plain[plain.length - 1] ?? 0
  let wrong = pad < 1 || pad > block ? 1 : 0
  for (let back = 1; back <= block; back++) {
    if (back <= pad && plain[plain.length - back] !== pad) wrong = 1
  }
  return wrong === 1 ? 0 : pad
}

/** The reverse of `decrypt`. `random` must be 16 fresh bytes. */
export const encrypt = ({ key, receiveId }: Seal, message: string | Buffer, random: Buffer): string => {
  if (random.length !== randomLength || key.length !== keyLength)
    throw new TypeError('needs 16 random bytes, a 32-byte key')
  const body = typeof message === 'string' ? Buffer.from(message) : message
  const length = Buffer.alloc(4)
  length.writeUInt32BE(body.length)
  const parts = [random, length, body, Buffer.from(receiveId)]
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const pad = block - (size % block)

  const cipher = createCipheriv('aes-256-cbc', secretOf(key), key.subarray(0, 16))
  cipher.setAutoPadding(false)
  return cipher.update(Buffer.concat([...parts, Buffer.alloc(pad, pad)])).toString('base64')
}
