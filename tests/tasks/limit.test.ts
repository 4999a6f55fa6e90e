import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endSilentSessions } from '../../src/clock/tick.ts'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import { createWorld, type World } from '../world.ts'
import { goTo, officeRules, taskCards, tasksIn } from './bank.ts'

/** `profile: {task: n}`: how many open tasks an RM may have before the rules, or a colleague, give him another. */
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: officeRules, startAt: Date.parse('2026-09-30T16:00:00+08:00') })
  await world.pool.query('update rms set on_duty = false')
})
afterAll(() => world.stop())

const limited = async (userid: string, profile: object) => {
  const { body } = await world.api('GET', `/rms/${userid}`)
  const { name, branch, capacity, deputy } = body as unknown as Record<string, unknown>
  await world.api('PUT', `/rms/${userid}`, { name, branch, capacity, deputy, onDuty: true, profile })
}
const inHand = async (userid: string) => (await world.api('GET', `/rms/${userid}`)).body['inHand']
const ofWang = async () => (await tasksIn(world)).filter(({ rm, state }) => rm === 'wang.fang' && state === 'open')

describe('the rules give tasks that have nobody', () => {
  test('three strangers left a message before the holiday; the only RM on duty may have one task, and gets one', async () => {
    await goTo(world, '2026-10-01T20:00:00')
    for (const name of ['wm_a', 'wm_b', 'wm_c']) world.customer(name).writes('想了解理财')
    await world.settle()
    await limited('wang.fang', { task: 1 })
    await goTo(world, '2026-10-07T23:00:00')
    // The sweep comes every half minute of real time; here it is asked.
    await endSilentSessions(world.pool, new Date(world.clock.now()))
    await world.settle()
    await goTo(world, '2026-10-08T09:00:01')
    expect((await tasksIn(world)).map(({ rm }) => rm).toSorted()).toEqual([null, null, 'wang.fang'])
    expect(taskCards(world, 'wang.fang')).toHaveLength(1)
    expect(await inHand('wang.fang')).toEqual({ task: 1 })
  })

  test('the others say who was considered and why she was not taken', async () => {
    const { body } = await world.api('GET', '/tasks?unowned=true')
    const items = body['items'] as unknown as { search: { candidates: object[] } }[]
    expect(items).toHaveLength(2)
    for (const { search } of items)
      expect(search.candidates).toContainEqual(
        expect.objectContaining({ rm: 'wang.fang', eligible: false, excludedBy: 'excluded:full:task' }),
      )
  })

  test('as soon as she has done hers, the next look gives her one more', async () => {
    world.rm('wang.fang').clicks('done')
    await world.settle()
    await goTo(world, '2026-10-08T09:31:00')
    expect(await ofWang()).toHaveLength(1)
    expect(await inHand('wang.fang')).toEqual({ task: 1 })
  })

  test('a name that an admin writes stands above the limit', async () => {
    const { status } = await world.api('POST', '/tasks', { title: '回访', rm: 'wang.fang', dueIn: '2h' })
    expect(status).toBe(201)
    expect(await ofWang()).toHaveLength(2)
  })
})

test('a deputy who has enough: the task stays where it is, its card can still be used', async () => {
  await limited('li.wei', {})
  await world.api('POST', '/tasks', { title: '续贷材料', rm: 'li.wei', dueAt: '2026-10-08T02:00:00Z' })
  await goTo(world, '2026-10-08T10:00:01')
  world.rm('li.wei').clicks('pass')
  await world.settle()
  expect(world.rings('li.wei').at(-1)).toContain('没有转走：王芳手上的待办已达上限')
  expect(taskCards(world, 'li.wei').at(-1)).toMatchObject({ replaced: null })
  expect((await tasksIn(world)).at(-1)).toMatchObject({ title: '续贷材料', rm: 'li.wei' })
  await limited('wang.fang', { task: 9 })
  world.rm('li.wei').clicks('pass')
  await world.settle()
  expect((await tasksIn(world)).at(-1)).toMatchObject({ title: '续贷材料', rm: 'wang.fang' })
})

test('a rule cannot call its conversations "task": its line and column, and what to do', () => {
  const yaml = 'fallback:\n  work: task\n  steps: []\n  otherwise: bot\n'
  const read = parseRulesetYaml(yaml, 'routing.yaml')
  expect('errors' in read ? read.errors : []).toMatchObject([
    { line: 2, column: 9, path: 'fallback.work', message: expect.stringContaining('请换一个名字') },
  ])
})
