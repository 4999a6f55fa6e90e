import { afterAll, beforeAll, expect, test } from 'vitest'
import { startApi, type ApiGround } from './api-ground.ts'
import { rmFacts, smallHouse } from './bank.ts'

let it: ApiGround
beforeAll(async () => {
  it = await startApi()
  await smallHouse(it.db)
})
afterAll(() => it.stop())

const numbers = async (key: string) =>
  (await it.call<{ items: { firmNo: string }[] }>('GET', '/firms', { key })).body.items.map(({ firmNo }) => firmNo)

test('a firm is created, read back with its people, and replaced', async () => {
  const made = await it.call('PUT', '/firms/F1', {
    body: { name: '麦香面包房', leadRm: 'Li.Wei', coRms: ['Wang.Fang', 'wang.fang'], branch: 'shanghai' },
  })
  expect(made).toMatchObject({
    status: 200,
    body: {
      firmNo: 'F1',
      name: '麦香面包房',
      leadRm: 'li.wei',
      coRms: ['wang.fang'],
      branch: 'shanghai',
      customers: 0,
    },
  })
  await it.call('PUT', '/customers/wm_li', { body: { kind: 'sme', owner: 'li.wei', branch: 'shanghai', firmNo: 'F1' } })
  expect((await it.call('GET', '/firms/F1')).body).toMatchObject({ customers: 1 })
  const replaced = await it.call('PUT', '/firms/F1', { body: { name: '麦香食品' } })
  expect(replaced.body).toMatchObject({ name: '麦香食品', leadRm: null, coRms: [], branch: null, customers: 1 })
  expect((await it.call('GET', '/firms/F9')).status).toBe(404)
})

test.each([
  ['no name', {}, 'name'],
  ['an unknown field', { name: 'x', owner: 'li.wei' }, 'owner'],
  ['a lead that cannot be one', { name: 'x', leadRm: '李 伟' }, 'leadRm'],
  ['a branch with a hole', { name: 'x', branch: 'a//b' }, 'branch'],
])('with %s it is a 422 that names the place', async (_, body, path) => {
  const answer = await it.call<{ errors: { path: string }[] }>('PUT', '/firms/F2', { body })
  expect(answer.status).toBe(422)
  expect(answer.body.errors.map((one) => one.path)).toContain(path)
})

test('a supervisor runs the firms of his branch, an RM sees those he leads or knows', async () => {
  for (const [firmNo, body] of Object.entries({
    S1: { name: '上海一号', branch: 'shanghai/pudong', leadRm: 'wang.fang' },
    S2: { name: '上海二号', leadRm: 'li.wei', coRms: ['zhou.jie'] },
    B1: { name: '北京一号', branch: 'beijing', leadRm: 'zhou.jie' },
  }))
    await it.call('PUT', `/firms/${firmNo}`, { body })
  const shanghai = await it.key('supervisor', { branch: 'shanghai' })
  expect(await numbers(shanghai)).toEqual(['S1', 'S2'])
  expect(await numbers(await it.key('rm', { rm: 'zhou.jie' }))).toEqual(['B1', 'S2'])
  expect((await it.call('GET', '/firms/B1', { key: shanghai })).status).toBe(404)
  const put = async (firmNo: string, body: object) =>
    (await it.call('PUT', `/firms/${firmNo}`, { key: shanghai, body })).status
  expect(await put('S3', { name: '新', branch: 'shanghai' })).toBe(200)
  expect(await put('S4', { name: '新', branch: 'beijing' })).toBe(422)
  expect(await put('S4', { name: '新' })).toBe(422)
  expect(await put('B1', { name: '抢来的', branch: 'shanghai' })).toBe(404)
  expect((await it.call('GET', '/firms/B1')).body).toMatchObject({ name: '北京一号' })
})

test('the people whom a customer shall not get, and the new customers an RM may get a day, are answered back', async () => {
  const customer = await it.call('PUT', '/customers/wm_avoid', { body: { kind: 'person', avoid: ['Li.Wei'] } })
  expect(customer.body).toMatchObject({ avoid: ['li.wei'] })
  const rm = await it.call('PUT', '/rms/capped', { body: rmFacts({ dailyNewCap: 3 }) })
  expect(rm.body).toMatchObject({ dailyNewCap: 3 })
  expect((await it.call('PUT', '/rms/capped', { body: rmFacts({ dailyNewCap: null }) })).body).toMatchObject({
    dailyNewCap: null,
  })
})
