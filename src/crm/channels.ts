import { sql } from 'kysely'
import type { Db } from '../store/open.ts'

export const channelKinds = ['app', 'h5', 'mini-program', 'branch', 'sms', 'partner', 'other'] as const
export type ChannelKind = (typeof channelKinds)[number]

/** Where customers come from: an app's page, a branch's poster, a partner's scene. Its key is the scene of its kf link. */
export type Channel = {
  key: string
  name: string
  kind: ChannelKind
  openKfId: string
  /** The kf link, kept since it was first asked for. */
  url: string
  createdAt: Date
  updatedAt: Date
}
export type ChannelFacts = Pick<Channel, 'key' | 'name' | 'kind' | 'openKfId'>

const selectChannels = (db: Db) =>
  db
    .selectFrom('channels as c')
    .innerJoin('kf_links as l', (on) => on.onRef('l.open_kfid', '=', 'c.open_kfid').onRef('l.scene', '=', 'c.key'))
    .select([
      'c.key',
      'c.name',
      'c.kind',
      'c.open_kfid as openKfId',
      'c.created_at as createdAt',
      'c.updated_at as updatedAt',
    ])
    .select(sql<string>`l.url`.as('url'))

/** Channels by key, after the given one. */
export const listChannels = (db: Db, { after, limit }: { after: string | null; limit: number }): Promise<Channel[]> => {
  const query = selectChannels(db).orderBy('c.key').limit(limit)
  return (after === null ? query : query.where('c.key', '>', after)).execute()
}

export const getChannel = async (db: Db, key: string): Promise<Channel | null> =>
  (await selectChannels(db).where('c.key', '=', key).executeTakeFirst()) ?? null

/** Creates or replaces a channel; its account's link (channel-link.ts) is there already. */
export const putChannel = async (db: Db, { key, name, kind, openKfId }: ChannelFacts): Promise<Channel> => {
  const facts = { name, kind, open_kfid: openKfId }
  await db
    .insertInto('channels')
    .values({ key, ...facts })
    .onConflict((known) => known.column('key').doUpdateSet({ ...facts, updated_at: sql`now()` }))
    .execute()
  const stored = await getChannel(db, key)
  if (!stored) throw new Error(`channel ${key} has no link`)
  return stored
}

/** Null for a scene that is no channel of ours (a link that was made by hand in the console). */
export const channelKindOf = async (db: Db, key: string): Promise<ChannelKind | null> =>
  (await db.selectFrom('channels').select('kind').where('key', '=', key).executeTakeFirst())?.kind ?? null
