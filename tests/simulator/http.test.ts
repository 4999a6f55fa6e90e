import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { kf, lab } from './lab.ts'

const remote = async () => {
  const at = await lab()
  const tell = async (name: string, body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`${at.sim.url}/sim/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  return { ...at, tell }
}

const raw = (url: string, headers: Record<string, string>, body?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject).end(body)
  })

describe('the control over HTTP', () => {
  it('does what the typed control does', async () => {
    const { tell, control } = await remote()
    expect(
      await tell('customer/opens', { customer: 'wm_chen', openKfId: kf, scene: 'app', sceneParam: 'a.1' }),
    ).toMatchObject({ status: 200 })
    const wrote = await tell('customer/writes', { customer: 'wm_chen', openKfId: kf, text: '你好' })
    expect(wrote.body['result']).toMatchObject({ origin: 3, text: { content: '你好' } })
    control.settings.firstState = 2
    await tell('customer/writes', { customer: 'wm_gao', openKfId: kf, text: '有人吗' })
    expect((await tell('servicer/takes', { userid: 'rm_li', openKfId: kf, customer: 'wm_gao' })).status).toBe(200)
    await tell('servicer/replies', { userid: 'rm_li', openKfId: kf, customer: 'wm_gao', text: '在的' })
    expect((await tell('state', { openKfId: kf, customer: 'wm_gao' })).body['result']).toEqual({
      state: 3,
      servicer: 'rm_li',
    })
    expect((await tell('log', { openKfId: kf })).body['result']).toHaveLength(5)
    expect((await tell('servicer/login', { userid: 'rm_li' })).body['result']).toMatchObject({
      code: expect.any(String) as string,
    })
  })

  it('moves the clock, sets faults, knobs and settings', async () => {
    const { tell, control, get } = await remote()
    const before = control.clock.now()
    await tell('clock/advance', { ms: 1000 })
    expect(control.clock.now()).toBe(before + 1000)
    await tell('faults/add', { path: 'getcallbackip', does: 'errcode', errcode: 45009, times: 1 })
    expect((await get('getcallbackip')).errcode).toBe(45009)
    await tell('callbacks/knobs', { stopped: true, delayMs: [1, 2] })
    expect(control.callbacks.knobs).toMatchObject({ stopped: true, delayMs: [1, 2], tries: 3 })
    await tell('settings', { mode: 'lenient', shortPage: 2 })
    expect(control.settings).toMatchObject({ mode: 'lenient', shortPage: 2, firstState: 0 })
    expect((await tell('accounts/add', { name: '三号' })).body['result']).toMatchObject({
      openKfId: expect.stringMatching(/^wk/) as string,
    })
  })

  it('explains what it cannot do', async () => {
    const { tell, sim } = await remote()
    const surplus = await tell('customer/writes', { customer: 'wm_chen', openKfId: kf, text: '好', colour: 'red' })
    expect(surplus).toMatchObject({
      status: 422,
      body: { errors: [{ message: expect.stringContaining('colour') as string }] },
    })
    expect(await tell('servicer/takes', { userid: 'rm_li', openKfId: kf, customer: 'wm_ghost' })).toMatchObject({
      status: 409,
      body: { error: expect.stringContaining('no customer') as string },
    })
    expect((await tell('servicer/takes', { userid: 'rm_li', openKfId: 'wk_none', customer: 'wm_chen' })).status).toBe(
      409,
    )
    expect(await raw(`${sim.url}/sim/idle`, { 'Content-Type': 'application/json' }, '{')).toBe(400)
  })

  it('is closed to other web pages', async () => {
    const { sim } = await remote()
    expect(await raw(`${sim.url}/sim/idle`, { 'Content-Type': 'text/plain' }, '{}')).toBe(415)
    expect(await raw(`${sim.url}/sim/overview`, { Host: 'evil.example' })).toBe(403)
    expect(await raw(`${sim.url}/sim/overview`, { Host: `localhost:${sim.port}` })).toBe(200)
  })

  it('serves the page under a strict policy, and only its own files', async () => {
    const { sim } = await remote()
    const page = await fetch(sim.url)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(await page.text()).not.toMatch(/<script(?![^>]*src=)|style=|onclick=/)
    expect((await fetch(`${sim.url}/app.js`)).headers.get('content-type')).toContain('text/javascript')
    expect(await raw(`${sim.url}/../create-simulator.ts`, {})).toBe(404)
  })

  it('tells pages of changes as they happen', async () => {
    const { sim, control } = await remote()
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const stream = await fetch(`${sim.url}/sim/events`, { signal: stop.signal })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    control.customer('wm_chen').writes(kf, '你好')
    let heard = ''
    while (!heard.includes('data:')) heard += (await reader?.read())?.value ?? ''
    expect(JSON.parse(heard.slice(heard.indexOf('data:') + 5))).toContainEqual({
      kind: 'line',
      from: 'customer',
      openKfId: kf,
      externalUserId: 'wm_chen',
    })
  })
})

describe('logging in', () => {
  const ask = async (at: Awaited<ReturnType<typeof remote>>, query: Record<string, string>): Promise<Response> => {
    const given = {
      appid: at.control.corp.corpId,
      redirect_uri: 'http://127.0.0.1:3999/sidebar/?x=1',
      state: 'abc1',
      ...query,
    }
    return fetch(`${at.sim.url}/connect/oauth2/authorize?${new URLSearchParams(given)}`, { redirect: 'manual' })
  }

  it('goes back to the app with a code for the chosen member', async () => {
    const at = await remote()
    at.control.callbacks.setUrl('http://127.0.0.1:3999/wecom/callback')
    expect(await (await ask(at, {})).text()).toContain('data-testid="login-rm_li"')
    const target = new URL((await ask(at, { userid: 'RM_Li' })).headers.get('location') ?? '')
    expect([target.origin, target.searchParams.get('x'), target.searchParams.get('state')]).toEqual([
      'http://127.0.0.1:3999',
      '1',
      'abc1',
    ])
    const code = target.searchParams.get('code') ?? ''
    expect(await at.get('auth/getuserinfo', { code })).toMatchObject({ errcode: 0, userid: 'rm_li' })
  })

  it('goes nowhere else, and shows what it was given as text', async () => {
    const at = await remote()
    at.control.callbacks.setUrl('http://127.0.0.1:3999/wecom/callback')
    const wrong = { redirect_uri: 'https://evil.example/', appid: 'ww_other', state: '<b>' }
    for (const [name, value] of Object.entries(wrong)) {
      expect((await ask(at, { [name]: value, userid: 'rm_li' })).status).toBe(400)
    }
    at.control.servicer('rm_odd', { name: '<script>x</script>' })
    expect(await (await ask(at, {})).text()).not.toContain('<script>')
  })
})

describe('as a process of its own', () => {
  const main = new URL('../../src/simulator/main.ts', import.meta.url).pathname

  it('says where it is, in one line, and takes its secrets from the environment', async () => {
    const given = { SIM_CORP_ID: 'ww1', SIM_SECRET: 'for-this-test-only', SIM_TOKEN: 'tok' }
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], ...given },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const ready = JSON.parse(line) as Record<string, string>
    expect(ready).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      corpId: 'ww1',
      agentId: 1_000_002,
      aesKey: expect.stringMatching(/^\w{43}$/) as string,
    })
    const token = await fetch(`${ready['url']}/cgi-bin/gettoken?corpid=ww1&corpsecret=for-this-test-only`)
    expect(await token.json()).toMatchObject({ errcode: 0 })
    child.kill('SIGTERM')
    expect((await once(child, 'exit'))[0]).toBe(0)
  })

  it('names the variable that is wrong', async () => {
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env['PATH'], SIM_AES_KEY: 'short' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    expect((await once(child, 'exit'))[0]).toBe(1)
    expect(said).toMatch(/^SIM_AES_KEY: /)
  })
})
