import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCounter } from '../../src/figures/counter.ts'
import { readDefinitions } from '../../src/figures/definitions.ts'
import { zoneOf } from '../../src/routing/calendar/zone.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { smallBank, smallRules } from '../small-bank.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ rules: smallRules, people: smallBank() })
})
afterAll(() => world.stop())

const counted = async () => {
  const counter = createCounter({
    pool: world.pool,
    inTransaction,
    definitions: readDefinitions('config/figures.yaml'),
    zone: zoneOf('Asia/Shanghai'),
    now: () => new Date(world.clock.now()),
  })
  while ((await counter.catchUp()) !== 'done');
}
type Stages = { persons: number }[]
const funnel = async (query = '') => {
  await counted()
  const { body } = await world.api('GET', `/figures/funnel?${query}`)
  return (body['total'] as unknown as Stages).map(({ persons }) => persons)
}

test('from the app to the reply: the funnel moves with the chat, by channel, campaign and branch', async () => {
  const channel = { name: '手机银行', kind: 'app', openKfId: world.account }
  expect((await world.api('PUT', '/channels/app-home', channel)).status).toBe(200)
  const touch = {
    key: 't1',
    kind: 'app.viewed',
    at: new Date(world.clock.now() - 60_000).toISOString(),
    clientNo: 'C1',
    channel: 'app-home',
  }
  expect((await world.api('POST', '/touchpoints', [touch])).body).toMatchObject({ accepted: 1 })
  expect(await funnel()).toEqual([1, 0, 0, 0, 0, 0, 0])

  const { body } = await world.api('POST', '/channels/app-home/links', { clientNo: 'C1', campaign: 'spring' })
  world.customer('wm_bakery').opens({ url: String(body['url']) })
  await world.settle()
  world.customer('wm_bakery').writes('想了解经营贷款')
  await world.settle()
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好，请问需要多少额度？')
  await world.settle()
  expect(await funnel('channel=app-home&campaign=spring&branch=shanghai&rm=li.wei')).toEqual([1, 1, 1, 1, 0, 0, 0])
  expect(await funnel()).toEqual([1, 1, 1, 1, 0, 0, 0])

  const { body: journey } = await world.api('GET', '/touchpoints?clientNo=C1')
  const kinds = (journey['items'] as unknown as { kind: string }[]).map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['app.viewed', 'entry.opened', 'message.received', 'message.replied']))
})
