/** What a link says of whoever opens it. */
export type EntrySays = { clientNo?: string | undefined; campaign?: string | undefined; firm?: string | undefined }

const names = ['clientNo', 'campaign', 'firm'] as const
const longest = 64
/** The seconds since 1970 have four bytes: enough until here. */
export const latestExpiry = new Date(0xffff_ffff * 1000)

/** A text is written in the smallest alphabet that has all its letters: a number of ten digits takes five bytes. */
const alphabets = ['0123456789', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-'] as const
const raw = alphabets.length

/** Four bytes of time, then one byte for each name (0: not said; else its alphabet and length) with its text. */
export const packEntry = (says: EntrySays, expiresAt: Date | null): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(expiresAt ? Math.min(0xffff_ffff, Math.floor(expiresAt.getTime() / 1000)) : 0)
  return Buffer.concat([head, ...names.map((name) => packText(says[name] ?? ''))])
}

const packText = (text: string): Buffer => {
  if (text === '') return Buffer.from([0])
  const found = alphabets.findIndex((alphabet) => [...text].every((letter) => alphabet.includes(letter)))
  const kind = found === -1 ? raw : found
  const bytes = kind === raw ? Buffer.from(text) : toBytes(text, alphabets[kind] as string)
  const length = kind === raw ? bytes.length : text.length
  // What cannot be told in six bits is far too long for a link anyway: it is made longer, so that the caller sees it.
  if (length > longest) return Buffer.alloc(length + 1)
  return Buffer.concat([Buffer.from([((kind + 1) << 6) | (length - 1)]), bytes])
}

const sizeOf = (length: number, alphabet: string): number => Math.ceil((length * Math.log2(alphabet.length)) / 8)

/** The text as one number in the base of its alphabet. */
const toBytes = (text: string, alphabet: string): Buffer => {
  const base = BigInt(alphabet.length)
  let value = 0n
  for (const letter of text) value = value * base + BigInt(alphabet.indexOf(letter))
  const size = sizeOf(text.length, alphabet)
  return Buffer.from(value.toString(16).padStart(size * 2, '0'), 'hex')
}

const fromBytes = (bytes: Buffer, length: number, alphabet: string): string => {
  const base = BigInt(alphabet.length)
  let value = BigInt(`0x${bytes.toString('hex')}`)
  const letters: string[] = []
  for (let at = 0; at < length; at++, value /= base) letters.unshift(alphabet[Number(value % base)] as string)
  return letters.join('')
}

/** The opposite of `packEntry`; null for bytes that it cannot have made. */
export const unpackEntry = (packed: Buffer): { says: EntrySays; expiresAt: Date | null } | null => {
  if (packed.length < 4 + names.length) return null
  const seconds = packed.readUInt32BE(0)
  const says: EntrySays = {}
  let at = 4
  for (const name of names) {
    const head = packed[at++]
    if (head === undefined) return null
    if (head === 0) continue
    const [kind, length] = [(head >> 6) - 1, (head & 63) + 1]
    const alphabet = alphabets[kind]
    const bytes = packed.subarray(at, (at += alphabet ? sizeOf(length, alphabet) : length))
    says[name] = alphabet ? fromBytes(bytes, length, alphabet) : bytes.toString()
  }
  return at === packed.length ? { says, expiresAt: seconds === 0 ? null : new Date(seconds * 1000) } : null
}
