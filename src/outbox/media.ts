import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pool } from 'pg'
import type { WecomClient } from '../wecom/client.ts'
import type { MediaIds } from './welcome.ts'

export type MediaFile = { file: string; type: 'image' | 'video' | 'file' }
type Keep = { pool: Pool; upload: WecomClient['upload']; folder: string; files: readonly MediaFile[]; now: Date }

const hour = 3_600_000
/** WeCom keeps temporary media for three days; half a day before that it is uploaded again. */
const lifeMs = 72 * hour
const earlyMs = 12 * hour

/** Uploads the files that welcomes need and WeCom does not have, or not for long. Answers those that could not be. */
export const keepMedia = async (keep: Keep): Promise<{ file: string; trouble: string }[]> => {
  const failed: { file: string; trouble: string }[] = []
  for (const media of keep.files) {
    const trouble = await keepOne(keep, media).catch((error: Error) => error.message.slice(0, 300))
    if (trouble) {
      failed.push({ file: media.file, trouble })
      await noteTrouble(keep.pool, media, trouble)
    }
  }
  return failed
}

const keepOne = async ({ pool, upload, folder, now }: Keep, { file, type }: MediaFile): Promise<null> => {
  const bytes = await readFile(join(folder, file))
  const digest = createHash('sha256').update(bytes).digest('hex')
  const { rowCount } = await pool.query(
    'select from media_uploads where file = $1 and type = $2 and digest = $3 and expires_at > $4',
    [file, type, digest, new Date(now.getTime() + earlyMs)],
  )
  if (rowCount) return null
  const mediaId = await upload(type, { name: file, bytes })
  await pool.query(
    `insert into media_uploads (file, type, digest, media_id, uploaded_at, expires_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (file, type) do update set digest = excluded.digest, media_id = excluded.media_id,
       uploaded_at = excluded.uploaded_at, expires_at = excluded.expires_at, trouble = null`,
    [file, type, digest, mediaId, now, new Date(now.getTime() + lifeMs)],
  )
  return null
}

const noteTrouble = (pool: Pool, { file, type }: MediaFile, trouble: string) =>
  pool.query(
    `insert into media_uploads (file, type, digest, trouble) values ($1, $2, '', $3)
     on conflict (file, type) do update set trouble = excluded.trouble`,
    [file, type, trouble],
  )

/** The kept media_id while it lives. */
export const mediaIds =
  (pool: Pool, now: () => Date): MediaIds =>
  async (file, type) => {
    const { rows } = await pool.query<{ media_id: string | null }>(
      'select media_id from media_uploads where file = $1 and type = $2 and expires_at > $3',
      [file, type, now()],
    )
    return rows[0]?.media_id ?? null
  }
