import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../src/routing/compile.ts'
import { businessDaysAfter, morningOf, nextLook } from '../../src/dispatch/business-day.ts'
import { askForDayLists } from '../../src/tasks/day.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import type { CompiledCalendar } from '../../src/routing/calendar/calendar.ts'
import type { Ruleset } from '../../src/routing/ruleset/schema.ts'
import { createWorld, type World } from '../world.ts'
import { dayLists, goTo, officeRules } from './bank.ts'

const calendar = compile(officeRules as Ruleset).opening as CompiledCalendar
const china = (time: string): Date => new Date(`${time}+08:00`)

describe('the morning', () => {
  test.each([
    ['2026-11-23T08:59:59', null],
    ['2026-11-23T09:00:00', '2026-11-23'],
    ['2026-11-23T11:59:00', '2026-11-23'],
    ['2026-11-23T12:00:00', null],
    ['2026-11-23T22:00:00', null],
    ['2026-10-01T09:30:00', null],
    ['2026-10-10T09:30:00', '2026-10-10'],
    ['2026-11-28T09:30:00', null],
  ])('%s in Shanghai is the morning of %s', (time, date) => {
    expect(morningOf(calendar, china(time))?.date ?? null).toBe(date)
  })

  test.each([
    ['2026-11-23T07:00:00', '2026-11-23T09:00:00'],
    ['2026-11-23T09:00:00', '2026-11-23T09:10:00'],
    ['2026-11-23T11:55:00', '2026-11-24T09:00:00'],
    ['2026-09-30T18:00:00', '2026-10-08T09:00:00'],
    ['2026-10-09T18:00:00', '2026-10-10T09:00:00'],
  ])('after %s it is looked at %s', (time, next) => {
    expect(nextLook(calendar, china(time))).toEqual(china(next))
  })

  test('business days skip the holiday and count the Saturday that is worked', () => {
    expect(businessDaysAfter(calendar, china('2026-09-30T16:20:00'), 1)).toEqual(china('2026-10-08T16:20:00'))
    expect(businessDaysAfter(calendar, china('2026-09-30T16:20:00'), 3)).toEqual(china('2026-10-10T16:20:00'))
  })
})

describe('the list', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ rules: officeRules, startAt: Date.parse('2026-11-23T18:00:00+08:00') })
    for (let index = 1; index <= 11; index += 1)
      await world.api('POST', '/tasks', {
        title: `第${index}件`,
        rm: 'li.wei',
        dueAt: `2026-11-24T0${index % 9}:00:00Z`,
      })
    await world.api('POST', '/tasks', { title: '后天的', rm: 'wang.fang', dueAt: '2026-11-26T02:00:00Z' })
    await world.pool.query("update rms set on_duty = userid <> 'li.wei'")
  })
  afterAll(() => world.stop())

  test('an RM off duty has a deputy, who is told at the opening: eight of them, and how many more', async () => {
    await goTo(world, '2026-11-24T09:00:01')
    expect(dayLists(world, 'li.wei')).toEqual([])
    const [list] = dayLists(world, 'wang.fang')
    expect(list).toContain('11月24日星期二，您有11项待办')
    expect(list).toContain('，代李伟')
    expect(list).toContain('另有 3 项')
    expect(list).not.toContain('后天的')
  })

  test('who begins later in the morning is told then, the others not again', async () => {
    await world.pool.query('update rms set on_duty = true')
    await goTo(world, '2026-11-24T09:11:00')
    await goTo(world, '2026-11-24T09:25:00')
    expect([dayLists(world, 'li.wei'), dayLists(world, 'wang.fang')]).toEqual([
      [expect.stringContaining('11项')],
      [expect.anything()],
    ])
  })

  test('several processes at once: each RM is asked for once', async () => {
    const day = { date: '2026-11-25', opensAt: china('2026-11-25T09:00:00'), endsAt: china('2026-11-26T00:00:00') }
    const told = await Promise.all(
      Array.from({ length: 3 }, () => inTransaction(world.pool, (tx) => askForDayLists(tx, day))),
    )
    expect(told.toSorted()).toEqual([0, 0, 1])
  })
})
