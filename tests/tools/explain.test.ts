import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../src/tools/open-database.ts'
import { explain } from '../../src/tools/explain/explain.ts'
import { readSettings } from '../../src/settings.ts'
import type { Store } from '../../src/store/open.ts'
import { smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'
import { runTool } from './programs.ts'

let world: World
let store: Store
let environment: Record<string, string>
beforeAll(async () => {
  world = await createWorld({ rules: smallRules })
  environment = {
    DATABASE_URL: world.pool.options.connectionString as string,
    SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  }
  store = await openDatabase(readSettings(environment))
  world.customer('wm_bakery').writes('想了解经营贷款', 'm_why_1')
  await world.settle()
  world.customer('wm_bakery').writes('还在吗', 'm_why_2')
  await world.settle()
})
afterAll(async () => {
  await store.stop()
  await world.stop()
})

test('a message: who got it, by which rule and step, who else was considered', async () => {
  const text = await explain(store, 'm_why_1')
  expect(text).toMatch(
    /^消息 m_why_1：2026-11-23 10:\d\d:\d\d 客户发来的 text\n会话 \d+：客户 wm_bakery，“小城银行客服”/,
  )
  expect(text).toMatch(/已分配，李伟（li\.wei）/)
  expect(text).toMatch(/决策 \d+：.* 分配 → li\.wei（规则版本 1）/)
  expect(text).toContain('规则：小微贷款（sme-loan）')
  expect(text).toMatch(/owner：李伟（li\.wei）接待/)
  expect(text).toMatch(/✔ li\.wei（接待 0\/2）/)
})

test('what the customer wrote is not shown', async () => {
  expect(await explain(store, 'm_why_1')).not.toContain('经营贷款')
})

test('a message that joined a conversation says so', async () => {
  expect(await explain(store, 'm_why_2')).toContain('没有引起新的决策：会话已由 李伟（li.wei）接待')
})

test('a conversation by its number has all its decisions; nothing by that name is null', async () => {
  const { id } = (await world.conversation('wm_bakery')) as { id: string }
  expect((await explain(store, id))?.match(/^决策 /gm)).toHaveLength(1)
  expect(await explain(store, 'm_never')).toBeNull()
  expect(await explain(store, '99999999999')).toBeNull()
})

test(
  'npm run explain: 0 with the reason, 1 when there is no such thing, 2 with the usage',
  { timeout: 120_000 },
  async () => {
    expect(await runTool('explain', ['m_why_1'], environment)).toMatchObject({
      code: 0,
      out: expect.stringContaining('小微贷款'),
    })
    expect(await runTool('explain', ['m_never'], environment)).toMatchObject({
      code: 1,
      out: expect.stringContaining('没有会话或消息 m_never'),
    })
    expect(await runTool('explain', [], environment)).toMatchObject({ code: 2 })
    expect(await runTool('explain', ['1'], { DATA_DIR: '/nowhere' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('还没有数据库'),
    })
  },
)
