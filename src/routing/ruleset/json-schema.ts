import { z } from 'zod'
import { CalendarFile } from '../calendar/calendar-file.ts'
import { Ruleset } from './schema.ts'

/** JSON Schema (draft 2020-12) of a rule set: completion and checking in editors, `config/.schema/routing.schema.json`. */
export function routingSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(Ruleset, { io: 'input' }), title: '引桥路由规则' }
}

/** The same for `config/calendar.yaml`, `config/.schema/calendar.schema.json`. */
export function calendarSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(CalendarFile, { io: 'input' }), title: '引桥节假日与调休' }
}
