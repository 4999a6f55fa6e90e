import { addByLink, openAcquisition } from '../model/acquisition-links.ts'
import { addFull, byCustomer } from '../model/contact-adding.ts'
import { findRelation, isAlive } from '../model/contact-book.ts'
import { approveArchive, contactSays, customerDeletes } from '../model/contact-chat.ts'
import type { ContactLine } from '../model/contact-types.ts'
import { scanWay } from '../model/contact-ways.ts'
import type { Met } from '../model/contact-ways.ts'
import { findChat } from '../model/find.ts'
import { Impossible } from '../model/refused.ts'
import type { Payload, World } from '../model/world.ts'
import { relationViews } from './relation-view.ts'
import type { RelationView } from './relation-view.ts'

/** What a customer does with 客户联系 on his phone. */
export type CustomerContacts = {
  /** Becomes a contact of a member at once, through something that carries `state`. */
  adds(userid: string, state?: string): void
  /** Scans a code (its config_id or qr_code). */
  scans(code: string): Met
  /** Opens an acquisition link: sees the member's profile. */
  opensLink(url: string): { linkId: string }
  /** Opens it and adds the member. */
  addsByLink(url: string): Met
  /**
   * Adds the member whose card stands last in the chat with the kf account, under the same external_userid: a card that a
   * servicer sent (add_way 3), or an acquisition link, which looks like one (16).
   */
  addsFromCard(openKfId: string): Met
  deletes(userid: string): void
  /** Agrees to the message archive (会话内容存档): msg_audit_approved. */
  approvesArchive(userid: string): void
  /** Writes to the member in private. */
  tells(userid: string, text: string): ContactLine
  tellsWith(userid: string, type: string, payload: Payload): ContactLine
  /** What stands in the private chat with the member. */
  seesOf(userid: string): ContactLine[]
  contacts(): RelationView[]
}

const cards = ['business_card', 'ca_link']

const cardIn = (world: World, openKfId: string, customer: string): Payload => {
  const lines = findChat(world, openKfId, customer)?.lines ?? []
  const card = lines.findLast((line) => cards.includes(line.type) && line.status === 'shown')
  if (!card) throw new Impossible('no card stands in this chat')
  return card.payload
}

const addByCard = (world: World, customer: string, userid: string): Met => {
  if (isAlive(findRelation(world, userid, customer))) return { userid, outcome: 'friends' }
  addFull(world, { userid, externalUserId: customer, ...byCustomer({ externalUserId: customer }, { addWay: 3 }) })
  return { userid, outcome: 'added' }
}

const followLink = (world: World, customer: string, url: string): Met => {
  openAcquisition(world, { customer, url })
  return addByLink(world, { customer, url })
}

export const customerContacts = (world: World, customer: string): CustomerContacts => ({
  adds: (userid, state = '') => {
    addFull(world, { userid, externalUserId: customer, ...byCustomer({ externalUserId: customer }, { state }) })
  },
  scans: (code) => scanWay(world, { customer, code }),
  opensLink: (url) => openAcquisition(world, { customer, url }),
  addsByLink: (url) => followLink(world, customer, url),
  addsFromCard: (openKfId) => {
    const { userid, link_url: url } = cardIn(world, openKfId, customer)
    return typeof url === 'string' ? followLink(world, customer, url) : addByCard(world, customer, String(userid))
  },
  deletes: (userid) => customerDeletes(world, { userid, externalUserId: customer }),
  approvesArchive: (userid) => approveArchive(world, { userid, externalUserId: customer }),
  tells: (userid, content) =>
    contactSays(world, { userid, externalUserId: customer, from: 'customer', type: 'text', payload: { content } }),
  tellsWith: (userid, type, payload) =>
    contactSays(world, { userid, externalUserId: customer, from: 'customer', type, payload }),
  seesOf: (userid) => structuredClone(findRelation(world, userid, customer)?.lines ?? []),
  contacts: () => relationViews(world, { customer }),
})
