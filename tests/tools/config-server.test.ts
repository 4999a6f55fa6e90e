import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import type { Ruleset } from '../../src/routing/ruleset/schema.ts'
import { mergeYaml } from '../../src/tools/config/merge-yaml.ts'
import { tempDir } from '../ground/ground.ts'
import { adminKey, createWorld, type World } from '../world.ts'
import { runTool } from './programs.ts'

const ours = `# 路由规则：自上而下，第一条符合的生效。
calendars:
  branch: { hours: { mon-fri: ["09:00-12:00", "13:30-17:30"] } }   # 网点

pools:
  desk: { name: 投诉专席, members: { skills: { complaint: 3 } } }
  # 私行客户的专席
  vip:
    name: 私行专席
    members: { skills: { private: 3 } }
    strategy: longest-idle
  general: { name: 综合客服, members: {} }   # 所有人

rules:
  - key: complaint
    name: 投诉
    when: { fact: message.text, contains: [投诉, 举报] }
    priority: 60                  # 相当于已多等 60 分钟
    steps: [{ to: "pool:desk", stay: 3m }, { to: "pool:general" }]
    otherwise: queue              # 一直排到有人

  # 理财
  - key: fund-shanghai
    name: 理财（上海）
    when: { all: [{ fact: customer.branch, is: shanghai }, { fact: message.text, contains: &words [理财, 基金] }] }
    steps: [{ to: owner, stay: 45s }, { to: "pool:vip" }]
    otherwise: leave-message
  - key: fund
    name: 理财
    when: { fact: message.text, contains: *words }
    steps: [{ to: "pool:vip", stay: 90s }]
    otherwise: leave-message
  - { key: known, name: 老客户, when: { fact: customer.known, is: true }, steps: [{ to: owner }], otherwise: bot }

fallback: { steps: [{ to: "pool:general", stay: 2m }], otherwise: leave-message }
firstReply: { remind: 60s, reassign: 180s }     # 60 秒未回复提醒
stickiness: { days: 90 }
`
const rulesIn = (text: string): Ruleset => {
  const read = parseRulesetYaml(text, 'test.yaml')
  if ('errors' in read) throw new Error(JSON.stringify(read.errors))
  return read.ruleset
}
/** Our rules with something in them changed. */
const changed = (...changes: [from: string | RegExp, to: string][]): string =>
  changes.reduce((text, [from, to]) => {
    const next = text.replace(from, to)
    if (next === text) throw new Error(`the file has no ${from}`)
    return next
  }, ours)

let world: World
let folder: string
let count = 0
const fileWith = (text: string): string => {
  count += 1
  const path = join(folder, `${count}.yaml`)
  writeFileSync(path, text)
  return path
}
beforeAll(async () => {
  folder = tempDir()
  world = await createWorld({ rules: rulesIn(ours) })
})
afterAll(() => world.stop())

const config = (...args: string[]) => runTool('config', args, { YINQIAO_URL: world.app.url, YINQIAO_KEY: adminKey })
const active = async () => (await world.api('GET', '/routing')).body as unknown as { version: number; ruleset: Ruleset }
const put = (ruleset: Ruleset) => world.api('PUT', '/routing', ruleset)

describe('diff', () => {
  test('says by key what publishing would add, remove, change and move', { timeout: 60_000 }, async () => {
    await put(rulesIn(ours))
    expect(await config('diff', fileWith(ours))).toMatchObject({ code: 0, out: expect.stringContaining('一致') })
    const known = '  - { key: known'
    const fx =
      '  - { key: fx, name: 外汇, when: { fact: message.text, contains: [外汇] }, steps: [], otherwise: bot }\n'
    const file = fileWith(
      changed(
        [/priority: 60 .*/, 'priority: 90'],
        [known, `${fx}${known}`],
        ['name: 私行专席', 'name: 钻石专席'],
        ['remind: 60s', 'remind: 90s'],
        [/ {2}- key: fund\n[\s\S]*?leave-message\n/, ''],
      ),
    )
    const { code, out } = await config('diff', file)
    expect(code).toBe(0)
    expect(out).toContain('+ 规则 fx（外汇）')
    expect(out).toContain('- 规则 fund（理财）')
    expect(out).toMatch(/~ 规则 complaint（投诉）\n {4}priority：60 → 90/)
    expect(out).toMatch(/~ 专席 vip（钻石专席）\n {4}name：私行专席 → 钻石专席/)
    expect(out).toMatch(/~ 首次回复 firstReply\n {4}remind：60s → 90s/)
    expect(out).not.toContain('↕')
    expect(out.split('\n').filter((line) => /^[-+~↕]/.test(line))).toHaveLength(5)
  })
})

