import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCallbackDoor } from '../../src/wecom/callback-door.ts'
import { CallbackRefused } from '../../src/wecom/callback-refused.ts'
import { decrypt, readAesKey } from '../../src/wecom/crypto.ts'
import { sign } from '../../src/wecom/signature.ts'
import { readXml } from '../../src/wecom/xml.ts'
import { vector } from './vectors.ts'

const doorOf = (id: string) => {
  const { token, encodingAESKey, receiveId } = vector(id)
  return createCallbackDoor({ token, aesKey: encodingAESKey, receiveId })
}
const [v1, v2] = [vector('V1'), vector('V2')]
const query = (one: { msgSignature: string; timestamp: string; nonce: string }) => ({
  msg_signature: one.msgSignature,
  timestamp: one.timestamp,
  nonce: one.nonce,
})
const envelope = (encrypt: string) =>
  `<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[${encrypt}]]></Encrypt></xml>`

test.each(['V1', 'V4', 'V7'])('%s: the URL check is answered with the very bytes', (id) => {
  const one = vector(id)
  expect(doorOf(id).echo({ ...query(one), echostr: one.encrypt })).toEqual(Buffer.from(one.plaintext))
})

test('an echostr whose + became blanks on the way is understood', () => {
  const echostr = v1.encrypt.replaceAll('+', ' ')
  expect(echostr).toContain(' ')
  expect(
    doorOf('V1')
      .echo({ ...query(v1), echostr })
      .toString(),
  ).toBe(v1.plaintext)
})

test('V2: a message is opened, whatever the order of the envelope', () => {
  const door = doorOf('V2')
  expect(door.open(query(v2), envelope(v2.encrypt))).toBe(v2.plaintext)
  expect(door.open(query(v2), `\uFEFF <xml>\n<Encrypt>${v2.encrypt}</Encrypt>\n<AgentID>218</AgentID></xml>\n`)).toBe(
    v2.plaintext,
  )
})

test('V13: a passive reply as another library makes it', () => {
  const v13 = vector('V13')
  const stamp = { timestamp: v13.timestamp, nonce: v13.nonce, random: Buffer.from(v13.randomAscii ?? '') }
  const { encrypt, signature, reply } = doorOf('V13').seal(v13.plaintext, stamp)
  expect({ encrypt, signature }).toEqual({ encrypt: v13.encrypt, signature: v13.msgSignature })
  expect({ ...readXml(reply) }).toEqual({
    Encrypt: v13.encrypt,
    MsgSignature: v13.msgSignature,
    TimeStamp: v13.timestamp,
    Nonce: v13.nonce,
  })
})

test('what is sealed opens again, any text at all', () => {
  const door = doorOf('V2')
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^\d{10}$/),
      fc.stringMatching(/^[0-9A-Za-z_-]{1,32}$/),
      (text, timestamp, nonce) => {
        fc.pre(text.isWellFormed())
        const { encrypt, signature } = door.seal(text, { timestamp, nonce, random: randomBytes(16) })
        expect(door.open({ msg_signature: signature, timestamp, nonce }, envelope(encrypt))).toBe(text)
      },
    ),
  )
})

describe('refusals', () => {
  const door = doorOf('V2')
  const caught = (open: () => unknown): CallbackRefused => {
    try {
      open()
    } catch (error) {
      if (error instanceof CallbackRefused) return error
      throw error
    }
    throw new Error('was let in')
  }

  test.each<[string, object]>([
    ['no query', {}],
    ['a forged signature', { ...query(v2), msg_signature: 'a'.repeat(40) }],
    ['another time', { ...query(v2), timestamp: '1409659814' }],
    ['two timestamps', { ...query(v2), timestamp: [v2.timestamp, v2.timestamp] }],
    ['another nonce', { ...query(v2), nonce: '1' }],
  ])('%s: 403', (_, asked) => {
    expect(caught(() => door.open(asked, envelope(v2.encrypt)))).toMatchObject({ status: 403, reason: 'signature' })
  })

  test.each([
    ['no XML', 'hello'],
    ['no Encrypt', '<xml><a>1</a></xml>'],
    ['an empty Encrypt', '<xml><Encrypt></Encrypt></xml>'],
    ['two of them', `<xml><Encrypt>${v2.encrypt}</Encrypt><Encrypt>AAAA</Encrypt></xml>`],
    ['elements inside Encrypt', `<xml><Encrypt><a>${v2.encrypt}</a></Encrypt></xml>`],
  ])('%s: 400', (_, body) => {
    expect(caught(() => door.open(query(v2), body)).status).toBe(400)
  })

  test('rightly signed but sealed for another corp, or with another key: the same 403', () => {
    const reasons = ['V4', 'V7'].map((id) => {
      const { encrypt } = vector(id)
      const msg_signature = sign(v2.token, { ...v2, encrypt })
      const { status, message } = caught(() => door.open({ ...query(v2), msg_signature }, envelope(encrypt)))
      return [status, message]
    })
    const foreign = createCallbackDoor({ token: v2.token, aesKey: v2.encodingAESKey, receiveId: 'wx_another_corp' })
    const { status, message } = caught(() => foreign.open(query(v2), envelope(v2.encrypt)))
    expect([...reasons, [status, message]]).toEqual(Array(3).fill([403, 'callback refused: decrypt']))
  })

  test('nothing is decrypted before the signature holds', () => {
    const junk = randomBytes(96).toString('base64')
    expect(caught(() => door.open(query(v2), envelope(junk))).reason).toBe('signature')
    expect(() => decrypt({ key: readAesKey(v2.encodingAESKey), receiveId: v2.receiveId }, junk)).toThrow(/decrypt/)
  })

  test('a bad set-up stops at once and says which half is wrong', () => {
    expect(() => createCallbackDoor({ token: '', aesKey: v2.encodingAESKey, receiveId: 'x' })).toThrow(/token/)
    expect(() => createCallbackDoor({ token: 'abc', aesKey: 'short', receiveId: 'x' })).toThrow(/EncodingAESKey/)
  })
})
