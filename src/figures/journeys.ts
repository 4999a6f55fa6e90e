import type { FigureTables } from '../store/tables/figures.ts'
import { branchAt } from './branches.ts'
import { afterDays } from './calendar.ts'
import type { Ground } from './ground.ts'
import { sourceOf, stageOf, stages, type Line, type Stage } from './line.ts'

/** One way of a person through the funnel. */
export type Journey = Omit<FigureTables['figure_journeys'], 'person'>

type Open = {
  start: Date
  /** The furthest step so far, and when the person was last seen at it. */
  last: number
  lastAt: Date
  mask: number
  channel: string | null
  campaign: string | null
  /** Somebody has said where he came from. */
  told: boolean
  rm: string | null
  rmAt: Date
}

const numberOf = (stage: Stage): number => stages.indexOf(stage)
const [entry, conversation, contact, value] = [
  numberOf('entry'),
  numberOf('conversation'),
  numberOf('contact'),
  numberOf('value'),
]
/** Nobody's way begins with a reply, an invitation or a deal. */
const starts = (stage: number): boolean => stage <= conversation || stage === contact

/**
 * The journeys of one person, whose lines come by time. A journey goes on while each next step comes within the window after the
 * step before it; steps may be left out, but a deal counts only after a contact. It ends with the deal, when the window is over,
 * and, while nothing but its first step has happened, with the business week.
 */
export const journeysOf = (lines: readonly Line[], ground: Ground): Journey[] => {
  const { definitions, calendar } = ground
  const done: Journey[] = []
  let open: Open | null = null
  const close = () => {
    if (open) done.push(journeyOf(open, ground))
    open = null
  }
  for (const line of lines) {
    const name = stageOf(line, definitions.valueEvents)
    if (!name) continue
    const stage = numberOf(name)
    if (open && isOver(open, line, stage)) close()
    if (open) advance(open, line, stage)
    else if (starts(stage)) open = begin(line, stage)
    if (open?.last === value) close()
  }
  close()
  return done

  function isOver(it: Open, { at }: Line, stage: number): boolean {
    if (at.getTime() > afterDays(it.lastAt, definitions.windowDays)) return true
    return it.mask === 1 << stage && calendar.week(at) !== calendar.week(it.start)
  }
}

const begin = (line: Line, stage: number): Open => {
  const { at } = line
  const nobody = { channel: null, campaign: null, told: false, rm: null, rmAt: at }
  const it: Open = { start: at, last: stage, lastAt: at, mask: 0, ...nobody }
  mark(it, line, stage)
  return it
}

const advance = (it: Open, line: Line, stage: number): void => {
  if (stage < it.last) return
  if (stage === value && it.last !== contact) return
  mark(it, line, stage)
}

const mark = (it: Open, line: Line, stage: number): void => {
  const news = (it.mask & (1 << stage)) === 0
  it.mask |= 1 << stage
  it.last = stage
  it.lastAt = line.at
  if (news) attribute(it, line, stage)
  // Of one step the last RM: who took the customer over.
  if (line.rm !== null && stage !== value) Object.assign(it, { rm: line.rm, rmAt: line.at })
}

/** Channel and campaign are the entry's; before there is one, those of the first step that names any. */
const attribute = (it: Open, line: Line, stage: number): void => {
  const { channel, campaign } = sourceOf(line)
  if (channel === null && campaign === null) return
  if (it.told && stage !== entry) return
  Object.assign(it, { channel, campaign, told: true })
}

const journeyOf = (it: Open, { calendar, places }: Ground): Journey => ({
  day: calendar.day(it.start),
  week: calendar.week(it.start),
  channel: it.channel,
  campaign: it.campaign,
  branch: branchAt(places, it.rm, it.rmAt),
  rm: it.rm,
  stages: it.mask,
  pairs: it.mask & (it.mask << 1),
})
