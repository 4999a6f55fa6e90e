import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSimulator } from '../../src/simulator/create-simulator.ts'
import { exampleCorp, smeAccount } from '../../src/simulator/example-corp.ts'
import { launchBrowser } from '../ground/browser.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser.close())

type Opened = { page: Page; at: (id: string) => Locator; sim: Awaited<ReturnType<typeof createSimulator>>; call: Call }
type Call = (path: string, body: object) => Promise<Record<string, unknown>>

const open = async (options: { width?: number; live?: { url: string; key: string } } = {}): Promise<Opened> => {
  const sim = await createSimulator({ people: exampleCorp(), seed: 4, ...(options.live ? { live: options.live } : {}) })
  onTestFinished(() => sim.close())
  const page = await browser.newPage({ viewport: { width: options.width ?? 1440, height: 860 } })
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()))
  onTestFinished(async () => {
    await page.close()
    expect(troubles).toEqual([])
  })
  await page.goto(sim.url)
  await page.waitForSelector('body[data-ready]')
  const call: Call = async (path, body) => {
    const { corpId, secret } = sim.control.corp
    const given = await fetch(`${sim.url}/cgi-bin/gettoken?corpid=${corpId}&corpsecret=${secret}`)
    const { access_token } = (await given.json()) as { access_token: string }
    const answer = await fetch(`${sim.url}/cgi-bin/${path}?access_token=${access_token}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  return { page, sim, call, at: (id) => page.locator(`[data-testid=${id}]`) }
}

const comesIn = async ({ page, at }: Opened, text: string): Promise<void> => {
  await at('customer-select').selectOption('wm_bakery')
  await page.locator('[data-testid=entrance][data-scene=app_loan]').click()
  await at('customer-input').fill(text)
  await at('customer-send').click()
  await at('customer-phone').locator('[data-from=customer]').filter({ hasText: text }).waitFor()
}
const give = ({ call }: Opened, userid: string): Promise<unknown> =>
  call('kf/service_state/trans', {
    open_kfid: smeAccount,
    external_userid: 'wm_bakery',
    service_state: 3,
    servicer_userid: userid,
  })

describe('the phones', () => {
  it('carry a conversation from the entrance to the RM and back', async () => {
    const opened = await open()
    const { at, sim } = opened
    await comesIn(opened, '想了解经营贷款')
    expect(sim.control.log(smeAccount)[0]).toMatchObject({ event: { event_type: 'enter_session', scene: 'app_loan' } })

    await give(opened, 'wang.fang')
    const text = { content: '有新客户' }
    await opened.call('message/send', { touser: 'wang.fang', agentid: sim.control.corp.agentId, msgtype: 'text', text })
    const rm = at('rm-phone')
    await rm.locator('[data-from=customer]').filter({ hasText: '想了解经营贷款' }).waitFor()
    expect(await at('rm-select').inputValue()).toBe('wang.fang')

    await at('rm-input').fill('您好，我是王芳')
    await at('rm-send').click()
    await at('customer-phone').locator('[data-from=servicer]').filter({ hasText: '我是王芳' }).waitFor()

    await give(opened, 'zhao.lei')
    await expect.poll(() => at('rm-select').inputValue()).toBe('zhao.lei')
    await give(opened, 'wang.fang')
    await expect.poll(() => at('rm-select').inputValue()).toBe('wang.fang')
    await at('rm-transfer').selectOption('liu.yang')
    await expect.poll(() => at('rm-select').inputValue()).toBe('liu.yang')
    await at('rm-end').click()
    await rm.getByText('会话已结束').waitFor()
    expect(sim.control.state(smeAccount, 'wm_bakery').state).toBe(4)
  })

  it('show menus that work, samples and recalls', async () => {
    const opened = await open()
    const { at, call, sim } = opened
    await comesIn(opened, '你好')
    const list = [{ type: 'click', click: { id: 'm_rate', content: '利率' } }]
    await call('kf/send_msg', {
      touser: 'wm_bakery',
      open_kfid: smeAccount,
      msgtype: 'msgmenu',
      msgmenu: { head_content: '请选择', list },
    })
    await at('menu-item').filter({ hasText: '利率' }).click()
    await at('customer-phone').locator('[data-from=customer]').filter({ hasText: '利率' }).waitFor()
    expect(sim.control.log(smeAccount).at(-1)).toMatchObject({ text: { content: '利率', menu_id: 'm_rate' } })

    for (const type of ['image', 'voice', 'file', 'location']) {
      await at('customer-plus').click()
      await at(`sample-${type}`).click()
      await at('customer-phone').locator(`[data-type=${type}]`).waitFor()
    }
    await at('customer-phone').locator('[data-type=image] img').evaluate('(image) => image.decode()')

    const first = at('customer-phone').locator('[data-from=customer]').first()
    await first.hover()
    await first.locator('[data-testid=recall]').click()
    await at('customer-phone').getByText('客户撤回了一条消息').waitFor()
  })

  it('ring when the app writes to an RM, and its cards have buttons', async () => {
    const { at, call, sim } = await open()
    await at('rm-select').selectOption('li.wei')
    await call('message/send', {
      touser: 'li.wei',
      agentid: sim.control.corp.agentId,
      msgtype: 'template_card',
      template_card: {
        card_type: 'button_interaction',
        main_title: { title: '新客户待接' },
        task_id: 't1',
        button_list: [{ text: '我来接', key: 'accept' }],
      },
    })
    await at('banner').filter({ hasText: '李伟 · 引桥助手：新客户待接' }).waitFor()
    await at('app-item').filter({ hasText: '新客户待接' }).click()
    await at('card-button').click()
    expect(await at('app-message').textContent()).toContain('新客户待接')
    const { response_code } = sim.control.calls('message/send')[0]?.answer ?? {}
    await call('message/update_template_card', {
      userids: ['li.wei'],
      agentid: sim.control.corp.agentId,
      response_code,
      button: { replace_name: '已接受' },
    })
    await at('card-replaced').filter({ hasText: '已接受' }).waitFor()
  })

  it('stop and resume receiving, take from the pool', async () => {
    const opened = await open()
    const { page, at, call, sim } = opened
    await at('rm-select').selectOption('wang.fang')
    await page.locator(`[data-testid=reception-stopped][data-account="${smeAccount}"]`).click()
    await page.locator('[data-testid=reception-stopped][aria-pressed=true]').waitFor()
    await comesIn(opened, '有人吗')
    expect(await give(opened, 'wang.fang')).toMatchObject({ errcode: 95019 })
    await page.locator('[data-testid=reception-receiving]').click()
    await page.locator('[data-testid=reception-receiving][aria-pressed=true]').waitFor()
    await call('kf/service_state/trans', { open_kfid: smeAccount, external_userid: 'wm_bakery', service_state: 2 })
    await page.locator('[data-testid=chat-item][data-relation=pool]').click()
    await at('rm-take').click()
    await at('rm-end').waitFor()
    expect(sim.control.state(smeAccount, 'wm_bakery')).toEqual({ state: 3, servicer: 'wang.fang' })
  })

  it('never run what a customer writes, and link only to the web', async () => {
    const opened = await open()
    const { page, at, call, sim } = opened
    await comesIn(opened, '<img src=x onerror="document.title=1"><b>粗</b>')
    await give(opened, 'li.wei')
    await at('rm-phone').locator('[data-from=customer]').filter({ hasText: '<b>粗</b>' }).waitFor()
    await call('message/send', {
      touser: 'li.wei',
      agentid: sim.control.corp.agentId,
      msgtype: 'text',
      text: { content: '看<a href="javascript:alert(1)">坏</a>和<a href="https://bank.example/x">好</a>' },
    })
    await at('rm-back').click()
    await at('app-item').click()
    await at('app-message').waitFor()
    const links = await at('app-message')
      .locator('a')
      .evaluateAll((all) => all.map((one) => [one.getAttribute('href'), one.getAttribute('rel')]))
    expect(links).toEqual([['https://bank.example/x', 'noopener noreferrer']])
    expect(await page.title()).toBe('引桥 · 企业微信模拟器')
    expect(await page.locator('.bubble b').count()).toBe(0)
  })

  it('fit a narrow screen with tabs, nothing beyond its edge', async () => {
    const opened = await open({ width: 390 })
    const { page, at } = opened
    await comesIn(opened, '你好')
    expect(await at('rm-phone').isVisible()).toBe(false)
    await give(opened, 'li.wei')
    await page.locator('[data-testid=tab-rm].new').waitFor()
    await at('tab-rm').click()
    await at('rm-input').fill('在的')
    await at('rm-send').click()
    await at('rm-phone').locator('[data-from=servicer]').waitFor()
    for (const tab of ['tab-customer', 'tab-line', 'tab-rm']) {
      await at(tab).click()
      const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
      expect(beyond).toBeLessThanOrEqual(0)
    }
  })

  it('move WeCom’s time', async () => {
    const { at, sim } = await open()
    const before = sim.control.clock.now()
    await at('advance-1d').click()
    await expect.poll(() => sim.control.clock.now() - before).toBeGreaterThanOrEqual(86_400_000)
  })
})

const decision = {
  id: '7',
  rulesetVersion: 3,
  rule: 'sme-loan',
  ruleName: '小微贷款',
  outcome: 'assigned',
  rm: 'li.wei',
  rules: [{ key: 'vip', matched: false, failed: ['等级不是 platinum'] }],
  steps: [{ to: 'owner', result: '李伟接待', waitedSeconds: 0 }],
  candidates: [
    { rm: 'li.wei', eligible: true, excludedBy: null, load: 2, capacity: 5 },
    { rm: 'wang.fang', eligible: false, excludedBy: 'full', load: 5, capacity: 5 },
  ],
}

type Told = { id: string; [field: string]: unknown }

/** The two paths of Yinqiao that the page reads, in the contract's shapes. */
const yinqiao = async () => {
  const streams: http.ServerResponse[] = []
  const keys: unknown[] = []
  const resumed: unknown[] = []
  const server = http.createServer((request, response) => {
    keys.push(request.headers.authorization)
    if (request.url === '/api/v1/live') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write(': hello\n\n')
      resumed.push(request.headers['last-event-id'])
      return void streams.push(response)
    }
    response.statusCode = request.url === '/api/v1/decisions/7' ? 200 : 404
    response.end(JSON.stringify(decision))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const tell = (event: Told): void =>
    streams.forEach((stream) => stream.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`))
  /** The connection ends in the middle of an event. */
  const breakIn = (event: Told): void =>
    streams.splice(0).forEach((stream) => stream.end(`id: ${event.id}\ndata: ${JSON.stringify(event).slice(0, 20)}`))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: 'secret-key',
    tell,
    breakIn,
    resumed,
    keys,
  }
}

