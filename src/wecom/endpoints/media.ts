import { z } from 'zod'
import { endpoint } from '../endpoint.ts'
import { bytes, opaque, webUrl } from '../limits.ts'

export const MediaType = z.literal(['image', 'voice', 'video', 'file'])
export type MediaType = z.infer<typeof MediaType>

/** What WeCom takes, in bytes; all need more than 5. 微信客服 itself sends images only up to 2 MB. */
export const mediaLimits: Readonly<Record<MediaType, number>> = {
  image: 10 * 1024 * 1024,
  voice: 2 * 1024 * 1024,
  video: 10 * 1024 * 1024,
  file: 20 * 1024 * 1024,
}

/** Multipart: `type` goes into the query, the file into the field `media`. The media_id is good for 3 days. */
export const uploadMedia = endpoint({
  post: 'media/upload',
  doc: 'https://developer.work.weixin.qq.com/document/path/90253',
  ask: z.strictObject({ type: MediaType }),
  answer: z.looseObject({
    type: z.string().optional(),
    media_id: opaque(),
    created_at: z.union([z.string(), z.number()]).optional(),
  }),
})

/** Answers the file itself, or JSON with an errcode: use `download` of the client. Above 20 MB only with `Range`. */
export const getMedia = endpoint({
  get: 'media/get',
  doc: 'https://developer.work.weixin.qq.com/document/path/90254',
  ask: z.strictObject({ media_id: opaque() }),
  answer: z.looseObject({}),
})

/** At most 200 MB from a source that knows `Range`; then ask `get_upload_by_url_result` or wait for the event. */
export const uploadMediaByUrl = endpoint({
  post: 'media/upload_by_url',
  doc: 'https://developer.work.weixin.qq.com/document/path/96219',
  ask: z.strictObject({
    scene: z.literal(1),
    type: z.literal(['video', 'file']),
    filename: bytes(256),
    url: webUrl(),
    md5: z.string().regex(/^[0-9a-fA-F]{32}$/, 'must be 32 hexadecimal digits'),
  }),
  answer: z.looseObject({ jobid: z.string() }),
})

export const getUploadByUrlResult = endpoint({
  post: 'media/get_upload_by_url_result',
  doc: 'https://developer.work.weixin.qq.com/document/path/96219',
  ask: z.strictObject({ jobid: opaque() }),
  answer: z.looseObject({
    status: z.number().optional(),
    detail: z.looseObject({ media_id: z.string().optional() }).optional(),
  }),
})
