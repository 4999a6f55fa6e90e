import { envelope, plainBlocks, queryOf, seal, sealBlocks, signature, type Keys, type Stamp } from './envelope.ts'
import type { RawRequest } from './raw-http.ts'

/** What the cases are made of: the corp's true keys, its time, and an event that the process would gladly take. */
export type Lab = {
  keys: Keys
  /** Seconds. */
  now: number
  xml: string
  /** A port of 127.0.0.1 on which nobody may ever knock. */
  canary: number
}
export type BadCase = { name: string; status: number; make: (lab: Lab) => RawRequest }

export const path = '/wecom/callback'
const stampOf = ({ now }: Lab, change: Partial<Stamp> = {}): Stamp => ({
  timestamp: String(now),
  nonce: '9876543210',
  ...change,
})

type Signed = { encrypted: string; stamp: Stamp; msg_signature: string }
const signed = (lab: Lab, encrypted = seal(lab.xml, lab.keys), stamp = stampOf(lab)): Signed => ({
  encrypted,
  stamp,
  msg_signature: signature(lab.keys.token, stamp, encrypted),
})
type Query = Record<string, string | readonly string[] | undefined>
const post = (
  { encrypted, stamp, msg_signature }: Signed,
  query: Query = {},
  body = envelope(encrypted),
): RawRequest => ({
  target: `${path}?${queryOf({ msg_signature, ...stamp, ...query })}`,
  body,
})
export const goodPost = (lab: Lab): RawRequest => post(signed(lab))
export const goodGet = (lab: Lab, words: string): RawRequest => {
  const { stamp, msg_signature, encrypted } = signed(lab, seal(words, lab.keys))
  return { method: 'GET', target: `${path}?${queryOf({ msg_signature, ...stamp, echostr: encrypted })}` }
}

const badCase =
  (status: number) =>
  (name: string, make: BadCase['make']): BadCase => ({ name, status, make })
const forbidden = badCase(403)
const unreadable = badCase(400)

const flip = (hex: string, at = 0): string => hex.slice(0, at) + (hex[at] === '0' ? '1' : '0') + hex.slice(at + 1)
const withSignature = (change: (right: string) => string | readonly string[] | undefined) => (lab: Lab) => {
  const good = signed(lab)
  return post(good, { msg_signature: change(good.msg_signature) })
}
const fullWidth = (text: string): string => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))

const forged: BadCase[] = [
  forbidden(
    'signature: first digit flipped',
    withSignature((right) => flip(right)),
  ),
  forbidden(
    'signature: last digit flipped',
    withSignature((right) => flip(right, 39)),
  ),
  forbidden(
    'signature: empty',
    withSignature(() => ''),
  ),
  forbidden(
    'signature: missing',
    withSignature(() => undefined),
  ),
  forbidden(
    'signature: 39 digits',
    withSignature((right) => right.slice(1)),
  ),
  forbidden(
    'signature: 41 digits',
    withSignature((right) => `${right}0`),
  ),
  forbidden(
    'signature: 10,000 digits',
    withSignature((right) => right.repeat(250)),
  ),
  forbidden(
    'signature: upper case',
    withSignature((right) => `${right.toUpperCase().slice(0, 39)}F`),
  ),
  forbidden(
    'signature: the right one twice',
    withSignature((right) => [right, right]),
  ),
  forbidden(
    'signature: the right one and a wrong one',
    withSignature((right) => [right, flip(right)]),
  ),
  forbidden(
    'signature: digits of another alphabet',
    withSignature((right) => fullWidth(`1${right.slice(1)}`)),
  ),
  forbidden(
    'signature: a blank behind it',
    withSignature((right) => `${right} `),
  ),
  forbidden(
    'signature: a line feed behind it',
    withSignature((right) => `${right}\n`),
  ),
  forbidden(
    'signature: 40 bytes that are no hex',
    withSignature(() => '安'.repeat(13) + 'x'),
  ),
  forbidden('signature: as msg_signature[]', (lab) => {
    const good = signed(lab)
    return post(good, { msg_signature: undefined, 'msg_signature[]': good.msg_signature })
  }),
  forbidden('signature: of another token', (lab) => {
    const good = signed(lab)
    return post(good, { msg_signature: signature('anotherToken', good.stamp, good.encrypted) })
  }),
  forbidden('signature: in lower-case names of the official account platform', (lab) => {
    const good = signed(lab)
    return post(good, { msg_signature: undefined, signature: good.msg_signature })
  }),
  forbidden('body: of another callback than the signed one', (lab) =>
    post(signed(lab), {}, envelope(seal('<xml></xml>', lab.keys))),
  ),
  forbidden('query: none at all', () => ({ target: path, body: envelope('AAAA') })),
  forbidden('query: names of prototypes', (lab) =>
    post(signed(lab), { msg_signature: undefined, __proto__: 'x', constructor: 'x' }),
  ),
]

