import type { Context } from 'koa'
import { z } from 'zod'
import { jsonLimit, readBytes, readJson } from './body.ts'
import type { Caller, Role } from '../access/caller.ts'
import { sendCsv, wantsCsv, type CsvFile } from './csv-file.ts'
import { inputWords, mistakesOf } from './input-words.ts'
import { unsound } from './plain-text.ts'
import { invalid, notFound, type Mistake } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
/** `fails`: further statuses than those that follow from the route's parts; `means`: what a status says of this route in particular. */
export type Doc = {
  tag: string
  summary: string
  description?: string
  fails?: readonly number[]
  means?: Readonly<Record<number, string>>
}

/** Who asks, and whether he still may: a stream outlives a key that is withdrawn. */
export type Asking = { caller: Caller; stillAllowed: () => Promise<boolean> }

/** One route as router, OpenAPI document and the authorisation matrix read it. */
export type Route = {
  method: Method
  /** Below /api/v1, with parameters as OpenAPI writes them: `/rms/{userid}`. */
  path: string
  roles: readonly Role[]
  doc: Doc
  params: z.ZodObject | null
  query: z.ZodObject | null
  body: { type: string; schema: z.ZodType } | null
  /** `or202`: the same may be answered with 202; `orCsv`: or as a table. */
  answer: { status: number; type: string; schema: z.ZodType | null; or202?: boolean; orCsv?: boolean }
  respond(ctx: Context, asking: Asking): Promise<void>
}

type Params = z.ZodObject
type Body<Schema extends z.ZodType> = {
  schema: Schema
  type: 'application/json' | 'text/csv'
  limit: number
  /** What OpenAPI shows where `run` checks more than `schema` does. */
  shown?: z.ZodType
}
type Call<P extends Params, Q extends z.ZodObject, B extends z.ZodType> = {
  params: z.output<P>
  query: z.output<Q>
  body: z.output<B>
  caller: Caller
}
type Common<P extends Params, Q extends z.ZodObject> = {
  method: Method
  path: string
  roles: readonly Role[]
  doc: Doc
  params?: P
  query?: Q
}
type Spec<P extends Params, Q extends z.ZodObject, B extends z.ZodType, A extends z.ZodType> = Common<P, Q> & {
  body?: Body<B>
  status?: 200 | 201
  /** What is answered; null: 204 and nothing. */
  answer: A | null
  /** Results that are answered with 202: taken, and not in force yet. */
  accepted?: (result: z.input<A>) => boolean
  /** The same as a CSV file, for whoever asks with `format=csv` or `Accept: text/csv`. */
  table?: (answer: z.output<A>) => CsvFile
  run(call: Call<P, Q, B>): Promise<z.input<A>>
}

/** A body as JSON, at most 1 MiB unless said otherwise. */
export const json = <Schema extends z.ZodType>(
  schema: Schema,
  options: { limit?: number; shown?: z.ZodType } = {},
): Body<Schema> => ({ schema, type: 'application/json', limit: jsonLimit, ...options })

/** A body as the bytes of a CSV file. */
export const csv = (limit: number): Body<z.ZodType<Uint8Array>> => ({
  schema: z.custom<Uint8Array>((bytes) => bytes instanceof Uint8Array).meta({ override: { type: 'string' } }),
  type: 'text/csv',
  limit,
})

const none = z.object({})

/**
 * Describes a route. Everything that comes in has passed its schema when `run` sees it, and nothing goes out that
 * the answer's schema does not name. An id in the path that cannot be one is a 404, except where PUT would make it:
 * there it is a 422.
 */
export const route = <
  P extends Params = typeof none,
  Q extends z.ZodObject = typeof none,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodType,
>(
  spec: Spec<P, Q, B, A>,
): Route => {
  const input = inputOf(spec)
  return {
    ...described(spec),
    body: spec.body ? { type: spec.body.type, schema: spec.body.shown ?? spec.body.schema } : null,
    answer: spec.answer
      ? {
          status: spec.status ?? 200,
          type: 'application/json',
          schema: spec.answer,
          or202: spec.accepted !== undefined,
          orCsv: spec.table !== undefined,
        }
      : { status: 204, type: 'application/json', schema: null },
    respond: async (ctx, { caller }) => {
      const { params, query } = input(ctx)
      const body = (await readBody(ctx, spec.body)) as z.output<B>
      const result = await spec.run({ params, query, body, caller })
      ctx.status = statusOf(spec, result)
      const answer = spec.answer ? checkedAnswer(spec.answer, result, `${spec.method} ${spec.path}`) : null
      if (spec.table && wantsCsv(ctx)) sendCsv(ctx, spec.table(answer as z.output<A>))
      else ctx.body = answer
    },
  }
}

