import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'

let cookies: ApiGround
beforeAll(async () => {
  const identify = async (ctx: { get(name: string): string }) =>
    ctx.get('cookie').includes('test=admin')
      ? { name: 'by cookie', role: 'admin' as const, branch: null, rm: null }
      : ('none' as const)
  cookies = await startApi({ ways: [{ ambient: true, identify }] })
})
afterAll(() => cookies.stop())

const post = (headers: Record<string, string>, method = 'POST') =>
  fetch(`${cookies.url}/api/v1/${method === 'GET' ? 'rms' : 'keys'}`, {
    method,
    headers: { cookie: 'test=admin', ...headers },
    ...(method !== 'GET' && { body: JSON.stringify({ name: 'x', role: 'app' }) }),
  })
const json = { 'content-type': 'application/json' }

test.each([
  ['from our page', { ...json, 'sec-fetch-site': 'same-origin' }, 201],
  ['from another site', { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
  ['from a sibling site', { ...json, 'sec-fetch-site': 'same-site' }, 403],
  ['typed into the address bar', { ...json, 'sec-fetch-site': 'none' }, 403],
  ['from nowhere', json, 403],
  ['with a foreign Origin alone', { ...json, origin: 'https://evil.example' }, 403],
  ['with the Origin of a sandbox', { ...json, origin: 'null' }, 403],
  ['as a form of ours', { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }, 415],
  ['as text', { 'content-type': 'text/plain', 'sec-fetch-site': 'same-origin' }, 415],
])('a change %s is answered %#', async (_, headers, status) => {
  expect((await post(headers as unknown as Record<string, string>)).status).toBe(status)
})

test('our own Origin is enough for a browser without Sec-Fetch-Site, and reading is free', async () => {
  expect((await post({ ...json, origin: cookies.url })).status).toBe(201)
  expect((await post({ 'sec-fetch-site': 'cross-site' }, 'GET')).status).toBe(200)
})

test('a request with neither cookie nor key is 401', async () => {
  expect((await fetch(`${cookies.url}/api/v1/rms`)).status).toBe(401)
})
