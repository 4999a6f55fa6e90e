import http from 'node:http'
import pg from 'pg'

/**
 * Loaded with `node --import` into a real process: ends it with SIGKILL right before or right after one step, named by
 * KILL_AT, e.g. `before outbox-mark`, `after commit kf-page` or `after POST kf/send_msg`. A step is a named statement, the
 * `begin` or `commit` around it (called by the statement before), or a call to WeCom.
 */
const target = process.env['KILL_AT'] ?? ''
const die = (): void => void process.kill(process.pid, 'SIGKILL')
const reached = (when: 'before' | 'after', step: string): void => {
  if (`${when} ${step}` === target) die()
}

type Query = { name?: string; text?: string } | string | undefined
const lastOf = new WeakMap<object, string>()

const stepOf = (client: object, query: Query): string => {
  const text = typeof query === 'string' ? query : (query?.text ?? '')
  const word = /^\s*(begin|commit|rollback)\s*$/i.exec(text)?.[1]
  if (word) return `${word} ${lastOf.get(client) ?? ''}`.trim()
  const claimed = /claim_(inbox|outbox)/.exec(text)?.[0]
  const name = (typeof query === 'object' && query?.name) || claimed || ''
  if (name) lastOf.set(client, name)
  return name
}

const original = pg.Client.prototype.query as (...args: unknown[]) => unknown
pg.Client.prototype.query = function (this: object, ...args: unknown[]) {
  const step = stepOf(this, args[0] as Query)
  if (step) reached('before', step)
  const callback = args.at(-1)
  if (typeof callback === 'function')
    args[args.length - 1] = (...results: unknown[]) => (step && reached('after', step), callback(...results))
  const result = original.apply(this, args)
  if (step && result instanceof Promise) return result.then((rows: unknown) => (reached('after', step), rows))
  return result
} as typeof pg.Client.prototype.query

const request = http.request as (...args: unknown[]) => http.ClientRequest
http.request = function (...args: unknown[]) {
  const options = args.find(
    (arg): arg is http.RequestOptions => typeof arg === 'object' && arg !== null && 'path' in arg,
  )
  const path = /\/cgi-bin\/([^?]+)/.exec(String(options?.path ?? ''))?.[1]
  if (!path) return request(...args)
  reached('before', `POST ${path}`)
  const call = request(...args)
  // `prependListener`: die before anybody of ours has seen the answer.
  call.prependListener('response', (response) =>
    response.prependListener('end', () => reached('after', `POST ${path}`)),
  )
  return call
}
