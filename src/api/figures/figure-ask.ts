import { z } from 'zod'
import { isDate, plusDays } from '../../figures/calendar.ts'
import { dimensions, type Slice } from '../../figures/slice.ts'
import { scopeOf, type Caller } from '../access/caller.ts'
import { Branch, Line, Userid } from '../fields.ts'
import { invalid } from '../http/problem.ts'

const Day = z.string().refine(isDate, '日期写作 2026-01-31').meta({ format: 'date', example: '2026-01-31' })

export const figureQuery = {
  from: Day.optional().meta({ description: 'First business day; 90 days before `to` when left out' }),
  to: Day.optional().meta({ description: 'Last business day, included; today when left out' }),
  channel: Line(128).optional(),
  campaign: Line(128).optional(),
  branch: Branch.optional().meta({ description: 'This branch and those below it' }),
  rm: Userid.optional(),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'Also by `Accept: text/csv`' }),
}
export const By = z.enum(dimensions)

type Asked = {
  from?: string | undefined
  to?: string | undefined
  channel?: string | undefined
  campaign?: string | undefined
  branch?: string | undefined
  rm?: string | undefined
}
const mostDays = 3_700

/** What is asked for, within what the asker may see. A week begins on Monday, so the first day is moved to one only by the asker. */
export const sliceOf = (asked: Asked, caller: Caller, today: string): Slice => {
  const last = asked.to ?? today
  const from = asked.from ?? plusDays(last, -90)
  if (from > last) throw invalid([{ path: 'from', message: '开始日期不能晚于结束日期' }])
  if (plusDays(from, mostDays) < last) throw invalid([{ path: 'from', message: '一次最多查询十年' }])
  const { channel, campaign, branch, rm } = asked
  return { from, to: plusDays(last, 1), channel, campaign, branch, rm, scope: scopeOf(caller) }
}
