import { envelope, seal, signature, type Stamp } from '../envelope.ts'
import {
  flip,
  forbidden,
  path,
  post,
  signed,
  stampOf,
  withSignature,
  type BadCase,
  type Lab,
  type Query,
  type Signed,
} from './lab.ts'

const fullWidth = (text: string): string => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))

export const forged: BadCase[] = [
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

export const stamped: BadCase[] = [
  forbidden(
    'timestamp: an hour and a minute old',
    restamped((now) => ({ timestamp: String(now - 3660) })),
  ),
  forbidden(
    'timestamp: an hour and a minute ahead',
    restamped((now) => ({ timestamp: String(now + 3660) })),
  ),
  forbidden(
    'timestamp: ten minutes ahead',
    restamped((now) => ({ timestamp: String(now + 600) })),
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
export const recut: BadCase[] = [
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
