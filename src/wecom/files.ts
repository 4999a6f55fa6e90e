import type { z } from 'zod'
import type { CallOptions } from './client.ts'
import type { Endpoint } from './endpoint.ts'
import { getMedia, mediaLimits, type MediaType, uploadMedia } from './endpoints/media.ts'
import { WecomError } from './error.ts'
import type { Received, Sending } from './exchange.ts'

/** `name` is WeCom's proposal and may be anything: never a path on our disk. */
export type MediaFile = { bytes: Buffer; contentType: string; name: string | null }

type Parts = {
  send(sending: Omit<Sending, 'signal'>, options: CallOptions): Promise<Received>
  check<Ask extends z.ZodType>(endpoint: Endpoint<Ask>, ask: unknown): z.output<Ask>
  readable<Answer extends z.ZodType>(endpoint: Endpoint<z.ZodType, Answer>, body: unknown): z.output<Answer>
}

const costOf = ({ path }: Endpoint) => ({ path, lane: path, members: [] })

/** Files to and from WeCom. */
export const createFiles = ({ send, check, readable }: Parts) => ({
  download: async (mediaId: string, options: CallOptions = {}): Promise<MediaFile> => {
    const query = check(getMedia, { media_id: mediaId })
    const file = { maxBytes: mediaLimits.file + 1024 }
    const { reply } = await send({ endpoint: getMedia, cost: costOf(getMedia), query, file }, options)
    return { bytes: reply.bytes, contentType: reply.contentType, name: fileName(reply.disposition) }
  },

  upload: async (type: MediaType, { name, bytes }: { name: string; bytes: Uint8Array }, options: CallOptions = {}) => {
    const query = check(uploadMedia, { type })
    if (bytes.length <= 5 || bytes.length > mediaLimits[type]) {
      const advice = `a file of type ${type} has 6 to ${mediaLimits[type]} bytes, this one ${bytes.length}`
      throw new WecomError({ errcode: 0, failure: 'bad_request', advice, path: uploadMedia.path })
    }
    const body = new FormData()
    body.append('media', new Blob([Buffer.from(bytes)]), name)
    const sent = await send({ endpoint: uploadMedia, cost: costOf(uploadMedia), query, body }, options)
    return readable(uploadMedia, sent.body).media_id
  },
})

const fileName = (disposition: string): string | null => {
  const star = /filename\*=(?:UTF-8'')?([^;]+)/i.exec(disposition)?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  try {
    return star ? decodeURIComponent(star.trim()) : (plain ?? null)
  } catch {
    return plain ?? null
  }
}
