import { seconds } from '../model/clock.ts'
import { issueToken } from '../model/log.ts'
import type { Push, World } from '../model/world.ts'

/** kf_msg_or_event: "this account has news", with a new token. Null when the app is not to hear of the account. */
export const doorbell = (world: World, openKfId: string): Push | null => {
  const account = world.accounts.get(openKfId)
  const heard = account?.authorised && !account.deleted && world.corp.kfCallbacks && world.corp.kfApi
  if (!heard) return null
  return {
    about: openKfId,
    agent: false,
    nodes: [
      ['ToUserName', world.corp.corpId],
      ['CreateTime', seconds(world.now())],
      ['MsgType', 'event'],
      ['Event', 'kf_msg_or_event'],
      ['Token', issueToken(world, account)],
      ['OpenKfId', openKfId],
    ],
  }
}
