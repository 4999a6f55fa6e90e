import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { memoryShared } from '../../src/store/memory.ts'
import type { WecomClient, WecomOptions } from '../../src/wecom/client.ts'
import { createWecom } from '../../src/wecom/client.ts'

export type Heard = {
  method: string
  path: string
  query: URLSearchParams
  body: string
  headers: IncomingMessage['headers']
}
/** An object is answered as JSON; a function writes the answer itself. */
export type Reply = object | ((response: ServerResponse) => void)

/** A real HTTP server on 127.0.0.1 that answers what a test tells it to and remembers what it heard. */
export const loopback = async () => {
  const heard: Heard[] = []
  const replies = new Map<string, (heard: Heard) => Reply>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x')
    const path = url.pathname.replace('/cgi-bin/', '')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path,
        query: url.searchParams,
        body: Buffer.concat(chunks).toString(),
        headers: request.headers,
      }
      heard.push(one)
      const reply = (replies.get(path) ?? (() => ({ errcode: 0, errmsg: 'ok' })))(one)
      if (typeof reply === 'function') return reply(response)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reply))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    heard,
    to: (path: string) => heard.filter((one) => one.path === path),
    on: (path: string, reply: (heard: Heard) => Reply) => void replies.set(path, reply),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
export type Loopback = Awaited<ReturnType<typeof loopback>>

export const secret = 'SECRET-do-not-leak-0123456789abcdefghijklmn'
export const tokenWord = 'TOKEN-do-not-leak'

/** Gives T1, T2 … and refuses all but the newest, as WeCom does after it revoked one. */
export const tokenDesk = (server: Loopback) => {
  let current = 0
  let revoked = true
  server.on('gettoken', () => {
    if (revoked) current += 1
    revoked = false
    return { errcode: 0, errmsg: 'ok', access_token: `${tokenWord}-${current}`, expires_in: 7200 }
  })
  const valid = ({ query }: Heard) => !revoked && query.get('access_token') === `${tokenWord}-${current}`
  return {
    revoke: () => void (revoked = true),
    guard:
      (reply: (heard: Heard) => Reply, errcode = 42001) =>
      (heard: Heard) =>
        valid(heard) ? reply(heard) : { errcode, errmsg: 'access_token expired, hint: [1], from ip: 127.0.0.1' },
  }
}

/** A client on a clock that the test turns; it shares its store with the others of the same world. */
export const world = async (options: Partial<WecomOptions> = {}) => {
  const server = await loopback()
  const desk = tokenDesk(server)
  let time = 1_767_225_600_000
  const shared = memoryShared({ now: () => time })
  const clients: WecomClient[] = []
  const client = (more: Partial<WecomOptions> = {}): WecomClient => {
    const made = createWecom({
      baseUrl: server.url,
      corpId: 'ww1',
      secret,
      shared,
      now: () => time,
      random: () => 0,
      ...options,
      ...more,
    })
    clients.push(made)
    return made
  }
  return {
    server,
    desk,
    shared,
    client,
    pass: (ms: number) => void (time += ms),
    close: async () => {
      for (const one of clients) one.close()
      await server.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof world>>

/** The error of a call that must fail. */
export const failure = async (call: Promise<unknown>): Promise<Error & Record<string, unknown>> => {
  try {
    await call
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('the call did not fail')
}
