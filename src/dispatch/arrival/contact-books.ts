import type { NewTouchpoint } from '../../ledger/touchpoint.ts'
import type { Arrival } from './arrival.ts'
import type { Changes } from '../changes.ts'
import { addContact, loseContact, type Contact, type LostBy, type Step } from '../contact.ts'
import type { ContactOrigin } from '../contact-origin.ts'
import type { GatheredContact } from '../gather/gather-contact.ts'

/** The fields of a contact event, WeCom's or our own. */
export type ContactEvent = {
  UserID?: string
  State?: string
  Source?: string
  /** Of `contact/found`: how they met. */
  addWay?: number
}

export type ContactGround = { arrival: Arrival; gathered: GatheredContact; origin: ContactOrigin | null }

/** What the event makes of the relation; null for events that tell of none. */
export const stepOf = ({ arrival, gathered }: Omit<ContactGround, 'origin'>): Step | null => {
  const event = arrival.event as ContactEvent
  if (!event.UserID) return null
  const known = gathered.contacts.find(({ rm }) => rm === event.UserID) ?? null
  const about = { rm: event.UserID, at: arrival.at }
  const added = { ...about, wecomState: event.State ?? null }
  switch (arrival.kind) {
    case 'contact/add_external_contact':
    case 'contact/found':
      return addContact(known, { ...added, half: false })
    case 'contact/add_half_external_contact':
      return addContact(known, { ...added, half: true })
    case 'contact/del_follow_user':
      return loseContact(known, { ...about, by: 'customer' })
    case 'contact/del_external_contact':
      return loseContact(known, { ...about, by: deletedBy(event.Source) })
    case 'contact/gone':
      return loseContact(known, { ...about, by: 'reconcile' })
    default:
      return known && { contact: known, change: null, first: false }
  }
}

const deletedBy = (source: string | undefined): LostBy => (source === 'DELETE_BY_TRANSFER' ? 'transfer' : 'manager')

/**
 * What is written down of a contact event whatever the handler answers: the relation as it is now, and one line in the ledger
 * for each add, confirmation and loss, with where the customer came from.
 */
export const bookContact = (ground: ContactGround, step: Step | null): Partial<Changes> => {
  if (!step?.change) return {}
  const { customer } = ground.gathered
  const channel = ground.origin?.channel ?? null
  return {
    contact: {
      customerId: customer.id,
      invitationId: step.change === 'added' ? (ground.origin?.invitation?.id ?? null) : null,
      contact: step.contact,
      addWay: (ground.arrival.event as ContactEvent).addWay ?? null,
    },
    touchpoints: [lineOf(ground, step)],
    channel: step.change === 'added' && channel ? { customerId: customer.id, channel } : null,
  }
}

const lineOf = ({ arrival, gathered, origin }: ContactGround, step: Step): NewTouchpoint => {
  const { customer, entry } = gathered
  const common = {
    at: arrival.at,
    externalUserId: customer.externalUserId,
    customerId: customer.id,
    rm: step.contact.rm,
    sourceId: arrival.msgid,
  }
  const channel = origin?.channel ?? entry?.channel ?? customer.channel
  if (step.change === 'lost') {
    const by = lostBy(arrival, step.contact)
    return { ...common, kind: 'contact.lost', channel: customer.channel, data: { by } }
  }
  if (step.change === 'confirmed') return { ...common, kind: 'contact.confirmed', channel, data: {} }
  return {
    ...common,
    kind: 'contact.added',
    channel,
    conversationId: origin?.invitation?.conversationId ?? null,
    data: addedData({ arrival, gathered, origin }, step),
  }
}

/** Of a loss that belongs to an earlier connection, the relation itself says nothing. */
const lostBy = ({ kind, event }: Arrival, { lostBy: known }: Contact): LostBy | null => {
  if (kind === 'contact/del_follow_user') return 'customer'
  return kind === 'contact/del_external_contact' ? deletedBy((event as ContactEvent).Source) : known
}

const addedData = ({ arrival, gathered, origin }: ContactGround, { first }: Step) => {
  const { State: state, addWay } = arrival.event as ContactEvent
  const { entry, conversationId } = gathered
  return {
    first,
    ...(arrival.kind === 'contact/add_half_external_contact' && { half: true }),
    ...(arrival.kind === 'contact/found' && { found: 'reconcile' }),
    ...(state && { state }),
    ...(addWay !== undefined && { addWay }),
    ...(origin?.invitation && { invitation: origin.invitation }),
    ...(origin?.channel && { channel: origin.channel }),
    ...(entry && {
      entry: { channel: entry.channel, at: entry.at, ...(entry.campaign && { campaign: entry.campaign }) },
    }),
    ...(conversationId && { lastConversation: conversationId }),
  }
}
