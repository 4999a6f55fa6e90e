import type { Pool } from 'pg'
import type { Zone } from '../routing/calendar/zone.ts'
import { readAttribution, type Attribution, type AttributionAsk } from './attribution.ts'
import { businessCalendar } from './calendar.ts'
import { readComparison, type Comparison, type ComparisonAsk } from './comparison.ts'
import type { Definitions } from './definitions.ts'
import { readConnections, type ConnectionCounts, type ConnectionRow, type ConnectionsAsk } from './effective.ts'
import { readFlags, type Flags } from './flags.ts'
import { readFreshness, type Freshness } from './freshness.ts'
import { readFunnel, type Funnel, type FunnelAsk } from './funnel.ts'

export type FigureDesk = {
  definitions: Definitions
  /** The business day at this time. */
  day(at: Date): string
  freshness(): Promise<Freshness>
  funnel(ask: FunnelAsk): Promise<Funnel>
  attribution(ask: AttributionAsk): Promise<Attribution>
  connections(ask: ConnectionsAsk): Promise<{ rows: ConnectionRow[]; total: ConnectionCounts; flags: Flags }>
  comparison(ask: ComparisonAsk): Promise<Comparison>
}

/** Answers from what was counted; the counting is `createCounter`'s. */
export const createFigures = ({
  pool,
  definitions,
  zone,
}: {
  pool: Pool
  definitions: Definitions
  zone: Zone
}): FigureDesk => {
  const calendar = businessCalendar(zone)
  return {
    definitions,
    day: calendar.day,
    freshness: () => readFreshness(pool),
    funnel: (ask) => readFunnel(pool, ask),
    attribution: (ask) => readAttribution(pool, ask),
    connections: async (ask) => {
      const [counts, flags] = await Promise.all([
        readConnections(pool, definitions, ask),
        readFlags(pool, definitions, ask),
      ])
      return { ...counts, flags }
    },
    comparison: (ask) => readComparison(pool, { definitions, calendar }, ask),
  }
}
