import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkConfig } from '../../src/tools/config/check-config.ts'
import { configFiles } from '../../src/tools/config/files.ts'
import { runTool } from './programs.ts'
import { tempDir } from '../ground/ground.ts'

const now = new Date('2026-06-01T10:00:00+08:00')
const folder = tempDir()
let count = 0

/** A copy of one of our files with one thing in it changed. */
const spoilt = (file: string, from: string | RegExp, to: string): string => {
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${file} has no ${from}`)
  count += 1
  const path = join(folder, `${count}.yaml`)
  writeFileSync(path, changed)
  return path
}
const ours = configFiles('config/routing.yaml')

describe('config check', () => {
  test('the files that come with the project are right', () => {
    expect(checkConfig(ours, { now })).toEqual({ errors: [], warnings: [] })
  })

  test('a misspelt key is named with its line and column', () => {
    const routing = spoilt('config/routing.yaml', /^rules:.*\n {2}- key: complaint/m, 'rules:\n  - keey: complaint')
    const { errors } = checkConfig({ ...ours, routing }, { now })
    expect(errors).toContainEqual(expect.stringMatching(/^.+\.yaml:\d+:\d+ rules\[0\]\.keey 不认识的键 "keey"/))
  })

  test('a rule that nobody reaches is a warning with its place, not an error', () => {
    const routing = spoilt(
      'config/routing.yaml',
      /^rules:.*$/m,
      'rules:\n  - { key: all, name: 全部, when: { not: { fact: time.open, is: nonsense } }, steps: [], otherwise: bot }\n  - { key: again, name: 再来, when: { not: { fact: time.open, is: nonsense } }, steps: [], otherwise: bot }',
    )
    const { errors, warnings } = checkConfig({ ...ours, routing }, { now })
    expect(errors).toEqual([])
    expect(warnings).toContainEqual(expect.stringMatching(/\.yaml:\d+:\d+ rules\[1\] 轮不到这条/))
  })

  test('holidays that are not known yet are asked for in time', () => {
    const { warnings } = checkConfig(ours, { now: new Date('2026-12-01T10:00:00+08:00') })
    expect(warnings).toEqual([expect.stringContaining('2027')])
  })

  test.each([
    [
      'a placeholder that nobody fills',
      '{manager}，请稍候',
      '{managre}，请稍候',
      /customer\.on_the_way 里不认识 \{managre\}；这里可以用 \{manager\}/,
    ],
    ['words that are missing', /^customer\.closed: .*\n/m, '', /customer\.closed 缺少 "customer\.closed"/],
    [
      'words that nobody asks for',
      /^customer\.closed: /m,
      'customer.klosed: 再见\ncustomer.closed: ',
      /不认识的键 "customer\.klosed"/,
    ],
    ['more than WeCom takes', '感谢您的咨询', '谢'.repeat(700), /最多 2048 字节/],
  ])('messages.yaml: %s', (_, from, to, complaint) => {
    const { errors } = checkConfig({ ...ours, messages: spoilt('config/messages.yaml', from, to) }, { now })
    expect(errors).toEqual([expect.stringMatching(complaint)])
    expect(errors[0]).toMatch(/^.+\.yaml:\d+:\d+ /)
  })

  test('a file that is not there is said so', () => {
    expect(checkConfig({ ...ours, calendar: 'config/nowhere.yaml' }, { now }).errors).toEqual([
      'config/nowhere.yaml:1:1 读不到这个文件（ENOENT）',
    ])
  })

  test(
    'npm run config check: 0 when it is right, 1 with the place when not, 2 with the usage otherwise',
    { timeout: 120_000 },
    async () => {
      expect(await runTool('config', ['check'])).toMatchObject({ code: 0, out: expect.stringContaining('没有错误') })
      const wrong = spoilt('config/routing.yaml', 'pool:complaint-desk', 'pool:complain-desk')
      expect(await runTool('config', ['check', wrong])).toMatchObject({
        code: 1,
        out: expect.stringMatching(/✘ .+:\d+:\d+ .*没有名为 "complain-desk" 的专席/),
      })
      expect(await runTool('config', [])).toMatchObject({
        code: 2,
        err: expect.stringContaining('npm run config check'),
      })
    },
  )
})