const restamped = (change: (now: number) => Partial<Stamp>) => (lab: Lab) =>
  post(signed(lab, undefined, stampOf(lab, change(lab.now))))
const withQuery = (query: (lab: Lab) => Query) => (lab: Lab) => post(signed(lab), query(lab))

const stamped: BadCase[] = [
  forbidden(
    'timestamp: an hour and a minute old',
    restamped((now) => ({ timestamp: String(now - 3660) })),
  ),
  forbidden(
    'timestamp: an hour and a minute ahead',
    restamped((now) => ({ timestamp: String(now + 3660) })),
  ),
  forbidden(
    'timestamp: the year 1970',
    restamped(() => ({ timestamp: '0000000001' })),
  ),
  forbidden(
    'timestamp: in milliseconds',
    restamped((now) => ({ timestamp: `${now}000` })),
  ),
  forbidden(
    'timestamp: with a decimal',
    restamped((now) => ({ timestamp: `${now}.0` })),
  ),
  forbidden(
    'timestamp: a plus before it',
    restamped((now) => ({ timestamp: `+${now}` })),
  ),
  forbidden(
    'timestamp: hexadecimal',
    restamped((now) => ({ timestamp: `0x${now.toString(16)}` })),
  ),
  forbidden(
    'timestamp: blanks around it',
    restamped((now) => ({ timestamp: ` ${now} ` })),
  ),
  forbidden(
    'timestamp: digits of another alphabet',
    restamped((now) => ({ timestamp: fullWidth(String(now)) })),
  ),
  forbidden(
    'timestamp: missing',
    withQuery(() => ({ timestamp: undefined })),
  ),
  forbidden(
    'timestamp: empty',
    restamped(() => ({ timestamp: '' })),
  ),
  forbidden(
    'timestamp: twice',
    withQuery(({ now }) => ({ timestamp: [String(now), String(now)] })),
  ),
  forbidden(
    'nonce: missing',
    withQuery(() => ({ nonce: undefined })),
  ),
  forbidden(
    'nonce: empty, rightly signed',
    restamped(() => ({ nonce: '' })),
  ),
  forbidden(
    'nonce: 33 characters, rightly signed',
    restamped(() => ({ nonce: 'n'.repeat(33) })),
  ),
  forbidden(
    'nonce: with a character of base64, rightly signed',
    restamped(() => ({ nonce: '98765+43210' })),
  ),
  forbidden(
    'nonce: twice',
    withQuery(() => ({ nonce: ['9876543210', '9876543210'] })),
  ),
]

type Parts = Pick<Signed, 'encrypted' | 'stamp'>
/**
 * Parts moved from one place to another under the same signature, for nothing stands between them. Whether that works depends
 * on how the parts sort, so callbacks are sealed until one falls the right way: a few tries, as an attacker would make.
 */
const resplit = (stamp: (lab: Lab) => Stamp, move: (parts: Parts) => Parts) => (lab: Lab) => {
  for (let salt = 0; salt < 500; salt += 1) {
    const good = signed(lab, seal(lab.xml, lab.keys, salt), stamp(lab))
    const moved = move(good)
    if (signature(lab.keys.token, moved.stamp, moved.encrypted) === good.msg_signature)
      return post({ ...moved, msg_signature: good.msg_signature })
  }
  throw new Error('no callback could be split in another way under its signature')
}
const recut: BadCase[] = [
  forbidden(
    're-split: the last digit of the timestamp moved to the nonce',
    resplit(
      ({ now }) => ({ timestamp: String(now - (now % 10) - 1), nonce: '9123' }),
      ({ encrypted, stamp: { timestamp, nonce } }) => ({
        encrypted,
        stamp: { timestamp: timestamp.slice(0, 9), nonce: timestamp.slice(9) + nonce },
      }),
    ),
  ),
  forbidden(
    're-split: the first digit of the nonce moved to the timestamp',
    resplit(
      (lab) => stampOf(lab, { nonce: '99123' }),
      ({ encrypted, stamp: { timestamp, nonce } }) => ({
        encrypted,
        stamp: { timestamp: timestamp + nonce[0], nonce: nonce.slice(1) },
      }),
    ),
  ),
  forbidden(
    're-split: three blocks of the message moved to the nonce',
    resplit(
      (lab) => stampOf(lab),
      ({ encrypted, stamp: { timestamp, nonce } }) => ({
        encrypted: encrypted.slice(64),
        stamp: { timestamp, nonce: nonce + encrypted.slice(0, 64) },
      }),
    ),
  ),
]

