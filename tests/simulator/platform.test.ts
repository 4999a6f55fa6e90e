import { describe, expect, it } from 'vitest'
import { day, hour, minute, second } from '../../src/simulator/model/clock.ts'
import { served } from '../../src/simulator/http/served.ts'
import { endpoints } from '../../src/wecom/endpoints/index.ts'
import { kf, lab, start } from './lab.ts'

describe('access tokens', () => {
  it('stay the same until they expire', async () => {
    const { control, token, raw } = await lab()
    const first = await token()
    control.clock.advance(7199 * second)
    expect(await token()).toBe(first)
    control.clock.advance(second)
    const stale = await (await raw(`kf/account/list?access_token=${first}`, { method: 'POST', body: '{}' })).json()
    expect(stale).toMatchObject({ errcode: 42001 })
    expect(await token()).not.toBe(first)
  })

  it('are missing, made up or withdrawn: 41001, 40014, 42001', async () => {
    const { control, token, raw } = await lab()
    const held = await token()
    const ask = async (query: string): Promise<unknown> =>
      (await raw(`kf/account/list${query}`, { method: 'POST', body: '{}' })).json()
    expect(await ask('')).toMatchObject({ errcode: 41001 })
    expect(await ask('?access_token=made-up')).toMatchObject({ errcode: 40014 })
    control.revokeToken()
    expect(await ask(`?access_token=${held}`)).toMatchObject({ errcode: 42001 })
    expect(await ask(`?access_token=${await token()}`)).toMatchObject({ errcode: 0 })
  })

  it('are not given for a wrong secret, and guessing blocks the address for an hour', async () => {
    const { control, raw } = await lab({ settings: { wrongSecretsAllowed: 3 } })
    const guess = async (secret: string): Promise<unknown> =>
      (await raw(`gettoken?corpid=${control.corp.corpId}&corpsecret=${secret}`)).json()
    for (let count = 0; count < 3; count += 1) expect(await guess('wrong')).toMatchObject({ errcode: 40001 })
    expect(await guess(control.corp.secret)).toMatchObject({ errcode: 45009 })
    control.clock.advance(hour + 1)
    expect(await guess(control.corp.secret)).toMatchObject({ errcode: 0 })
    expect(await (await raw('gettoken?corpid=ww1&corpsecret=x')).json()).toMatchObject({ errcode: 40013 })
    expect(JSON.stringify(control.calls())).not.toContain(control.corp.secret)
  })

  it('have two kinds of tickets, a hundred an hour', async () => {
    const { get } = await lab()
    const corp = await get('get_jsapi_ticket')
    const agent = await get('ticket/get', { type: 'agent_config' })
    expect(corp['ticket']).not.toBe(agent['ticket'])
    expect((await get('get_jsapi_ticket'))['ticket']).toBe(corp['ticket'])
    for (let count = 3; count < 100; count += 1) await get('get_jsapi_ticket')
    expect((await get('get_jsapi_ticket')).errcode).toBe(45009)
  })
})

describe('every described API', () => {
  const apart = ['media/get', 'media/upload', 'media/upload_by_url', 'media/get_upload_by_url_result']
  const checked = endpoints.filter(({ path }) => !apart.includes(path) && path !== 'gettoken')

  it('of 微信客服, messages to staff, tokens and the directory is simulated', () => {
    const families =
      /^(kf|message|user|department|tag|agent|auth|gettoken|ticket|get_jsapi_ticket|getcallbackip|get_api_domain_ip)\b/
    const missing = endpoints.map(({ path }) => path).filter((path) => families.test(path) && !served.has(path))
    expect(missing).toEqual([])
  })

  it.each(checked.map(({ path, method }) => ({ path, method })))(
    '$path refuses a field that nobody described',
    async ({ path, method }) => {
      const { call, get } = await lab()
      if (!served.has(path)) return
      const answer = method === 'GET' ? await get(path, { surplus: '1' }) : await call(path, { surplus: 1 })
      expect(answer.errcode).not.toBe(0)
      expect(answer.errmsg).toMatch(/hint: \[.+\], from ip: 127\.0\.0\.1, more info at /)
    },
  )
})

describe('what is not a call', () => {
  it('is refused by what is wrong with it', async () => {
    const { raw, token, control } = await lab()
    const query = `access_token=${await token()}`
    const ask = async (path: string, init?: RequestInit): Promise<unknown> =>
      (await raw(`${path}?${query}`, init)).json()
    expect(await ask('kf/made_up', { method: 'POST', body: '{}' })).toMatchObject({ errcode: 404 })
    expect(await ask('kf/account/list')).toMatchObject({ errcode: 43002 })
    expect(await ask('kf/servicer/list', { method: 'POST', body: '{}' })).toMatchObject({ errcode: 43001 })
    expect(await ask('kf/account/list', { method: 'POST', body: '{"off' })).toMatchObject({ errcode: 47001 })
    control.corp.kfApi = false
    expect(await ask('kf/account/list', { method: 'POST', body: '{}' })).toMatchObject({ errcode: 48002 })
    control.corp.trustedIps = ['203.0.113.9']
    expect(await ask('kf/account/list', { method: 'POST', body: '{}' })).toMatchObject({ errcode: 60020 })
  })
})