describe('publish', () => {
  test(
    'a file with a mistake is named with its line and column, and nothing is sent',
    { timeout: 60_000 },
    async () => {
      const before = await active()
      const { code, out } = await config('publish', fileWith(changed(['pool:desk', 'pool:complain-desk'])))
      expect(code).toBe(1)
      expect(out).toMatch(/✘ .+\.yaml:\d+:\d+ .*没有名为 "complain-desk" 的专席/)
      expect(await active()).toEqual(before)
    },
  )

  test(
    'a new version goes live, with its changes and the server’s warnings at their places',
    { timeout: 60_000 },
    async () => {
      const file = fileWith(changed(['{ private: 3 }', '{ private: 3, moon: 5 }'], ['remind: 60s', 'remind: 70s']))
      const { code, out } = await config('publish', file, '--note', '月亮')
      expect(code).toBe(0)
      expect(out).toContain('remind：60s → 70s')
      expect(out).toMatch(/! .+\.yaml:\d+:\d+ pools\.vip 没有人符合条件/)
      const { version, ruleset } = await active()
      expect(out).toContain(`已发布为版本 ${version}`)
      expect(ruleset).toEqual(rulesIn(readFileSync(file, 'utf8')))
      expect((await world.api('GET', `/routing/versions/${version}`)).body).toMatchObject({ note: '月亮' })
      expect((await config('publish', file)).out).toContain('没有发布')
      expect((await active()).version).toBe(version)
    },
  )

  test('for later, and for a second person: it says what the version waits for', { timeout: 60_000 }, async () => {
    const before = await active()
    const at = new Date(world.clock.now() + 86_400_000).toISOString()
    const planned = await config('publish', fileWith(changed(['remind: 60s', 'remind: 80s'])), '--at', at)
    expect(planned).toMatchObject({ code: 0, out: expect.stringContaining(`${at} 自动生效`) })
    await world.api('PUT', '/routing/settings', { approval: 'required' })
    const waiting = await config('publish', fileWith(changed(['remind: 60s', 'remind: 85s'])))
    expect(waiting).toMatchObject({
      code: 0,
      out: expect.stringMatching(/等待另一位管理员复核（POST .*\/\d+\/approve）/),
    })
    await world.api('PUT', '/routing/settings', { approval: 'none' })
    expect(await active()).toEqual(before)
  })

  test(
    'without a key, with a wrong one, or without a server it says what to do, and never shows the key',
    { timeout: 60_000 },
    async () => {
      const none = await runTool('config', ['diff'], { YINQIAO_URL: world.app.url })
      expect(none).toMatchObject({ code: 1, err: expect.stringContaining('YINQIAO_KEY') })
      const wrong = await runTool('config', ['diff'], { YINQIAO_URL: world.app.url, YINQIAO_KEY: 'yq_not-the-key' })
      expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('401') })
      const away = await runTool('config', ['pull'], {
        YINQIAO_URL: 'http://127.0.0.1:9',
        YINQIAO_KEY: 'yq_not-the-key',
      })
      expect(away).toMatchObject({ code: 1, err: expect.stringContaining('YINQIAO_URL') })
      expect([none, wrong, away].some(({ out, err }) => `${out}${err}`.includes('not-the-key'))).toBe(false)
      expect(await config('publish', 'a.yaml', 'b.yaml')).toMatchObject({
        code: 2,
        err: expect.stringContaining('用法'),
      })
    },
  )
})

