import type { Selectable } from 'kysely'
import type { FigureTables } from '../store/tables/figures.ts'
import { branchAt } from './branches.ts'
import { afterDays } from './calendar.ts'
import type { Ground } from './ground.ts'
import { isAdd, meetingOf, sourceOf, type Line } from './line.ts'
import { isClient } from './standing.ts'

/** One add of an RM, with what makes it an effective one. */
export type Connection = Omit<Selectable<FigureTables['figure_connections']>, 'person'>

export const connectionsOf = (lines: readonly Line[], ground: Ground): Connection[] => {
  const adds = lines.flatMap((line, index) => (isAdd(line) ? [index] : []))
  if (adds.length === 0) return []
  const client = isClient(lines, ground.undone)
  return adds.map((index) => ({ ...connectionAt(lines, index, ground), client }))
}

const connectionAt = (lines: readonly Line[], index: number, ground: Ground): Omit<Connection, 'client'> => {
  const { calendar, places } = ground
  const add = lines[index] as Line
  const rm = add.rm as string
  const until = lines.slice(0, index + 1)
  const same = (line: Line) => isAdd(line) && line.rm === rm
  const next = lines.slice(index + 1).find((line) => line.rm === rm && (isAdd(line) || line.kind === 'contact.lost'))
  return {
    rm,
    branch: branchAt(places, rm, add.at),
    ...cameFrom(until, ground),
    added_at: add.at,
    day: calendar.day(add.at),
    week: calendar.week(add.at),
    is_first: meetingOf(until).data?.['first'] !== false && !lines.slice(0, index).some(same),
    spoke: lines.some((line) => isWord(line, rm) && isNear(line, add, ground)),
    lost_at: next?.kind === 'contact.lost' ? next.at : null,
  }
}

const isWord = ({ kind, rm }: Line, manager: string): boolean =>
  kind === 'message.received' || (rm === manager && (kind === 'message.replied' || kind === 'contact.chatted'))

const isNear = (line: Line, add: Line, { definitions: { keptDays } }: Ground): boolean =>
  line.at.getTime() <= afterDays(add.at, keptDays) && line.at.getTime() >= afterDays(add.at, -keptDays)

/** What the add itself says, else the last entry before it. `lines` end with the add. */
const cameFrom = (lines: readonly Line[], { definitions }: Ground) => {
  const add = lines.at(-1) as Line
  const own = sourceOf(meetingOf(lines))
  if (own.channel !== null || own.campaign !== null) return own
  const entry = lines.findLast(
    ({ kind, at }) => kind === 'entry.opened' && afterDays(at, definitions.lookbackDays) >= add.at.getTime(),
  )
  return entry ? sourceOf(entry) : own
}
