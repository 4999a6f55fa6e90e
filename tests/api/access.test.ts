import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles, type Role } from '../../src/api/access/caller.ts'
import { smallHouse } from './bank.ts'
import { startApi, type ApiGround } from './api-ground.ts'

let it: ApiGround
const keys = {} as Record<Role, string>
beforeAll(async () => {
  it = await startApi()
  await smallHouse(it.db)
  for (const role of roles) keys[role] = await it.key(role, role === 'rm' ? { rm: 'li.wei' } : {})
})
afterAll(() => it.stop())

/** Who may do what. A route that is not in this table fails the test: nobody adds one without deciding on it. */
const all = ['admin', 'security', 'supervisor', 'rm', 'auditor']
const decided: Record<string, readonly string[]> = {
  'GET /rms': all,
  'GET /rms/{userid}': all,
  'PUT /rms/{userid}': ['admin', 'supervisor'],
  'DELETE /rms/{userid}': ['admin'],
  'GET /customers': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /customers/{externalUserId}': ['admin', 'supervisor', 'rm', 'auditor'],
  'PUT /customers/{externalUserId}': ['admin', 'supervisor'],
  'POST /customers/import': ['admin'],
  'GET /customers/{externalUserId}/merges': ['admin', 'supervisor', 'auditor'],
  'POST /customers/{externalUserId}/merges/{id}/undo': ['admin'],
  'GET /merges': ['admin', 'auditor'],
  'GET /firms': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /firms/{firmNo}': ['admin', 'supervisor', 'rm', 'auditor'],
  'PUT /firms/{firmNo}': ['admin', 'supervisor'],
  'GET /channels': ['admin', 'security', 'supervisor', 'auditor'],
  'GET /channels/{key}': ['admin', 'security', 'supervisor', 'auditor'],
  'PUT /channels/{key}': ['admin'],
  'GET /channels/{key}/qr.svg': ['admin', 'security', 'supervisor', 'auditor'],
  'GET /channels/{key}/qr.png': ['admin', 'security', 'supervisor', 'auditor'],
  'POST /channels/{key}/links': ['admin', 'app'],
  'POST /channels/{key}/touch-tokens': ['admin', 'app'],
  'GET /routing': ['admin', 'security', 'supervisor', 'auditor'],
  'PUT /routing': ['admin'],
  'GET /routing/versions': ['admin', 'security', 'supervisor', 'auditor'],
  'GET /routing/versions/{n}': ['admin', 'security', 'supervisor', 'auditor'],
  'POST /routing/versions/{n}/activate': ['admin'],
  'POST /routing/versions/{n}/approve': ['admin'],
  'POST /routing/versions/{n}/withdraw': ['admin'],
  'GET /routing/settings': ['admin'],
  'PUT /routing/settings': ['admin'],
  'POST /routing/try': ['admin', 'supervisor'],
  'POST /routing/backtest': ['admin'],
  'GET /conversations': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /conversations/{id}': ['admin', 'supervisor', 'rm', 'auditor'],
  'POST /conversations/{id}/assign': ['admin', 'supervisor', 'rm'],
  'POST /conversations/{id}/close': ['admin', 'supervisor', 'rm'],
  'POST /conversations/{id}/reroute': ['admin', 'supervisor', 'rm'],
  'GET /decisions/{id}': all,
  'GET /tasks': ['admin', 'supervisor', 'rm', 'auditor'],
  'POST /tasks': ['admin', 'supervisor', 'rm'],
  'GET /tasks/{id}': ['admin', 'supervisor', 'rm', 'auditor'],
  'POST /tasks/{id}/finish': ['admin', 'supervisor', 'rm'],
  'POST /tasks/{id}/assign': ['admin', 'supervisor'],
  'POST /tasks/{id}/cancel': ['admin', 'supervisor', 'rm'],
  'POST /tasks/{id}/snooze': ['admin', 'supervisor', 'rm'],
  'GET /touchpoints': all,
  'POST /touchpoints': ['admin', 'app'],
  'POST /touchpoints/import': ['admin', 'app'],
  'GET /invitations': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /acquisition': ['admin', 'supervisor', 'auditor'],
  'GET /welcomes/figures': ['admin', 'supervisor', 'auditor'],
  'GET /figures/funnel': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /figures/attribution': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /figures/connections': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /figures/comparison': ['admin', 'supervisor', 'rm', 'auditor'],
  'GET /live': ['admin', 'supervisor', 'auditor'],
  'GET /keys': ['admin', 'security', 'auditor'],
  'POST /keys': ['admin', 'security'],
  'DELETE /keys/{id}': ['admin', 'security'],
  'GET /integrity': ['admin', 'security', 'auditor'],
}

