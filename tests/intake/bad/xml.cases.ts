import { envelope, seal } from '../envelope.ts'
import { bomb, deep, forbidden, post, signed, unreadable, type BadCase, type Lab } from './lab.ts'

const quadratic = (): string =>
  `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(60_000)}">]><xml><Encrypt>${'&a;'.repeat(60_000)}</Encrypt></xml>`
const body = (make: string | ((encrypted: string, lab: Lab) => string)) => (lab: Lab) => {
  const good = signed(lab)
  return post(good, {}, typeof make === 'string' ? make : make(good.encrypted, lab))
}
const files = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
export const outside: BadCase[] = [
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
export const within: BadCase[] = [
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