const statusOf = <R>(
  spec: { answer: unknown; status?: number; accepted?: (result: R) => boolean },
  result: R,
): number => {
  if (!spec.answer) return 204
  return spec.accepted?.(result) ? 202 : (spec.status ?? 200)
}

type StreamSpec<Q extends z.ZodObject> = Common<typeof none, Q> & {
  stream(ctx: Context, call: Asking & { query: z.output<Q> }): Promise<void>
}

/** Describes a route that answers with server-sent events for as long as the client listens. */
export const events = <Q extends z.ZodObject = typeof none>(spec: StreamSpec<Q>): Route => {
  const input = inputOf(spec)
  return {
    ...described(spec),
    body: null,
    answer: { status: 200, type: 'text/event-stream', schema: z.string() },
    respond: async (ctx, asking) => {
      const { query } = input(ctx)
      if (ctx.method !== 'HEAD') return spec.stream(ctx, { query, ...asking })
      ctx.status = 200
      ctx.type = 'text/event-stream'
    },
  }
}

type FileSpec<P extends Params, Q extends z.ZodObject> = Common<P, Q> & {
  type: 'image/svg+xml' | 'image/png'
  file(call: { params: z.output<P>; query: z.output<Q>; caller: Caller }): Promise<string | Buffer>
}

/** Describes a route that answers with a file. */
export const file = <P extends Params = typeof none, Q extends z.ZodObject = typeof none>(
  spec: FileSpec<P, Q>,
): Route => {
  const input = inputOf(spec)
  return {
    ...described(spec),
    body: null,
    answer: { status: 200, type: spec.type, schema: z.string() },
    respond: async (ctx, { caller }) => {
      const content = await spec.file({ ...input(ctx), caller })
      ctx.status = 200
      ctx.type = spec.type
      ctx.body = content
    },
  }
}

const described = <P extends Params, Q extends z.ZodObject>(spec: Common<P, Q>) => ({
  method: spec.method,
  path: spec.path,
  roles: spec.roles,
  doc: spec.doc,
  params: spec.params ?? null,
  query: spec.query ?? null,
})

const inputOf = <P extends Params, Q extends z.ZodObject>(spec: Common<P, Q>) => {
  const query = (spec.query ?? none).strict()
  return (ctx: Context) => ({
    params: readParams(ctx, spec) as z.output<P>,
    query: read(query, { ...ctx.query }) as z.output<Q>,
  })
}

const readParams = (
  ctx: Context,
  { method, params = none }: { method: Method; params?: Params | undefined },
): unknown => {
  const given = (ctx as Context & { params: Record<string, string> }).params
  const found = unsound(given) ? null : params.safeParse(given, { error: inputWords })
  if (found?.success) return found.data
  if (method !== 'PUT') throw notFound('编号')
  throw invalid(found ? mistakesOf(found.error) : [unsound(given) as Mistake])
}

const readBody = async (ctx: Context, body: Body<z.ZodType> | undefined): Promise<unknown> => {
  if (!body) return undefined
  if (body.type === 'application/json') return read(body.schema, await readJson(ctx, body.limit))
  return readBytes(ctx, body)
}

const read = (schema: z.ZodType, value: unknown): unknown => {
  const mistake = unsound(value)
  if (mistake) throw invalid([mistake])
  const found = schema.safeParse(value, { error: inputWords })
  if (found.success) return found.data
  throw invalid(mistakesOf(found.error))
}

const checkedAnswer = (schema: z.ZodType, result: unknown, where: string): unknown => {
  const found = schema.safeParse(result)
  if (found.success) return found.data
  const places = found.error.issues.map((issue) => `${issue.path.join('.')} ${issue.code}`)
  throw new Error(`${where}: the answer does not fit its own schema: ${places.join(', ')}`)
}
