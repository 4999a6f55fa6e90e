import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { roles } from '../../src/api/access/caller.ts'
import { chromiumPath } from '../ground/ground.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { openapiCheck } from './openapi-check.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
})
afterAll(() => it.stop())

const operations = () =>
  Object.entries(it.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )

test('the document lists every route of the router, and no other', () => {
  const documented = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`)
  expect(documented.toSorted()).toEqual(it.api.routes.map(({ method, path }) => `${method} /api/v1${path}`).toSorted())
  expect(it.document).toMatchObject({
    openapi: '3.1.0',
    info: { title: expect.stringContaining('引桥'), version: '0.0.0-test' },
    security: [{ key: [] }],
  })
})

test('every operation has a name of its own, a summary, its roles and its errors as problem+json', () => {
  const names = operations().map(({ operation }) => operation['operationId'])
  expect(new Set(names).size).toBe(names.length)
  for (const { path, method, operation } of operations()) {
    const where = `${method} ${path}`
    expect(operation['summary'], where).toEqual(expect.stringMatching(/.{5,}/))
    expect(operation['description'], where).toMatch(new RegExp(`Roles: (${roles.join('|')})`))
    for (const status of ['401', '403', '422'])
      expect(operation.responses[status]?.content, where).toHaveProperty(['application/problem+json'])
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const parameters = (operation['parameters'] ?? []) as { in: string; name: string }[]
    expect(
      parameters.filter((one) => one.in === 'path').map((one) => one.name),
      where,
    ).toEqual(inPath)
  }
})

test('lists take limit and cursor and answer items and nextCursor', () => {
  const lists = operations().filter(({ operation }) =>
    JSON.stringify(operation.responses['200'] ?? '').includes('nextCursor'),
  )
  expect(lists.map(({ path }) => path).toSorted()).toEqual(
    [
      '/channels',
      '/conversations',
      '/customers',
      '/customers/{externalUserId}/merges',
      '/firms',
      '/invitations',
      '/keys',
      '/merges',
      '/rms',
      '/routing/versions',
      '/tasks',
      '/touchpoints',
    ].map((path) => `/api/v1${path}`),
  )
  for (const { operation } of lists)
    expect((operation['parameters'] as { name: string }[]).map((one) => one.name)).toEqual(
      expect.arrayContaining(['limit', 'cursor']),
    )
})

test('every reference in it leads somewhere', () => {
  const text = JSON.stringify(it.document)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(it.document.components?.schemas).toHaveProperty([name as string])
  expect(text).not.toMatch(/"\$ref":"#\/\$defs/)
})

test('the rule set in it takes what PUT takes and refuses what it refuses', () => {
  const body = it.document.paths['/api/v1/routing']?.['put'] as unknown as {
    requestBody: { content: Record<string, { schema: object }> }
  }
  const schema = body.requestBody.content['application/json']?.schema as object
  const reader = z.fromJSONSchema(
    JSON.parse(
      JSON.stringify({ ...schema, $defs: it.document.components?.schemas }).replaceAll(
        '#/components/schemas/',
        '#/$defs/',
      ),
    ),
  )
  expect(reader.safeParse({ fallback: { steps: [], otherwise: 'bot' } }).success).toBe(true)
  expect(reader.safeParse({ fallback: { steps: [], otherwise: 'pray' } }).success).toBe(false)
  expect(reader.safeParse({ fallback: { steps: [], otherwise: 'bot' }, rulez: [] }).success).toBe(false)
})

test('the check that every other test goes through does find lies', () => {
  const check = openapiCheck(it.document)
  const real = {
    method: 'GET',
    path: '/api/v1/rms',
    status: 200,
    type: 'application/json',
    body: { items: [], nextCursor: null },
  }
  expect(() => check(real)).not.toThrow()
  expect(() => check({ ...real, body: { items: [{ userid: 1 }], nextCursor: null } })).toThrow('not as documented')
  expect(() => check({ ...real, body: { items: [] } })).toThrow('not as documented')
  expect(() => check({ ...real, body: { items: [], nextCursor: null, more: 1 } })).toThrow('not as documented')
  expect(() => check({ ...real, status: 418 })).toThrow('not in the document')
  expect(() => check({ ...real, type: 'text/html' })).toThrow('not in the document')
  expect(() => check({ ...real, path: '/api/v1/nothing' })).toThrow('not in the document')
})

test('the page shows the operations in a real browser, under a policy without inline code, with nothing from elsewhere', async () => {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(10_000)
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on(
      'request',
      (request) =>
        new URL(request.url()).origin !== it.url && !request.url().startsWith('data:') && elsewhere.push(request.url()),
    )
    const response = await page.goto(`${it.url}/api/docs`)
    const policy = (await response?.headerValue('content-security-policy')) ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    await page.locator('.opblock').first().waitFor()
    expect(await page.locator('.opblock').count()).toBe(it.api.routes.length)
    await page.locator('.opblock-summary').first().click()
    await page.locator('.opblock-body').first().waitFor()
    expect(complaints).toEqual([])
    expect(elsewhere).toEqual([])
  } finally {
    await browser.close()
  }
})
