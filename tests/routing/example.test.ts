import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseCalendarYaml } from '../../src/routing/calendar/calendar-file.ts'
import { compile } from '../../src/routing/compile.ts'
import { calendarSchema, routingSchema } from '../../src/routing/ruleset/json-schema.ts'
import { lint } from '../../src/routing/lint/lint.ts'
import { parseRulesetYaml } from '../../src/routing/ruleset/ruleset.ts'
import { exampleRms } from '../../src/simulator/example/rms.ts'
import { after, rm, route, team } from './people.ts'

const file = (name: string) => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8')
const read = parseRulesetYaml(file('routing.yaml'), 'config/routing.yaml')
if ('errors' in read) throw new Error(JSON.stringify(read.errors))
const rules = compile(read.ruleset)

describe('config/routing.yaml', () => {
  test('has no warnings, and its editors’ schema is the present one', () => {
    expect(lint(read.ruleset)).toEqual([])
    expect(JSON.parse(file('.schema/routing.schema.json'))).toEqual(routingSchema())
    expect(JSON.parse(file('.schema/calendar.schema.json'))).toEqual(calendarSchema())
    expect(parseCalendarYaml(file('calendar.yaml'), 'config/calendar.yaml')).toHaveProperty('overrides')
  })

  test('fits the example bank: every pool has members, every named RM exists', () => {
    const kf = { kf1: 'receiving' as const }
    const people = exampleRms.map((one) => rm(one.userid, { ...one, deputy: one.deputy ?? null, kf }))
    expect(lint(read.ruleset, team(...people)).filter(({ message }) => !message.includes('代班关系成环'))).toEqual([])
  })

  test('serves a customer at any hour of any day of the year when somebody is on duty', () => {
    const roster = team(rm('a', { branch: 'shanghai' }))
    for (let hour = 0; hour < 24 * 366; hour += 7) {
      expect(route(rules, roster, { facts: { 'message.text': '你好' }, now: after(hour * 3_600) }).rm).toBe('a')
    }
  })

  test.each([
    [{ 'message.text': '我要投 诉你们' }, 'complaint'],
    [{ 'customer.kind': 'person', 'customer.tier': 'platinum', 'message.text': '你好' }, 'vip'],
    [{ 'customer.kind': 'sme', 'message.text': '想办经营贷款' }, 'sme-loan'],
    [{ 'customer.kind': 'sme', 'customer.tier': 'platinum', 'message.text': '续贷' }, 'sme-loan'],
    [{ 'customer.kind': 'sme', 'message.text': '你好' }, 'sme'],
    [{ 'customer.kind': 'person', 'customer.branch': 'shanghai', 'message.text': '基金赎回' }, 'fund-shanghai'],
    [{ 'customer.kind': 'person', 'customer.branch': 'hangzhou', 'message.text': '理财' }, 'fund-hangzhou'],
    [{ 'customer.kind': 'person', 'customer.branch': 'shenzhen/nanshan', 'message.text': '理财' }, 'fund-shenzhen'],
    [{ 'customer.kind': 'person', 'message.text': '理财' }, 'fund'],
    [{ 'customer.owner': 'li.wei', 'customer.known': true, 'message.text': '你好' }, 'known'],
    [{ 'customer.branch': 'hangzhou', 'message.text': '你好' }, 'new-hangzhou'],
    [{ 'message.text': '你好' }, 'fallback'],
    [{}, 'fallback'],
  ])('%j meets %s', (facts, expected) => {
    expect(route(rules, team(), { facts }).rule).toBe(expected)
  })
})
