import { afterAll, beforeAll, expect, test } from 'vitest'
import { endSilentSessions } from '../../src/clock/tick.ts'
import { createWorld, type World } from '../world.ts'
import { dayLists, goTo, officeRules, taskCards, tasksIn } from './bank.ts'

/** Tuesday before National Day 2026: closed from October 1st to 7th, and Saturday the 10th is a working day in exchange. */
let world: World
beforeAll(async () => {
  world = await createWorld({ rules: officeRules, startAt: Date.parse('2026-09-30T16:00:00+08:00') })
  await world.pool.query('update rms set on_duty = false')
})
afterAll(() => world.stop())

const onDuty = (...userids: string[]) => world.pool.query('update rms set on_duty = userid = any($1)', [userids])

test('a message on the holiday is kept; its task is due when the bank opens on the 8th, for the owner', async () => {
  await goTo(world, '2026-10-01T20:00:00')
  world.customer('wm_chen').writes('想了解理财')
  await world.settle()
  expect(world.customer('wm_chen').sees().at(-1)).toContain('10月8日星期四09:00')
  expect(await tasksIn(world)).toMatchObject([
    { kind: 'left-message', state: 'open', rm: 'zhao.lei', due_at: new Date('2026-10-08T09:00:00+08:00') },
  ])
})

test('nobody is disturbed on the holiday, though WeCom ends the session after 48 hours', async () => {
  await onDuty('zhao.lei', 'li.wei')
  await goTo(world, '2026-10-07T23:00:00')
  // The sweep comes every half minute of real time; here it is asked.
  await endSilentSessions(world.pool, new Date(world.clock.now()))
  await world.settle()
  expect(await world.conversation('wm_chen')).toMatchObject({ status: 'closed' })
  expect([taskCards(world, 'zhao.lei'), dayLists(world, 'zhao.lei')]).toEqual([[], []])
})

test('at the opening on the 8th he has it in his day’s list and as a card', async () => {
  await goTo(world, '2026-10-08T09:00:01')
  expect(dayLists(world, 'zhao.lei')).toEqual([expect.stringContaining('今天09:00 客户留言待回复（陈静怡）')])
  expect(taskCards(world, 'zhao.lei')).toMatchObject([{ replaced: null, text: expect.stringContaining('陈静怡') }])
  expect(dayLists(world, 'li.wei')).toEqual([])
})

test('he finishes it on the card, with what came of it', async () => {
  world.rm('zhao.lei').clicks('done', { selected: { outcome: ['appointed'] } })
  await world.settle()
  expect(await tasksIn(world)).toMatchObject([{ state: 'done', outcome: 'appointed' }])
  expect(taskCards(world, 'zhao.lei')).toMatchObject([{ replaced: '已完成：约定再联系' }])
  expect((await world.touchpoints('wm_chen')).filter((kind) => kind.startsWith('task.'))).toEqual([
    'task.created',
    'task.done',
  ])
})

test('a message on Friday night is for Saturday the 10th, the make-up workday; the RM who answers has done it', async () => {
  await onDuty()
  await goTo(world, '2026-10-09T21:00:00')
  world.customer('wm_bakery').writes('授信额度怎么提')
  await world.settle()
  expect((await tasksIn(world)).at(-1)).toMatchObject({ due_at: new Date('2026-10-10T09:00:00+08:00'), rm: 'li.wei' })

  await onDuty('li.wei', 'wang.fang')
  await goTo(world, '2026-10-10T09:00:01')
  expect(await world.conversation('wm_bakery')).toMatchObject({ status: 'assigned', rm: 'li.wei' })
  expect(dayLists(world, 'li.wei')).toEqual([expect.stringContaining('麦香面包房')])
  // The conversation itself rings and reminds: no second card for the same words.
  expect(taskCards(world, 'li.wei')).toEqual([])
  world.rm('li.wei').replies(world.account, 'wm_bakery', '您好，周六也上班')
  await world.settle()
  expect((await tasksIn(world)).at(-1)).toMatchObject({ state: 'done', outcome: 'contacted' })
})

test('Sunday the 11th is a Sunday', async () => {
  const told = world.rings('li.wei').length
  await goTo(world, '2026-10-11T15:00:00')
  expect(world.rings('li.wei')).toHaveLength(told)
})
