import { createCipheriv, randomBytes } from 'node:crypto'
import * as official from '@wecom/crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CallbackRefused } from '../../src/wecom/callback-refused.ts'
import { decrypt, encrypt, readAesKey } from '../../src/wecom/crypto.ts'
import { sealed, vector } from './vectors.ts'

const lockOf = ({ encodingAESKey, receiveId }: { encodingAESKey: string; receiveId: string }) => ({
  key: readAesKey(encodingAESKey),
  receiveId,
})
const aesKey = fc.stringMatching(/^[0-9A-Za-z]{43}$/)
const bytes16 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((list) => Buffer.from(list))
const message = fc.string({ unit: 'grapheme', maxLength: 400 }).filter((text) => text.isWellFormed())

describe('published vectors', () => {
  test.each(sealed.map((one) => [one.id, one] as const))('%s opens to its plaintext', (_, one) => {
    expect(decrypt(lockOf(one), one.encrypt).toString()).toBe(one.plaintext)
  })

  test.each(sealed.map((one) => [one.id, one] as const))('%s is sealed again to the same bytes', (_, one) => {
    const random = one.randomHex ? Buffer.from(one.randomHex, 'hex') : Buffer.from(one.randomAscii ?? '')
    expect(encrypt(lockOf(one), one.plaintext, random)).toBe(one.encrypt)
  })
})

describe('EncodingAESKey', () => {
  test.each([
    ['empty', ''],
    ['42 characters', 'a'.repeat(42)],
    ['44 characters', 'a'.repeat(44)],
    ['an = inside', `${'a'.repeat(42)}=`],
    ['a $ inside', `${'a'.repeat(21)}$${'a'.repeat(21)}`],
    ['a blank at the end', `${'a'.repeat(42)} `],
    ['a line feed at the end', `${'a'.repeat(43)}\n`],
    ['base64 signs', `${'a'.repeat(42)}+`],
  ])('%s is refused', (_, key) => {
    expect(() => readAesKey(key)).toThrow(/43 letters or digits/)
  })

  test('spare bits in the 43rd character are taken as they come, as in most real keys', () => {
    const odd = sealed.filter(
      (one) => Buffer.from(`${one.encodingAESKey}=`, 'base64').toString('base64') !== `${one.encodingAESKey}=`,
    )
    expect(odd.length).toBeGreaterThan(0)
    for (const { encodingAESKey } of odd) expect(readAesKey(encodingAESKey)).toHaveLength(32)
  })
})

describe('against the official library', () => {
  test('it opens what we seal', () => {
    fc.assert(
      fc.property(
        aesKey,
        message,
        fc.stringMatching(/^[0-9A-Za-z]{0,40}$/),
        bytes16,
        (key, text, receiveId, random) => {
          const ours = encrypt({ key: readAesKey(key), receiveId }, text, random)
          expect(ours).toBe(official.encrypt(key, text, receiveId, random))
          const theirs = official.decrypt(key, ours)
          expect([theirs.message, theirs.id]).toEqual([text, receiveId])
        },
      ),
      { numRuns: 300 },
    )
  })

  test('we open what it seals', () => {
    fc.assert(
      fc.property(aesKey, message, fc.stringMatching(/^[0-9A-Za-z]{0,40}$/), (key, text, receiveId) => {
        expect(decrypt({ key: readAesKey(key), receiveId }, official.encrypt(key, text, receiveId)).toString()).toBe(
          text,
        )
      }),
      { numRuns: 300 },
    )
  })
})

const v2 = vector('V2')
const lock = lockOf(v2)

/** Seals any bytes as they are, right or wrong. */
const sealRaw = (plain: Buffer): string => {
  const cipher = createCipheriv('aes-256-cbc', lock.key, lock.key.subarray(0, 16))
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64')
}
const uint32 = (value: number) => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value)
  return four
}
const random = randomBytes(16)
const body = (text: string, { length = Buffer.byteLength(text), id = v2.receiveId } = {}) =>
  Buffer.concat([random, uint32(length), Buffer.from(text), Buffer.from(id)])
