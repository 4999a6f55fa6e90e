import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EntryTooLong, readEntry, signEntry } from '../../src/crm/entry-link.ts'

const key = Buffer.alloc(32, 7).toString('base64')
const other = Buffer.alloc(32, 8).toString('base64')
const now = new Date('2026-11-23T10:00:00+08:00')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

const scene = fc.stringMatching(/^[0-9A-Za-z_-]{1,32}$/)
const code = (most: number) =>
  fc.oneof(
    fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`)),
    fc.stringMatching(new RegExp(`^[0-9A-Za-z_-]{1,${most}}$`)),
  )
const chinese = fc.string({
  unit: fc.constantFrom('春', '节', '贷', '款', '-', ' ', 'a', '😀'),
  minLength: 1,
  maxLength: 3,
})
const says = fc.record(
  { clientNo: code(24), campaign: fc.oneof(code(24), chinese), firm: code(18) },
  { requiredKeys: [] },
)
const expiresAt = fc.option(fc.integer({ min: 1, max: 300_000_000 }).map(later), { nil: null })
const asked = fc.record({ channel: scene, says, expiresAt })

describe('a link parameter', () => {
  test('comes back as it was said, within 128 bytes of the allowed letters, nothing in clear', () => {
    fc.assert(
      fc.property(asked, ({ channel, says: said, expiresAt: end }) => {
        const param = signEntry(key, { channel, ...said, expiresAt: end })
        expect(param).toMatch(/^[A-Za-z0-9_.-]{1,128}$/)
        for (const text of Object.values(said)) if (text.length > 3) expect(param).not.toContain(text)
        expect(readEntry(key, { scene: channel, sceneParam: param, now })).toEqual({ ...said, state: 'valid' })
      }),
    )
  })

  test('is refused after every change of a single letter', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.%+/= '
    fc.assert(
      fc.property(
        asked,
        fc.nat(),
        fc.constantFrom(...letters),
        ({ channel, says: said, expiresAt: end }, place, letter) => {
          const param = signEntry(key, { channel, ...said, expiresAt: end })
          const at = place % param.length
          fc.pre(param[at] !== letter)
          const changed = param.slice(0, at) + letter + param.slice(at + 1)
          const read = readEntry(key, { scene: channel, sceneParam: changed, now })
          expect(['forged', 'foreign']).toContain(read.state)
          expect(Object.keys(read)).toEqual(['state'])
        },
      ),
      { numRuns: 500 },
    )
  })

  test('every letter of one parameter, changed into every other, is refused; so is one cut off, added or doubled', () => {
    const param = signEntry(key, {
      channel: 'app_home',
      clientNo: '6200012345',
      campaign: 'spring',
      expiresAt: later(60),
    })
    const state = (sceneParam: string) => readEntry(key, { scene: 'app_home', sceneParam, now }).state
    for (let at = 0; at < param.length; at++)
      for (let letter = 32; letter < 127; letter++)
        if (param.charCodeAt(at) !== letter)
          expect(state(param.slice(0, at) + String.fromCharCode(letter) + param.slice(at + 1))).not.toBe('valid')
    for (const changed of [
      param.slice(0, -1),
      `${param}A`,
      `${param}=`,
      param + param,
      param.slice(1),
      ` ${param}`,
      `${param}\n`,
      param.toUpperCase(),
    ])
      expect(state(changed)).not.toBe('valid')
  })

  test('never throws, whatever comes in', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.base64String().map((text) => `y1.${text}`),
    )
    fc.assert(
      fc.property(fc.string(), anything, (scene_, param) => {
        expect(['forged', 'foreign']).toContain(readEntry(key, { scene: scene_, sceneParam: param, now }).state)
      }),
    )
  })

  test('is worth nothing in another channel or under another key', () => {
    const param = signEntry(key, { channel: 'app_home', clientNo: 'C1' })
    expect(readEntry(key, { scene: 'app_loan', sceneParam: param, now })).toEqual({ state: 'forged' })
    expect(readEntry(other, { scene: 'app_home', sceneParam: param, now })).toEqual({ state: 'forged' })
    expect(readEntry(key, { scene: 'app_home', sceneParam: 'utm_spring', now })).toEqual({ state: 'foreign' })
  })

  test('runs out by the second, and then names nobody', () => {
    const param = signEntry(key, { channel: 'c', clientNo: 'C1', firm: 'F1', campaign: 'spring', expiresAt: later(60) })
    const at = (when: Date) => readEntry(key, { scene: 'c', sceneParam: param, now: when })
    expect(at(later(59))).toEqual({ clientNo: 'C1', firm: 'F1', campaign: 'spring', state: 'valid' })
    expect(at(later(60))).toEqual({ campaign: 'spring', state: 'expired' })
  })

  test('is read in its URL-encoded form, too', () => {
    const param = signEntry(key, { channel: 'c', clientNo: 'C1' })
    const encoded = param.replaceAll('.', '%2E').replaceAll('-', '%2D').replaceAll('_', '%5F')
    expect(readEntry(key, { scene: 'c', sceneParam: encoded, now })).toEqual({ clientNo: 'C1', state: 'valid' })
  })

  test('the same question makes the same parameter, another one another nonce', () => {
    const sign = (clientNo: string) => signEntry(key, { channel: 'c', clientNo })
    expect(sign('C1')).toBe(sign('C1'))
    expect(sign('C1').slice(0, 19)).not.toBe(sign('C2').slice(0, 19))
  })

  test('has room for 75 letters and digits in three texts; more is said, not cut', () => {
    const full = {
      clientNo: 'C'.repeat(20),
      campaign: 'spring-loan-2026_'.repeat(2).slice(0, 32),
      firm: '91310000MA1FL0LX0X',
    }
    const param = signEntry(key, { channel: 'c'.repeat(32), ...full, expiresAt: later(1) })
    expect(param.length).toBeLessThanOrEqual(128)
    expect(readEntry(key, { scene: 'c'.repeat(32), sceneParam: param, now })).toEqual({ ...full, state: 'valid' })
    for (const long of [
      { campaign: 'x'.repeat(80) },
      { campaign: '春'.repeat(20) },
      { clientNo: 'C'.repeat(64), firm: 'F'.repeat(20) },
    ])
      expect(() => signEntry(key, { channel: 'c', ...long })).toThrow(EntryTooLong)
  })

  test('fits exactly or throws: never a parameter that reads back as something else', () => {
    const text = fc.oneof(code(70), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }))
    fc.assert(
      fc.property(fc.record({ clientNo: text, campaign: text, firm: text }, { requiredKeys: [] }), (said) => {
        let param: string
        try {
          param = signEntry(key, { channel: 'c', ...said })
        } catch (error) {
          expect(error).toBeInstanceOf(EntryTooLong)
          return
        }
        expect(param.length).toBeLessThanOrEqual(128)
        expect(readEntry(key, { scene: 'c', sceneParam: param, now })).toEqual({ ...said, state: 'valid' })
      }),
    )
  })
})
