import { findChat } from '../model/find.ts'
import { sweep } from '../model/session.ts'
import type { Line, State, World } from '../model/world.ts'

export type SessionView = { state: State; servicer: string | null }

/** A chat as the phones and tests see it. */
export type ConversationView = SessionView & {
  openKfId: string
  externalUserId: string
  nickname: string
  lastCustomerAt: number | null
  /** API messages left until the customer writes again. */
  sendsLeft: number
  lines: Line[]
}

/** 4 for a customer who never wrote. */
export const sessionView = (world: World, openKfId: string, externalUserId: string): SessionView => {
  const chat = findChat(world, openKfId, externalUserId)
  if (!chat) return { state: 4, servicer: null }
  const { state, servicer } = sweep(world, chat)
  return { state, servicer }
}

export const conversationView = (world: World, openKfId: string, externalUserId: string): ConversationView => {
  const chat = findChat(world, openKfId, externalUserId)
  return {
    ...sessionView(world, openKfId, externalUserId),
    openKfId,
    externalUserId,
    nickname: world.customers.get(externalUserId)?.nickname ?? externalUserId,
    lastCustomerAt: chat?.lastCustomerAt ?? null,
    sendsLeft: chat?.lastCustomerAt ? Math.max(0, 5 - chat.sent) : 0,
    lines: structuredClone(chat?.lines ?? []),
  }
}