describe('pull', () => {
  const hasGit = spawnSync('git', ['--version']).status === 0

  test(
    'writes the rules in force so that they read back as they are, into a file that is new',
    { timeout: 60_000 },
    async () => {
      const file = join(folder, 'fresh.yaml')
      const { version, ruleset } = await active()
      expect(await config('pull', file)).toMatchObject({
        code: 0,
        out: expect.stringContaining(`已把版本 ${version} 写入`),
      })
      expect(rulesIn(readFileSync(file, 'utf8'))).toEqual(ruleset)
      expect(await config('pull', file)).toMatchObject({ code: 0, out: expect.stringContaining('没有改动') })
    },
  )

  test('does not overwrite what git does not have, unless told to', { timeout: 60_000 }, async () => {
    const file = fileWith(changed(['remind: 60s', 'remind: 99s']))
    const before = readFileSync(file, 'utf8')
    expect(await config('pull', file)).toMatchObject({ code: 1, out: expect.stringContaining('--force') })
    expect(readFileSync(file, 'utf8')).toBe(before)
    expect(await config('pull', file, '--force')).toMatchObject({
      code: 0,
      out: expect.stringContaining('remind：99s → '),
    })
    expect(rulesIn(readFileSync(file, 'utf8'))).toEqual((await active()).ruleset)
  })

  test.skipIf(!hasGit)(
    'overwrites what is committed, and keeps the comments of what stays',
    { timeout: 60_000 },
    async () => {
      const repository = join(folder, 'repository')
      mkdirSync(repository)
      const file = join(repository, 'routing.yaml')
      writeFileSync(file, changed(['remind: 60s', 'remind: 99s']))
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
          cwd: repository,
          stdio: 'ignore',
        })
      git('init')
      expect((await config('pull', file)).code).toBe(1)
      git('add', '.')
      git('commit', '-m', 'rules')
      expect((await config('pull', file)).code).toBe(0)
      const text = readFileSync(file, 'utf8')
      expect(rulesIn(text)).toEqual((await active()).ruleset)
      expect(text).toContain('# 一直排到有人')
      writeFileSync(file, text.replace('remind: 70s', 'remind: 71s'))
      expect((await config('pull', file)).code).toBe(1)
    },
  )
})

describe('a file brought up to date', () => {
  const later = (change: (ruleset: Ruleset) => void): Ruleset => {
    const ruleset = structuredClone(rulesIn(ours))
    change(ruleset)
    return ruleset
  }

  test.each<[string, (ruleset: Ruleset) => void]>([
    ['nothing', () => {}],
    ['a rule that was changed', (it) => void ((it.rules ?? [])[0]!.priority = 99)],
    ['a rule that went away', (it) => void (it.rules = it.rules?.slice(1))],
    [
      'the rule whose words others borrow',
      (it) => void (it.rules = it.rules?.filter(({ key }) => key !== 'fund-shanghai')),
    ],
    ['the order', (it) => void (it.rules = it.rules?.toReversed())],
    ['a pool more and one less', (it) => void (it.pools = { ...it.pools, fx: { name: '外汇', members: {} } })],
    ['a section that went away', (it) => void delete it.stickiness],
    [
      'a key with a dot, and words that look like numbers',
      (it) => void (it.pools = { ...it.pools, 'a.b': { name: '007', members: { lines: ['1e3', 'yes', '#'] } } }),
    ],
  ])('reads as it should after: %s', (_, change) => {
    const ruleset = later(change)
    expect(rulesIn(mergeYaml(ours, ruleset))).toEqual(ruleset)
    expect(rulesIn(mergeYaml(null, ruleset))).toEqual(ruleset)
    expect(rulesIn(mergeYaml('not: [a rule set', ruleset))).toEqual(ruleset)
  })

  test('the rules that come with the project read back as they are', () => {
    const text = readFileSync('config/routing.yaml', 'utf8')
    expect(rulesIn(mergeYaml(null, rulesIn(text)))).toEqual(rulesIn(text))
    expect(mergeYaml(text, rulesIn(text))).toContain('#')
  })

  test('keeps every comment where nothing changed', () => {
    const comments = (text: string) => text.match(/#.*/g)?.length ?? 0
    expect(comments(mergeYaml(ours, rulesIn(ours)))).toBe(comments(ours))
    const small = later((it) => void (it.firstReply = { remind: '30s', reassign: '90s' }))
    expect(comments(mergeYaml(ours, small))).toBeGreaterThan(comments(ours) - 3)
  })
})
