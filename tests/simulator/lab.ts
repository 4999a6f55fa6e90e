import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createSimulator } from '../../src/simulator/create-simulator.ts'
import type { SimulatorOptions } from '../../src/simulator/create-simulator.ts'
import { createCallbackDoor } from '../../src/wecom/callback-door.ts'
import { readXml } from '../../src/wecom/xml.ts'

export const kf = 'wk_retail'
export const other = 'wk_sme'
export const start = Date.parse('2026-03-02T02:00:00Z')

export type Answer = { errcode: number; errmsg: string } & Record<string, unknown>
export type Item = { msgid: string; send_time: number; origin: number; msgtype: string } & Record<string, unknown>

/** A simulator with two accounts and three servicers, whose clock stands still, and a caller with a token. */
export const lab = async (options: SimulatorOptions = {}) => {
  const sim = await createSimulator({ seed: 7, ...options })
  onTestFinished(() => sim.close())
  const { control } = sim
  control.clock.set(start)
  control.clock.freeze()
  control.accounts.add({ openKfId: kf, name: '个人客户服务', servicers: ['rm_li', 'rm_wang'] })
  control.accounts.add({ openKfId: other, name: '小微企业服务', servicers: ['rm_li', 'rm_zhao'] })

  const raw = (path: string, init?: RequestInit): Promise<Response> => fetch(`${sim.url}/cgi-bin/${path}`, init)
  const token = async (): Promise<string> => {
    const answer = await raw(`gettoken?corpid=${control.corp.corpId}&corpsecret=${control.corp.secret}`)
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const call = async (path: string, body: unknown): Promise<Answer> => {
    const answer = await raw(`${path}?access_token=${await token()}`, { method: 'POST', body: JSON.stringify(body) })
    return (await answer.json()) as Answer
  }
  const get = async (path: string, query: Record<string, string> = {}): Promise<Answer> => {
    const search = new URLSearchParams({ access_token: await token(), ...query })
    return (await (await raw(`${path}?${search}`)).json()) as Answer
  }
  const trans = (state: number, servicer?: string, customer = 'wm_chen'): Promise<Answer> =>
    call('kf/service_state/trans', {
      open_kfid: kf,
      external_userid: customer,
      service_state: state,
      ...(servicer === undefined ? {} : { servicer_userid: servicer }),
    })
  const says = (content: string, more: Record<string, unknown> = {}): Promise<Answer> =>
    call('kf/send_msg', { touser: 'wm_chen', open_kfid: kf, msgtype: 'text', text: { content }, ...more })
  const withCode = (code: string, more: Record<string, unknown> = {}): Promise<Answer> =>
    call('kf/send_msg_on_event', { code, msgtype: 'text', text: { content: '您好' }, ...more })
  const sync = (more: Record<string, unknown> = {}): Promise<Answer> => call('kf/sync_msg', { open_kfid: kf, ...more })
  const pull = async (more: Record<string, unknown> = {}): Promise<Item[]> => {
    const answer = await sync(more)
    return (answer['msg_list'] ?? []) as Item[]
  }
  return { sim, control, raw, token, call, get, trans, says, withCode, sync, pull }
}

export type Rung = { url: string; body: string; xml: string; event: Record<string, unknown> }

/** A callback receiver with the real door; `answers` gives the HTTP status of each delivery in turn, then 200. */
export const receiver = async (
  control: Awaited<ReturnType<typeof lab>>['control'],
  answers: (number | 'silent')[] = [],
): Promise<{ heard: Rung[] }> => {
  const { token, aesKey, corpId } = control.corp
  const door = createCallbackDoor({ token, aesKey, receiveId: corpId })
  const heard: Rung[] = []
  const echo = (query: object): Buffer | string => {
    try {
      return door.echo(query)
    } catch {
      return 'refused'
    }
  }
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const query = Object.fromEntries(url.searchParams)
    if (request.method === 'GET') return void response.end(echo(query))
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const xml = door.open(query, body)
      heard.push({ url: url.search, body, xml, event: readXml(xml, 'collect') })
      const status = answers.shift() ?? 200
      if (status === 'silent') return
      response.statusCode = status
      response.end('success')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  control.callbacks.setUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}/wecom/callback`)
  return { heard }
}
