import { plainBlocks, seal, sealBlocks } from '../envelope.ts'
import { forbidden, post, signed, type BadCase, type Lab } from './lab.ts'

const sealedFor = (receiveId: (own: string) => string) => (lab: Lab) =>
  post(signed(lab, seal(lab.xml, { ...lab.keys, receiveId: receiveId(lab.keys.receiveId) })))
export const foreign: BadCase[] = [
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
export const broken: BadCase[] = [
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
