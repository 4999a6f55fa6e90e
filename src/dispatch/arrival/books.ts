import type { Arrival } from './arrival.ts'
import type { Changes } from '../changes.ts'
import type { Conversation } from '../conversation.ts'
import { describeMessage } from './describe.ts'
import type { Entrance } from '../gather/entrance.ts'
import type { Gathered } from '../gather/gather.ts'

/**
 * What is written down of an arrival whatever the handler answers, so that no handler can lose a message: the message itself,
 * its touchpoint, and WeCom's window that it opens.
 */
export const bookArrival = (arrival: Arrival, gathered: Gathered, it: Conversation | null): Partial<Changes> => {
  switch (arrival.sort) {
    case 'message':
      return { ...bookMessage(arrival, gathered, it), ...askForProfile(arrival, gathered) }
    case 'answer':
      return bookAnswer(arrival, gathered, it)
    case 'event':
      return arrival.kind === 'kf/enter_session'
        ? { ...bookEntry(arrival, gathered), ...askForProfile(arrival, gathered) }
        : {}
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
      payload: arrival.body ?? {},
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
        payload: arrival.body ?? {},
        status: 'accepted',
      },
    ],
    touchpoints: [{ ...touch(arrival, gathered, it), kind: 'message.replied', rm, data: { type: arrival.type } }],
  }
}

const bookEntry = (arrival: Arrival, gathered: Gathered): Partial<Changes> => {
  const { entrance, customer } = gathered
  const channel = entrance?.channel ?? null
  return {
    touchpoints: [
      {
        ...touch(arrival, gathered, null),
        channel,
        kind: 'entry.opened',
        data: entrance ? entryData(arrival, entrance) : {},
      },
    ],
    chat: { ...chatOf(arrival), enteredAt: arrival.at, ...(entrance && { entry: entryOf(entrance) }) },
    channel: channel === null ? null : { customerId: customer.id, channel },
    identity: entrance?.clientNo
      ? {
          customerId: customer.id,
          kind: 'client_no',
          value: entrance.clientNo,
          via: 'entry',
          at: arrival.at,
          sourceId: arrival.msgid,
        }
      : null,
  }
}

/** What the rules may know of it from now on. */
const entryOf = ({ channel, channelKind, campaign, firm, clientNo }: Entrance) => ({
  scene: channel,
  channel,
  ...(channelKind && { channelKind }),
  ...(campaign && { campaign }),
  ...(firm && { firm }),
  ...(clientNo && { client: true }),
})

/** What the ledger keeps: where he came from and how his link was judged, never who he is. A campaign tool's own parameter is kept as it came. */
const entryData = (arrival: Arrival, { channel, campaign, firm, param }: Entrance) => ({
  scene: channel,
  ...(campaign && { campaign }),
  ...(firm && { firm }),
  ...(param !== 'none' && { param }),
  ...(param === 'foreign' && { sceneParam: (arrival.event as { scene_param?: string }).scene_param }),
})

const profileMs = 48 * 3_600_000

/** WeCom tells a customer's profile only within 48 h of his visit: it is asked for at the first contact, in a line of its own. */
const askForProfile = (arrival: Arrival, { customer, profileAsked }: Gathered): Partial<Changes> => {
  if (profileAsked || arrival.history) return {}
  const notAfter = new Date(arrival.at.getTime() + profileMs)
  const subject = `profile:${arrival.externalUserId}`
  return {
    profileOf: customer.id,
    errands: [{ kind: 'kf/profile', subject, lane: 3, payload: chatOf(arrival), notAfter }],
  }
}