const sealedFor = (receiveId: (own: string) => string) => (lab: Lab) =>
  post(signed(lab, seal(lab.xml, { ...lab.keys, receiveId: receiveId(lab.keys.receiveId) })))
const foreign: BadCase[] = [
  forbidden(
    'receiver: another corp',
    sealedFor(() => 'ww0123456789abcdef'),
  ),
  forbidden(
    'receiver: a suite',
    sealedFor(() => 'tj0123456789abcdef'),
  ),
  forbidden(
    'receiver: none',
    sealedFor(() => ''),
  ),
  forbidden(
    'receiver: ours but for its last letter',
    sealedFor((own) => own.slice(0, -1)),
  ),
  forbidden(
    'receiver: ours and a letter more',
    sealedFor((own) => `${own}x`),
  ),
  forbidden(
    'receiver: a letter before ours',
    sealedFor((own) => `x${own}`),
  ),
  forbidden(
    'receiver: ours in other case',
    sealedFor((own) => own.toUpperCase()),
  ),
]

const raw = (make: (lab: Lab) => string) => (lab: Lab) => post(signed(lab, make(lab)))
const changed = (change: (bytes: Buffer, lab: Lab) => Buffer) =>
  raw((lab) => change(Buffer.from(seal(lab.xml, lab.keys), 'base64'), lab).toString('base64'))
const blocks = (options: (lab: Lab) => Parameters<typeof plainBlocks>[2]) =>
  raw((lab) => sealBlocks(plainBlocks(roomy(lab), lab.keys, options(lab)), lab.keys))
/** The event with blanks behind it, so that its padding is 7 bytes. */
const roomy = ({ xml, keys }: Lab): string => {
  const used = 16 + 4 + Buffer.byteLength(xml + keys.receiveId)
  return xml + ' '.repeat((32 + 25 - (used % 32)) % 32)
}
const fill = (value: number) => (count: number) => Buffer.alloc(count, value)
const broken: BadCase[] = [
  forbidden(
    'cipher: another key',
    raw((lab) => seal(lab.xml, { ...lab.keys, aesKey: 'k'.repeat(43) })),
  ),
  forbidden(
    'cipher: a bit of the last block',
    changed((bytes) => (bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1), bytes)),
  ),
  forbidden(
    'cipher: a bit of the first block',
    changed((bytes) => (bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0), bytes)),
  ),
  forbidden(
    'cipher: one block cut off',
    changed((bytes) => bytes.subarray(0, -16)),
  ),
  forbidden(
    'cipher: two blocks cut off',
    changed((bytes) => bytes.subarray(0, -32)),
  ),
  forbidden(
    'cipher: first blocks cut off',
    changed((bytes) => bytes.subarray(32)),
  ),
  forbidden(
    'cipher: not whole blocks',
    changed((bytes) => bytes.subarray(0, -1)),
  ),
  forbidden(
    'cipher: one block only',
    changed((bytes) => bytes.subarray(0, 16)),
  ),
  forbidden(
    'cipher: no base64',
    raw(() => '!!!!'),
  ),
  forbidden(
    'cipher: base64 without its =',
    raw((lab) => sealBlocks(plainBlocks(`${lab.xml}  `, lab.keys), lab.keys).replace(/=*$/, '')),
  ),
  forbidden(
    'cipher: base64 of URLs',
    raw((lab) => `${seal(lab.xml, lab.keys).slice(0, -4).replaceAll('+', '-')}-_-_`),
  ),
  forbidden(
    'cipher: blanks in the base64',
    raw((lab) => seal(lab.xml, lab.keys).replace(/(.{76})/g, '$1\n')),
  ),
  forbidden(
    'cipher: five thousand blocks of nothing',
    raw(() => Buffer.alloc(80_000).toString('base64')),
  ),
  forbidden(
    'padding: 0',
    blocks(() => ({ pad: fill(0) })),
  ),
  forbidden(
    'padding: 33',
    blocks(() => ({ pad: fill(33) })),
  ),
  forbidden(
    'padding: 255',
    blocks(() => ({ pad: fill(255) })),
  ),
  forbidden(
    'padding: one byte differs',
    blocks(() => ({ pad: (count) => Buffer.concat([Buffer.from([count - 1]), Buffer.alloc(count - 1, count)]) })),
  ),
  forbidden(
    'padding: only its last byte is right',
    blocks(() => ({ pad: (count) => Buffer.concat([Buffer.alloc(count - 1), Buffer.from([count])]) })),
  ),
  forbidden(
    'length: 0 with a message behind it',
    blocks(() => ({ length: 0 })),
  ),
  forbidden(
    'length: one too few',
    blocks((lab) => ({ length: Buffer.byteLength(roomy(lab)) - 1 })),
  ),
  forbidden(
    'length: one too many',
    blocks((lab) => ({ length: Buffer.byteLength(roomy(lab)) + 1 })),
  ),
  forbidden(
    'length: 2^31',
    blocks(() => ({ length: 2 ** 31 })),
  ),
  forbidden(
    'length: 2^32 - 1',
    blocks(() => ({ length: 2 ** 32 - 1 })),
  ),
]

