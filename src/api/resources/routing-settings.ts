import { z } from 'zod'
import { Time, timeOrNull } from '../fields.ts'
import { json, route, type Route } from '../http/route.ts'
import { putSettings, readSettings, type RoutingSettings } from '../routing/routing-settings.ts'
import { routingTag as tag, type RoutingDeps } from './routing.ts'

const approval = z.enum(['none', 'required']).meta({
  description: '`required`: a version goes live only after an admin other than its author has approved it',
})
const SettingsAnswer = z
  .object({ approval, changedBy: z.string().nullable(), changedAt: Time.nullable() })
  .meta({ id: 'RoutingSettings' })

const answerOf = (it: RoutingSettings): z.input<typeof SettingsAnswer> => ({
  ...it,
  changedAt: timeOrNull(it.changedAt),
})

/** How rule sets go live. */
export const routingSettingsRoutes = ({ db, now }: Pick<RoutingDeps, 'db' | 'now'>): Route[] => [
  route({
    method: 'GET',
    path: '/routing/settings',
    roles: ['admin'],
    doc: { tag, summary: 'Whether rule sets need a second person' },
    answer: SettingsAnswer,
    run: async () => answerOf(await readSettings(db)),
  }),
  route({
    method: 'PUT',
    path: '/routing/settings',
    roles: ['admin'],
    doc: {
      tag,
      summary: 'Say whether rule sets need a second person',
      description: 'A version that waits already goes on waiting: turning it off approves nothing.',
    },
    body: json(z.strictObject({ approval })),
    answer: SettingsAnswer,
    run: async ({ body, caller }) =>
      answerOf(await putSettings(db, { approval: body.approval, by: caller.name, now: now() })),
  }),
]
