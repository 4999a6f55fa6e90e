import { z } from 'zod'

/** RFC 9457 `application/problem+json`, as every error of the API is answered. */
export const ProblemAnswer = z
  .object({
    title: z.string().meta({ description: 'What kind of problem; the same for every problem of the kind' }),
    status: z.int(),
    detail: z.string().meta({ description: '给人看的说明：哪里不对、怎么办' }),
    errors: z
      .array(z.object({ path: z.string().meta({ example: 'licences[0].expiresOn' }), message: z.string() }))
      .optional()
      .meta({ description: 'For bad input: each mistake and its place' }),
  })
  .meta({ id: 'Problem' })
export type ProblemDetails = z.infer<typeof ProblemAnswer>
export type Mistake = { path: string; message: string }

const titles: Record<number, string> = {
  400: 'Not readable',
  401: 'No valid key',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Wrong content type',
  422: 'Invalid input',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
}

type Options = { title?: string; errors?: Mistake[]; headers?: Record<string, string> }

/** An answer other than success. `detail` goes to the caller: no token, no message text, no personal data in it. */
export class Problem extends Error {
  override name = 'Problem'
  readonly details: ProblemDetails
  readonly headers: Record<string, string>

  constructor(status: number, detail: string, { title, errors, headers = {} }: Options = {}) {
    super(detail)
    this.details = { title: title ?? titles[status] ?? 'Error', status, detail, ...(errors && { errors }) }
    this.headers = headers
  }
}

export const notFound = (what: string): Problem => new Problem(404, `没有这个${what}，或不在您的权限范围内`)

/** Bad input: every mistake at once. */
export const invalid = (errors: Mistake[]): Problem =>
  new Problem(422, `有 ${errors.length} 处需要更正：${errors.slice(0, 3).map(told).join('；')}`, { errors })

export const tooMany = (waitMs: number, detail: string): Problem =>
  new Problem(429, detail, { headers: { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) } })

const told = ({ path, message }: Mistake): string => (path === '' ? message : `${path} ${message}`)
