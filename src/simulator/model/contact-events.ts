import { seconds } from './clock.ts'
import type { Push, World } from './world.ts'

export type Nodes = Push['nodes']

/** Optional nodes are left out unless they say something, or come empty when the settings say so. */
export const optional = (world: World, nodes: Record<string, string | undefined>): Nodes =>
  Object.entries(nodes).flatMap(([name, value]): Nodes => {
    if (value) return [[name, value]]
    return world.settings.emptyNodes ? [[name, '']] : []
  })

/** A callback of 客户联系: from `sys`, without a MsgId. Members whom the app does not see cause none. */
const tell = (
  world: World,
  about: { event: string; change: string; userid?: string | undefined },
  rest: Nodes,
): void => {
  const member = about.userid === undefined ? undefined : world.members.get(about.userid)
  if (!world.corp.contactApi || !world.corp.contactCallbacks || member?.visible === false) return
  if (world.contacts.losing > 0) {
    world.contacts.losing -= 1
    return
  }
  world.push({
    about: about.event,
    agent: true,
    nodes: [
      ['ToUserName', world.corp.corpId],
      ['FromUserName', 'sys'],
      ['CreateTime', seconds(world.now())],
      ['MsgType', 'event'],
      ['Event', about.event],
      ['ChangeType', about.change],
      ...rest,
    ],
  })
}

export type Pair = { userid: string; externalUserId: string }

/** `rest` comes behind the two ids, the reason of a failed transfer before them. */
export const tellContact = (world: World, change: string, about: Pair & { rest?: Nodes }): void => {
  const pair: Nodes = [
    ['UserID', about.userid],
    ['ExternalUserID', about.externalUserId],
  ]
  const rest = about.rest ?? []
  const nodes = change === 'transfer_fail' ? [...rest, ...pair] : [...pair, ...rest]
  tell(world, { event: 'change_external_contact', change, userid: about.userid }, nodes)
}

type About = { chatId: string; owner: string; rest?: Nodes }

export const tellGroup = (world: World, change: string, { chatId, owner, rest = [] }: About): void =>
  tell(world, { event: 'change_external_chat', change, userid: owner }, [['ChatId', chatId], ...rest])

export const tellTag = (world: World, change: string, nodes: Nodes): void =>
  tell(world, { event: 'change_external_tag', change }, nodes)

export const tellAcquisition = (world: World, change: string, nodes: Nodes = []): void =>
  tell(world, { event: 'customer_acquisition', change }, nodes)