const bomb = (): string =>
  `<!DOCTYPE x [<!ENTITY a0 "ha">${Array.from({ length: 10 }, (_, n) => `<!ENTITY a${n + 1} "${`&a${n};`.repeat(10)}">`).join('')}]><xml><Encrypt>&a10;</Encrypt></xml>`
const quadratic = (): string =>
  `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(60_000)}">]><xml><Encrypt>${'&a;'.repeat(60_000)}</Encrypt></xml>`
const deep = (depth: number): string => `<xml>${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}</xml>`
const body = (make: string | ((encrypted: string, lab: Lab) => string)) => (lab: Lab) => {
  const good = signed(lab)
  return post(good, {}, typeof make === 'string' ? make : make(good.encrypted, lab))
}
const files = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
const outside: BadCase[] = [
  unreadable('xml: nothing', body('')),
  unreadable('xml: blanks', body(' \r\n\t ')),
  unreadable('xml: words', body('hello')),
  unreadable(
    'xml: JSON',
    body((encrypted) => JSON.stringify({ encrypt: encrypted })),
  ),
  unreadable(
    'xml: an entity that reads a file',
    body((encrypted) => `${files}<xml><a>&e;</a><Encrypt>${encrypted}</Encrypt></xml>`),
  ),
  unreadable(
    'xml: a parameter entity that calls out',
    body(
      (encrypted, { canary }) =>
        `<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:${canary}/x.dtd"> %e;]><xml><Encrypt>${encrypted}</Encrypt></xml>`,
    ),
  ),
  unreadable(
    'xml: a DOCTYPE that calls out',
    body(
      (encrypted, { canary }) =>
        `<!DOCTYPE x SYSTEM "http://127.0.0.1:${canary}/"><xml><Encrypt>${encrypted}</Encrypt></xml>`,
    ),
  ),
  unreadable('xml: a billion laughs', body(bomb())),
  unreadable('xml: quadratic entities', body(quadratic())),
  unreadable(
    'xml: two Encrypt',
    body((encrypted) => `<xml><Encrypt>${encrypted}</Encrypt><Encrypt>${encrypted}</Encrypt></xml>`),
  ),
  unreadable('xml: an empty Encrypt', body('<xml><Encrypt></Encrypt></xml>')),
  unreadable(
    'xml: Encrypt in lower case',
    body((encrypted) => `<xml><encrypt>${encrypted}</encrypt></xml>`),
  ),
  unreadable(
    'xml: elements inside Encrypt',
    body((encrypted) => `<xml><Encrypt><a>${encrypted}</a></Encrypt></xml>`),
  ),
  unreadable(
    'xml: Encrypt one level too deep',
    body((encrypted) => `<xml><x><Encrypt>${encrypted}</Encrypt></x></xml>`),
  ),
  unreadable(
    'xml: __proto__ as a parent',
    body((encrypted) => `<xml><__proto__><Encrypt>${encrypted}</Encrypt></__proto__></xml>`),
  ),
  unreadable('xml: 30,000 levels', body(deep(30_000))),
  unreadable('xml: 17 levels', body(deep(17))),
  unreadable(
    'xml: NUL',
    body((encrypted) => `<xml><Encrypt>${encrypted}\0</Encrypt></xml>`),
  ),
  unreadable(
    'xml: unclosed',
    body((encrypted) => `<xml><Encrypt>${encrypted}`),
  ),
  unreadable(
    'xml: closed by another name',
    body((encrypted) => `<xml><Encrypt>${encrypted}</Encrypted></xml>`),
  ),
  unreadable(
    'xml: unclosed CDATA',
    body((encrypted) => `<xml><Encrypt><![CDATA[${encrypted}</Encrypt></xml>`),
  ),
  unreadable(
    'xml: goes on after its end',
    body((encrypted) => `${envelope(encrypted)}<xml></xml>`),
  ),
  unreadable(
    'xml: a comment',
    body((encrypted) => `<xml><!-- --><Encrypt>${encrypted}</Encrypt></xml>`),
  ),
  unreadable(
    'xml: a processing instruction',
    body((encrypted) => `<xml><?php ?><Encrypt>${encrypted}</Encrypt></xml>`),
  ),
  unreadable(
    'xml: an attribute',
    body((encrypted) => `<xml><Encrypt a="b">${encrypted}</Encrypt></xml>`),
  ),
  unreadable(
    'xml: a numeric entity',
    body((encrypted) => `<xml><Encrypt>&#65;${encrypted.slice(1)}</Encrypt></xml>`),
  ),
  unreadable('xml: UTF-16', (lab) => ({
    ...post(signed(lab)),
    body: Buffer.from(`\uFEFF${envelope('AAAA')}`, 'utf16le'),
  })),
  forbidden('xml: bytes that are no UTF-8 inside Encrypt', (lab) => {
    const good = signed(lab)
    const bytes = Buffer.from(envelope(good.encrypted))
    bytes.writeUInt8(0xff, bytes.indexOf(good.encrypted) + 8)
    return { ...post(good), body: bytes }
  }),
]

