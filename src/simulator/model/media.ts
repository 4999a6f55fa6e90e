import { day } from './clock.ts'
import { Refused, refuseIf } from './refused.ts'
import type { Media, MediaType, World } from './world.ts'

const lives = 3 * day
const megabyte = 1024 * 1024

/** What media/upload takes. */
const uploadMax: Record<MediaType, number> = {
  image: 10 * megabyte,
  voice: 2 * megabyte,
  video: 10 * megabyte,
  file: 20 * megabyte,
}

/** What a kf chat carries, in both directions. */
export const kfMax: Record<MediaType, number> = { ...uploadMax, image: 2 * megabyte }

export const addMedia = (world: World, file: { type: MediaType; filename: string; bytes: Buffer }): Media => {
  const media: Media = { ...file, mediaId: world.chance.text(65), expiresAt: world.now() + lives }
  world.media.set(media.mediaId, media)
  return media
}

/** media/upload: 40006 for too little, 40004-40006-like codes for too much. */
export const upload = (world: World, file: { type: MediaType; filename: string; bytes: Buffer }): Media => {
  refuseIf(file.bytes.length <= 5, 40006, 'invalid file size')
  refuseIf(file.bytes.length > uploadMax[file.type], 45001, 'media file is too big')
  return addMedia(world, file)
}

/** The file while it lives (3 days); 40007 afterwards. */
export const liveMedia = (world: World, mediaId: string): Media => {
  const media = world.media.get(mediaId)
  if (!media || media.expiresAt < world.now()) throw new Refused(40007, 'invalid media_id')
  return media
}

/** A file that may be sent in a kf chat as this type. */
export const kfMedia = (world: World, mediaId: string, type: MediaType): Media => {
  const media = liveMedia(world, mediaId)
  refuseIf(media.type !== type || media.bytes.length > kfMax[type], 40007, 'invalid media_id')
  return media
}
