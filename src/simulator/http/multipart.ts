import { Refused } from '../model/refused.ts'

const headersEnd = Buffer.from('\r\n\r\n')

/** The file of the field `media` in a multipart body: 41005 when there is none. */
export const readUpload = (contentType: string, body: Buffer): { filename: string; bytes: Buffer } => {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!boundary) throw new Refused(41005, 'media data missing')
  const mark = Buffer.from(`--${boundary}`)
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + 1)) {
    const part = readPart(body, at + mark.length, mark)
    if (part) return part
  }
  throw new Refused(41005, 'media data missing')
}

const readPart = (body: Buffer, start: number, mark: Buffer): { filename: string; bytes: Buffer } | null => {
  const end = body.indexOf(mark, start)
  const split = body.indexOf(headersEnd, start)
  if (end < 0 || split < 0 || split > end) return null
  const headers = body.subarray(start, split).toString()
  if (!/name="media"/i.test(headers)) return null
  const filename = /filename="([^"]*)"/i.exec(headers)?.[1] ?? 'file'
  return { filename, bytes: body.subarray(split + headersEnd.length, end - 2) }
}
