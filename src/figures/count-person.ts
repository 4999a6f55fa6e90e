import { connectionsOf } from './connections.ts'
import { creditsOf } from './credits.ts'
import type { Ground } from './ground.ts'
import { journeysOf } from './journeys.ts'
import type { Line } from './line.ts'
import { valuesOf } from './standing.ts'
import { strataOf } from './strata.ts'

/** All rows of one person, by table; nothing but his lines and the definitions decides them. */
export const countPerson = (person: string, lines: readonly Line[], ground: Ground) => {
  const first = lines[0]
  if (!first) return none
  const of = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ person, ...row }))
  const connections = connectionsOf(lines, ground)
  const [joined] = connections
  return {
    figure_journeys: of(journeysOf(lines, ground)),
    figure_credits: of(creditsOf(lines, ground)),
    figure_connections: of(connections),
    figure_people: of([
      {
        first_at: first.at,
        connected_at: joined?.added_at ?? null,
        channel: joined?.channel ?? null,
        campaign: joined?.campaign ?? null,
        branch: joined?.branch ?? null,
        rm: joined?.rm ?? null,
        ...strataOf(lines, ground),
      },
    ]),
    figure_values: of(valuesOf(lines, ground)),
  }
}

const none = {
  figure_journeys: [],
  figure_credits: [],
  figure_connections: [],
  figure_people: [],
  figure_values: [],
}
export type Counted = Record<keyof typeof none, object[]>
export const countedTables = Object.keys(none) as (keyof typeof none)[]
