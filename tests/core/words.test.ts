import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BadConfig, readCalendarFile, readRulesFile } from '../../src/dispatch/load-rules.ts'
import { sayWords, tellWords } from '../../src/dispatch/words/words.ts'
import { BadWords, readWords, wordsKeys } from '../../src/dispatch/words/words-file.ts'
import { clip, plainWords, wecomWords } from '../../src/outbox/words.ts'
import { tempDir } from '../ground/ground.ts'

const own = readFileSync(join(import.meta.dirname, '../../config/messages.yaml'), 'utf8')
const written = (name: string, text: string): string => {
  const path = join(tempDir(), name)
  writeFileSync(path, text)
  return path
}
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length
const mistakes = (text: string): string[] => {
  try {
    readWords(written('messages.yaml', text))
  } catch (error) {
    expect(error).toBeInstanceOf(BadWords)
    return (error as BadWords).message.split('\n')
  }
  return []
}

test("the project's own words are read, each key of them", () => {
  const words = readWords(join(import.meta.dirname, '../../config/messages.yaml'))
  expect(Object.keys(words).sort()).toEqual([...wordsKeys].sort())
})

describe('a mistake is named with its file, line and column', () => {
  const replaced = (from: string, to: string): string => {
    expect(own).toContain(from)
    return own.replace(from, to)
  }

  test('a key that nobody knows', () => {
    const text = replaced('customer.closed:', 'customer.closedd:')
    const found = mistakes(text)
    expect(found.join('\n')).toMatch(new RegExp(`messages\\.yaml:${lineOf(text, 'customer.closedd')}:1 .*closedd`))
    expect(found.join('\n')).toContain('customer.closed') // and the one that is missing now
  })

  test('no words at all behind a key', () => {
    const text = own.replace(/customer\.closed: .*/, 'customer.closed:')
    expect(mistakes(text).join('\n')).toMatch(new RegExp(`messages\\.yaml:${lineOf(text, 'customer.closed:')}:`))
  })

  test('eleven items in a menu', () => {
    const items = Array.from({ length: 11 }, (_, n) => `    - { id: item${n}, text: 第${n}项 }`).join('\n')
    const text = own.replace(/  items:\n(    - .*\n)+/, `  items:\n${items}\n`)
    expect(mistakes(text).join('\n')).toMatch(/10 个/)
  })

  test('an item that is neither a button nor a link', () => {
    const text = replaced('{ id: loan, text: 经营贷款 }', '{ text: 经营贷款 }')
    expect(mistakes(text)[0]).toMatch(new RegExp(`messages\\.yaml:${lineOf(text, '{ text: 经营贷款 }')}:\\d+`))
  })

  test('a placeholder that is not filled there', () => {
    const text = replaced('已为您转接客户经理{manager}', '已为您转接客户经理{manger}')
    expect(mistakes(text)[0]).toMatch(/\{manger\}.*\{manager\}/)
  })

  test('words that are longer than WeCom takes', () => {
    expect(mistakes(own.replace(/customer\.closed: .*/, `customer.closed: ${'长'.repeat(700)}`))[0]).toMatch(/2048/)
  })

  test('broken YAML', () => {
    expect(mistakes(`${own}\nx: [broken`)[0]).toMatch(/messages\.yaml:\d+:\d+ /)
    expect(mistakes('')[0]).toMatch(/messages\.yaml:1:1/)
  })
})

describe('rules and calendar', () => {
  test('every mistake in a rule file at once, each with its line', async () => {
    const text = [
      'pools:',
      '  general: { name: 综合, members: {}, strategy: fastest }',
      'rules: []',
      'fallback: { steps: [ { to: "pool:nobody" } ], otherwise: leave-mesage }',
    ].join('\n')
    const error = await readRulesFile(written('routing.yaml', text)).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(BadConfig)
    const lines = (error as BadConfig).message.split('\n')
    expect(lines.some((line) => /routing\.yaml:2:\d+ .*strategy/.test(line))).toBe(true)
    expect(lines.some((line) => /routing\.yaml:4:\d+ .*otherwise/.test(line))).toBe(true)
  })

  test('a pool that is not there is named where it is asked for', async () => {
    const text = [
      'pools: {}',
      'rules: []',
      'fallback:',
      '  steps: [ { to: "pool:nobody" } ]',
      '  otherwise: leave-message',
    ].join('\n')
    await expect(readRulesFile(written('routing.yaml', text))).rejects.toThrow(/routing\.yaml:4:\d+ .*nobody/s)
  })

  test('an unknown key', async () => {
    const text = ['pools: {}', 'rules: []', 'fallback: { steps: [], otherwise: bot }', 'fallbak: 1'].join('\n')
    await expect(readRulesFile(written('routing.yaml', text))).rejects.toThrow(/routing\.yaml:4:1 .*fallbak/s)
  })

  test('a day that does not exist in a calendar', async () => {
    await expect(readCalendarFile(written('calendar.yaml', 'holidays:\n  - 2026-02-30\n'))).rejects.toThrow(
      /calendar\.yaml:\d+:\d+ /,
    )
  })

  test('a file that is not there', async () => {
    await expect(readRulesFile('/nowhere/routing.yaml')).rejects.toThrow(/nowhere/)
  })
})

describe('words on their way', () => {
  const words = readWords(join(import.meta.dirname, '../../config/messages.yaml'))

  test('what a placeholder is filled with is not filled again', () => {
    const told = tellWords(words, 'manager.reminder', { customer: '{waited}', waited: '3分钟' })
    expect(told).toContain('{waited}已等待3分钟')
  })

  test('a name with the signs of a replacement pattern stays as it is', () => {
    expect(sayWords(words, 'customer.on_the_way', { manager: '$&李$1' })).toEqual({
      text: expect.stringContaining('$&李$1'),
    })
  })

  test('a menu as WeCom wants it, and as one line for the record', () => {
    const menu = sayWords(words, 'customer.welcome', { account: '小城银行' })
    expect(wecomWords(menu)).toMatchObject({
      msgtype: 'msgmenu',
      msgmenu: {
        head_content: expect.stringContaining('小城银行'),
        list: expect.arrayContaining([{ type: 'click', click: { id: 'loan', content: '经营贷款' } }]),
      },
    })
    expect(plainWords(menu)).toContain('· 经营贷款')
  })

  test.each([
    ['短', 2048, '短'],
    ['汉'.repeat(10), 30, '汉'.repeat(10)],
    ['汉'.repeat(11), 30, `${'汉'.repeat(9)}…`],
    ['a汉汉', 6, 'a…'],
    ['😀😀', 7, '😀…'],
    ['', 10, ''],
  ])('%j in %i bytes is %j', (text, bytes, clipped) => {
    expect(clip(text, bytes)).toBe(clipped)
    expect(Buffer.byteLength(clip(text, bytes))).toBeLessThanOrEqual(bytes)
    expect(clip(text, bytes).isWellFormed()).toBe(true)
  })
})
