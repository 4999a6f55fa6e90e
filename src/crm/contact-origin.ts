import type { Db } from '../store/open.ts'
import { channelKindOf } from './channels.ts'

export type ContactOrigin = {
  channel: string | null
  invitation: { id: string; via: string; conversationId: string | null } | null
}

/**
 * Who the `state` of an added contact belongs to: a channel whose key it is. Null for a state of somebody else's (another
 * app's code, a campaign tool).
 */
export const readOrigin = async (db: Db, { state }: { state: string }): Promise<ContactOrigin | null> =>
  (await channelKindOf(db, state)) === null ? null : { channel: state, invitation: null }
