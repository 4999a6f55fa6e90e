import { z } from 'zod'
import { stages } from '../../figures/line.ts'
import { Time } from '../fields.ts'

/** Answers of /figures. Every one says for which days it holds and how far the counting had come. */
const common = {
  from: z.iso.date(),
  to: z.iso.date().meta({ description: 'Last day, included' }),
  countedAt: Time.nullable().meta({ description: 'When the counts were last brought up to date' }),
  waiting: z.int().meta({ description: 'Customers with something new that is not counted yet' }),
}
const keyed = { key: z.string().nullable(), name: z.string().nullable() }
const count = z.int()

const StageAnswer = z.object({
  stage: z.enum(stages),
  persons: count,
  fromPrevious: count.meta({ description: 'Of these, who were at the stage before in the same journey' }),
})
export const FunnelAnswer = z
  .object({
    ...common,
    windowDays: count,
    total: z.array(StageAnswer),
    rows: z.array(z.object({ ...keyed, stages: z.array(StageAnswer) })),
  })
  .meta({ id: 'Funnel' })

export const AttributionAnswer = z
  .object({
    ...common,
    goal: z.string(),
    lookbackDays: count,
    conversions: count,
    untouched: count.meta({ description: 'Conversions without an entry before them' }),
    rows: z.array(
      z.object({
        ...keyed,
        conversions: count.meta({ description: 'Conversions that had a touch here at all' }),
        first: count,
        last: count,
        linear: z.number(),
      }),
    ),
  })
  .meta({ id: 'Attribution' })

const counts = {
  raw: count,
  first: count,
  client: count,
  kept: count,
  pending: count,
  spoke: count,
  effective: count,
  quickLosses: count,
  persons: count,
}
export const ConnectionsAnswer = z
  .object({
    ...common,
    keptDays: count,
    total: z.object(counts),
    rows: z.array(z.object({ ...keyed, ...counts })),
    flags: z.object({
      quickLosses: z.array(z.object({ customerId: z.string(), rm: z.string(), addedAt: Time, lostAt: Time })),
      manyManagers: z.array(z.object({ customerId: z.string(), managers: count })),
      bursts: z.array(z.object({ rm: z.string(), from: Time, to: Time, adds: count })),
    }),
  })
  .meta({ id: 'Connections' })

const Arm = z.object({ n: count, converted: count })
const share = z.number()
export const ComparisonAnswer = z
  .object({
    ...common,
    value: z.array(z.string()),
    weeks: z.array(z.iso.date()).meta({ description: 'Mondays of the weeks that were compared' }),
    weeksTooYoung: count,
    horizonDays: count,
    difference: z
      .object({ connected: share, unconnected: share, difference: share, low: share, high: share })
      .nullable()
      .meta({ description: 'Stratified difference of two shares with its 95 % interval' }),
    connected: Arm.extend({ matched: count }),
    unconnected: Arm.extend({ matched: count, connectedLater: count }),
    strata: z.array(
      z.object({ segment: z.string(), tenure: z.string(), activity: z.string(), connected: Arm, unconnected: Arm }),
    ),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Comparison' })
