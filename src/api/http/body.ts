import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { unsound } from './plain-text.ts'
import { invalid, Problem } from './problem.ts'

export const jsonLimit = 1_048_576

/** Reads a body of the wanted type into memory: 415 for another type or a compressed one, 413 over `limit` bytes. */
export const readBytes = async (ctx: Context, { type, limit }: { type: string; limit: number }): Promise<Buffer> => {
  if (!ctx.request.is(type)) throw new Problem(415, `请求正文应为 Content-Type: ${type}`)
  const encoding = ctx.get('content-encoding')
  if (encoding !== '' && encoding !== 'identity') throw new Problem(415, '请求正文不能压缩，请去掉 Content-Encoding')
  try {
    return await getRawBody(ctx.req, { limit, length: ctx.request.length ?? null })
  } catch (error) {
    throw bodyProblem(error, limit)
  }
}

/** Reads a JSON body: 400 when it is not JSON, 422 when it holds what cannot be stored. */
export const readJson = async (ctx: Context, limit: number): Promise<unknown> => {
  const bytes = await readBytes(ctx, { type: 'application/json', limit })
  const value = parse(bytes)
  const mistake = unsound(value)
  if (mistake) throw invalid([mistake])
  return value
}

const parse = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Problem(400, '请求正文不是有效的 JSON（UTF-8）')
  }
}

const bodyProblem = (error: unknown, limit: number): unknown => {
  const { type } = error as { type?: unknown }
  if (type === 'entity.too.large')
    // The rest of the body is not read; the connection cannot be used again.
    return new Problem(413, `请求正文超过 ${Math.floor(limit / 1024)} KiB`, { headers: { Connection: 'close' } })
  if (type === 'request.aborted' || type === 'request.size.invalid') return new Problem(400, '请求正文没有传完')
  return error
}
