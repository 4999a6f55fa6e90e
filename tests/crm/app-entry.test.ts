import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumPath } from '../ground/ground.ts'
import { createWorld, type World } from '../world.ts'

const program = fileURLToPath(new URL('../../docs/examples/app-entry/server.mjs', import.meta.url))
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-sync',
]

let world: World
let browser: Browser
let app: { url: string; process: ChildProcess }
beforeAll(async () => {
  // The example lives in real time, and so does this bank.
  world = await createWorld({ startAt: Date.now() })
  await world.api('PUT', '/channels/app_loan', { name: '经营贷款', kind: 'app', openKfId: world.account })
  const { body } = await world.api('POST', '/keys', { name: '手机银行', role: 'app' })
  app = await start({ YINQIAO_URL: world.app.url, YINQIAO_KEY: body['key'] as unknown as string, SIMULATOR_URL: '' })
  browser = await chromium.launch({ executablePath: chromiumPath(), args: flags })
})
afterAll(async () => {
  await browser.close()
  app.process.kill()
  await world.stop()
})

const start = async (environment: Record<string, string>) => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, ...environment, CHANNEL: 'app_loan', PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: line.toString().trim(), process: child }
}

test('a customer logs in to the app, taps the button, and the chat knows who came from where', async () => {
  const page = await browser.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  let opened = ''
  await page.route('https://work.weixin.qq.com/**', async (route) => {
    opened = route.request().url()
    await route.fulfill({ status: 200, contentType: 'text/html', body: 'WeChat opens' })
  })
  await page.goto(app.url)
  await page.fill('#client', 'C700')
  await page.click('#login button')
  await page.click('#manager:enabled')
  await page.waitForURL('https://work.weixin.qq.com/**')
  expect(troubles).toEqual([])
  expect(opened).toMatch(/enc_scene=\w+&scene_param=[\w.-]{1,128}$/)
  expect(opened).not.toContain('C700')

  world.customer('wm_from_app').opens({ url: opened })
  await world.settle()
  type Touch = { kind: string; channel: string; externalUserId: string | null; data: object }
  const journey = async () =>
    ((await world.api('GET', '/touchpoints?clientNo=C700')).body as unknown as { items: Touch[] }).items
  await expect
    .poll(async () => (await journey()).map(({ kind }) => kind).toSorted())
    .toEqual(expect.arrayContaining(['app.button_tapped', 'app.entry_shown', 'entry.opened', 'identity.joined']))
  for (const { channel } of await journey()) expect(channel).toBe('app_loan')
  const entry = (await journey()).find(({ kind }) => kind === 'entry.opened')
  expect(entry).toMatchObject({ externalUserId: 'wm_from_app', data: { campaign: 'loan-autumn', param: 'valid' } })
  const tapped = (await journey()).find(({ kind }) => kind === 'app.button_tapped')
  expect(tapped?.data).toEqual({ page: '/loan', campaign: 'loan-autumn' })
})

test('nobody gets a link, or tells of a touch, without a login of his own', async () => {
  const ask = (path: string, cookie: string) =>
    fetch(`${app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: '{}' })
  for (const cookie of ['', 'client=C700.', 'client=C700.AAAA', 'client=C700.%ZZ', 'client=%ZZ.AAAA'])
    for (const path of ['/yinqiao/link', '/yinqiao/touch'])
      expect((await ask(path, cookie)).status, `${path} ${cookie}`).toBe(401)
  const { headers } = await fetch(`${app.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"clientNo":"C1"}',
  })
  const own = (headers.get('set-cookie') ?? '').split(';')[0] as string
  expect((await ask('/yinqiao/link', own)).status).toBe(200)
  expect((await ask('/yinqiao/link', own.replace('C1', 'C2'))).status).toBe(401)
})

test('with the simulator the tap ends on the phones page, in an open chat', async () => {
  const simulator = world.app.simulator?.url as string
  const { body } = await world.api('POST', '/keys', { name: '演示', role: 'app' })
  const demo = await start({
    YINQIAO_URL: world.app.url,
    YINQIAO_KEY: body['key'] as unknown as string,
    SIMULATOR_URL: simulator,
    SIMULATED_CUSTOMER: 'wm_stranger',
  })
  try {
    const page = await browser.newPage()
    await page.goto(demo.url)
    await page.fill('#client', 'C701')
    await page.click('#login button')
    await page.click('#manager:enabled')
    await page.waitForURL(`${simulator}/**`)
    await world.settle()
    const { rows } = await world.pool.query(
      "select client_no, channel from customers where external_userid = 'wm_stranger'",
    )
    expect(rows).toEqual([{ client_no: 'C701', channel: 'app_loan' }])
  } finally {
    demo.process.kill()
  }
})

test('without a key it says what to set', async () => {
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, YINQIAO_KEY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const [code] = (await once(child, 'close')) as [number]
  expect([code, Buffer.concat(said).toString()]).toEqual([1, expect.stringContaining('Set YINQIAO_KEY')])
})
