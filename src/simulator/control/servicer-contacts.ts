import { accept, addFull } from '../model/contact-adding.ts'
import { contactSays, memberDeletes } from '../model/contact-chat.ts'
import { editInClient } from '../model/contact-edits.ts'
import type { Edit } from '../model/contact-edits.ts'
import type { ContactLine } from '../model/contact-types.ts'
import { findChat } from '../model/find.ts'
import { Impossible } from '../model/refused.ts'
import { reply } from '../model/replies.ts'
import type { LogItem, Payload, World } from '../model/world.ts'
import { relationViews } from './relation-view.ts'
import type { RelationView } from './relation-view.ts'

/** What a member does with 客户联系 in his client. */
export type ServicerContacts = {
  /** Confirms a half contact, or somebody who asked. */
  accepts(customer: string): void
  /** Adds the customer himself (2: by his phone number, unless told). */
  addsContact(customer: string, addWay?: number): void
  deletesContact(customer: string): void
  /** Remarks and tags (by id): edit_external_contact, unless only the mobiles change. */
  edits(customer: string, edit: Edit): void
  /** Writes to the customer in private. */
  tells(customer: string, text: string): ContactLine
  tellsWith(customer: string, type: string, payload: Payload): ContactLine
  contacts(): RelationView[]
  /** Sends a member's card into the kf chat: his whom upgrade_service recommended, unless named. */
  sendsCard(openKfId: string, customer: string, userid?: string): LogItem
}

const recommended = (world: World, openKfId: string, customer: string): string => {
  const userid = findChat(world, openKfId, customer)?.upgrade?.['userid']
  if (typeof userid !== 'string') throw new Impossible('nobody was recommended in this chat')
  return userid
}

export const servicerContacts = (world: World, userid: string): ServicerContacts => ({
  accepts: (customer) => void accept(world, { userid, externalUserId: customer }),
  addsContact: (customer, addWay = 2) => {
    addFull(world, { userid, externalUserId: customer, addWay, operator: userid, state: '', linkId: null })
  },
  deletesContact: (customer) => memberDeletes(world, { userid, externalUserId: customer }),
  edits: (customer, edit) => editInClient(world, { userid, externalUserId: customer }, edit),
  tells: (customer, content) =>
    contactSays(world, { userid, externalUserId: customer, from: 'servicer', type: 'text', payload: { content } }),
  tellsWith: (customer, type, payload) =>
    contactSays(world, { userid, externalUserId: customer, from: 'servicer', type, payload }),
  contacts: () => relationViews(world, { userid }),
  sendsCard: (openKfId, customer, whom = recommended(world, openKfId, customer)) =>
    reply(world, { userid, openKfId, customer, type: 'business_card', payload: { userid: whom } }),
})
