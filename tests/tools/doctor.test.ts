import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { diagnose } from '../../src/tools/doctor/diagnose.ts'
import { findingText, type Finding } from '../../src/tools/doctor/finding.ts'
import pg from 'pg'
import { emptyDatabase } from '../ground/ground.ts'
import { freePort } from '../ground/port.ts'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { runTool } from './programs.ts'

let world: World
let environment: Record<string, string>
beforeAll(async () => {
  // The world's clock stands elsewhere than the doctor's, who lives in ours.
  world = await createWorld({ rules: smallRules, environment: { CALLBACK_MAX_AGE_S: '0' } })
  const { corp } = world.wecom
  environment = {
    DATABASE_URL: world.pool.options.connectionString as string,
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    WECOM_API_URL: world.app.simulator?.url as string,
    WECOM_CORP_ID: corp.corpId,
    WECOM_AGENT_ID: String(corp.agentId),
    WECOM_APP_SECRET: corp.secret,
    WECOM_CALLBACK_TOKEN: corp.token,
    WECOM_CALLBACK_AES_KEY: corp.aesKey,
    PUBLIC_URL: world.app.url,
  }
})
afterAll(() => world.stop())
afterEach(() => {
  Object.assign(world.wecom.corp, { trustedIps: [], kfApi: true })
})

const findings = async (change: Record<string, string> = {}): Promise<Finding[]> => {
  const found: Finding[] = []
  for await (const finding of diagnose({ ...environment, ...change })) found.push(finding)
  return found
}
const badOnes = async (change: Record<string, string> = {}): Promise<string[]> =>
  (await findings(change)).filter(({ mark }) => mark === 'bad').map(findingText)

