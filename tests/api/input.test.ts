import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientAddress } from '../../src/api/http/client-address.ts'
import { unsound } from '../../src/api/http/plain-text.ts'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await it.call('PUT', '/rms/li.wei', { body: rmFacts() })
})
afterAll(() => it.stop())

const rm = rmFacts()
type Case = [why: string, body: unknown, path: string]

const badRms: Case[] = [
  ['an unknown field', { ...rm, salary: 1 }, 'salary'],
  [
    'an unknown field inside',
    { ...rm, licences: [{ code: 'a', expiresOn: '2030-01-01', until: 1 }] },
    'licences[0].until',
  ],
  ['a field that would be another role', { ...rm, load: 0 }, 'load'],
  ['no name', { ...rm, name: undefined }, 'name'],
  ['an empty name', { ...rm, name: '  ' }, 'name'],
  ['a name with a line break', { ...rm, name: 'a\nb' }, 'name'],
  ['a name too long', { ...rm, name: 'x'.repeat(65) }, 'name'],
  ['no branch', { ...rm, branch: undefined }, 'branch'],
  ['a branch with a hole', { ...rm, branch: 'a//b' }, 'branch'],
  ['a branch as a pattern', { ...rm, branch: 'shanghai/*' }, 'branch'],
  ['a skill level of 0', { ...rm, skills: { sme: 0 } }, 'skills.sme'],
  ['a skill level of 6', { ...rm, skills: { sme: 6 } }, 'skills.sme'],
  ['a skill level of 2.5', { ...rm, skills: { sme: 2.5 } }, 'skills.sme'],
  ['a skill level as text', { ...rm, skills: { sme: '3' } }, 'skills.sme'],
  ['skills as a list', { ...rm, skills: ['sme'] }, 'skills'],
  ['a licence without its end', { ...rm, licences: [{ code: 'fund' }] }, 'licences[0].expiresOn'],
  [
    'a licence that ends on a day that is none',
    { ...rm, licences: [{ code: 'fund', expiresOn: '2026-02-30' }] },
    'licences[0].expiresOn',
  ],
  [
    'a licence that ends at a time',
    { ...rm, licences: [{ code: 'fund', expiresOn: '2026-02-03T00:00:00Z' }] },
    'licences[0].expiresOn',
  ],
  ['a negative capacity', { ...rm, capacity: -1 }, 'capacity'],
  ['an endless capacity', { ...rm, capacity: 1e9 }, 'capacity'],
  ['no capacity', { ...rm, capacity: undefined }, 'capacity'],
  ['onDuty as text', { ...rm, onDuty: 'true' }, 'onDuty'],
  ['a deputy that cannot be one', { ...rm, deputy: '李伟' }, 'deputy'],
  ['himself as deputy', { ...rm, deputy: 'LI.WEI' }, 'deputy'],
  ['a text with NUL', { ...rm, name: 'a\u0000b' }, 'name'],
  ['half a surrogate pair', { ...rm, lines: ['\ud83d'] }, 'lines[0]'],
  ['NUL in a key', { ...rm, skills: { 'a\u0000': 1 } }, 'skills'],
  ['a list', [], ''],
  ['a text', 'rm', ''],
  ['null', null, ''],
]
test.each(badRms)('PUT /rms with %s is a 422 that names the place', async (_, body, path) => {
  const answer = await it.call<{ errors: { path: string; message: string }[] }>('PUT', '/rms/li.wei', { body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toContain(path)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect((await it.call('GET', '/rms/li.wei')).body).toMatchObject({ name: '李伟' })
})

test('all mistakes are told at once, in words for people', async () => {
  const { body } = await it.call('PUT', '/rms/li.wei', { body: { name: '', capacity: 'x', onDuty: true, extra: 1 } })
  expect(body).toMatchObject({ title: 'Invalid input', status: 422, detail: expect.stringContaining('4 处') })
  expect(body['errors']).toEqual([
    { path: 'name', message: '不能为空' },
    { path: 'branch', message: '必填' },
    { path: 'capacity', message: '应为数字' },
    { path: 'extra', message: '没有这个字段' },
  ])
})

const badCustomers: Case[] = [
  ['no kind', {}, 'kind'],
  ['another kind', { kind: 'firm' }, 'kind'],
  ['a tag twice as long', { kind: 'sme', tags: ['x'.repeat(65)] }, 'tags[0]'],
  ['tags as text', { kind: 'sme', tags: 'a,b' }, 'tags'],
  ['an id of ours', { kind: 'sme', id: '1' }, 'id'],
  ['an identity by the back door', { kind: 'sme', unionid: 'u' }, 'unionid'],
  ['a wrong owner', { kind: 'sme', owner: 'a b' }, 'owner'],
]
test.each(badCustomers)('PUT /customers with %s is a 422 that names the place', async (_, body, path) => {
  const answer = await it.call<{ errors: { path: string }[] }>('PUT', '/customers/wm_1', { body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toContain(path)
  expect((await it.call('GET', '/customers/wm_1')).status).toBe(404)
})

const badQueries: [string, string][] = [
  ['/rms?limit=0', 'limit'],
  ['/rms?limit=201', 'limit'],
  ['/rms?limit=ten', 'limit'],
  ['/rms?limit=', 'limit'],
  ['/rms?limit=1.5', 'limit'],
  ['/rms?offset=1', 'offset'],
  ['/rms?cursor=nonsense', 'cursor'],
  [`/rms?cursor=${Buffer.from('["customers","1"]').toString('base64url')}`, 'cursor'],
  [`/rms?cursor=${Buffer.from('{"a":1}').toString('base64url')}`, 'cursor'],
  [`/customers?cursor=${Buffer.from('["customers","1;drop"]').toString('base64url')}`, 'cursor'],
  [`/touchpoints?cursor=${Buffer.from('["touchpoints","yesterday","1"]').toString('base64url')}`, 'cursor'],
  ['/conversations?status=open', 'status'],
  ['/conversations?status=bot&status=closed', 'status'],
  ['/conversations?rm=a%20b', 'rm'],
  ['/conversations?externalUserId=%00', 'externalUserId'],
  ['/touchpoints?customerId=abc', 'customerId'],
  ['/touchpoints?customerId=99999999999999999999', 'customerId'],
  ['/touchpoints?after=2026-01-01', 'after'],
  ['/touchpoints?before=2026-01-01T00:00:00', 'before'],
  ['/touchpoints?after=2026-02-30T00:00:00Z', 'after'],
  ['/touchpoints?__proto__=1', '__proto__'],
]
test.each(badQueries)('GET %s is a 422 that names %s', async (path, place) => {
  const answer = await it.call<{ errors: { path: string }[] }>('GET', path)
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toContain(place)
})

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the limit of %s counts by %s', (ip, counted) => {
  expect(clientAddress(ip)).toBe(counted)
})

test('what cannot be stored is found at any depth', () => {
  expect(unsound({ a: [{ b: 'x' }], c: null, d: 1 })).toBeNull()
  expect(unsound({ a: [{ b: '\0' }] })).toMatchObject({ path: 'a[0].b' })
  expect(unsound({ emoji: '😀', chinese: '贷款' })).toBeNull()
})

test('a mistake says how it is written', async () => {
  const words = async (method: string, path: string, body: object) =>
    (await it.call<{ errors: { message: string }[] }>(method, path, { body })).body.errors.map((one) => one.message)
  const licence = { ...rm, licences: [{ code: 'fund', expiresOn: '31.12.2027' }] }
  expect(await words('PUT', '/rms/li.wei', licence)).toEqual(['应为日期，例如 2026-01-31'])
  const nested = { facts: { customer: { kind: 'sme' } } }
  expect((await words('POST', '/routing/try', nested))[0]).toContain('{"customer.kind": "sme"}')
})
