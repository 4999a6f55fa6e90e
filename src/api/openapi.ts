import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi'
import { roles } from './access/caller.ts'
import { ProblemAnswer } from './http/problem.ts'
import type { Route } from './http/route.ts'

const prefix = '/api/v1'

/**
 * The OpenAPI 3.1 document of the routes; the router is made of the same descriptions, so it cannot say anything
 * else.
 */
export const openapiOf = (routes: readonly Route[], version: string) => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const route of routes) (paths[prefix + route.path] ??= {})[route.method.toLowerCase()] = operation(route)
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: '引桥 Yinqiao API',
      version,
      description:
        '把企业微信客服的客户送到合适的客户经理。错误均为 RFC 9457 `application/problem+json`；时间均为 UTC 的 ISO 8601；' +
        '列表以 `nextCursor` 翻页。',
    },
    security: [{ key: [] }],
    tags: [...new Set(routes.map((route) => route.doc.tag))].map((name) => ({ name })),
    paths: paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: '`POST /api/v1/keys` 发放的密钥' } },
    },
  })
}

const operation = (route: Route): ZodOpenApiOperationObject => ({
  operationId: operationId(route),
  tags: [route.doc.tag],
  summary: route.doc.summary,
  description: [route.doc.description, `Roles: ${roles.filter((role) => route.roles.includes(role)).join(', ')}.`]
    .filter(Boolean)
    .join('\n\n'),
  ...((route.params || route.query) && {
    requestParams: { ...(route.params && { path: route.params }), ...(route.query && { query: route.query }) },
  }),
  ...(route.body && { requestBody: { required: true, content: { [route.body.type]: { schema: route.body.schema } } } }),
  responses: { ...success(route), ...problems(route) },
})

const success = ({ answer }: Route): ZodOpenApiOperationObject['responses'] => {
  const csv = answer.orCsv && { 'text/csv': { schema: { type: 'string' as const } } }
  const content = answer.schema && { content: { [answer.type]: { schema: answer.schema }, ...csv } }
  return {
    [`${answer.status}` as '200']: { description: answer.status === 204 ? 'Done' : 'OK', ...content },
    ...(answer.or202 && { '202': { description: 'Taken, and not in force yet', ...content } }),
  }
}

const meanings: Record<number, string> = {
  400: 'The body is not JSON',
  401: 'No key, or a wrong one',
  403: 'The role may not do this',
  404: 'No such thing, or out of the scope of the key',
  409: 'In conflict with what is there',
  413: 'The body is too large',
  415: 'The body has another content type',
  422: 'Invalid input, each mistake in `errors`',
  429: 'Too many wrong keys from this address; see `Retry-After`',
}

const problems = (route: Route): ZodOpenApiOperationObject['responses'] => {
  const statuses = [
    401,
    403,
    422,
    429,
    ...(route.params ? [404] : []),
    ...(route.body ? [400, 413, 415] : []),
    ...(route.doc.fails ?? []),
  ]
  if (route.method !== 'GET') statuses.push(404, 409)
  return Object.fromEntries(
    [...new Set(statuses)]
      .toSorted((a, b) => a - b)
      .map((status) => [
        `${status}`,
        {
          description: route.doc.means?.[status] ?? meanings[status] ?? '',
          content: { 'application/problem+json': { schema: ProblemAnswer } },
        },
      ]),
  )
}

/** `PUT /rms/{userid}` is `putRmsByUserid`: stable names for generated clients. */
const operationId = ({ method, path }: Route): string => {
  const words = path
    .split('/')
    .filter(Boolean)
    .map((part) => part.replace(/^\{(.+)\}$/, 'by-$1').replaceAll('.', '-'))
  const camel = words.join('-').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return method.toLowerCase() + camel.charAt(0).toUpperCase() + camel.slice(1)
}

export type OpenapiDocument = ReturnType<typeof openapiOf>
