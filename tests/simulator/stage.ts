import pino from 'pino'
import pg from 'pg'
import { chromium } from 'playwright-core'
import type { Browser, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readSettings } from '../../src/settings.ts'
import { chromiumPath, freshDatabase, tempDir } from '../ground/ground.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: flags })

const key = 'stage-admin-key-0123456789'

/**
 * What `npm start` starts without a corp (the example bank, its rules, the phones page, one clock for all), and a browser on its
 * phones page. `at`: the bank's time at the beginning; from then on it is moved with the page's buttons alone.
 */
export const openStage = async (browser: Browser, { at, size }: { at: string; size?: [number, number] }) => {
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  const [begun, start] = [performance.now(), Date.parse(`${at}+08:00`)]
  const app = await startApp({
    settings: readSettings({
      DATABASE_URL: database.url,
      DATA_DIR: tempDir(),
      SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
      ADMIN_API_KEY: key,
      PORT: '0',
    }),
    log: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    pollMs: 50,
    simulator: { port: 0, seed: 1, clock: { now: () => start + Math.round(performance.now() - begun) } },
  })
  const [width, height] = size ?? [1440, 900]
  const page = await browser.newPage({ viewport: { width, height } })
  page.setDefaultTimeout(10_000)
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  await page.goto(app.simulator?.url as string)
  await page.waitForSelector('body[data-ready]')
  const spot = (id: string): Locator => page.locator(`[data-testid=${id}]`)

  return {
    page,
    spot,
    pool,
    troubles,
    /** An admin's request to the API; throws what it answered when it was refused. */
    admin: async (method: string, path: string, body: unknown): Promise<Record<string, string>> => {
      const response = await fetch(`${app.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer = (await response.json()) as Record<string, string>
      if (!response.ok) throw new Error(JSON.stringify(answer))
      return answer
    },
    /** The customer comes in through the bank's entrance of this scene, and writes. */
    writes: async (customer: string, text: string, scene = 'app_home'): Promise<void> => {
      await spot('customer-select').selectOption(customer)
      await page.locator(`[data-testid=entrance][data-scene=${scene}]`).click()
      await says(page, text)
    },
    says: (text: string) => says(page, text),
    customerSees: (text: string) => spot('customer-phone').getByText(text).last().waitFor(),
    rmSees: (text: string) => spot('rm-phone').getByText(text).last().waitFor(),
    /** The RM's phone shows somebody else: the customer is his now. */
    goesTo: async (userid: string): Promise<void> => {
      await expect.poll(() => spot('rm-select').inputValue(), { timeout: 15_000 }).toBe(userid)
    },
    lineTells: (text: string | RegExp) => spot('live-entry').filter({ hasText: text }).last().waitFor(),
    /** Opens “为什么是他” of the last line with this text, and answers what it says. */
    why: async (text: string | RegExp): Promise<string> => {
      await spot('live-entry').filter({ hasText: text }).last().locator('[data-testid=why-button]').click()
      await spot('why-panel').waitFor()
      const said = await spot('why-panel').innerText()
      await spot('why-close').click()
      return said
    },
    later: (step: '1m' | '1h' | '1d') => spot(`advance-${step}`).click(),
    close: async (): Promise<void> => {
      await page.close()
      await app.stop()
      await pool.end()
      await database.drop()
    },
  }
}
export type Stage = Awaited<ReturnType<typeof openStage>>

const says = async (page: Page, text: string): Promise<void> => {
  await page.locator('[data-testid=customer-input]').fill(text)
  await page.locator('[data-testid=customer-send]').click()
  await page.locator('[data-testid=customer-phone] [data-from=customer]').filter({ hasText: text }).last().waitFor()
}
