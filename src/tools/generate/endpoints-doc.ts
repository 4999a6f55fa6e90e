import { z } from 'zod'
import type { Endpoint } from '../../wecom/endpoint.ts'
import { endpoints } from '../../wecom/endpoints/index.ts'
import { officialBudgets, type Budget } from '../../wecom/quota.ts'
import { describedConstants } from './described-constants.ts'
import { code, generatedBy, page, table } from './markdown.ts'

/** docs/endpoints.md: every WeCom API that Yinqiao knows, with its official page, limits and what to mind. */
export const endpointsDoc = (): string => {
  const described = describedConstants('src/wecom/endpoints')
  const rows = endpoints.map((endpoint) => {
    const { comment, file } = described.get(endpoint.path) ?? { comment: '', file: '' }
    return [
      `${endpoint.method} [${endpoint.path}](${endpoint.doc})`,
      file ? `[${file.split('/').at(-1)}](../${file})` : '',
      fieldsOf(endpoint),
      limitsOf(endpoint.path),
      [comment, differences(endpoint)].filter(Boolean).join(' '),
    ]
  })
  return page(
    '# WeCom APIs',
    generatedBy,
    'Each is described once, in src/wecom/endpoints, and read by the client, the simulator, the tests and this page. All paths are below ' +
      '`/cgi-bin/`. Fields in *italics* may be left out. Add one by adding an `endpoint({…})`; nothing else is needed to call it.',
    table(['API', 'described in', 'fields', 'limit', 'to mind'], rows),
    `A limit that is not shown is the common one, per app and API: ${sayBudgets(officialBudgets['*'] ?? [])}. A member gets at most ` +
      `${sayBudgets(officialBudgets['member'] ?? [])} of an app's messages; WeCom drops the rest without a word.`,
  )
}

type JsonSchema = {
  properties?: Record<string, unknown>
  required?: string[]
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
}

const fieldsOf = ({ ask }: Endpoint): string => {
  const schema = z.toJSONSchema(ask, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const forms = schema.oneOf ?? schema.anyOf ?? [schema]
  const names = [...new Set(forms.flatMap((form) => Object.keys(form.properties ?? {})))]
  const always = (name: string): boolean => forms.every((form) => form.required?.includes(name))
  return names.map((name) => (always(name) ? code(name) : `*${code(name)}*`)).join(' ')
}

const limitsOf = (path: string): string => (officialBudgets[path] ? sayBudgets(officialBudgets[path]) : '')

const sayBudgets = (budgets: readonly Budget[]): string =>
  budgets
    .map(({ limit, windowMs }) => `${limit.toLocaleString('en-US')} / ${windowMs === 60_000 ? 'min' : 'h'}`)
    .join(', ')

const differences = ({ fails, empty }: Endpoint): string =>
  [
    ...Object.entries(fails).map(([errcode, failure]) => `${errcode}: ${code(failure)}.`),
    ...empty.map((errcode) => `${errcode}: an empty answer.`),
  ].join(' ')
