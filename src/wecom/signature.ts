import { hash, timingSafeEqual } from 'node:crypto'

/** What a callback's signature covers. `encrypt` is the text of the Encrypt element, or echostr. */
export type Signed = { timestamp: string; nonce: string; encrypt: string }

/**
 * The sorted parts are joined without a separator, so characters could be moved from one part into another under the
 * same signature: both parts are held to their form before anything else.
 */
const timestampForm = /^\d{10}$/
const nonceForm = /^[0-9A-Za-z_-]{1,32}$/

/** `msg_signature`: SHA-1 over the parts in plain byte order (never `localeCompare`). */
export const sign = (token: string, { timestamp, nonce, encrypt }: Signed): string =>
  hash('sha1', [token, timestamp, nonce, encrypt].sort().join(''))

/** True when `signature` is the lower-case hex that WeCom would send; takes the same time for every wrong one. */
export const verify = (token: string, signature: unknown, signed: Signed): boolean => {
  if (typeof signature !== 'string' || !timestampForm.test(signed.timestamp) || !nonceForm.test(signed.nonce))
    return false
  const given = Buffer.from(signature)
  const right = Buffer.from(sign(token, signed))
  return given.length === right.length && timingSafeEqual(given, right)
}

/** What a page hands to WeCom's JS-SDK. `timestamp` in seconds; `url` is cut at its `#`. */
export const signJsSdk = (page: {
  ticket: string
  nonceStr: string
  timestamp: number | string
  url: string
}): string => {
  const url = page.url.split('#', 1)[0]
  return hash('sha1', `jsapi_ticket=${page.ticket}&noncestr=${page.nonceStr}&timestamp=${page.timestamp}&url=${url}`)
}