describe('faults', () => {
  const ask = { open_kfid: kf, touser: 'wm_chen', msgtype: 'text', text: { content: '您好' } }

  it('refuse the n-th call, or so many', async () => {
    const { control, says, call } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    control.faults.add({ path: 'kf/send_msg', does: 'errcode', errcode: -1, nth: 2 })
    const first = [await says('一'), await says('二'), await says('三')]
    expect(first.map((answer) => answer.errcode)).toEqual([0, -1, 0])
    control.faults.clear()
    control.faults.add({ path: '*', does: 'errcode', errcode: 45009, nth: 2 })
    control.faults.add({ path: 'kf/send_msg', does: 'slow', ms: 5 })
    expect((await call('kf/account/list', {})).errcode).toBe(45009)
    expect((await says('四')).errcode).toBe(0)
    expect(control.faults.list()).toMatchObject([{ struck: 1 }, { struck: 1 }])
    expect(control.sent('kf/send_msg')).toHaveLength(3)
  })

  it('lose the answer of a call that was carried out, or break before it is', async () => {
    const { control, token, raw } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    const url = `kf/send_msg?access_token=${await token()}`
    const send = (msgid: string): Promise<Response> =>
      raw(url, { method: 'POST', body: JSON.stringify({ ...ask, msgid }) })
    control.faults.add({ path: 'kf/send_msg', does: 'drop', times: 1 })
    await expect(send('o_1')).rejects.toThrow()
    expect(control.customer('wm_chen').sees(kf).at(-1)?.msgid).toBe('o_1')
    control.faults.add({ path: 'kf/send_msg', does: 'reset', times: 1 })
    await expect(send('o_2')).rejects.toThrow()
    expect(control.customer('wm_chen').sees(kf).at(-1)?.msgid).toBe('o_1')
    control.faults.add({ path: 'kf/send_msg', does: 'html', status: 502, times: 1 })
    const page = await send('o_3')
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
    control.faults.add({ path: 'kf/send_msg', does: 'hang', times: 1 })
    const patience = new AbortController()
    const unanswered = raw(url, { method: 'POST', body: '{}', signal: patience.signal }).catch(
      (error: Error) => error.name,
    )
    await expect.poll(() => control.calls('kf/send_msg').at(-1)?.fault).toBe('hang')
    patience.abort()
    expect(await unanswered).toBe('AbortError')
    expect((await send('o_2')).ok).toBe(true)
  })

  it('refuse connections until the simulator listens again', async () => {
    const { control, token, raw } = await lab()
    const held = await token()
    await control.network.refuse()
    await expect(raw('gettoken')).rejects.toThrow()
    await control.network.again()
    expect(await token()).toBe(held)
  })
})

