import { Refused } from './refused.ts'
import type { Account, Chat, Customer, Member, World } from './world.ts'

/** The account, if the app may use it: 95000 malformed, 95004 unknown or deleted, 48007 not given to the app. */
export const managedAccount = (world: World, openKfId: string): Account => {
  const account = knownAccount(world, openKfId)
  if (!account.authorised) throw new Refused(48007, 'kf account is not authorised to this app')
  return account
}

export const knownAccount = (world: World, openKfId: string): Account => {
  if (!openKfId.startsWith('wk')) throw new Refused(95000, 'invalid open_kfid')
  const account = world.accounts.get(openKfId)
  if (!account || account.deleted) throw new Refused(95004, 'open_kfid does not exist')
  return account
}

export const knownCustomer = (world: World, externalUserId: string): Customer => {
  const customer = world.customers.get(externalUserId)
  if (!customer) throw new Refused(40096, 'invalid external userid')
  return customer
}

/** Staff ids are case-insensitive at WeCom. */
export const findMember = (world: World, userid: string): Member | undefined => world.members.get(userid.toLowerCase())

const chatKey = (openKfId: string, externalUserId: string): string => `${openKfId}|${externalUserId}`

export const findChat = (world: World, openKfId: string, externalUserId: string): Chat | undefined =>
  world.chats.get(chatKey(openKfId, externalUserId))

/** The chat of an account with a customer; made empty (state 4) when they never met. */
export const chatOf = (world: World, openKfId: string, externalUserId: string): Chat => {
  const key = chatKey(openKfId, externalUserId)
  const found = world.chats.get(key)
  if (found) return found
  const chat = newChat(openKfId, externalUserId)
  world.chats.set(key, chat)
  return chat
}

const newChat = (openKfId: string, externalUserId: string): Chat => ({
  openKfId,
  externalUserId,
  state: 4,
  servicer: null,
  previous: null,
  had: new Set(),
  session: 0,
  startedAt: null,
  endedAt: null,
  poolCodeGiven: false,
  humanCodeGiven: false,
  lastCustomerAt: null,
  sent: 0,
  welcomedAt: null,
  entered: null,
  rejected: false,
  upgrade: null,
  lines: [],
})

/** What a change of a chat concerns: the chat, and whoever serves it now. */
export const concerning = ({ openKfId, externalUserId, servicer }: Chat) => ({
  openKfId,
  externalUserId,
  ...(servicer === null ? {} : { userid: servicer }),
})
