import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../world.ts'
import { dayLists, goTo, officeRules, taskCards, tasksIn } from './bank.ts'

const minute = 60_000
let world: World
beforeAll(async () => {
  // Monday the 23rd of November 2026.
  world = await createWorld({ rules: officeRules, startAt: Date.parse('2026-11-23T10:00:00+08:00') })
})
afterAll(() => world.stop())

const make = (body: object) => world.api('POST', '/tasks', body)
const last = async () => (await tasksIn(world)).at(-1)

test('an admin gives an RM a task; he is reminded in business time, not before', async () => {
  const made = await make({ title: '寄送贷款材料清单', rm: 'li.wei', externalUserId: 'wm_bakery', dueIn: '2bh' })
  expect(made).toMatchObject({
    status: 201,
    // Two hours of business time from 10:00: the noon break does not count.
    body: {
      state: 'open',
      rm: 'li.wei',
      dueAt: expect.stringMatching(/^2026-11-23T05:30/),
      createdBy: 'admin',
      customerName: '麦香面包房',
    },
  })
  await goTo(world, '2026-11-23T13:29:00')
  expect(taskCards(world, 'li.wei')).toEqual([])
  await goTo(world, '2026-11-23T13:32:00')
  const [card] = taskCards(world, 'li.wei')
  for (const words of ['待办提醒', '寄送贷款材料清单', '麦香面包房', '今天13:30', '约定再联系'])
    expect(card?.text).toContain(words)
})

test('in an hour: the card says so, and a new one comes', async () => {
  world.rm('li.wei').clicks('snooze')
  await world.settle()
  expect(taskCards(world, 'li.wei')).toMatchObject([{ replaced: '一小时后再提醒' }])
  await world.advance(61 * minute)
  expect(taskCards(world, 'li.wei')).toMatchObject([{}, { replaced: null }])
  expect(await last()).toMatchObject({ state: 'open', snoozed: 1 })
})

test('done on the card without choosing means contacted; the reminder does not come again', async () => {
  world.rm('li.wei').clicks('done')
  await world.settle()
  expect(await last()).toMatchObject({ state: 'done', outcome: 'contacted' })
  expect(taskCards(world, 'li.wei').at(-1)).toMatchObject({ replaced: '已完成：已联系' })
  await world.advance(120 * minute)
  expect(taskCards(world, 'li.wei')).toHaveLength(2)
})

test('what is due at night is told when the bank opens, and that it is a day late', async () => {
  await make({ title: '夜里到期', rm: 'li.wei', dueAt: '2026-11-23T14:00:00Z' })
  await goTo(world, '2026-11-23T23:00:00')
  expect(taskCards(world, 'li.wei')).toHaveLength(2)
  await goTo(world, '2026-11-24T09:00:01')
  expect(taskCards(world, 'li.wei').at(-1)?.text).toContain('昨天22:00')
  expect(dayLists(world, 'li.wei')).toEqual([expect.stringContaining('【逾期】昨天22:00 夜里到期')])
  world.rm('li.wei').clicks('done')
  await world.settle()
})

test('a tap on a card whose task has ended elsewhere says so', async () => {
  const { body } = await make({ title: '回访', rm: 'wang.fang', dueAt: '2026-11-24T02:00:00Z' })
  await goTo(world, '2026-11-24T10:00:01')
  await world.api('POST', `/tasks/${body['id']}/finish`, { outcome: 'won', note: '签约' })
  world.rm('wang.fang').clicks('done', { selected: { outcome: ['declined'] } })
  await world.settle()
  expect(taskCards(world, 'wang.fang').at(-1)).toMatchObject({ replaced: '此前已完成' })
  expect(await last()).toMatchObject({ outcome: 'won' })
})

test('who is off duty has a deputy: he gets the card, and it says for whom', async () => {
  await make({ title: '续贷材料', rm: 'li.wei', dueAt: '2026-11-24T03:00:00Z' })
  await world.pool.query("update rms set on_duty = false where userid = 'li.wei'")
  await goTo(world, '2026-11-24T11:00:01')
  expect(taskCards(world, 'li.wei')).toHaveLength(3)
  expect(taskCards(world, 'wang.fang').at(-1)?.text).toContain('李伟（未上班，请您代办）')
  world.rm('wang.fang').clicks('done', { selected: { outcome: ['unreachable'] } })
  await world.settle()
  expect(await last()).toMatchObject({ rm: 'li.wei', outcome: 'unreachable' })
  await world.pool.query("update rms set on_duty = true where userid = 'li.wei'")
})

test('he gives it to his deputy for good', async () => {
  await make({ title: '开户资料', rm: 'li.wei', dueAt: '2026-11-24T06:00:00Z' })
  await goTo(world, '2026-11-24T14:00:01')
  world.rm('li.wei').clicks('pass')
  await world.settle()
  expect(taskCards(world, 'li.wei').at(-1)).toMatchObject({ replaced: '已转给王芳' })
  expect(taskCards(world, 'wang.fang').at(-1)?.text).toContain('开户资料')
  expect(await last()).toMatchObject({ rm: 'wang.fang', state: 'open' })
})

test('the same task twice: two taps at once end it once', async () => {
  await make({ title: '双击', rm: 'wang.fang', dueAt: '2026-11-24T07:00:00Z' })
  await goTo(world, '2026-11-24T15:00:01')
  world.rm('wang.fang').clicks('done', { selected: { outcome: ['won'] } })
  world.rm('wang.fang').clicks('done', { selected: { outcome: ['declined'] } })
  await world.settle()
  expect(await last()).toMatchObject({ state: 'done', outcome: 'won' })
  const { rows } = await world.pool.query(
    "select count(*)::int as n from touchpoints where kind = 'task.done' and data ->> 'taskId' = $1",
    [(await last())?.id],
  )
  expect(rows).toEqual([{ n: 1 }])
})
