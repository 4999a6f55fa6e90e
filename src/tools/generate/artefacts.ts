import { calendarSchema, routingSchema } from '../../routing/ruleset/json-schema.ts'
import { botDoc } from './bot-doc.ts'
import { endpointsDoc } from './endpoints-doc.ts'
import { errorsDoc } from './errors-doc.ts'
import { eventsDoc } from './events-doc.ts'
import { openapiDoc } from './openapi-doc.ts'
import { welcomeSchema } from '../../dispatch/welcome/welcome-file.ts'
import { figuresSchema } from '../../figures/definitions.ts'
import { wordsSchema } from '../../dispatch/words/words-file.ts'

export type Artefact = { path: string; text: string }

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Everything in the repository that is made from the code, so that it cannot say anything else. Paths are from the root. */
export const artefacts = async (): Promise<Artefact[]> => [
  { path: 'docs/events.md', text: eventsDoc() },
  { path: 'docs/handlers.md', text: botDoc() },
  { path: 'docs/endpoints.md', text: endpointsDoc() },
  { path: 'docs/errors.md', text: errorsDoc() },
  { path: 'docs/openapi.json', text: json(await openapiDoc()) },
  { path: 'config/.schema/routing.schema.json', text: json(routingSchema()) },
  { path: 'config/.schema/calendar.schema.json', text: json(calendarSchema()) },
  { path: 'config/.schema/messages.schema.json', text: json(wordsSchema()) },
  { path: 'config/.schema/welcome.schema.json', text: json(welcomeSchema()) },
  { path: 'config/.schema/figures.schema.json', text: json(figuresSchema()) },
]
