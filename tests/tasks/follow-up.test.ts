import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import { createWorld, type World } from '../world.ts'
import { goTo, officeRules, taskCards, tasksIn } from './bank.ts'

const rules = {
  ...officeRules,
  rules: officeRules.rules.map((rule, index) => ({
    ...rule,
    followUp: index === 0 ? { after: '2bd', title: '问问材料是否齐了' } : { after: '4bh', title: '回访' },
  })),
}
let world: World
beforeAll(async () => {
  // Thursday the 26th of November 2026.
  world = await createWorld({ rules, startAt: Date.parse('2026-11-26T15:00:00+08:00') })
})
afterAll(() => world.stop())

test('when the conversation ends its RM has a follow-up, two business days later', async () => {
  world.customer('wm_bakery').writes('想贷款')
  await world.settle()
  world.rm('li.wei').replies(world.account, 'wm_bakery', '好的，请准备营业执照')
  await world.settle()
  expect(await tasksIn(world)).toEqual([])
  world.rm('li.wei').ends(world.account, 'wm_bakery')
  await world.settle()
  const [task] = await tasksIn(world)
  expect(task).toMatchObject({
    kind: 'follow-up',
    title: '问问材料是否齐了',
    rm: 'li.wei',
    created_by: 'rule',
    state: 'open',
  })
  expect(task?.due_at.toISOString()).toMatch(/^2026-11-30T07:0/)

  await goTo(world, '2026-11-30T15:05:00')
  expect(taskCards(world, 'li.wei')).toMatchObject([{ text: expect.stringContaining('问问材料是否齐了') }])
  world.customer('wm_bakery').writes('授信要多久')
  await world.settle()
  world.rm('li.wei').replies(world.account, 'wm_bakery', '三天')
  await world.settle()
  // An answer in the chat ends what waited for it, not what he meant to do himself.
  expect((await tasksIn(world))[0]).toMatchObject({ state: 'open' })
})

test('a message that is left has both: to be answered at the opening, and followed up in business hours', async () => {
  await goTo(world, '2026-11-30T20:00:00')
  await world.pool.query('update rms set on_duty = false')
  world.customer('wm_chen').writes('在吗')
  await world.settle()
  const left = (await tasksIn(world)).slice(1)
  expect(left).toMatchObject([
    { kind: 'left-message', due_at: new Date('2026-12-01T09:00:00+08:00'), rm: 'zhao.lei' },
    { kind: 'follow-up', due_at: new Date('2026-12-01T14:30:00+08:00'), rm: 'zhao.lei' },
  ])
})

describe('in routing.yaml', () => {
  const yaml = (followUp: string, opening = 'calendars: { office: { hours: { mon-fri: ["09:00-17:00"] } } }') =>
    `${opening}\nfallback:\n  steps: []\n  otherwise: bot\n  followUp: ${followUp}\n`
  const problems = (text: string) => {
    const read = parseRulesetYaml(text, 'routing.yaml')
    return 'errors' in read ? read.errors.map(({ line, path, message }) => ({ line, path, message })) : []
  }

  test('it is read with business days, hours and plain time', () => {
    for (const after of ['1bd', '60bd', '2bh', '30bm', '2h', '1d'])
      expect(problems(yaml(`{ after: ${after}, title: 回访 }`))).toEqual([])
  })

  test.each([
    ['{ after: 61bd, title: 回访 }', 'fallback.followUp.after', '2bd'],
    ['{ after: 2 天, title: 回访 }', 'fallback.followUp.after', '2bd'],
    ['{ after: 1bd }', 'fallback.followUp.title', 'title'],
    ['{ after: 1bd, title: 回访, who: owner }', 'fallback.followUp.who', 'who'],
  ])('%s is a mistake with its line', (text, path, words) => {
    expect(problems(yaml(text))).toEqual([{ line: 5, path, message: expect.stringContaining(words) }])
  })

  test('business time without a calendar to measure it', () => {
    expect(problems(yaml('{ after: 1bd, title: 回访 }', 'pools: {}'))).toMatchObject([
      { line: 5, path: 'fallback.followUp.after', message: expect.stringContaining('opening') },
    ])
  })
})
