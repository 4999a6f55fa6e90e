import { mondayOf, plusDays } from './calendar.ts'
import type { Ground } from './ground.ts'
import { stageOf, textIn, type Line } from './line.ts'
import { knownSince } from './standing.ts'

/** A stratum of the comparison as a word: the bands of tenure and activity, and the segment. */
export const stratumWord = (tenure: number, activity: number, segment: string): string =>
  `${tenure} ${activity} ${segment}`
export const readStratum = (word: string): { tenure: number; activity: number; segment: string } => {
  const [tenure = '', activity = ''] = word.split(' ', 2)
  return {
    tenure: Number(tenure),
    activity: Number(activity),
    segment: word.slice(tenure.length + activity.length + 2),
  }
}

type Strata = { strata: string[]; strata_since: string[] }

/** To which stratum somebody belongs, and from which Monday on. What happens in a week shows in the next. */
export const strataOf = (lines: readonly Line[], ground: Ground): Strata => {
  const { tenureDays, activityTouches, activityWeeks } = ground.definitions
  const since = knownSince(lines, ground)
  const segments = segmentsOf(lines, ground)
  const touched = touchedWeeks(lines, ground)
  const tenures = tenureDays.map((days) => ({ days, since: mondayOf(plusDays(since, days + 6)) }))
  const stratumIn = (week: string): string => {
    const from = plusDays(week, -7 * activityWeeks)
    const touches = touched.reduce((sum, one) => sum + (one.week < week && one.week >= from ? one.touches : 0), 0)
    const segment = segments.findLast((one) => one.since <= week)?.segment ?? 'person'
    return stratumWord(tenures.filter((one) => one.since <= week).length, bandOf(activityTouches, touches), segment)
  }
  const changes = [
    ...[...tenures, ...segments].map((one) => one.since),
    ...touched.flatMap(({ week }) => [plusDays(week, 7), plusDays(week, 7 * (activityWeeks + 1))]),
  ]
  return joined([...new Set(changes)].toSorted().map((week) => ({ since: week, stratum: stratumIn(week) })))
}

const bandOf = (edges: readonly number[], value: number): number => edges.filter((edge) => value >= edge).length

/** Without the weeks in which nothing changes; before the first he is nothing in particular. */
const joined = (steps: readonly { since: string; stratum: string }[]): Strata => {
  const all = [{ since: '-infinity', stratum: stratumWord(0, 0, 'person') }, ...steps]
  const kept = all.filter(({ stratum }, index) => stratum !== all[index - 1]?.stratum)
  return { strata: kept.map(({ stratum }) => stratum), strata_since: kept.map(({ since }) => since) }
}

const segmentsOf = (lines: readonly Line[], { calendar }: Ground): { since: string; segment: string }[] =>
  lines.flatMap((line) => {
    if (line.kind !== 'customer.described' && !line.kind.startsWith('app.')) return []
    const segment = textIn(line, 'segment')
    return segment === null ? [] : [{ since: plusDays(calendar.week(line.at), 7), segment }]
  })

const touchedWeeks = (
  lines: readonly Line[],
  { definitions, calendar }: Ground,
): { week: string; touches: number }[] => {
  const touches = lines.filter((line) => stageOf(line, definitions.valueEvents) === 'touch')
  return [...Map.groupBy(touches, ({ at }) => calendar.week(at))].map(([week, own]) => ({ week, touches: own.length }))
}
