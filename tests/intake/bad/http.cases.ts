import { queryOf, seal } from '../envelope.ts'
import type { RawRequest } from '../raw-http.ts'
import {
  badCase,
  flip,
  forbidden,
  path,
  post,
  signed,
  stampOf,
  unreadable,
  withSignature,
  type BadCase,
  type Lab,
  type Query,
} from './lab.ts'

const size = 300 * 1024
const withHeaders =
  (make: (lab: Lab) => { headers: [string, string][]; body?: string | Buffer; end?: boolean }) => (lab: Lab) => ({
    ...post(signed(lab)),
    ...make(lab),
  })
const chunked = (bytes: number): string => `${`1000\r\n${'a'.repeat(4096)}\r\n`.repeat(bytes / 4096)}0\r\n\r\n`
export const transport: BadCase[] = [
  unreadable(
    'encoding: gzip',
    withHeaders(() => ({ headers: [['Content-Encoding', 'gzip']] })),
  ),
  unreadable(
    'encoding: br',
    withHeaders(() => ({ headers: [['Content-Encoding', 'br']] })),
  ),
  unreadable(
    'encoding: one that nobody knows',
    withHeaders(() => ({ headers: [['Content-Encoding', 'identity, x']] })),
  ),
  badCase(413)(
    'size: 300 KiB',
    withHeaders(() => ({ headers: [], body: 'a'.repeat(size) })),
  ),
  badCase(413)(
    'size: a header that promises 10 MB',
    withHeaders(() => ({ headers: [['Content-Length', '10000000']] })),
  ),
  badCase(413)(
    'size: 300 KiB in chunks',
    withHeaders(() => ({ headers: [['Transfer-Encoding', 'chunked']], body: chunked(size) })),
  ),
  badCase(413)(
    'size: chunks without an end',
    withHeaders(() => ({ headers: [['Transfer-Encoding', 'chunked']], body: chunked(size).slice(0, -5) })),
  ),
  unreadable(
    'length: more promised than sent',
    withHeaders(() => ({ headers: [['Content-Length', '5000']], end: true })),
  ),
  unreadable(
    'length: less promised than sent',
    withHeaders(() => ({ headers: [['Content-Length', '20']] })),
  ),
  unreadable(
    'length: two of them',
    withHeaders(() => ({
      headers: [
        ['Content-Length', '10'],
        ['Content-Length', '20'],
      ],
    })),
  ),
  unreadable(
    'length: beside chunks',
    withHeaders(() => ({
      headers: [
        ['Content-Length', '5'],
        ['Transfer-Encoding', 'chunked'],
      ],
      body: '0\r\n\r\n',
    })),
  ),
  unreadable(
    'length: negative',
    withHeaders(() => ({ headers: [['Content-Length', '-1']] })),
  ),
  unreadable(
    'chunks: a size that is no number',
    withHeaders(() => ({ headers: [['Transfer-Encoding', 'chunked']], body: 'xyz\r\nabc\r\n0\r\n\r\n' })),
  ),
  badCase(431)(
    'head: a header of 20 KiB',
    withHeaders(() => ({ headers: [['X-Big', 'a'.repeat(20_000)]] })),
  ),
  badCase(431)(
    'head: 10,000 headers',
    withHeaders(() => ({ headers: Array.from({ length: 10_000 }, (_, n) => [`X-${n}`, 'a']) })),
  ),
  badCase(431)('head: a URL of 1 MB', () => ({ target: `${path}?a=${'a'.repeat(1_000_000)}`, body: 'x' })),
  badCase(417)(
    'head: Expect something odd',
    withHeaders(() => ({ headers: [['Expect', 'a-miracle']] })),
  ),
  forbidden('head: Expect 100-continue, forged', (lab) => ({
    ...withSignature((right) => flip(right))(lab),
    headers: [['Expect', '100-continue']],
  })),
  unreadable('head: no Host', () => ({
    target: path,
    bytes: Buffer.from(`POST ${path} HTTP/1.1\r\nContent-Length: 0\r\n\r\n`),
  })),
  unreadable('head: no HTTP', () => ({ target: path, bytes: Buffer.from('\x16\x03\x01\x02\x00 hello\r\n\r\n') })),
  unreadable('head: a folded header', () => ({
    target: path,
    bytes: Buffer.from(`POST ${path} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\0c\r\n\r\n`),
  })),
]

