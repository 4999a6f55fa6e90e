import { missingYears } from '../calendar/calendar.ts'
import type { CompiledRuleset } from '../compile.ts'

/** Something that is allowed and probably not meant, with the place it is about. */
export type Warning = { path: string; message: string }

/** Holidays that the calendars need and nobody has entered yet: this year's, and from November on next year's. */
export function calendarWarnings({ calendars }: Pick<CompiledRuleset, 'calendars'>, now: Date): Warning[] {
  return [...calendars.values()].flatMap((calendar) =>
    missingYears(calendar, now).map((year) => ({
      path: `calendars.${calendar.key}`,
      message: `没有 ${year} 年的放假安排，暂按周末休息计算；请在 config/calendar.yaml 中补录，录全后把 ${year} 写入 complete`,
    })),
  )
}