const padded = (plain: Buffer, size: number, value = size) => Buffer.concat([plain, Buffer.alloc(size, value)])
const right = body('x'.repeat(8)) // 16 + 4 + 8 + 18 = 46 bytes: 18 more make 64
const needed = 64 - right.length

const mixed = padded(right, needed)
mixed[mixed.length - needed] = 99

const refusals: [string, string][] = [
  ['nothing', ''],
  ['no base64', '!!!!'],
  [
    'base64url',
    sealRaw(padded(right, needed))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/[A-Za-z]/, '-'),
  ],
  ['blanks inside', sealRaw(padded(right, needed)).replace(/^(.{10})/, '$1 ')],
  ['a line feed at the end', `${sealRaw(padded(right, needed))}\n`],
  ['the base64 padding cut off', sealRaw(padded(body('y'.repeat(24)), 2)).replace(/=+$/, '')],
  ['one block too short', randomBytes(16).toString('base64')],
  ['not whole blocks', randomBytes(40).toString('base64')],
  ['padding 0', sealRaw(padded(right, needed, 0))],
  ['padding 33', sealRaw(padded(right, needed, 33))],
  ['padding 255', sealRaw(padded(right, needed, 255))],
  ['padding with one other byte', sealRaw(mixed)],
  ['padding longer than the rest', sealRaw(Buffer.alloc(32, 32))],
  ['length one too small', sealRaw(padded(body('x'.repeat(8), { length: 7 }), needed))],
  ['length one too big', sealRaw(padded(body('x'.repeat(8), { length: 9 }), needed))],
  ['length 0', sealRaw(padded(body('x'.repeat(8), { length: 0 }), needed))],
  ['length 2^31', sealRaw(padded(body('x'.repeat(8), { length: 2 ** 31 }), needed))],
  ['length 2^32 - 1', sealRaw(padded(body('x'.repeat(8), { length: 2 ** 32 - 1 }), needed))],
  ['another corp', sealRaw(padded(body('x'.repeat(8), { id: 'wx0000000000000000' }), needed))],
  ['our corp with one more letter', sealRaw(padded(body('x'.repeat(7), { id: `${v2.receiveId}a` }), needed))],
  ['no receiver', encrypt({ ...lock, receiveId: '' }, 'x', random)],
  ['random bytes', randomBytes(96).toString('base64')],
]

describe('a ciphertext that is not quite right', () => {
  test.each(refusals)('%s: the same 403 as any other', (_, encrypted) => {
    expect(() => decrypt(lock, encrypted)).toThrow(new CallbackRefused(403, 'decrypt'))
  })

  test('pads of 1 to 32 all open', () => {
    const texts = Array.from({ length: 32 }, (_, length) => 'x'.repeat(length))
    for (const text of texts) expect(decrypt(lock, encrypt(lock, text, random)).toString()).toBe(text)
  })

  test('any single changed byte is refused or gives another message, and never anything but a 403', () => {
    const whole = Buffer.from(v2.encrypt, 'base64')
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      try {
        expect(decrypt(lock, changed.toString('base64')).toString()).not.toBe(v2.plaintext)
      } catch (error) {
        expect(error).toEqual(new CallbackRefused(403, 'decrypt'))
      }
    }
  })

  test('all values of the last byte before the last block look alike from outside', () => {
    const whole = Buffer.from(v2.encrypt, 'base64')
    const outcomes = new Set<string>()
    for (let value = 0; value < 256; value++) {
      const changed = Buffer.from(whole)
      if (changed[whole.length - 17] === value) continue
      changed[whole.length - 17] = value
      try {
        decrypt(lock, changed.toString('base64'))
        outcomes.add('opened')
      } catch (error) {
        outcomes.add(`${(error as CallbackRefused).status} ${(error as Error).message}`)
      }
    }
    expect([...outcomes]).toEqual(['403 callback refused: decrypt'])
  })
})
