import { findMember } from '../model/find.ts'
import { Impossible } from '../model/refused.ts'
import { servesAccount } from '../model/servicers.ts'
import { sweep } from '../model/session.ts'
import type { Chat, World } from '../model/world.ts'

/** What an RM has on his WeCom phone: messages of the app, his chats, and the pool of his accounts. */
export const desk = (world: World, userid: string) => {
  const member = findMember(world, userid)
  if (!member) throw new Impossible(`there is no member ${userid}`)
  const chats = [...world.chats.values()]
    .map((chat) => sweep(world, chat))
    .filter((chat) => sees(world, chat, member.userid))
  return {
    userid: member.userid,
    name: member.name,
    inbox: member.inbox.slice(-50),
    said: member.said.slice(-50),
    chats: chats.map((chat) => chatView(world, chat, member.userid)).sort((a, b) => b.at - a.at),
  }
}

const sees = (world: World, chat: Chat, userid: string): boolean => {
  if (chat.servicer === userid || chat.had.has(userid)) return true
  const account = world.accounts.get(chat.openKfId)
  return chat.state === 2 && account !== undefined && servesAccount(world, account, userid)
}

const relation = (chat: Chat, userid: string): 'mine' | 'pool' | 'ended' | 'elsewhere' => {
  if (chat.state === 3) return chat.servicer === userid ? 'mine' : 'elsewhere'
  if (chat.state === 2) return 'pool'
  return chat.state === 4 ? 'ended' : 'elsewhere'
}

const chatView = (world: World, chat: Chat, userid: string) => {
  const last = chat.lines.at(-1)
  return {
    openKfId: chat.openKfId,
    account: world.accounts.get(chat.openKfId)?.name ?? '',
    externalUserId: chat.externalUserId,
    nickname: world.customers.get(chat.externalUserId)?.nickname ?? chat.externalUserId,
    relation: relation(chat, userid),
    state: chat.state,
    servicer: chat.servicer,
    at: last?.at ?? 0,
    waiting: last?.from === 'customer',
    last: last ? { type: last.type, from: last.from, payload: last.payload, status: last.status } : null,
    recommended: chat.upgrade,
  }
}
