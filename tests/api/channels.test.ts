import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEntry } from '../../src/crm/entry-link.ts'
import { createWorld, type World } from '../world.ts'

let world: World
let app: string
let auditor: string
const secretKey = Buffer.alloc(32, 7).toString('base64')

beforeAll(async () => {
  world = await createWorld()
  app = await keyFor('app')
  auditor = await keyFor('auditor')
})
afterAll(() => world.stop())

const keyFor = async (role: string): Promise<string> => {
  const { body } = await world.api('POST', '/keys', { name: `test ${role}`, role })
  return body['key'] as unknown as string
}
const facts = (change: object = {}) => ({ name: '手机银行首页', kind: 'app', openKfId: world.account, ...change })
const asked = () => world.wecom.calls('kf/add_contact_way')
const link = async (key: string, body: object, as = app) => {
  const response = await fetch(`${world.app.url}/api/v1/channels/${key}/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}
const now = () => new Date(world.clock.now())
const paramOf = (url: string): string => new URL(url).searchParams.get('scene_param') ?? ''

describe('a channel', () => {
  test('gets its link from WeCom once and keeps it, whatever else is changed', async () => {
    world.wecom.forgetCalls()
    const made = await world.api('PUT', '/channels/app_home', facts())
    expect(made).toMatchObject({
      status: 200,
      body: { key: 'app_home', ...facts(), url: expect.stringContaining('enc_scene=') },
    })
    const renamed = await world.api('PUT', '/channels/app_home', facts({ name: '首页', kind: 'h5' }))
    expect(renamed.body).toMatchObject({
      name: '首页',
      kind: 'h5',
      url: made.body['url'],
      createdAt: made.body['createdAt'],
    })
    expect((await world.api('GET', '/channels/app_home')).body).toEqual(renamed.body)
    expect(asked().map(({ body }) => body)).toEqual([{ open_kfid: world.account, scene: 'app_home' }])
  })

  test('put by many at the same moment, WeCom is asked once', async () => {
    world.wecom.forgetCalls()
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => world.api('PUT', '/channels/poster', facts({ kind: 'branch' }))),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200))
    expect(new Set(answers.map(({ body }) => body['url'])).size).toBe(1)
    expect(asked()).toHaveLength(1)
  })

  test('that moves to another account and back has both links as they were', async () => {
    const second = world.wecom.accounts.add({ name: '第二客服' })
    const first = (await world.api('PUT', '/channels/moving', facts())).body['url']
    const other = (await world.api('PUT', '/channels/moving', facts({ openKfId: second }))).body['url']
    expect(other).not.toBe(first)
    world.wecom.forgetCalls()
    expect((await world.api('PUT', '/channels/moving', facts())).body['url']).toBe(first)
    expect(asked()).toEqual([])
  })

  test.each([
    ['an account that WeCom does not know', { openKfId: 'wkNobody' }, 422, /没有这个客服账号/],
    ['an id that is none', { openKfId: 'nonsense' }, 422, /没有这个客服账号/],
    ['an unknown kind', { kind: 'tv' }, 422, /kind/],
  ])('with %s is refused in words, and nothing is stored', async (_, change, status, words) => {
    const { body, ...answer } = await world.api('PUT', '/channels/refused', facts(change))
    expect(answer.status).toBe(status)
    expect(JSON.stringify(body)).toMatch(words)
    expect((await world.api('GET', '/channels/refused')).status).toBe(404)
  })

  test('that WeCom refused today can be made tomorrow', async () => {
    world.wecom.faults.add({ path: 'kf/add_contact_way', does: 'errcode', errcode: 48002, times: 1 })
    const refused = await world.api('PUT', '/channels/later', facts())
    expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('48002') } })
    expect((await world.api('PUT', '/channels/later', facts())).status).toBe(200)
  })

  test('whose WeCom does not answer is a 503 that says when to come back', async () => {
    await world.wecom.network.refuse()
    const refused = await world.api('PUT', '/channels/offline', facts())
    await world.wecom.network.again()
    expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('稍后重试') } })
    expect((await world.api('PUT', '/channels/offline', facts())).status).toBe(200)
  })

  test.each(['a b', 'a.b', '渠道', 'x'.repeat(33)])('whose key %j could be no scene is refused', async (key) => {
    expect((await world.api('PUT', `/channels/${encodeURIComponent(key)}`, facts())).status).toBe(422)
  })

  test('is listed by key', async () => {
    const { items } = (await world.api('GET', '/channels')).body as unknown as { items: { key: string }[] }
    const keys = items.map(({ key }) => key)
    expect(keys).toEqual(keys.toSorted())
    expect(keys).toContain('app_home')
  })
})

describe('its QR code', () => {
  const get = (path: string) =>
    fetch(`${world.app.url}/api/v1${path}`, { headers: { authorization: `Bearer ${auditor}` } })

  test('is an SVG without script, and a PNG of the wanted width', async () => {
    const svg = await get('/channels/app_home/qr.svg')
    expect(svg.headers.get('content-type')).toContain('image/svg+xml')
    const drawn = await svg.text()
    expect(drawn).toMatch(/^<svg /)
    expect(drawn).not.toContain('<script')
    const png = await get('/channels/app_home/qr.png?width=300')
    expect(png.headers.get('content-type')).toBe('image/png')
    const bytes = Buffer.from(await png.arrayBuffer())
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    // Whole modules: the picture may be a little smaller than asked for, never larger.
    expect(bytes.readUInt32BE(16)).toBeLessThanOrEqual(300)
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(200)
  })

  test('does not exist for a channel that does not, nor in any size', async () => {
    expect((await get('/channels/nobody/qr.svg')).status).toBe(404)
    expect((await get('/channels/app_home/qr.png?width=99999')).status).toBe(422)
  })
})

describe('a link', () => {
  test('is the channel’s own with a signed parameter that only we can read', async () => {
    const { url: own } = (await world.api('GET', '/channels/app_home')).body as unknown as { url: string }
    const { status, body } = await link('app_home', { clientNo: '6200001234567', campaign: 'spring', firm: 'F1' })
    const url = body['url'] as unknown as string
    expect(status).toBe(200)
    expect(url.startsWith(`${own}&scene_param=`)).toBe(true)
    expect(paramOf(url)).toMatch(/^[A-Za-z0-9_.-]{1,128}$/)
    for (const secret of ['6200001234567', 'spring', 'F1']) expect(paramOf(url)).not.toContain(secret)
    const read = readEntry(secretKey, { scene: 'app_home', sceneParam: paramOf(url), now: now() })
    expect(read).toEqual({ clientNo: '6200001234567', campaign: 'spring', firm: 'F1', state: 'valid' })
  })

  test('that names a client runs out by itself, one for everybody does not', async () => {
    const named = (await link('app_home', { clientNo: 'C1' })).body['expiresAt'] as unknown as string
    expect(Date.parse(named) - world.clock.now()).toBeGreaterThan(29 * 24 * 3_600_000)
    expect((await link('app_home', { campaign: 'spring' })).body['expiresAt']).toBeNull()
    const until = new Date(Math.floor(world.clock.now() / 1000) * 1000 + 60_000).toISOString()
    expect((await link('app_home', { clientNo: 'C1', expiresAt: until })).body['expiresAt']).toBe(until)
  })

  test('comes with its QR code when that is asked for', async () => {
    expect((await link('app_home', {})).body).not.toHaveProperty('qr')
    const response = await fetch(`${world.app.url}/api/v1/channels/app_home/links?qr=svg`, {
      method: 'POST',
      headers: { authorization: `Bearer ${app}`, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(await response.json()).toMatchObject({ qr: expect.stringMatching(/^<svg /) })
  })

  test.each([
    ['what is too long for it', { clientNo: 'C'.repeat(40), campaign: 'x'.repeat(60) }, /合计过长/],
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }, /应晚于现在/],
    ['a time beyond all', { expiresAt: '2200-01-01T00:00:00Z' }, /过于遥远/],
    ['an unknown field', { phone: '13800000000' }, /phone/],
    ['an empty client number', { clientNo: '' }, /clientNo/],
  ])('with %s is a clear 422', async (_, body, words) => {
    const answer = await link('app_home', body)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).toMatch(words)
    expect(JSON.stringify(answer.body)).not.toContain('13800000000')
  })

  test('is made by an app or an admin, for a channel that exists', async () => {
    expect((await link('nobody', {})).status).toBe(404)
    expect((await link('app_home', {}, auditor)).status).toBe(403)
    const read = await fetch(`${world.app.url}/api/v1/channels`, { headers: { authorization: `Bearer ${app}` } })
    expect(read.status).toBe(403)
  })
})
