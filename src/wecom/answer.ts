export type Answer = {
  errcode: number
  body: Record<string, unknown>
  hint?: string | undefined
  fromIp?: string | undefined
}

/**
 * The JSON that WeCom answers; null when it is none (an HTML page, half an object). A missing errcode is 0, one in quotes
 * is read. From errmsg only what the docs let one read: the hint for support and the address that WeCom saw.
 */
export const readAnswer = (text: string): Answer | null => {
  const body = parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const fields = body as Record<string, unknown>
  const errcode = codeOf(fields['errcode'])
  if (errcode === null) return null
  return errcode === 0 ? { errcode, body: fields } : { errcode, body: fields, ...readErrmsg(fields['errmsg']) }
}

const parse = (text: string): unknown => {
  try {
    const value: unknown = JSON.parse(text)
    return suspect.test(text) ? storable(value) : value
  } catch {
    return null
  }
}

const codeOf = (value: unknown): number | null => {
  if (value === undefined || value === null) return 0
  const code = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value
  return typeof code === 'number' && Number.isInteger(code) ? code : null
}

const readErrmsg = (errmsg: unknown): { hint?: string | undefined; fromIp?: string | undefined } => {
  const text = typeof errmsg === 'string' ? errmsg : ''
  const hint = /hint: \[([0-9A-Za-z_-]{1,80})\]/.exec(text)?.[1]
  const fromIp = /from ip: ([0-9a-fA-F.:]{3,45})/.exec(text)?.[1]
  return { hint, fromIp }
}

/** PostgreSQL stores neither NUL nor half a surrogate pair, and customers can send both. */
const suspect = /\\u0000|\\u[dD][89a-fA-F]/

const storable = (value: unknown): unknown => {
  if (typeof value === 'string') return value.replaceAll('\0', '\uFFFD').toWellFormed()
  if (Array.isArray(value)) return value.map(storable)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storable(key), storable(each)]))
}
