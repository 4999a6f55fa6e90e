import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openBrowser, openStage } from './stage.ts'

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** Whatever can be tapped now and is too low for a finger. A tick is tapped by its label, a link in running text is text. */
const tooLow = `[...document.querySelectorAll('button, a, select, summary, label:has(input), input:not([type=checkbox], [type=radio])')]
  .filter((one) => one.checkVisibility() && !one.matches('p a'))
  .map((one) => ({ what: one.outerHTML.slice(0, 120), height: one.getBoundingClientRect().height }))
  .filter(({ height }) => height < 40)`

test('at phone size everything that can be tapped is at least 40 px high', { timeout: 60_000 }, async () => {
  const stage = await openStage(browser, { at: '2026-11-23T10:00:00', size: [390, 844] })
  onTestFinished(async () => {
    await stage.close()
    expect(stage.troubles).toEqual([])
  })
  const { page, spot } = stage
  const seen: string[] = []
  const allAreHigh = async (where: string, target: { evaluate(code: string): Promise<unknown> } = page) => {
    seen.push(where)
    expect(await target.evaluate(tooLow), where).toEqual([])
  }

  await allAreHigh('the customer’s first screen')
  await spot('tab-line').click()
  await spot('guide').waitFor()
  await allAreHigh('the empty line')
  await spot('tab-customer').click()
  await spot('bank-app').click()
  await page.frameLocator('[data-testid=bank]').locator('[data-testid=bank-contact]:enabled').waitFor()
  await allAreHigh('the bank’s app', page.frames()[1])
  await spot('customer-back').click()

  await stage.writes('wm_bakery', '想了解经营贷款', 'app_loan')
  await stage.customerSees('已为您转接客户经理李伟')
  await spot('customer-plus').click()
  await spot('sample-file').click()
  await spot('customer-phone').locator('[data-type=file]').waitFor()
  await spot('customer-plus').click()
  await allAreHigh('the customer’s chat')

  await spot('tab-line').click()
  await allAreHigh('the line')
  await spot('why-button').last().click()
  await spot('why-panel').locator('summary').waitFor()
  await allAreHigh('why')
  await spot('why-close').click()
  await spot('view-funnel').click()
  await allAreHigh('the funnel')

  await spot('tab-rm').click()
  await spot('rm-input').fill('您好，我是李伟')
  await spot('rm-send').click()
  await spot('rm-phone').locator('[data-from=servicer]').waitFor()
  await allAreHigh('the RM’s chat')
  await spot('rm-back').click()
  await allAreHigh('the RM’s list')
  await spot('app-item').click()
  await spot('card-button').first().waitFor()
  await allAreHigh('the app’s card')
  await spot('rm-back').click()

  await spot('chat-item').click()
  await spot('rm-end').click()
  await spot('tab-customer').click()
  await spot('open-profile').click()
  await spot('profile-add').waitFor()
  await allAreHigh('the RM’s profile')
  expect(seen).toHaveLength(11)
})
