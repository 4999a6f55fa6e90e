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

const journeyOf = async (clientNo: string): Promise<string[]> => {
  const { body } = await world.api('GET', `/touchpoints?clientNo=${clientNo}&limit=200`)
  return (body['items'] as unknown as { kind: string }[]).map(({ kind }) => kind)
}

test('five clicks: the app, the chat, the RM, the contact list, the funnel', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  // The phones' clock is the test's: what the app's page tells is dated by it, too.
  await page.clock.setFixedTime(world.clock.now())
  await page.goto((world.app.simulator as Simulator).url)
  await page.waitForSelector('body[data-ready]')
  const at = (id: string) => page.locator(`[data-testid=${id}]`)
  const click = async (step: number) => {
    await page.locator(`[data-testid=story-step][data-step="${step}"]:enabled`).click()
    await page.locator('.story .playing').waitFor({ state: 'detached', timeout: 25_000 })
    expect(await at('toast').isVisible()).toBe(false)
  }

  const names = await page.locator('#story-steps li span').allTextContents()
  expect(await at('guide').locator('li strong').allTextContents()).toEqual([...names, '自己试试'])
  await click(1)
  await at('customer-phone').getByText('欢迎来到江南银行').first().waitFor()
  await click(2)
  await at('live-line').getByText('会话已分配').first().waitFor()
  await click(3)
  await at('customer-phone').getByText('添加客户经理').first().waitFor()
  await click(4)
  await at('customer-phone').locator('[data-testid=bubble][data-from=servicer]').first().waitFor()
  await world.settle()
  await click(5)
  await expect
    .poll(() => at('funnel').locator('[data-stage=contact]').getAttribute('data-persons'), { timeout: 20_000 })
    .toBe('1')

  expect(await journeyOf('C100006')).toEqual(
    expect.arrayContaining([
      'app.page.home',
      'app.tap.contact_manager',
      'entry.opened',
      'identity.joined',
      'message.received',
      'conversation.routed',
      'message.replied',
      'conversation.closed',
      'contact.invited',
      'contact.added',
      'owner.changed',
      'message.sent',
    ]),
  )
  expect(troubles).toEqual([])
  await page.close()
})

test('once more on a phone, with the next customer: the page turns to where it happens, and a reload keeps the place', async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.clock.setFixedTime(world.clock.now())
  await page.goto((world.app.simulator as Simulator).url)
  await page.waitForSelector('body[data-ready]')
  const at = (id: string) => page.locator(`[data-testid=${id}]`)
  const click = async (step: number, tab: string) => {
    await page.locator(`[data-testid=story-step][data-step="${step}"]:enabled`).click()
    await page.locator('.story .playing').waitFor({ state: 'detached', timeout: 25_000 })
    expect(await at('toast').isVisible()).toBe(false)
    expect(await at(tab).getAttribute('aria-pressed')).toBe('true')
  }

  await click(1, 'tab-customer')
  await page.reload()
  await page.waitForSelector('body[data-ready]')
  expect(await at('customer-select').inputValue()).toBe('wm_chen')
  await click(2, 'tab-rm')
  await at('banner').filter({ hasText: '为什么是您' }).waitFor()
  await click(3, 'tab-customer')
  await click(4, 'tab-customer')
  await world.settle()
  await click(5, 'tab-line')
  expect(await journeyOf('C100001')).toEqual(
    expect.arrayContaining(['conversation.routed', 'message.replied', 'contact.invited', 'contact.added']),
  )
  await page.close()
})
