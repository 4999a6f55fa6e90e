import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { queueOrder, queueScore } from '../../src/routing/queue.ts'
import { waitingInOrder } from '../../src/dispatch/waiting.ts'
import { createWorld, type World } from '../world.ts'

const minute = 60_000
const open = { mon: ['09:00-18:00'] }
const rule = (key: string, word: string, more: object) => ({
  key,
  name: key,
  when: { fact: 'message.text', contains: [word] },
  steps: [{ to: 'pool:general', stay: '9h' }],
  otherwise: 'queue',
  ...more,
})
let world: World
beforeAll(async () => {
  world = await createWorld({
    rules: {
      calendars: { branch: { hours: open } },
      pools: { general: { name: '综合客服', members: {}, sla: '10m' } },
      rules: [
        rule('slow', '慢', { ageing: 0.5, sla: '1d' }),
        rule('quick', '快', { ageing: 3, sla: '1d' }),
        rule('urgent', '急', { sla: '2m' }),
        rule('office', '营业', { sla: '2bh' }),
      ],
      fallback: { steps: [{ to: 'pool:general', stay: '9h' }], otherwise: 'queue' },
    },
  })
  await world.pool.query('update rms set on_duty = false')
})
afterAll(() => world.stop())

const inOrder = async () =>
  (await waitingInOrder(world.pool, new Date(world.clock.now()), 1_000)).map(({ external_userid }) => external_userid)

test('a waited minute counts what the rule says, and whose target is near goes ahead of who came before', async () => {
  world.customer('wm_plain').writes('你好')
  await world.settle()
  await world.advance(minute)
  for (const [name, word] of [
    ['wm_slow', '慢'],
    ['wm_quick', '快'],
    ['wm_urgent', '急'],
  ] as const)
    world.customer(name).writes(word)
  await world.settle()
  expect((await inOrder())[0]).toBe('wm_plain')
  await world.advance(2 * minute)
  expect(await inOrder()).toEqual(['wm_urgent', 'wm_quick', 'wm_plain', 'wm_slow'])
})
test('a target in business time is a moment of the calendar', async () => {
  world.customer('wm_office').writes('营业')
  await world.settle()
  const { opened_at, respond_by } = await world.conversation('wm_office')
  expect((respond_by as Date).getTime() - (opened_at as Date).getTime()).toBe(120 * minute)
})

test('the database orders as the score says, whatever waits', async () => {
  const now = new Date(world.clock.now())
  const one = fc.record({
    waited: fc.integer({ min: 0, max: 100_000 }),
    priority: fc.constantFrom(0, 20, 60),
    ageing: fc.constantFrom(0.1, 1, 2.5, 10),
    target: fc.option(fc.integer({ min: 0, max: 100_000 })),
  })
  await fc.assert(
    fc.asyncProperty(one, async ({ waited, priority, ageing, target }) => {
      const openedAt = new Date(now.getTime() - waited * 1_000)
      const respondBy = target === null ? null : new Date(openedAt.getTime() + target * 1_000)
      const { rows: scored } = await world.pool.query<{ score: number }>(
        `select ${queueOrder}::float8 as score from (select $2::timestamptz as opened_at, $3::numeric as priority,
           $4::numeric as ageing, $5::timestamptz as respond_by) v`,
        [now, openedAt, priority, ageing, respondBy],
      )
      expect(scored[0]?.score).toBeCloseTo(queueScore({ openedAt, priority, ageing, respondBy }, now), 4)
    }),
    { numRuns: 100 },
  )
})
