import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../ground/browser.ts'
import { createWorld, type World } from '../world.ts'

let world: World
let app: string
beforeAll(async () => {
  world = await createWorld()
  await world.api('PUT', '/channels/app_home', { name: '手机银行首页', kind: 'app', openKfId: world.account })
  app = (await world.api('POST', '/keys', { name: 'the app', role: 'app' })).body['key'] as unknown as string
})
afterAll(() => world.stop())

const tokenFor = async (clientNo: string, more: object = {}): Promise<string> => {
  const { status, body } = await world.api('POST', '/channels/app_home/touch-tokens', { clientNo, ...more })
  expect(status).toBe(200)
  return body['token'] as unknown as string
}
const at = () => new Date(world.clock.now()).toISOString()
const event = (change: object = {}) => ({ key: 'page-0001', kind: 'app.tap.loan', at: at(), ...change })
const tell = async (body: unknown) => {
  const response = await fetch(`${world.app.url}/touch`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as object }
}
const told = async (clientNo: string) => {
  const { rows } = await world.pool.query(
    `select t.kind, t.channel, t.source_id, t.data from touchpoints t join customers c on c.id = t.customer_id
     where c.client_no = $1 order by t.id`,
    [clientNo],
  )
  return rows
}

describe('a page of the app', () => {
  test('tells what its client saw and tapped, once, whatever it is sent again', async () => {
    const token = await tokenFor('C900001', { campaign: 'spring' })
    const events = [event(), event({ key: 'page-0002', kind: 'app.page.loan', data: { product: 'tax-loan' } })]
    expect((await tell({ token, events })).body).toEqual({ accepted: 2, duplicates: 0, rejected: [] })
    expect((await tell({ token, events })).body).toEqual({ accepted: 0, duplicates: 2, rejected: [] })
    expect(await told('C900001')).toMatchObject([
      { kind: 'app.tap.loan', channel: 'app_home', data: { via: 'page', campaign: 'spring' } },
      { kind: 'app.page.loan', data: { via: 'page', campaign: 'spring', product: 'tax-loan' } },
    ])
  })

  test('speaks for its own client alone: the same key of another client is another touchpoint', async () => {
    for (const clientNo of ['C900002', 'C900003'])
      expect((await tell({ token: await tokenFor(clientNo), events: [event()] })).body).toMatchObject({ accepted: 1 })
    expect(await told('C900003')).toHaveLength(1)
    const named = { ...event({ key: 'page-0009' }), clientNo: 'C900002' }
    expect(await tell({ token: await tokenFor('C900003'), events: [named] })).toMatchObject({ status: 422 })
  })

  test('can tell no value event: a loan that was signed is told by the server', async () => {
    const answer = await tell({ token: await tokenFor('C900004'), events: [event({ kind: 'app.loan_signed' })] })
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'events[0].kind' }] } })
    expect(await told('C900004')).toEqual([])
  })

  test.each([
    ['not JSON', 'hello', 400],
    ['no token', { events: [{}] }, 422],
    ['an event that is none', { token: 't1.app_home.AAAA', events: ['x'] }, 422],
    ['no event', { token: 'x', events: [] }, 422],
    ['too large', 'x'.repeat(70_000), 413],
  ])('with %s is told so', async (_, body, status) => {
    expect(await tell(body)).toMatchObject({ status, body: { detail: expect.any(String) } })
  })

  test('gets nothing for a token that is forged, of another channel, or over', async () => {
    const token = await tokenFor('C900005')
    const [mark, , sealed] = token.split('.')
    const last = token.at(-2) === 'A' ? 'B' : 'A'
    for (const bad of [`${mark}.other.${sealed}`, token.slice(0, -2) + last + token.at(-1), `${token}.x`, 'y1.abc'])
      expect(await tell({ token: bad, events: [event()] })).toMatchObject({ status: 403, body: { detail: '令牌无效' } })
    const short = await tokenFor('C900005', { expiresAt: new Date(world.clock.now() + 2_000).toISOString() })
    world.clock.advance(3_000)
    expect(await tell({ token: short, events: [event()] })).toMatchObject({ status: 403 })
    expect(await told('C900005')).toEqual([])
  })

  test('a token is no entry link, and an entry link no token', async () => {
    const { body } = await world.api('POST', '/channels/app_home/links', { clientNo: 'C900006' })
    const param = new URL(body['url'] as unknown as string).searchParams.get('scene_param') ?? ''
    expect(await tell({ token: `t1.app_home.${param.slice(3)}`, events: [event()] })).toMatchObject({ status: 403 })
  })

  test('who tells too much is slowed down', async () => {
    const token = await tokenFor('C900007')
    const answers = await Promise.all(Array.from({ length: 70 }, () => tell({ token, events: [event()] })))
    const slow = answers.filter(({ status }) => status === 429)
    expect(slow.length).toBeGreaterThan(0)
    expect(slow[0]?.headers.get('retry-after')).toMatch(/^\d+$/)
  })
})

describe('a token', () => {
  test.each([
    ['no client', {}, 422],
    ['an end in the past', { clientNo: 'C1', expiresAt: '2020-01-01T00:00:00Z' }, 422],
    ['an end too far away', { clientNo: 'C1', expiresAt: '2099-01-01T00:00:00Z' }, 422],
  ])('with %s is refused', async (_, body, status) => {
    expect((await world.api('POST', '/channels/app_home/touch-tokens', body)).status).toBe(status)
  })
  test('is made by the app, for a channel that is there', async () => {
    const ask = (channel: string, key: string) =>
      fetch(`${world.app.url}/api/v1/channels/${channel}/touch-tokens`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ clientNo: 'C1' }),
      })
    expect((await ask('app_home', app)).status).toBe(200)
    expect((await ask('nowhere', app)).status).toBe(404)
    expect((await ask('app_home', 'nobody')).status).toBe(401)
  })
})

test('the snippet in a real browser, on a page of another site: the page and the tap arrive, also when it is left at once', async () => {
  const token = await tokenFor('C900100')
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><button>联系客户经理</button>
    <script src="${world.app.url}/touch.js" data-token="${token}" data-page="loan"></script>
    <script>document.querySelector('button').onclick = () => yinqiao.touch('app.tap.contact_manager', { from: 'loan' })</script>`
  const site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page))
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
  const browser = await launchBrowser()
  try {
    const tab = await browser.newPage()
    const troubles: string[] = []
    tab.on('console', (message) => troubles.push(message.text()))
    tab.on('pageerror', (error) => troubles.push(error.message))
    // The browser's clock stands where the bank's does.
    await tab.clock.install({ time: world.clock.now() })
    await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    await tab.clock.runFor(400)
    await expect.poll(async () => (await told('C900100')).map(({ kind }) => kind)).toEqual(['app.page.loan'])
    await tab.getByRole('button').click()
    await tab.goto('about:blank')
    await expect
      .poll(async () => (await told('C900100')).map(({ kind }) => kind))
      .toEqual(['app.page.loan', 'app.tap.contact_manager'])
    expect(troubles).toEqual([])
  } finally {
    await browser.close()
    site.close()
  }
})
