import { createHash } from 'node:crypto'
import * as official from '@wecom/crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sign, signJsSdk, verify } from '../../src/wecom/signature.ts'
import { vector, vectors } from './vectors.ts'

const signedOnes = vectors.filter((one) => one.msgSignature)
const v2 = vector('V2')

describe('msg_signature', () => {
  test.each(signedOnes.map((one) => [one.id, one] as const))('%s', (_, one) => {
    expect(sign(one.token, one)).toBe(one.msgSignature)
    expect(verify(one.token, one.msgSignature, one)).toBe(true)
  })

  test('V7 with another nonce fails', () => {
    const v7 = vector('V7')
    expect(verify(v7.token, v7.msgSignature, { ...v7, nonce: '437374424' })).toBe(false)
  })

  test('is what the official library makes', () => {
    const word = fc.stringMatching(/^[0-9A-Za-z+/=_-]{1,64}$/)
    fc.assert(
      fc.property(word, word, word, word, (token, timestamp, nonce, encrypt) => {
        expect(sign(token, { timestamp, nonce, encrypt })).toBe(official.getSignature(token, timestamp, nonce, encrypt))
      }),
    )
  })

  test.each<[string, unknown]>([
    ['missing', undefined],
    ['empty', ''],
    ['one nibble changed', v2.msgSignature.replace(/^4/, '5')],
    ['39 digits', v2.msgSignature.slice(1)],
    ['41 digits', `${v2.msgSignature}0`],
    ['upper case', v2.msgSignature.toUpperCase()],
    ['twice in the query', [v2.msgSignature, v2.msgSignature]],
    ['full-width digits', v2.msgSignature.replace('4', '４')],
    ['a letter whose low byte is the digit', v2.msgSignature.replace('4', String.fromCharCode(0x134))],
    ['a number', 4777],
  ])('%s is refused and never throws', (_, signature) => {
    expect(verify(v2.token, signature, v2)).toBe(false)
  })

  test.each([
    ['timestamp of 9 digits', { timestamp: '140965981' }],
    ['timestamp of 11 digits', { timestamp: '14096598133' }],
    ['timestamp with a sign', { timestamp: '-140965981' }],
    ['timestamp in full-width digits', { timestamp: '１４０９６５９８１３' }],
    ['empty nonce', { nonce: '' }],
    ['nonce of 33', { nonce: 'a'.repeat(33) }],
    ['nonce with base64 signs', { nonce: 'a+b/c=' }],
    ['nonce with a line feed', { nonce: '137\n' }],
  ])('%s is refused although it is rightly signed', (_, change) => {
    const signed = { ...v2, ...change }
    expect(verify(v2.token, sign(v2.token, signed), signed)).toBe(false)
  })
})

/** The four parts are joined without a separator: these attacks keep the signature and change the parts. */
describe('moving characters between the signed parts', () => {
  test('the last digit of the timestamp goes to the nonce', () => {
    const signed = { timestamp: '1409659813', nonce: '372623149', encrypt: v2.encrypt }
    const moved = { timestamp: '140965981', nonce: '3372623149', encrypt: v2.encrypt }
    const signature = sign(v2.token, signed)
    expect(sign(v2.token, moved)).toBe(signature) // the signature itself does not notice
    expect(verify(v2.token, signature, moved)).toBe(false)
  })

  test('three blocks of ciphertext go to the nonce', () => {
    let noticed = 0
    for (let i = 0; i < 400; i++) {
      const encrypt = createHash('sha512').update(`${i}`).digest('base64').repeat(3).replaceAll('=', 'A')
      const signed = { timestamp: '1409659813', nonce: `9${i}`, encrypt }
      const moved = { ...signed, encrypt: encrypt.slice(64), nonce: `${signed.nonce}${encrypt.slice(0, 64)}` }
      const signature = sign('tok', signed)
      if (sign('tok', moved) !== signature) continue
      noticed++
      expect(verify('tok', signature, moved)).toBe(false)
    }
    expect(noticed).toBeGreaterThan(0)
  })
})

describe('JS-SDK signature', () => {
  const v14 = vector('V14')
  const page = {
    ticket: v14.jsapiTicket ?? '',
    nonceStr: v14.nonceStr ?? '',
    timestamp: v14.timestamp,
    url: v14.url ?? '',
  }

  test('V14, the official example', () => {
    expect(signJsSdk(page)).toBe(v14.signature)
  })

  test('what follows # does not count', () => {
    expect(signJsSdk({ ...page, url: `${page.url}#/inbox?x=1` })).toBe(v14.signature)
  })

  test('is what the official library makes', () => {
    expect(official.getJsApiSignature(page).signature).toBe(v14.signature)
  })
})