describe('doctor', () => {
  test('a set-up that works has nothing to mend, and says what was looked at', async () => {
    const found = await findings()
    expect(found.filter(({ mark }) => mark === 'bad')).toEqual([])
    const checks = [
      '环境变量',
      '数据库',
      '客户经理',
      'access_token',
      '企业可信IP',
      '自建应用',
      '微信客服账号',
      '接待人员“小城银行客服”',
      '回调地址',
    ]
    expect(found.filter(({ mark }) => mark === 'good').map(({ check }) => check)).toEqual(
      expect.arrayContaining(checks),
    )
  })

  test('a wrong secret: where to copy it from, and the secret itself nowhere', async () => {
    const secret = 'aWrongSecretThatMustNotBeShown0123456789abc'
    const found = (await findings({ WECOM_APP_SECRET: secret })).map(findingText)
    expect(found).toContainEqual(expect.stringMatching(/^✘ access_token：gettoken 返回 40001.* → .*WECOM_APP_SECRET/))
    expect(found.join('\n')).not.toContain(secret)
    // What depends on the token is not asked: it would only fail again.
    expect(found.join('\n')).not.toContain('微信客服账号')
  })

  test('a wrong corp id is told from a wrong secret', async () => {
    expect(await badOnes({ WECOM_CORP_ID: 'ww0000000000000000' })).toContainEqual(
      expect.stringMatching(/access_token：gettoken 返回 40013.*企业ID/),
    )
  })

  test('an address that is not trusted: the one that WeCom saw, to be copied', async () => {
    world.wecom.corp.trustedIps.push('203.0.113.7')
    expect(await badOnes()).toEqual([
      expect.stringMatching(/^✘ 企业可信IP：.*60020.*127\.0\.0\.1 → .*企业可信IP.*加上 .*127\.0\.0\.1/),
    ])
  })

  test('an app without the right to 微信客服', async () => {
    world.wecom.corp.kfApi = false
    expect(await badOnes()).toEqual([
      expect.stringMatching(/^✘ 微信客服账号：kf\/account\/list 返回 48002.* → .*可调用接口的应用/),
    ])
  })

  test('no account given to the app', async () => {
    world.wecom.accounts.deauthorise(world.account)
    const found = await badOnes()
    await world.settle()
    // WeCom's callbacks count in seconds: two of one kind in the same second would be one.
    await world.advance(1_000)
    world.wecom.accounts.authorise(world.account)
    await world.settle()
    expect(found).toEqual([
      expect.stringMatching(/^✘ 微信客服账号：共 1 个，没有一个授权给这个应用 → .*通过API管理微信客服账号/),
    ])
  })

  test('nobody receives customers', async () => {
    for (const rm of ['li.wei', 'wang.fang', 'zhao.lei']) world.rm(rm).stops(world.account)
    await world.settle()
    const found = await findings()
    for (const rm of ['li.wei', 'wang.fang', 'zhao.lei']) world.rm(rm).resumes(world.account)
    await world.settle()
    expect(found.map(findingText)).toContainEqual(expect.stringMatching(/^! 接待人员.*：3 人，0 人“接待中” → .*接待中/))
  })

  test('a servicer whom Yinqiao does not know', async () => {
    world.wecom.accounts.addServicers(world.account, ['new.hand'])
    expect((await findings()).map(findingText)).toContainEqual(
      expect.stringMatching(/^! 接待人员.*：引桥里没有 new\.hand → .*\/api\/v1\/rms/),
    )
  })

  test('another callback key than the running process has', async () => {
    expect(await badOnes({ WECOM_CALLBACK_TOKEN: 'anotherToken123' })).toEqual([
      expect.stringMatching(/^✘ 回调地址：.* HTTP 403 → .*WECOM_CALLBACK_TOKEN/),
    ])
  })

  test('rules that were edited in the file only', async () => {
    expect((await findings()).map(findingText)).toContainEqual(
      expect.stringMatching(
        /^! 路由规则：生效的是第 1 版（test），与 config\/routing\.yaml 不同 → .*npm run config publish/,
      ),
    )
  })

  test('an empty database is left empty, an older one as it is', async () => {
    const empty = await emptyDatabase()
    const found = (await findings({ DATABASE_URL: empty.url })).map(findingText)
    expect(found).toContainEqual(expect.stringMatching(/^– 数据库：.*首次 npm start 时建立/))
    const client = new pg.Client({ connectionString: empty.url })
    await client.connect()
    const { rows } = await client.query("select count(*)::int as tables from pg_tables where schemaname = 'public'")
    expect(rows).toEqual([{ tables: 0 }])
    await client.query('create table kysely_migration (name text)')
    expect(await badOnes({ DATABASE_URL: empty.url })).toContainEqual(
      expect.stringMatching(/^✘ 数据库：数据库是旧版本的（还差 0001_core/),
    )
    await client.end()
    await empty.drop()
  })

  test('nobody behind PUBLIC_URL', async () => {
    const found = await badOnes({ PUBLIC_URL: `http://127.0.0.1:${await freePort()}` })
    expect(found).toEqual([expect.stringMatching(/^✘ 回调地址：.*连不上（ECONNREFUSED） → 先启动引桥/)])
  })

  test('a database that does not answer, without its password', async () => {
    const found = await badOnes({ DATABASE_URL: `postgres://bank:verySecretWord@127.0.0.1:${await freePort()}/bank` })
    expect(found).toContainEqual(expect.stringMatching(/^✘ 数据库：.*DATABASE_URL/))
    expect(found.join()).not.toContain('verySecretWord')
  })

  test('a Redis that does not answer', async () => {
    expect(await badOnes({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })).toEqual([
      expect.stringMatching(/^✘ Redis：连不上/),
    ])
  })

  test(
    'npm run doctor ends with 0 when all is well, with 1 and every bad setting at once when not',
    { timeout: 120_000 },
    async () => {
      expect(await runTool('doctor', [], environment)).toMatchObject({
        code: 0,
        out: expect.stringContaining('没有发现问题'),
      })
      const wrong = await runTool('doctor', [], { ...environment, ROLE: 'both', PORT: 'zero' })
      expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining('2 处需要处理') })
      expect(wrong.out).toMatch(/✘ 环境变量：PORT: .*\n✘ 环境变量：ROLE: /)
    },
  )
})
