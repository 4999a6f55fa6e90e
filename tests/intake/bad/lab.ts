import { envelope, queryOf, seal, signature, type Keys, type Stamp } from '../envelope.ts'
import type { RawRequest } from '../raw-http.ts'

/** What the cases are made of: the corp's true keys, its time, and an event that the process would gladly take. */
export type Lab = {
  keys: Keys
  /** Seconds. */
  now: number
  xml: string
  /** A port of 127.0.0.1 on which nobody may ever knock. */
  canary: number
}
export type BadCase = { name: string; status: number; make: (lab: Lab) => RawRequest }

export const path = '/wecom/callback'
export const stampOf = ({ now }: Lab, change: Partial<Stamp> = {}): Stamp => ({
  timestamp: String(now),
  nonce: '9876543210',
  ...change,
})

export type Signed = { encrypted: string; stamp: Stamp; msg_signature: string }
export const signed = (lab: Lab, encrypted = seal(lab.xml, lab.keys), stamp = stampOf(lab)): Signed => ({
  encrypted,
  stamp,
  msg_signature: signature(lab.keys.token, stamp, encrypted),
})
export type Query = Record<string, string | readonly string[] | undefined>
export const post = (
  { encrypted, stamp, msg_signature }: Signed,
  query: Query = {},
  body = envelope(encrypted),
): RawRequest => ({
  target: `${path}?${queryOf({ msg_signature, ...stamp, ...query })}`,
  body,
})
export const goodPost = (lab: Lab): RawRequest => post(signed(lab))
export const goodGet = (lab: Lab, words: string): RawRequest => {
  const { stamp, msg_signature, encrypted } = signed(lab, seal(words, lab.keys))
  return { method: 'GET', target: `${path}?${queryOf({ msg_signature, ...stamp, echostr: encrypted })}` }
}

export const badCase =
  (status: number) =>
  (name: string, make: BadCase['make']): BadCase => ({ name, status, make })
export const forbidden = badCase(403)
export const unreadable = badCase(400)

export const flip = (hex: string, at = 0): string =>
  hex.slice(0, at) + (hex[at] === '0' ? '1' : '0') + hex.slice(at + 1)
export const withSignature = (change: (right: string) => string | readonly string[] | undefined) => (lab: Lab) => {
  const good = signed(lab)
  return post(good, { msg_signature: change(good.msg_signature) })
}
/** The bomb and the depth that every reader of XML is tried with. */
export const bomb = (): string =>
  `<!DOCTYPE x [<!ENTITY a0 "ha">${Array.from({ length: 10 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`).join('')}]><xml><Encrypt>&a10;</Encrypt></xml>`
export const deep = (depth: number): string => `<xml>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</xml>`
