import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { createApi, type Api, type ApiDeps } from '../../src/api/api.ts'
import type { Role } from '../../src/api/access/caller.ts'
import { createKey, type NewKey } from '../../src/api/access/key-store.ts'
import { questionAbout } from '../../src/dispatch/gather/question-about.ts'
import { createFigures } from '../../src/figures/figures.ts'
import { readDefinitions } from '../../src/figures/definitions.ts'
import { zoneOf } from '../../src/routing/calendar/zone.ts'
import { memoryShared } from '../../src/store/memory.ts'
import { openStore, type Db } from '../../src/store/open.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createTaskDesk } from '../../src/tasks/desk.ts'
import { freshDatabase } from '../ground/ground.ts'
import { bookCommands, bookLinks } from './book-commands.ts'
import { openapiCheck, type Document } from './openapi-check.ts'

export type Answer<Body = Record<string, unknown>> = { status: number; body: Body; headers: Headers }
type Ask = {
  key?: string | null
  body?: unknown
  raw?: string | Uint8Array
  type?: string
  headers?: Record<string, string>
}

export type ApiGround = Awaited<ReturnType<typeof startApi>>

const balanced = { received: 0, stored: 0, decided: 0, gaps: [], accounts: [] }

/**
 * The API on a database of its own behind a real server; every answer that `call` gets is held against the OpenAPI
 * document.
 */
export const startApi = async (options: Partial<ApiDeps> = {}) => {
  const fresh = await freshDatabase()
  const store = await openStore({ databaseUrl: fresh.url, dataDir: '/nonexistent' })
  const { db } = store
  const changed: number[] = []
  const logged: object[] = []
  const log = {
    info: () => {},
    warn: (fields: object) => void logged.push(fields),
    error: (fields: object) => void logged.push(fields),
  }
  const shared = options.shared ?? memoryShared()
  const api = createApi({
    db,
    shared,
    channels: { secretKey: Buffer.alloc(32, 7).toString('base64'), linkOf: bookLinks(db) },
    commands: bookCommands(db),
    figures: createFigures({
      pool: store.pool,
      definitions: readDefinitions('config/figures.yaml'),
      zone: zoneOf('Asia/Shanghai'),
    }),
    integrity: async () => balanced,
    tasks: createTaskDesk({ pool: store.pool, inTransaction, now: options.now ?? (() => new Date()) }),
    linkPrice: () => null,
    later: (from, { ms }) => new Date(from.getTime() + ms),
    routing: { calendar: {}, questionAbout: (id) => questionAbout(store.pool, id) },
    routingChanged: (version) => void changed.push(version),
    now: () => new Date(),
    log,
    version: '0.0.0-test',
    ...options,
  })
  const { server, url } = await serve(api)
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as Document
  const check = openapiCheck(document)
  const admin = await makeKey(db, 'admin')

  /** One request as the admin unless said otherwise (`key: null` sends none). */
  const call = async <Body = Record<string, unknown>>(
    method: string,
    path: string,
    ask: Ask = {},
  ): Promise<Answer<Body>> => {
    const { key = admin, body, raw, type = 'application/json', headers = {} } = ask
    const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(sent !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(sent !== undefined && { body: sent as string }),
    })
    const text = await response.text()
    const answered = (text === '' ? null : JSON.parse(text)) as Body
    const answerType = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
    const real = { method, status: response.status, type: answerType, body: answered }
    check({ ...real, path: `/api/v1${path.split('?')[0]}` })
    return { status: response.status, body: answered, headers: response.headers }
  }

  const stop = async () => {
    api.close()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
    await store.stop()
    await fresh.drop()
  }
  return {
    api,
    db,
    pool: store.pool,
    shared,
    url,
    document,
    admin,
    changed,
    logged,
    call,
    stop,
    key: (role: Role, rest: Partial<NewKey> = {}) => makeKey(db, role, rest),
  }
}

const makeKey = async (db: Db, role: Role, rest: Partial<NewKey> = {}): Promise<string> =>
  (await createKey(db, { name: `test ${role}`, role, branch: null, rm: null, ...rest })).key

const serve = async (api: Api): Promise<{ server: Server; url: string }> => {
  const app = new Koa()
  app.silent = true
  app.use(api.middleware)
  const server = createServer(app.callback())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
