import type Koa from 'koa'
import getRawBody from 'raw-body'
import { getMedia, MediaType, uploadMedia } from '../../wecom/endpoints/media.ts'
import { seconds } from '../model/clock.ts'
import { liveMedia, upload } from '../model/media.ts'
import { Refused } from '../model/refused.ts'
import type { Payload, World } from '../model/world.ts'
import { readUpload } from './multipart.ts'

export const mediaPaths: readonly string[] = [uploadMedia.path, getMedia.path]
const limit = '32mb'

/** media/upload: multipart in, JSON out. */
export const takeUpload = async (ctx: Koa.Context, world: World): Promise<Payload> => {
  const type = MediaType.safeParse(ctx.query['type'])
  if (!type.success) throw new Refused(40004, 'invalid media type')
  const body = await getRawBody(ctx.req, { limit })
  const file = readUpload(ctx.get('Content-Type'), body)
  const media = upload(world, { type: type.data, ...file })
  return { type: media.type, media_id: media.mediaId, created_at: String(seconds(world.now())) }
}

const kinds: Record<MediaType, string> = {
  image: 'image/png',
  voice: 'audio/amr',
  video: 'video/mp4',
  file: 'application/octet-stream',
}

/** media/get: the file itself, whole or the range that was asked for. */
export const giveMedia = (ctx: Koa.Context, world: World): void => {
  const media = liveMedia(world, String(ctx.query['media_id'] ?? ''))
  const range = /^bytes=(\d+)-(\d*)$/.exec(ctx.get('Range'))
  ctx.set('Content-Disposition', `attachment; filename="${encodeURIComponent(media.filename)}"`)
  ctx.type = kinds[media.type]
  if (!range) {
    ctx.body = media.bytes
    return
  }
  const first = Number(range[1])
  const last = Math.min(range[2] ? Number(range[2]) : Infinity, media.bytes.length - 1)
  ctx.status = 206
  ctx.set('Content-Range', `bytes ${first}-${last}/${media.bytes.length}`)
  ctx.body = media.bytes.subarray(first, last + 1)
}
