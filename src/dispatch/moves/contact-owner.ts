import type { Contact } from '../contact.ts'
import { own, type Effect } from '../effects.ts'
import type { EventKind } from '../events.ts'
import type { Turn } from '../turn/turn.ts'

const isConnected = ({ state }: Contact): boolean => state !== 'lost'

/**
 * Whether the RM who was added becomes the customer's own: only when the bank has named nobody and no colleague has the
 * customer already, or when he was handed over by the one who was it.
 */
export const becomesOwner = <Kind extends EventKind>(turn: Turn<Kind>): Effect[] => {
  const { contact, contacts, change, customer } = turn
  if (!contact || !isConnected(contact) || change === null || customer.avoid.includes(contact.rm)) return []
  const others = contacts.filter((one) => one.rm !== contact.rm && isConnected(one))
  if (customer.owner === null) return others.length === 0 ? [own(contact.rm, 'first-contact')] : []
  const former = contacts.find(({ rm }) => rm === customer.owner)
  return former?.lostBy === 'transfer' && !isConnected(former) ? [own(contact.rm, 'transfer')] : []
}

/** The owner has handed the customer over: whoever was added last is it from now on. Nobody yet: his add will say so. */
export const ownerFollows = <Kind extends EventKind>({ contact, contacts, change, customer }: Turn<Kind>): Effect[] => {
  if (change !== 'lost' || contact?.lostBy !== 'transfer' || customer.owner !== contact.rm) return []
  const [newest] = contacts.filter(isConnected).toSorted((a, b) => addedAt(b) - addedAt(a))
  return newest ? [own(newest.rm, 'transfer')] : []
}

const addedAt = ({ addedAt: at }: Contact): number => at?.getTime() ?? 0
