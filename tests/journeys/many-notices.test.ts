import { afterAll, beforeAll, expect, test } from 'vitest'
import { gathered, howManyFit } from '../../src/outbox/gathered.ts'
import { createWorld, type World } from '../world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ officialBudgets: true })
})
afterAll(() => world.stop())

const words = (n: number): string => `【已转走】第${n}位客户因“未及时回复”转给了王芳，\n您无需再处理。`

test('a hundred notices at once: he sees each of them in order, a new customer rings in between, and WeCom dropped none', async () => {
  await world.pool.query(
    `insert into outbox (kind, subject, payload)
     select 'message/send', 'rm:li.wei', jsonb_build_object('rm', 'li.wei', 'text', text, 'then', '[]'::jsonb) from unnest($1::text[]) as text`,
    [Array.from({ length: 100 }, (_, n) => words(n + 1))],
  )
  world.customer('wm_bakery').writes('想贷款')
  await world.settle(90_000)

  const sent = world.wecom.sent('message/send').filter((body) => body['touser'] === 'li.wei')
  const shown = world.rm('li.wei').inbox()
  expect(shown).toHaveLength(sent.length) // the simulator drops beyond 30 a minute, without a word
  const texts = shown.flatMap(({ body }) => (typeof body['content'] === 'string' ? [body['content']] : []))
  const seen = [
    ...texts.join('\n').matchAll(/【已转走】第(\d+)位客户因“未及时回复”转给了王芳，\s*；?您无需再处理/g),
  ].map(([, n]) => Number(n))
  expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
  expect(texts.length).toBeLessThan(30)

  const card = shown.findIndex(({ card: it }) => it)
  expect(card).toBeGreaterThanOrEqual(0)
  expect(card).toBeLessThan(shown.length - 1) // it did not wait behind the notices
  const { rows } = await world.pool.query(
    "select state, count(*)::int from outbox where subject = 'rm:li.wei' group by state",
  )
  expect(rows).toEqual([{ state: 'done', count: 100 }])
})

test('several texts as one message: as many as fit, none cut', () => {
  expect(gathered('一条')).toBe('一条')
  expect(gathered('一条', ['两条\n两行', '三条'])).toBe('一条\n另有2条：\n1. 两条；两行\n2. 三条')
  const next = Array.from({ length: 100 }, (_, n) => words(n))
  const fit = howManyFit('一条', [], next)
  expect(Buffer.byteLength(gathered('一条', next.slice(0, fit)))).toBeLessThanOrEqual(2000)
  expect(Buffer.byteLength(gathered('一条', next.slice(0, fit + 1)))).toBeGreaterThan(2000)
  expect(howManyFit('很长'.repeat(400), [], next)).toBe(0)
})
