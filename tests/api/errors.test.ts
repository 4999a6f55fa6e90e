import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tables } from '../../src/store/tables.ts'
import { freePort } from '../ground/ground.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await it.call('PUT', '/rms/li.wei', { body: rmFacts() })
})
afterAll(() => it.stop())

describe('a place that is not there', () => {
  test.each([
    ['GET', '/nowhere', 404],
    ['GET', '/rms/nobody', 404],
    ['GET', '/rms/a%20b', 404],
    ['GET', '/rms/%00', 404],
    ['GET', '/customers/nobody', 404],
    ['GET', '/customers/%ed%a0%80', 404],
    ['GET', '/conversations/1', 404],
    ['GET', '/conversations/abc', 404],
    ['GET', '/conversations/999999999999999999', 404],
    ['GET', '/conversations/9999999999999999999999', 404],
    ['GET', '/conversations/-1', 404],
    ['GET', "/conversations/1'%20or%201=1", 404],
    ['GET', '/decisions/1', 404],
    ['DELETE', '/keys/999999', 404],
    ['DELETE', '/rms/nobody', 404],
    ['POST', '/routing/versions/99/activate', 404],
    ['POST', '/routing/versions/x/activate', 404],
    ['POST', '/rms', 405],
    ['PATCH', '/rms/li.wei', 405],
    ['DELETE', '/customers/x', 405],
    ['PUT', '/touchpoints', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await it.call(method, path)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|PUT|POST/)
  })

  test('a userid that cannot be one is refused where it would be made', async () => {
    expect(await it.call('PUT', '/rms/a%20b', { body: rmFacts() })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'userid' }] },
    })
  })

  test('an action on an unknown conversation is 404 before its body is looked at', async () => {
    expect((await it.call('POST', '/conversations/77/close', { body: { reason: 'x' } })).status).toBe(404)
  })
})

test('every answer carries the headers that keep it data', async () => {
  for (const path of ['/rms', '/nowhere', '/conversations/abc']) {
    const { headers } = await it.call('GET', path)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
  }
})

test('an error of our own is a 500 that tells the caller nothing and the log where, without any content', async () => {
  const broken = await startApi({
    integrity: async () => {
      throw Object.assign(new Error('Key (client_no)=(secret 13800138000) exists'), { code: 'XX000', detail: 'secret' })
    },
  })
  const answer = await fetch(`${broken.url}/api/v1/integrity`, { headers: { authorization: `Bearer ${broken.admin}` } })
  expect(answer.status).toBe(500)
  expect(await answer.json()).toEqual({
    title: 'Internal error',
    status: 500,
    detail: expect.not.stringContaining('secret'),
  })
  expect(broken.logged).toMatchObject([{ method: 'GET', route: '/api/v1/integrity', name: 'Error', code: 'XX000' }])
  expect(JSON.stringify(broken.logged)).not.toContain('secret')
  await broken.stop()
})

test('an answer that does not fit its schema is a 500, not a leak', async () => {
  const broken = await startApi({ integrity: async () => ({ received: 'many' }) as never })
  const answer = await fetch(`${broken.url}/api/v1/integrity`, { headers: { authorization: `Bearer ${broken.admin}` } })
  expect(answer.status).toBe(500)
  await broken.stop()
})

test('a database that does not answer is a 503 with Retry-After', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: await freePort(), user: 'nobody' })
  const own = await startApi({ db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }) })
  const answer = await fetch(`${own.url}/api/v1/rms`, { headers: { authorization: `Bearer ${own.admin}` } })
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(own.logged).toMatchObject([{ code: 'ECONNREFUSED' }])
  await own.stop()
})
