import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser, openStage, type Stage } from './stage.ts'

/** What the product promises, played on the two phones as anybody can after `npm start`. */
let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const stageAt = async (at: string): Promise<Stage> => {
  const stage = await openStage(browser, { at })
  onTestFinished(async () => {
    await stage.close()
    expect(stage.troubles).toEqual([])
  })
  return stage
}

test('a silent RM is reminded, then the customer moves to his deputy, who answers', { timeout: 60_000 }, async () => {
  const stage = await stageAt('2026-11-23T10:00:00')
  await stage.writes('wm_bakery', '想了解经营贷款', 'app_loan')
  await stage.goesTo('li.wei')
  await stage.rmSees('想了解经营贷款')
  await stage.customerSees('已为您转接客户经理李伟')
  expect(await stage.why('归属客户经理 李伟')).toContain('小微贷款')

  await stage.later('1m')
  await stage.lineTells('李伟 尚未回复')
  await stage.spot('banner').filter({ hasText: '李伟' }).waitFor()
  await stage.spot('rm-back').click()
  await stage.spot('app-item').click()
  await stage.rmSees('【请回复】')

  await stage.later('1m')
  await stage.later('1m')
  await stage.goesTo('wang.fang')
  await stage.lineTells('由 李伟 转交 王芳：未及时回复')
  const said = await stage.why('转交 王芳')
  expect(said).toMatch(/李伟[\s\S]*未及时回复/)
  expect(said).toMatch(/王芳[\s\S]*选中/)

  await stage.spot('rm-input').fill('您好，我是王芳，李伟暂时走不开')
  await stage.spot('rm-send').click()
  await stage.customerSees('我是王芳')
  await stage.lineTells('王芳 回复了')
})

test(
  'everybody is full: they queue, and whoever is freed serves his rule’s head start before the longer wait',
  { timeout: 60_000 },
  async () => {
    const stage = await stageAt('2026-11-23T10:00:00')
    await stage.pool.query("update rms set on_duty = userid = 'li.wei', capacity = 2")
    await stage.writes('wm_tang', '你好，咨询转账')
    await stage.goesTo('li.wei')
    await stage.pool.query("update rms set capacity = 1 where userid = 'li.wei'")

    await stage.writes('wm_stranger', '请问怎么开户')
    await stage.customerSees('已为您排队，您排在第1位')
    await stage.lineTells('正在排队：可接待的客户经理均已满员')
    expect(await stage.why('正在排队')).toMatch(/能接的人都已满员[\s\S]*李伟[\s\S]*已满员/)
    await stage.later('1m')
    await stage.writes('wm_bakery', '贷款额度还能提高吗', 'app_loan')
    await stage.customerSees('已为您排队，您排在第2位')

    const ends = async (customer: string, name: string): Promise<void> => {
      await stage.spot('customer-select').selectOption(customer)
      await stage.spot('rm-select').selectOption('li.wei')
      await stage.page.locator(`[data-testid=chat-item][data-customer=${customer}]`).click()
      await stage.spot('rm-end').click()
      await stage.lineTells(`与 ${name} 的会话已结束`)
    }
    // The phone follows to whoever is his now.
    await ends('wm_tang', '唐可')
    await stage.lineTells('命中规则“小微贷款”→ 归属客户经理 李伟（在岗，0/1）')
    await stage.rmSees('贷款额度还能提高吗')
    await ends('wm_bakery', '麦香面包房')
    await stage.lineTells('按兜底规则→ 综合客服 李伟（在岗，0/1）')
    await stage.rmSees('请问怎么开户')
  },
)

test('on a holiday he hears when we open, and at opening an RM has him', { timeout: 60_000 }, async () => {
  const stage = await stageAt('2026-10-07T10:00:00')
  const { ruleset } = (await stage.admin('GET', '/routing', undefined)) as unknown as { ruleset: Rules }
  for (const pool of Object.values(ruleset.pools)) pool.calendar = 'branch'
  await stage.admin('PUT', '/routing', ruleset)

  await stage.writes('wm_stranger', '请问怎么开户')
  await stage.customerSees('明天09:00会尽快联系您')
  await stage.lineTells('暂请客户留言（不在服务时间）')
  expect(await stage.why('暂请客户留言')).toContain('非营业时间')
  await stage.later('1d')
  await stage.lineTells(/没有规则命中，按兜底规则→ 综合客服/)
  await stage.rmSees('请问怎么开户')
  await stage.customerSees('已为您转接客户经理')
})
type Rules = { pools: Record<string, { calendar?: string }> }

test('somebody unknown, with a link that his firm got, reaches the firm’s lead RM', { timeout: 60_000 }, async () => {
  const stage = await stageAt('2026-11-23T10:00:00')
  const { url } = await stage.admin('POST', '/channels/sms_renewal/links', { firm: 'F200001' })
  await stage.spot('customer-select').selectOption('wm_noodles')
  await stage.spot('customer-link').fill('https://example.com/kf/x')
  await stage.spot('customer-link-open').click()
  await stage.spot('toast').filter({ hasText: '不是本行的客服链接' }).waitFor()
  await stage.spot('customer-link').fill(url as string)
  await stage.spot('customer-link-open').click()
  await stage.says('老板让我来问续贷的事')
  await stage.goesTo('li.wei')
  await stage.rmSees('老板让我来问续贷的事')
  await stage.lineTells('命中规则“企业员工”→ 企业的牵头客户经理 李伟')
  expect(await stage.why('企业员工')).toMatch(/企业主办人[\s\S]*李伟/)
})
