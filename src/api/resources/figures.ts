import { z } from 'zod'
import type { FigureDesk } from '../../figures/figures.ts'
import type { Dimension } from '../../figures/slice.ts'
import type { Db } from '../../store/open.ts'
import { AttributionAnswer, ComparisonAnswer, ConnectionsAnswer, FunnelAnswer } from '../figures/figure-answers.ts'
import { By, figureQuery, sliceOf } from '../figures/figure-ask.ts'
import { namesOf } from '../figures/figure-names.ts'
import { attributionTable, comparisonTable, connectionsTable, funnelTable } from '../figures/figure-tables.ts'
import { time, timeOrNull } from '../fields.ts'
import { plusDays } from '../../figures/calendar.ts'
import { invalid } from '../http/problem.ts'
import { route, type Route } from '../http/route.ts'

type Deps = { db: Db; figures: FigureDesk; now: () => Date }
const shared = { tag: '经营数据' }
const roles = ['admin', 'supervisor', 'rm', 'auditor'] as const

/** Counted from the ledger alone, by the definitions of config/figures.yaml. An RM asks about himself, a branch about itself. */
export const figureRoutes = (deps: Deps): Route[] => [
  funnelRoute(deps),
  attributionRoute(deps),
  connectionsRoute(deps),
  comparisonRoute(deps),
]

const heading = async ({ figures }: Deps, { from, to }: { from: string; to: string }) => {
  const { countedAt, waiting } = await figures.freshness()
  return { from, to: plusDays(to, -1), countedAt: timeOrNull(countedAt), waiting }
}

const named = async <Row extends { key: string | null }>(db: Db, by: Dimension | undefined, rows: readonly Row[]) => {
  const names = await namesOf(
    db,
    by,
    rows.map(({ key }) => key),
  )
  return rows.map((row) => ({ ...row, name: (row.key !== null && names.get(row.key)) || null }))
}

const funnelRoute = (deps: Deps): Route =>
  route({
    method: 'GET',
    path: '/figures/funnel',
    roles,
    doc: {
      ...shared,
      summary: 'The funnel from the app to the first value event',
      description:
        'Persons per stage of the journeys that began in this time; each once per row and once in the total.',
    },
    query: z.object({ ...figureQuery, by: By.optional() }),
    answer: FunnelAnswer,
    table: funnelTable,
    run: async ({ query: { by, ...asked }, caller }) => {
      const slice = sliceOf(asked, caller, deps.figures.day(deps.now()))
      const { rows, total } = await deps.figures.funnel({ ...slice, by })
      const { windowDays } = deps.figures.definitions
      return { ...(await heading(deps, slice)), windowDays, total, rows: await named(deps.db, by, rows) }
    },
  })

const attributionRoute = (deps: Deps): Route =>
  route({
    method: 'GET',
    path: '/figures/attribution',
    roles,
    doc: {
      ...shared,
      summary: 'Which entries the conversions are owed to',
      description: 'By first entry, last entry, and each the same part (linear). Key null: no entry before it.',
    },
    query: z.object({
      ...figureQuery,
      by: By.default('channel'),
      goal: z
        .string()
        .default('contact')
        .meta({ description: '`contact`, `value` (any value event) or one kind of value event' }),
    }),
    answer: AttributionAnswer,
    table: attributionTable,
    run: async ({ query: { by, goal, ...asked }, caller }) => {
      const { lookbackDays, valueEvents } = deps.figures.definitions
      const goals = ['contact', 'value', ...valueEvents]
      if (!goals.includes(goal)) throw invalid([{ path: 'goal', message: `只能是 ${goals.join('、')}` }])
      const slice = sliceOf(asked, caller, deps.figures.day(deps.now()))
      const { rows, ...sums } = await deps.figures.attribution({ ...slice, by, goal })
      return { ...(await heading(deps, slice)), goal, lookbackDays, ...sums, rows: await named(deps.db, by, rows) }
    },
  })

const connectionsRoute = (deps: Deps): Route =>
  route({
    method: 'GET',
    path: '/figures/connections',
    roles,
    doc: { ...shared, summary: 'Effective connections (有效连接) beside raw adds, and adds to look at' },
    query: z.object({ ...figureQuery, by: By.optional() }),
    answer: ConnectionsAnswer,
    table: connectionsTable,
    run: async ({ query: { by, ...asked }, caller }) => {
      const slice = sliceOf(asked, caller, deps.figures.day(deps.now()))
      const { rows, total, flags } = await deps.figures.connections({ ...slice, by, now: deps.now() })
      const { keptDays } = deps.figures.definitions
      return {
        ...(await heading(deps, slice)),
        keptDays,
        total,
        rows: await named(deps.db, by, rows),
        flags: {
          ...flags,
          quickLosses: flags.quickLosses.map((one) => ({
            ...one,
            addedAt: time(one.addedAt),
            lostAt: time(one.lostAt),
          })),
          bursts: flags.bursts.map((one) => ({ ...one, from: time(one.from), to: time(one.to) })),
        },
      }
    },
  })

const comparisonRoute = (deps: Deps): Route =>
  route({
    method: 'GET',
    path: '/figures/comparison',
    roles,
    doc: {
      ...shared,
      summary: 'Conversion of customers connected to an RM, against customers who are alike and are not',
      description:
        'Whole business weeks between the two days. An observation, not an experiment: `warnings` say how far it carries. ' +
        'The unconnected are those of the whole house, whatever part of it is asked for.',
    },
    query: z.object({
      ...figureQuery,
      value: z.string().optional().meta({ description: 'One kind of value event; any of them when left out' }),
    }),
    answer: ComparisonAnswer,
    table: comparisonTable,
    run: async ({ query: { value: kind, ...asked }, caller }) => {
      const { valueEvents, tenureDays, activityTouches } = deps.figures.definitions
      if (kind !== undefined && !valueEvents.includes(kind))
        throw invalid([{ path: 'value', message: `只能是 ${valueEvents.join('、')}` }])
      const slice = sliceOf(asked, caller, deps.figures.day(deps.now()))
      const value = kind === undefined ? valueEvents : [kind]
      const { strata, ...found } = await deps.figures.comparison({ ...slice, value, now: deps.now() })
      return {
        ...(await heading(deps, slice)),
        value: [...value],
        ...found,
        strata: strata.map((one) => ({
          ...one,
          tenure: band(tenureDays, one.tenure, '天'),
          activity: band(activityTouches, one.activity, '次'),
        })),
      }
    },
  })

/** `0天`, `1-4次`, `20次以上`: the band as people read it. */
const band = (edges: readonly number[], index: number, unit: string): string => {
  const [low, next] = [index === 0 ? 0 : edges[index - 1], edges[index]]
  if (next === undefined) return `${low}${unit}以上`
  return low === next - 1 ? `${low}${unit}` : `${low}-${next - 1}${unit}`
}
