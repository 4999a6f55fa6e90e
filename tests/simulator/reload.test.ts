import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser, openStage, type Stage } from './stage.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

const onLine = (stage: Stage): Promise<string[]> =>
  stage
    .spot('live-entry')
    .evaluateAll((all) => all.map((one) => (one as unknown as { dataset: { id: string } }).dataset.id))

/** What the ledger holds from the line's first entry on. */
const inLedger = async (stage: Stage): Promise<string[]> => {
  const [first] = await onLine(stage)
  const { rows } = await stage.pool.query<{ id: string }>('select id from touchpoints where id >= $1 order by id', [
    first ?? '0',
  ])
  return rows.map(({ id }) => id)
}

test('a reload shows the line and both phones as they were, and the line goes on', { timeout: 60_000 }, async () => {
  const stage = await openStage(browser, { at: '2026-11-23T10:00:00' })
  onTestFinished(async () => {
    await stage.close()
    expect(stage.troubles).toEqual([])
  })
  await stage.writes('wm_bakery', '想了解经营贷款', 'app_loan')
  await stage.goesTo('li.wei')
  await stage.lineTells('命中规则“小微贷款”')
  await stage.rmSees('已为您转接客户经理李伟')
  await expect.poll(async () => (await onLine(stage)).join()).toBe((await inLedger(stage)).join())
  const before = await onLine(stage)

  await stage.page.reload()
  await stage.page.waitForSelector('body[data-ready]')
  await stage.lineTells('命中规则“小微贷款”')
  await stage.customerSees('已为您转接客户经理李伟')
  expect(await stage.spot('customer-select').inputValue()).toBe('wm_bakery')
  await stage.spot('rm-input').fill('您好，我是李伟')
  await stage.spot('rm-send').click()
  await stage.customerSees('我是李伟')
  await stage.lineTells('李伟 回复了')

  const after = await onLine(stage)
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.length).toBeGreaterThan(before.length)
  expect(after).toEqual(await inLedger(stage))
})