const elsewhere =
  (target: string) =>
  (lab: Lab): RawRequest => ({ ...post(signed(lab)), target: post(signed(lab)).target.replace(path, target) })
const byMethod =
  (method: string) =>
  (lab: Lab): RawRequest => ({ ...post(signed(lab)), method })
const get =
  (query: (lab: Lab) => Query) =>
  (lab: Lab): RawRequest => ({ method: 'GET', target: `${path}?${queryOf(query(lab))}` })
const echo = (lab: Lab, words = '1234567890123456789') => {
  const { encrypted, stamp, msg_signature } = signed(lab, seal(words, lab.keys))
  return { msg_signature, ...stamp, echostr: encrypted }
}
export const doors: BadCase[] = [
  badCase(405)('method: PUT', byMethod('PUT')),
  badCase(405)('method: DELETE', byMethod('DELETE')),
  badCase(405)('method: PATCH', byMethod('PATCH')),
  badCase(501)('method: TRACE', byMethod('TRACE')),
  badCase(501)('method: PROPFIND', byMethod('PROPFIND')),
  unreadable('method: one that HTTP does not have', byMethod('BREW')),
  badCase(404)('path: two slashes', elsewhere('//wecom/callback')),
  badCase(404)('path: encoded dots', elsewhere('/wecom/x/%2e%2e/callback')),
  badCase(404)('path: dots', elsewhere('/x/../wecom/callback')),
  badCase(404)('path: a NUL at its end', elsewhere('/wecom/callback%00')),
  badCase(404)('path: a semicolon', elsewhere('/wecom/callback;a=b')),
  badCase(404)('path: an encoded slash', elsewhere('/wecom%2fcallback')),
  badCase(404)('path: one level more', elsewhere('/wecom/callback/x')),
  badCase(404)('path: cut escape', elsewhere('/wecom/callback%')),
  forbidden('address: another host, absolute, forged', (lab) => {
    const request = withSignature((right) => flip(right))(lab)
    return { ...request, target: `http://evil.test${request.target}`, headers: [['Host', 'evil.test']] }
  }),
  forbidden('address: pretended proxies, forged', (lab) => ({
    ...withSignature((right) => flip(right))(lab),
    headers: [
      ['X-Forwarded-For', '127.0.0.1'],
      ['X-Forwarded-Host', 'evil.test'],
      ['X-HTTP-Method-Override', 'PUT'],
      ['Forwarded', 'for=127.0.0.1'],
    ],
  })),
  forbidden(
    'echo: no query',
    get(() => ({})),
  ),
  forbidden(
    'echo: a forged signature',
    get((lab) => ({ ...echo(lab), msg_signature: 'a'.repeat(40) })),
  ),
  forbidden(
    'echo: no echostr',
    get((lab) => ({ ...echo(lab), echostr: undefined })),
  ),
  forbidden(
    'echo: two of them',
    get((lab) => ({ ...echo(lab), echostr: [echo(lab).echostr, echo(lab).echostr] })),
  ),
  forbidden(
    'echo: sealed for another corp',
    get((lab) => {
      const { encrypted, stamp, msg_signature } = signed(lab, seal('1234', { ...lab.keys, receiveId: 'ww0' }))
      return { msg_signature, ...stamp, echostr: encrypted }
    }),
  ),
  forbidden(
    'echo: an hour and a minute old',
    get((lab) => {
      const { encrypted, stamp, msg_signature } = signed(
        lab,
        seal('1234', lab.keys),
        stampOf(lab, { timestamp: String(lab.now - 3660) }),
      )
      return { msg_signature, ...stamp, echostr: encrypted }
    }),
  ),
  forbidden(
    "echo: somebody else's callback, to have it decrypted",
    get((lab) => echo(lab, lab.xml)),
  ),
  forbidden('echo: a HEAD of it, forged', (lab) => ({
    ...get((it) => ({ ...echo(it), msg_signature: 'a'.repeat(40) }))(lab),
    method: 'HEAD',
  })),
]