describe('the live line', () => {
  it('says so while Yinqiao is not there', async () => {
    const { at } = await open({ live: { url: 'http://127.0.0.1:9', key: 'k' } })
    await at('line-state').filter({ hasText: '没有连接' }).waitFor()
    expect(await at('guide').isVisible()).toBe(true)
  })

  it('passes on what Yinqiao does, and why, and keeps the key to itself', async () => {
    const live = await yinqiao()
    const { page, at, sim } = await open({ live })
    await at('line-state').filter({ hasText: '已连接' }).waitFor()
    const routed = {
      id: '1',
      at: '2026-03-02T02:00:00Z',
      kind: 'conversation.routed',
      externalUserId: 'wm_bakery',
      rm: 'li.wei',
    }
    live.tell({ ...routed, data: { decisionId: '7' }, title: '会话已分配', detail: '命中规则“小微贷款”→ 李伟' })
    await at('live-entry').filter({ hasText: '命中规则' }).waitFor()
    expect(await at('live-entry').locator('time').textContent()).toBe('3月2日')
    live.tell({ ...routed, id: '2', at: new Date(sim.control.clock.now()), title: '今天的事', detail: '' })
    await at('live-entry')
      .filter({ hasText: '今天的事' })
      .locator('time')
      .filter({ hasText: /^\d\d:\d\d:\d\d$/ })
      .waitFor()
    await at('why-button').click()
    expect(await at('why-rule').textContent()).toContain('小微贷款')
    expect(await page.locator('[data-testid=why-candidate][data-rm="wang.fang"]').textContent()).toContain('已满员')
    expect(await page.locator('[data-testid=why-candidate][data-rm="li.wei"]').textContent()).toContain('选中')
    await at('why-close').click()
    expect(await at('why-panel').isVisible()).toBe(false)

    await at('why-button').press('Enter')
    await at('why-panel').waitFor()
    await page.keyboard.press('Escape')
    expect(await at('why-panel').isVisible()).toBe(false)
    expect(await page.evaluate('document.activeElement?.dataset.testid')).toBe('why-button')
    expect(new Set(live.keys)).toEqual(new Set(['Bearer secret-key']))
    expect(await page.content()).not.toContain('secret-key')
  })

  it('begins anew with a simulator that was started anew', async () => {
    const before = await createSimulator({ people: exampleCorp() })
    const page = await browser.newPage()
    onTestFinished(() => page.close())
    await page.goto(before.url)
    await page.waitForSelector('body[data-ready]')
    await page.locator('[data-testid=entrance]').first().click()
    await page.locator('[data-testid=customer-input]').waitFor()
    await before.close()
    const after = await createSimulator({ people: exampleCorp(), port: before.port })
    onTestFinished(() => after.close())
    await page.locator('[data-testid=customer-phone]').getByText('从哪里进来').waitFor()
  })

  it('goes on after its last whole line when the connection breaks', async () => {
    const live = await yinqiao()
    const { page, at } = await open({ live })
    const line = (id: string) => ({
      id,
      at: '2026-03-02T02:00:00Z',
      kind: 'message.received',
      title: `第${id}条`,
      detail: '',
    })
    await at('line-state').filter({ hasText: '已连接' }).waitFor()
    live.tell(line('11'))
    await at('live-entry').filter({ hasText: '第11条' }).waitFor()
    live.breakIn(line('12'))
    await expect.poll(() => live.resumed, { timeout: 10_000 }).toEqual([undefined, '11'])
    live.tell(line('12'))
    await at('live-entry').filter({ hasText: '第12条' }).waitFor()
    expect(await page.locator('[data-testid=live-entry] strong').allTextContents()).toEqual(['第11条', '第12条'])
  })
})
