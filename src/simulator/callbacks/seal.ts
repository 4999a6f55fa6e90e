import { createCipheriv, createHash } from 'node:crypto'
import type { Push, World } from '../model/world.ts'

/**
 * WeCom's side of the callback protocol (platform facts 1.3 and 1.4), written apart from the receiving side on
 * purpose: a mistake of one cannot hide in the other.
 */
export type Keys = { token: string; aesKey: string; receiveId: string }

const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`

const node = ([name, value]: Push['nodes'][number]): string => {
  if (name.startsWith('<')) return `${name}${value}</${name.slice(1)}`
  return `<${name}>${typeof value === 'number' ? value : cdata(value)}</${name}>`
}

/** The plain XML: words as CDATA, numbers bare; a name in `<…>` holds ready XML. */
export const plainXml = (nodes: Push['nodes']): string => `<xml>${nodes.map(node).join('')}</xml>`

const blockSize = 32

/** AES-256-CBC over random(16) + length(4) + text + receiver, padded to 32 as PKCS#7 does. */
export const encrypt = (text: string, keys: Keys, random: Buffer): string => {
  const key = Buffer.from(`${keys.aesKey}=`, 'base64')
  const message = Buffer.from(text)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  const body = Buffer.concat([random, length, message, Buffer.from(keys.receiveId)])
  const pad = blockSize - (body.length % blockSize)
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(body), cipher.update(Buffer.alloc(pad, pad)), cipher.final()]).toString('base64')
}

export const sign = (parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex')

export type Sealed = { query: string; body: string }

const shuffle = <T>(world: World, list: T[]): T[] =>
  list
    .map((item) => ({ item, at: world.chance.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)

const keysOf = ({ corp }: World): Keys => ({ token: corp.token, aesKey: corp.aesKey, receiveId: corp.corpId })

const signed = (world: World, encrypted: string): { msg_signature: string; timestamp: string; nonce: string } => {
  const timestamp = String(Math.floor(world.now() / 1000))
  const nonce = String(1_000_000_000 + world.chance.int(999_999_999))
  return { msg_signature: sign([world.corp.token, timestamp, nonce, encrypted]), timestamp, nonce }
}

/** One callback as it goes over the wire; the envelope's elements come in any order, as WeCom's do. */
export const seal = (world: World, push: Push): Sealed => {
  const encrypted = encrypt(plainXml(push.nodes), keysOf(world), world.chance.bytes(16))
  const elements = shuffle(world, [
    `<ToUserName>${cdata(world.corp.corpId)}</ToUserName>`,
    `<Encrypt>${cdata(encrypted)}</Encrypt>`,
    ...(push.agent ? [`<AgentID>${cdata(String(world.corp.agentId))}</AgentID>`] : []),
  ])
  return { query: new URLSearchParams(signed(world, encrypted)).toString(), body: `<xml>${elements.join('')}</xml>` }
}

/** The query of the console's check when the admin saves the callback URL, and the words that must come back. */
export const sealEcho = (world: World): { query: string; expected: string } => {
  const expected = `1${Array.from({ length: 18 }, () => world.chance.int(10)).join('')}`
  const echostr = encrypt(expected, keysOf(world), world.chance.bytes(16))
  return { query: new URLSearchParams({ ...signed(world, echostr), echostr }).toString(), expected }
}
