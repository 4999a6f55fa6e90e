import type { FigureTables } from '../store/tables/figures.ts'
import { branchAt } from './branches.ts'
import { afterDays } from './calendar.ts'
import type { Ground } from './ground.ts'
import { isAdd, sourceOf, type Line } from './line.ts'

/** One touch before a conversion, or one row without a source where there was none. */
export type Credit = Omit<FigureTables['figure_credits'], 'person'>

/** `contact`: the first add; `value`: the first value event of any kind; and the first of each kind by its own name. */
export const creditsOf = (lines: readonly Line[], ground: Ground): Credit[] => {
  const goals = new Map<string, number>()
  const reach = (goal: string, index: number) => goals.has(goal) || goals.set(goal, index)
  for (const [index, line] of lines.entries()) {
    if (isAdd(line)) reach('contact', index)
    if (!ground.definitions.valueEvents.includes(line.kind)) continue
    reach('value', index)
    reach(line.kind, index)
  }
  return [...goals].flatMap(([goal, index]) => creditsFor(goal, lines.slice(0, index + 1), ground))
}

/** `lines` end with the conversion. */
const creditsFor = (goal: string, lines: readonly Line[], ground: Ground): Credit[] => {
  const { definitions, calendar, places } = ground
  const conversion = lines.at(-1) as Line
  const touches = lines.filter(
    ({ kind, at }) => kind === 'entry.opened' && afterDays(at, definitions.lookbackDays) >= conversion.at.getTime(),
  )
  const rm = lines.findLast(isAdd)?.rm ?? null
  const common = {
    goal,
    day: calendar.day(conversion.at),
    week: calendar.week(conversion.at),
    branch: branchAt(places, rm, conversion.at),
    rm,
  }
  const sources = touches.length > 0 ? touches.map(sourceOf) : [{ channel: null, campaign: null }]
  return sources.map((source, index) => ({
    ...common,
    ...source,
    is_first: index === 0,
    is_last: index === sources.length - 1,
    touches: touches.length,
  }))
}
