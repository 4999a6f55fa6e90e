import type { Arrival } from './arrival.ts'
import type { Changes } from './changes.ts'
import type { Conversation } from './conversation.ts'
import { describeMessage } from './describe.ts'
import type { Gathered } from './gather.ts'

/**
 * What is written down of an arrival whatever the handler answers, so that no handler can lose a message: the message itself,
 * its touchpoint, and WeCom's window that it opens.
 */
export const bookArrival = (arrival: Arrival, gathered: Gathered, it: Conversation | null): Partial<Changes> => {
  switch (arrival.sort) {
    case 'message':
      return bookMessage(arrival, gathered, it)
    case 'answer':
      return bookAnswer(arrival, gathered, it)
    case 'event':
      return arrival.kind === 'kf/enter_session' ? bookEntry(arrival, gathered) : {}
    default:
      return {}
  }
}

const chatOf = (arrival: Arrival) => ({
  openKfId: arrival.openKfId as string,
  externalUserId: arrival.externalUserId as string,
})
const touch = (arrival: Arrival, gathered: Gathered, it: Conversation | null) => ({
  at: arrival.at,
  externalUserId: arrival.externalUserId,
  customerId: gathered.customer.id,
  channel: it?.channel ?? gathered.chat.entry.channel ?? gathered.chat.entry.scene ?? gathered.customer.channel,
  rm: it?.rm ?? null,
  sourceId: arrival.msgid,
})

const bookMessage = (arrival: Arrival, gathered: Gathered, it: Conversation | null): Partial<Changes> => ({
  messages: [
    {
      ...chatOf(arrival),
      id: arrival.msgid,
      at: arrival.at,
      sender: 'customer',
      rm: null,
      type: arrival.type as string,
      text: describeMessage(arrival.type as string, arrival.body),
      payload: (arrival.body ?? {}) as object,
      status: 'received',
    },
  ],
  touchpoints: [
    {
      ...touch(arrival, gathered, it),
      kind: 'message.received',
      data: {
        type: arrival.type,
        ...(arrival.facts.menuId && { menuId: arrival.facts.menuId }),
        ...(arrival.history && { history: true }),
      },
    },
  ],
  chat: { ...chatOf(arrival), customerWroteAt: arrival.at },
})

const bookAnswer = (arrival: Arrival, gathered: Gathered, it: Conversation | null): Partial<Changes> => {
  const rm = (arrival.event as { servicer_userid?: string }).servicer_userid ?? null
  return {
    messages: [
      {
        ...chatOf(arrival),
        id: arrival.msgid,
        at: arrival.at,
        sender: 'rm',
        rm,
        type: arrival.type as string,
        text: describeMessage(arrival.type as string, arrival.body),
        payload: (arrival.body ?? {}) as object,
        status: 'accepted',
      },
    ],
    touchpoints: [{ ...touch(arrival, gathered, it), kind: 'message.replied', rm, data: { type: arrival.type } }],
  }
}

const bookEntry = (arrival: Arrival, gathered: Gathered): Partial<Changes> => {
  const { scene, scene_param: sceneParam } = arrival.event as { scene?: string; scene_param?: string }
  const entry = { ...(scene && { scene, channel: scene }), ...(sceneParam && { sceneParam }) }
  return {
    touchpoints: [
      {
        ...touch(arrival, gathered, null),
        channel: scene || null,
        kind: 'entry.opened',
        data: { ...(scene && { scene }), ...(sceneParam && { sceneParam }) },
      },
    ],
    chat: { ...chatOf(arrival), enteredAt: arrival.at, ...(scene && { entry }) },
    channel: scene ? { customerId: gathered.customer.id, channel: scene } : null,
  }
}