describe('accounts and customers', () => {
  it('lists all, says which are ours, in pages', async () => {
    const { control, call } = await lab()
    control.accounts.deauthorise(kf)
    expect((await call('kf/account/list', {}))['account_list']).toMatchObject([
      { open_kfid: kf, manage_privilege: false },
      { open_kfid: 'wk_sme', manage_privilege: true },
    ])
    expect((await call('kf/account/list', { offset: 1, limit: 1 }))['account_list']).toHaveLength(1)
  })

  it('makes and deletes them as the console allows', async () => {
    const { control, call, sim, token } = await lab()
    const form = new FormData()
    form.append('media', new Blob(['a picture of some bytes']), 'face.png')
    const upload = await fetch(`${sim.url}/cgi-bin/media/upload?access_token=${await token()}&type=image`, {
      method: 'POST',
      body: form,
    })
    const { media_id } = (await upload.json()) as { media_id: string }
    const added = await call('kf/account/add', { name: '新客服', media_id })
    expect(added).toMatchObject({ errcode: 0, open_kfid: expect.stringMatching(/^wk.{30}$/) as string })
    expect((await call('kf/sync_msg', { open_kfid: added['open_kfid'] })).errcode).toBe(0)
    expect((await call('kf/account/add', { name: '无图', media_id: 'gone' })).errcode).toBe(40007)
    for (const id of [added['open_kfid'], kf]) expect((await call('kf/account/del', { open_kfid: id })).errcode).toBe(0)
    expect((await call('kf/account/del', { open_kfid: 'wk_sme' })).errcode).toBe(95005)
    control.accounts.deauthorise('wk_sme')
    expect((await call('kf/account/add', { name: '再来', media_id })).errcode).toBe(48002)
  })

  it('answers each servicer by himself', async () => {
    const { call, control } = await lab()
    control.servicer('rm_far', { visible: false })
    const ask = { open_kfid: kf, userid_list: ['rm_li', 'rm_zhao', 'rm_far', 'ghost'] }
    expect((await call('kf/servicer/add', ask))['result_list']).toMatchObject([
      { userid: 'rm_li', errcode: 0, errmsg: 'ignored' },
      { userid: 'rm_zhao', errcode: 0, errmsg: 'success' },
      { userid: 'rm_far', errcode: 60011 },
      { userid: 'ghost', errcode: 60111 },
    ])
    expect(
      (await call('kf/servicer/del', { open_kfid: kf, userid_list: ['rm_zhao', 'ghost'] }))['result_list'],
    ).toMatchObject([{ errmsg: 'success' }, { errmsg: 'ignored' }])
  })

  it('shows profiles for 48 h, with the last entry on request', async () => {
    const { control, call } = await lab()
    control
      .customer('wm_chen', { nickname: '陈女士', gender: 2 })
      .opens({ openKfId: kf, scene: 'app', sceneParam: 'a.b' })
    const ask = { external_userid_list: ['wm_chen', 'wm_ghost'], need_enter_session_context: 1 }
    expect(await call('kf/customer/batchget', ask)).toMatchObject({
      errcode: 0,
      customer_list: [
        {
          external_userid: 'wm_chen',
          nickname: '陈女士',
          gender: 2,
          enter_session_context: { scene: 'app', scene_param: 'a.b' },
        },
      ],
      invalid_external_userid: ['wm_ghost'],
    })
    control.settings.unionidBound = false
    const [plain] = (await call('kf/customer/batchget', { external_userid_list: ['wm_chen'] }))[
      'customer_list'
    ] as object[]
    expect(plain).not.toHaveProperty('unionid')
    expect(plain).not.toHaveProperty('enter_session_context')
    control.clock.advance(48 * hour)
    expect(await call('kf/customer/batchget', ask)).toMatchObject({
      customer_list: [],
      invalid_external_userid: ['wm_chen', 'wm_ghost'],
    })
  })

  it('recommends only whom the console allows', async () => {
    const { control, call, get } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    const ask = { open_kfid: kf, external_userid: 'wm_chen', type: 1, member: { userid: 'rm_li' } }
    expect((await call('kf/customer/upgrade_service', ask)).errcode).toBe(95021)
    control.corp.upgrade.userids.push('rm_li')
    expect((await call('kf/customer/upgrade_service', ask)).errcode).toBe(0)
    expect((await get('kf/customer/get_upgrade_service_config'))['member_range']).toMatchObject({
      userid_list: ['rm_li'],
    })
  })

  it('counts by day, yesterday at the latest', async () => {
    const { control, call, trans } = await lab()
    control.customer('wm_chen').writes(kf, '你好')
    await trans(3, 'rm_li')
    control.clock.advance(30 * second)
    control.servicer('rm_li').replies(kf, 'wm_chen', '在的')
    const span = { open_kfid: kf, start_time: start / 1000, end_time: start / 1000 }
    expect((await call('kf/get_corp_statistic', span)).errcode).toBe(40058)
    control.clock.advance(day)
    expect((await call('kf/get_corp_statistic', span))['statistic_list']).toEqual([
      {
        stat_time: Date.parse('2026-03-01T16:00:00Z') / 1000,
        statistic: expect.objectContaining({ session_cnt: 1, customer_msg_cnt: 1 }) as object,
      },
    ])
    expect(
      (await call('kf/get_servicer_statistic', { ...span, servicer_userid: 'rm_li' }))['statistic_list'],
    ).toMatchObject([{ statistic: { first_reply_average_sec: 30, reply_rate: 1 } }])
  })
})

describe('media', () => {
  it('comes back as it was sent, in parts too, for three days', async () => {
    const { control, sim, token, pull } = await lab()
    control.customer('wm_chen').sends(kf, 'file', { bytes: Buffer.from('0123456789'), filename: '流水.pdf' })
    const [item] = await pull()
    const { media_id } = item?.['file'] as { media_id: string }
    const url = async (): Promise<string> =>
      `${sim.url}/cgi-bin/media/get?access_token=${await token()}&media_id=${media_id}`
    const whole = await fetch(await url())
    expect([await whole.text(), whole.headers.get('content-disposition')]).toEqual([
      '0123456789',
      expect.stringContaining('filename='),
    ])
    const part = await fetch(await url(), { headers: { Range: 'bytes=2-4' } })
    expect([part.status, await part.text()]).toEqual([206, '234'])
    control.clock.advance(3 * day + minute)
    expect(await (await fetch(await url())).json()).toMatchObject({ errcode: 40007 })
  })
})

describe('the directory', () => {
  it('shows members and departments as new apps see them', async () => {
    const { get } = await lab()
    expect(await get('user/get', { userid: 'RM_LI' })).toMatchObject({ errcode: 0, userid: 'rm_li', status: 1 })
    expect((await get('user/get', { userid: 'ghost' })).errcode).toBe(60111)
    expect((await get('user/simplelist', { department_id: '1' }))['userlist']).toHaveLength(3)
    expect((await get('user/simplelist', { department_id: '9' })).errcode).toBe(60003)
    expect((await get('department/list'))['department']).toMatchObject([{ id: 1, parentid: 0 }])
    expect(await get('agent/get', { agentid: '1000002' })).toMatchObject({ errcode: 0, agentid: 1_000_002 })
  })
})
