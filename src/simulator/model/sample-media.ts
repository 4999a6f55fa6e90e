import { deflateSync } from 'node:zlib'
import type { MediaType } from './world.ts'

const crcTable = Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})
const crc = (bytes: Buffer): number =>
  (bytes.reduce((sum, byte) => (sum >>> 8) ^ (crcTable[(sum ^ byte) & 255] ?? 0), 0xffffffff) ^ 0xffffffff) >>> 0

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc(body))
  return Buffer.concat([length, body, check])
}

/** A small picture that viewers can show: hills under an evening sky. */
const picture = (): Buffer => {
  const [width, height] = [240, 160]
  const hill = (x: number): number => 95 + 18 * Math.sin(x / 31) + 9 * Math.sin(x / 11)
  const pixel = (x: number, y: number): number[] => {
    if (y > hill(x) + 22) return [38, 84, 78]
    return y > hill(x) ? [64, 125, 110] : [250 - y / 3, 190 + y / 4, 140 + y]
  }
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (__, x) => pixel(x, y).map(Math.round)).flat(),
  ])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8)
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  const pixels = deflateSync(Buffer.from(rows.flat()))
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

const made = new Map<MediaType, Buffer>()
const makers: Record<MediaType, () => Buffer> = {
  image: picture,
  voice: () => Buffer.concat([Buffer.from('#!AMR\n'), Buffer.alloc(320, 0x3c)]),
  video: () => Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42'), Buffer.alloc(64)]),
  file: () => Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
}

/** What is sent when nobody brings a file of his own. */
export const sampleMedia = (type: MediaType): Buffer => {
  const bytes = made.get(type) ?? makers[type]()
  made.set(type, bytes)
  return bytes
}