const inside = (xml: string | ((lab: Lab) => string)) => (lab: Lab) =>
  post(signed(lab, seal(typeof xml === 'string' ? xml : xml(lab), lab.keys)))
const within: BadCase[] = [
  unreadable('sealed: nothing', inside('')),
  unreadable('sealed: words', inside('hello')),
  unreadable('sealed: an entity that reads a file', inside(`${files}<xml><MsgType>&e;</MsgType></xml>`)),
  unreadable(
    'sealed: a DOCTYPE that calls out',
    inside(({ canary }) => `<!DOCTYPE x SYSTEM "http://127.0.0.1:${canary}/"><xml></xml>`),
  ),
  unreadable('sealed: a billion laughs', inside(bomb())),
  unreadable('sealed: 10,000 levels', inside(deep(10_000))),
  unreadable(
    'sealed: NUL',
    inside(({ xml }) => xml.replace('sys', 's\0s')),
  ),
  unreadable(
    'sealed: unclosed',
    inside(({ xml }) => xml.slice(0, -6)),
  ),
  unreadable('sealed: text beside elements', inside('<xml>a<b></b></xml>')),
]

const size = 300 * 1024
const withHeaders =
  (make: (lab: Lab) => { headers: [string, string][]; body?: string | Buffer; end?: boolean }) => (lab: Lab) => ({
    ...post(signed(lab)),
    ...make(lab),
  })
const chunked = (bytes: number): string => `${`1000\r\n${'a'.repeat(4096)}\r\n`.repeat(bytes / 4096)}0\r\n\r\n`
const transport: BadCase[] = [
  badCase(415)(
    'encoding: gzip',
    withHeaders(() => ({ headers: [['Content-Encoding', 'gzip']] })),
  ),
  badCase(415)(
    'encoding: br',
    withHeaders(() => ({ headers: [['Content-Encoding', 'br']] })),
  ),
  badCase(415)(
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
const doors: BadCase[] = [
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

/** One row, one bad input, one answer. */
export const badCases: readonly BadCase[] = [
  ...forged,
  ...stamped,
  ...recut,
  ...foreign,
  ...broken,
  ...outside,
  ...within,
  ...transport,
  ...doors,
]
