import type { Db } from '../store/open.ts'
import { channelKindOf, type ChannelKind } from './channels.ts'
import { readEntry, type EntryState } from './entry-link.ts'

export type EntranceAsk = { scene: string; sceneParam: string; at: Date }

/** What the link says through which a customer came in. */
export type Entrance = {
  channel: string
  /** Null when the scene is no channel of ours. */
  channelKind: ChannelKind | null
  /** `none`: the link had no parameter. */
  param: EntryState | 'none'
  clientNo: string | null
  campaign: string | null
  firm: string | null
}

/** Reads an entry of a known scene. Judged at the time he came, not when we get to it: an outage makes no link expire. */
export const readEntrance = async (
  db: Db,
  secretKey: string,
  { scene, sceneParam, at }: EntranceAsk,
): Promise<Entrance> => {
  const read = sceneParam === '' ? null : readEntry(secretKey, { scene, sceneParam, now: at })
  return {
    channel: scene,
    channelKind: await channelKindOf(db, scene),
    param: read?.state ?? 'none',
    clientNo: read?.clientNo ?? null,
    campaign: read?.campaign ?? null,
    firm: read?.firm ?? null,
  }
}
