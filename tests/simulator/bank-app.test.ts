import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Simulator } from '../../src/simulator/create-simulator.ts'
import { exampleCorp } from '../../src/simulator/example-corp.ts'
import { launchBrowser } from '../ground/browser.ts'
import { createWorld, type World } from '../world.ts'

let world: World
let browser: Browser
beforeAll(async () => {
  world = await createWorld({ people: exampleCorp() })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await world.stop()
})

const openPhones = async (width: number) => {
  const page = await browser.newPage({ viewport: { width, height: 860 } })
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  // The phones' clock is the test's: what the page tells is dated by it, too.
  await page.clock.setFixedTime(world.clock.now())
  await page.goto((world.app.simulator as Simulator).url)
  await page.waitForSelector('body[data-ready]')
  const at = (id: string) => page.locator(`[data-testid=${id}]`)
  const bank = page.frameLocator('[data-testid=bank]')
  return { page, at, bank, troubles }
}

test.each([1440, 390])(
  "the bank's app at %i px: its button opens the chat as the client who is logged in, and what he tapped is told",
  async (width) => {
    const { page, at, bank, troubles } = await openPhones(width)
    await at('customer-select').selectOption('wm_xiaoyu')
    await at('bank-app').click()
    await bank.getByText('周小雨').waitFor()
    await bank.locator('[data-testid=bank-contact]:enabled').click()
    await at('customer-phone').getByText('欢迎来到江南银行').first().waitFor()
    await world.settle()
    await expect
      .poll(async () => {
        const { body } = await world.api('GET', '/touchpoints?clientNo=C100006')
        return new Set((body['items'] as unknown as { kind: string }[]).map(({ kind }) => kind))
      })
      .toEqual(new Set(['app.page.home', 'app.tap.contact_manager', 'entry.opened', 'identity.joined', 'message.sent']))
    expect((await world.api('GET', '/customers/wm_xiaoyu')).body).toMatchObject({ clientNo: 'C100006' })
    expect(troubles).toEqual([])
    await page.close()
  },
)

test('who has no account in the app sees no app, and the page says so when it is opened all the same', async () => {
  const { page, at, bank } = await openPhones(1440)
  await at('customer-select').selectOption('wm_stranger')
  await at('customer-phone').getByText('路人甲').waitFor()
  expect(await at('bank-app').count()).toBe(0)
  await page.goto(`${(world.app.simulator as Simulator).url}/bank.html?customer=wm_stranger`)
  await page.getByText('没有开通手机银行').waitFor()
  expect(await bank.locator('button').count()).toBe(0)
  await page.close()
})
