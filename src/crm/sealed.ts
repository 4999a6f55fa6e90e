import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'

const nonceBytes = 12
const tagBytes = 16
/** What sealing adds to a message. */
export const sealBytes = nonceBytes + tagBytes

type Context = {
  /** What it is for: what was sealed for one purpose is worth nothing for another. */
  purpose: string
  /** Sealed with the message though not in it: it must be the same when it is opened. */
  bound: string
}

/**
 * Encrypts a message (AES-256-GCM) under a key derived from SECRET_KEY, as letters, digits, - and _. The same question makes
 * the same text.
 */
export const seal = (secretKey: string, { purpose, bound }: Context, message: Buffer): string => {
  const keys = keysOf(secretKey, purpose)
  // Made of the message itself: a nonce can come twice only for the same message, and no chance is needed.
  const nonce = createHmac('sha256', keys.nonce).update(bound).update(message).digest().subarray(0, nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', keys.cipher, nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(bound))
  return Buffer.concat([nonce, cipher.update(message), cipher.final(), cipher.getAuthTag()]).toString('base64url')
}

/** The opposite of `seal`; null for a text that it cannot have made in this context. */
export const unseal = (secretKey: string, { purpose, bound }: Context, text: string): Buffer | null => {
  const sealed = Buffer.from(text, 'base64url')
  // Node reads past foreign letters and spare bits: only the one way of writing it counts.
  if (sealed.toString('base64url') !== text || sealed.length <= sealBytes) return null
  const nonce = sealed.subarray(0, nonceBytes)
  const decipher = createDecipheriv('aes-256-gcm', keysOf(secretKey, purpose).cipher, nonce, {
    authTagLength: tagBytes,
  })
  decipher.setAAD(Buffer.from(bound))
  decipher.setAuthTag(sealed.subarray(-tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch {
    return null
  }
}

const keysOf = (secretKey: string, purpose: string) => {
  const keys = Buffer.from(hkdfSync('sha256', Buffer.from(secretKey, 'base64'), '', `yinqiao ${purpose}`, 64))
  return { cipher: keys.subarray(0, 32), nonce: keys.subarray(32) }
}
