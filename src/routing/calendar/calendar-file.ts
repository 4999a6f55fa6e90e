import { z } from 'zod'
import { Slot } from './calendar-schema.ts'
import type { CalendarOverrides } from './holidays.ts'
import { beyondLimits } from '../reading/limits.ts'
import { problemsIn } from '../reading/problems.ts'
import { readYaml } from '../reading/yaml-source.ts'
import type { FileProblem } from '../reading/yaml-source.ts'
import { dayOf } from './zone.ts'

const Day = z.string().refine((date) => !Number.isNaN(dayOf(date)), '日期写作 2027-01-01')
export const CalendarFile = z
  .strictObject({
    days: z
      .record(
        Day,
        z.union([z.literal('holiday'), z.literal('workday'), z.array(Slot).max(24)], '写 holiday、workday 或时段列表'),
      )
      .nullish()
      .describe('holiday 放假，workday 调休上班，或当天的营业时段'),
    complete: z.array(z.int().min(2000).max(2100)).nullish().describe('放假安排已录全的年份，不再提醒'),
  })
  .meta({ id: 'CalendarFile' })

/** Reads `config/calendar.yaml`: the days that differ from what the package knows, above all the years it does not know. */
export function parseCalendarYaml(
  text: string,
  fileName: string,
): { overrides: CalendarOverrides } | { errors: FileProblem[] } {
  const read = readYaml(text, fileName)
  if ('errors' in read) return read
  const value = read.source.value ?? {}
  const tooBig = beyondLimits(value)
  const problems = tooBig.length > 0 ? tooBig : problemsIn(CalendarFile, value)
  if (problems.length > 0) return { errors: problems.map(read.source.place) }
  const { days, complete } = value as z.infer<typeof CalendarFile>
  return { overrides: { days: days ?? {}, complete: complete ?? [] } }
}
