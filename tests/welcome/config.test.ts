import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { welcomeChooser } from '../../src/dispatch/welcome/welcome-choice.ts'
import { parseWelcomeYaml } from '../../src/dispatch/welcome/welcome-file.ts'
import { fileProblemText } from '../../src/routing/reading/yaml-source.ts'
import { checkConfig } from '../../src/tools/config/check-config.ts'
import { configFiles } from '../../src/tools/config/files.ts'
import { tempDir } from '../ground/ground.ts'

const rule = (more: string) =>
  `rules:\n  - key: a\n    name: 甲\n    when: { fact: customer.kind, is: sme }\n${more}\nfallback: { text: 您好 }\n`
const mistakes = (yaml: string): string[] => {
  const read = parseWelcomeYaml(yaml, 'config/welcome.yaml')
  return 'errors' in read ? read.errors.map(fileProblemText) : []
}

describe('config/welcome.yaml: every mistake with its line', () => {
  test.each([
    ['a misspelt key', rule('    txt: 您好'), /welcome\.yaml:5:5 rules\[0\]\.txt 不认识的键 "txt"/],
    ['nothing to say', rule(''), /rules\[0\] text 和 attachments 至少写一个/],
    ['no fallback', 'rules: []\n', /缺少 "fallback"/],
    ['an unknown placeholder', rule('    text: "{name}您好"'), /:5:11 .*不认识 \{name\}；这里可以用 \{customer\}/],
    ['a name for whom nobody knows is missing', rule('    text: "{customer}您好"'), /:5:11 .*请在文件开头写 unnamed/],
    ['a placeholder there', `unnamed: "{manager}"\n${rule('    text: 您好')}`, /:1:10 .*没有可替换的内容/],
    ['ten attachments', rule(`    attachments: [${Array(10).fill('{ image: a.png }').join(', ')}]`), /最多 9 个附件/],
    ['two kinds in one attachment', rule('    attachments: [{ image: a.png, video: b.mp4 }]'), /每个附件恰好写一种/],
    ['a path instead of a file', rule('    attachments: [{ image: ../secret.png }]'), /config\/media\/ 里的文件名/],
    ['a file that is no video', rule('    attachments: [{ video: a.png }]'), /以 \.mp4 结尾/],
    ['too long', rule(`    text: ${'好'.repeat(1400)}`), /最多 4000 字节/],
    [
      'a bad expression',
      `rules: [{ key: a, name: 甲, when: { fact: rm.branch, matches: "(" }, text: 好 }]\nfallback: { text: 好 }`,
      /正则表达式无效/,
    ],
  ])('%s', (_, yaml, complaint) => {
    expect(mistakes(yaml)).toContainEqual(expect.stringMatching(complaint))
  })

  test('config check also knows calendars, files and facts', () => {
    const folder = tempDir()
    const welcome = join(folder, 'welcome.yaml')
    const check = (yaml: string) => {
      writeFileSync(welcome, yaml)
      return checkConfig(
        { ...configFiles('config/routing.yaml'), welcome },
        { now: new Date('2026-06-01T10:00:00+08:00') },
      )
    }
    expect(check(rule('    attachments: [{ file: guide.pdf }]')).errors).toEqual([
      expect.stringContaining('里没有 guide.pdf'),
    ])
    const at = (when: string) => `rules: [{ key: a, name: 甲, when: ${when}, text: 好 }]\nfallback: { text: 好 }`
    expect(check(at('{ fact: time.now, within: night }')).errors).toEqual([
      expect.stringContaining('没有名为 "night" 的日历'),
    ])
    expect(check(at('{ fact: message.text, contains: [贷款] }')).warnings).toEqual([
      expect.stringContaining('没有事实 "message.text"'),
    ])
  })
})

test('the first rule that holds, or else the fallback', () => {
  const read = parseWelcomeYaml(rule('    text: 小微您好'), 'config/welcome.yaml')
  if ('errors' in read) throw new Error('it is right')
  const choose = welcomeChooser(read.welcome)
  const ask = (kind: string) =>
    choose({ facts: { 'customer.kind': kind }, now: new Date(), calendars: new Map(), opening: null })
  expect(ask('sme')).toEqual({ rule: 'a', text: '小微您好', attachments: [] })
  expect(ask('person')).toEqual({ rule: 'fallback', text: '您好', attachments: [] })
})
