import { readFileSync } from 'node:fs'
import { decrypt as officially, getSignature } from '@wecom/crypto'
import { describe, expect, it } from 'vitest'
import { encrypt, seal, sign } from '../../src/simulator/callbacks/seal.ts'
import { makeChance } from '../../src/simulator/model/chance.ts'
import { makeWorld } from '../../src/simulator/model/make-world.ts'
import { newCorp } from '../../src/simulator/new-corp.ts'
import { kf, lab, other, receiver, start } from './lab.ts'

type Vector = {
  id: string
  token: string
  encodingAESKey: string
  receiveId: string
  timestamp: string
  nonce: string
  encrypt: string
  msgSignature: string
  plaintext: string
  randomHex: string
}
const vectors = JSON.parse(readFileSync(new URL('../wecom/vectors.json', import.meta.url), 'utf8')) as Vector[]
const whole = vectors.filter((vector) => vector.randomHex && vector.plaintext && vector.encrypt)

describe('sealing', () => {
  it.each(whole)('agrees byte for byte with the published vector $id', (vector) => {
    const keys = { token: vector.token, aesKey: vector.encodingAESKey, receiveId: vector.receiveId }
    expect(encrypt(vector.plaintext, keys, Buffer.from(vector.randomHex, 'hex'))).toBe(vector.encrypt)
    expect(sign([vector.token, vector.timestamp, vector.nonce, vector.encrypt])).toBe(vector.msgSignature)
  })

  it('can be read by the vendor’s own library', () => {
    const chance = makeChance(3)
    const ends = { push: () => undefined, ring: () => undefined, changed: () => undefined }
    const world = makeWorld(newCorp(), { clock: { now: () => start }, chance, ends })
    const nodes: [string, string][] = [['Content', '含 ]]> 的内容 😀']]
    const { query, body } = seal(world, { about: 'x', agent: true, nodes })
    const encrypted = /<Encrypt><!\[CDATA\[(.+?)\]\]>/.exec(body)?.[1] ?? ''
    const stamp = new URLSearchParams(query)
    const { token, aesKey, corpId } = world.corp
    expect(getSignature(token, stamp.get('timestamp') ?? '', stamp.get('nonce') ?? '', encrypted)).toBe(
      stamp.get('msg_signature'),
    )
    const opened = officially(aesKey, encrypted)
    expect(opened.id).toBe(corpId)
    expect(opened.message).toBe('<xml><Content><![CDATA[含 ]]]]><![CDATA[> 的内容 😀]]></Content></xml>')
  })
})

describe('delivering', () => {
  it('rings once for each item, with a token of its own and nothing about the content', async () => {
    const { control } = await lab()
    const { heard } = await receiver(control)
    control.customer('wm_chen').opens(kf)
    control.customer('wm_chen').writes(kf, '秘密')
    control.customer('wm_gao').writes(other, '你好')
    await control.idle()
    expect(heard.map(({ event }) => String(event['OpenKfId'])).sort()).toEqual([kf, kf, other])
    expect(new Set(heard.map(({ event }) => event['Token'])).size).toBe(3)
    for (const { event } of heard) {
      expect(Object.keys(event).sort()).toEqual(['CreateTime', 'Event', 'MsgType', 'OpenKfId', 'ToUserName', 'Token'])
    }
  })

  it('tries three times with the same body when the answer is not 200', async () => {
    const { control } = await lab()
    control.callbacks.knobs.retryAfterMs = 1
    const { heard } = await receiver(control, [500, 503])
    control.customer('wm_chen').writes(kf, '你好')
    await control.idle()
    expect(heard).toHaveLength(3)
    expect(new Set(heard.map(({ url, body }) => url + body)).size).toBe(1)
    expect(control.callbacks.deliveries).toMatchObject([
      { outcome: 'delivered', tries: [{ status: 500 }, { status: 503 }, { status: 200 }] },
    ])
  })

  it('gives up after the third, and cuts who is silent', async () => {
    const { control } = await lab()
    Object.assign(control.callbacks.knobs, { retryAfterMs: 1, timeoutMs: 200 })
    const { heard } = await receiver(control, ['silent', 'silent', 500])
    control.customer('wm_chen').writes(kf, '你好')
    await control.idle()
    expect(heard).toHaveLength(3)
    const [delivery] = control.callbacks.deliveries
    expect(delivery?.outcome).toBe('failed')
    expect(delivery?.tries[0]?.error).toMatch(/no answer within 200 ms/)
  })

  it('can stop, lose, double and merge them', async () => {
    const { control } = await lab()
    const { heard } = await receiver(control)
    const chen = control.customer('wm_chen')
    const rings = async (knobs: object): Promise<number> => {
      Object.assign(control.callbacks.knobs, knobs)
      heard.length = 0
      for (const text of ['一', '二', '三']) chen.writes(kf, text)
      await control.idle()
      return heard.length
    }
    expect(await rings({ stopped: true })).toBe(0)
    expect(await rings({ stopped: false, dropPercent: 100 })).toBe(0)
    expect(await rings({ dropPercent: 0, duplicatePercent: 100 })).toBe(6)
    expect(new Set(heard.map(({ event }) => event['Token'])).size).toBe(3)
    expect(await rings({ duplicatePercent: 0, mergeMs: 10 })).toBe(1)
    expect(control.log(kf)).toHaveLength(12)
  })

  it('lets younger ones overtake', async () => {
    const { control } = await lab({ seed: 5 })
    const { heard } = await receiver(control)
    Object.assign(control.callbacks.knobs, { reorderPercent: 50, reorderMs: 60 })
    const tokens: string[] = []
    for (let count = 0; count < 12; count += 1) control.customer('wm_chen').writes(kf, `${count}`)
    await control.idle()
    for (const { event } of heard) tokens.push(String(event['Token']))
    expect(tokens).toHaveLength(12)
    const made = [...(control.accounts.list()[0]?.tokens.keys() ?? [])]
    expect(tokens).not.toEqual(made)
    expect([...tokens].sort()).toEqual(made.sort())
  })

  it('is silent about accounts that the app may not use, and when the switch is off', async () => {
    const { control } = await lab()
    const { heard } = await receiver(control)
    control.accounts.deauthorise(kf)
    control.customer('wm_chen').writes(kf, '你好')
    control.accounts.authorise(kf)
    control.corp.kfCallbacks = false
    control.customer('wm_chen').writes(kf, '你好')
    await control.idle()
    const events = heard.map(({ event }) => event)
    expect(events).toHaveLength(2)
    expect(events).toContainEqual(
      expect.objectContaining({ Event: 'kf_account_auth_change', AuthDelOpenKfId: kf, FromUserName: 'sys' }),
    )
    expect(events).toContainEqual(expect.objectContaining({ Event: 'kf_account_auth_change', AuthAddOpenKfId: kf }))
  })

  it('checks the URL as the console does', async () => {
    const { control } = await lab()
    await receiver(control)
    expect(await control.callbacks.verify()).toEqual({ ok: true, reason: '' })
    control.corp.token = 'another'
    expect((await control.callbacks.verify()).ok).toBe(false)
  })
})