describe('the matrix of the router', () => {
  const real = (path: string) => `${it.url}/api/v1${path.replace(/\{\w+\}/g, '999999')}`
  const ask = async (method: string, path: string, key: string | null) => {
    const cancel = new AbortController()
    const headers = key === null ? {} : { authorization: `Bearer ${key}` }
    const { status } = await fetch(real(path), { method, headers, signal: cancel.signal })
    cancel.abort()
    return status
  }

  test('every route is decided on, and no decision is without its route', () => {
    expect(it.api.routes.map((route) => `${route.method} ${route.path}`).toSorted()).toEqual(
      Object.keys(decided).toSorted(),
    )
  })

  test('without a key everything is 401, whatever the method', async () => {
    for (const { method, path } of it.api.routes) expect(await ask(method, path, null), `${method} ${path}`).toBe(401)
  })

  test.each(roles)('%s passes exactly where it may, and is told 403 elsewhere', async (role) => {
    for (const { method, path } of it.api.routes) {
      const name = `${method} ${path}`
      const status = await ask(method, path, keys[role])
      if (decided[name]?.includes(role)) expect([200, 404, 415, 422], `${role} ${name}`).toContain(status)
      else expect(status, `${role} ${name}`).toBe(403)
    }
  })

  test('an auditor changes nothing; an app posts touchpoints and makes links, and reads nothing', () => {
    for (const { method, roles: allowed, path } of it.api.routes)
      if (method !== 'GET') expect(allowed, path).not.toEqual(expect.arrayContaining(['auditor']))
    const apps = it.api.routes
      .filter((route) => route.roles.includes('app'))
      .map(({ method, path }) => `${method} ${path}`)
    expect(apps.toSorted()).toEqual([
      'POST /channels/{key}/links',
      'POST /channels/{key}/touch-tokens',
      'POST /touchpoints',
      'POST /touchpoints/import',
    ])
  })

  test('only the documents are public', async () => {
    for (const path of [
      '/api/openapi.json',
      '/api/docs',
      '/api/docs/start.js',
      '/api/docs/swagger-ui-bundle.js',
      '/api/docs/swagger-ui.css',
    ])
      expect((await fetch(it.url + path)).status, path).toBe(200)
  })
})

describe('a key', () => {
  const present = (authorization: string) => fetch(`${it.url}/api/v1/rms`, { headers: { authorization } })

  test.each(['Bearer', 'Bearer ', 'Basic abc', 'bearer\u00a0x', `Bearer ${'x'.repeat(600)}`, 'Bearer a b'])(
    '%j is refused',
    async (authorization) => {
      const answer = await present(authorization)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    },
  )

  test('is withdrawn at once', async () => {
    const { body } = await it.call<{ id: string; key: string }>('POST', '/keys', {
      body: { name: 'short', role: 'auditor' },
    })
    expect((await it.call('GET', '/rms', { key: body.key })).status).toBe(200)
    await it.call('DELETE', `/keys/${body.id}`)
    expect((await it.call('GET', '/rms', { key: body.key })).status).toBe(401)
  })

  test('guessing from one address is slowed down; the right key still works there, and a forged address changes nothing', async () => {
    const own = await startApi()
    const guess = async (n: number) =>
      (
        await fetch(`${own.url}/api/v1/rms`, {
          headers: { authorization: `Bearer yq_guess${n}`, 'x-forwarded-for': `10.0.0.${n}` },
        })
      ).status
    const statuses: number[] = []
    for (let n = 0; n < 12; n++) statuses.push(await guess(n))
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    const refused = await fetch(`${own.url}/api/v1/rms`, { headers: { authorization: 'Bearer yq_again' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ status: 429, title: 'Too many requests' })
    expect((await own.call('GET', '/rms')).status).toBe(200)
    expect((await own.call('GET', '/rms', { key: null })).status).toBe(401)
    await own.stop()
  })
})
