import { clickMenu, customerNamed, customerRecalls, customerSends, openChat, openLink } from '../model/customers.ts'
import type { Entrance } from '../model/customers.ts'
import { findChat } from '../model/find.ts'
import type { Customer, Line, LogItem, Payload, World } from '../model/world.ts'
import { customerContacts } from './customer-contacts.ts'
import type { CustomerContacts } from './customer-contacts.ts'

export type CustomerControl = CustomerContacts & {
  externalUserId: string
  /** Opens the chat: an account with an entrance, or a link (`url`); null when the link was tampered with. */
  opens(at: string | ({ openKfId: string } & Entrance) | { url: string }): LogItem | null
  /** Answers the log item; the same `msgid` again is a message that WeCom delivers twice. */
  writes(openKfId: string, text: string, msgid?: string): LogItem
  sends(openKfId: string, type: string, payload: Payload): LogItem
  /** Taps an item, by its id or words, of the menu with this msgid; of the last menu when none is given. */
  clicksMenu(openKfId: string, item: string, msgid?: string): LogItem
  recalls(msgid: string): LogItem
  /** Refuses (or takes again) what the corp sends. */
  blocks(blocks?: boolean): void
  /** What stands in his chat with the account. */
  sees(openKfId: string): Line[]
}

const lastMenu = (world: World, openKfId: string, customer: string): string =>
  findChat(world, openKfId, customer)?.lines.findLast((line) => line.type === 'msgmenu')?.msgid ?? ''

/** A customer with a WeChat phone; made on first mention. */
export const customerControl = (world: World, customer: string, given: Partial<Customer> = {}): CustomerControl => {
  customerNamed(world, customer, given)
  return {
    ...customerContacts(world, customer),
    externalUserId: customer,
    opens: (at) => {
      if (typeof at === 'string') return openChat(world, { customer, openKfId: at })
      return 'url' in at ? openLink(world, { customer, url: at.url }) : openChat(world, { customer, ...at })
    },
    writes: (openKfId, content, msgid) =>
      customerSends(world, { customer, openKfId, type: 'text', payload: { content }, ...(msgid ? { msgid } : {}) }),
    sends: (openKfId, type, payload) => customerSends(world, { customer, openKfId, type, payload }),
    clicksMenu: (openKfId, item, msgid = lastMenu(world, openKfId, customer)) =>
      clickMenu(world, { customer, openKfId, msgid, item }),
    recalls: (msgid) => customerRecalls(world, { customer, msgid }),
    blocks: (blocks = true) => void customerNamed(world, customer, { blocks }),
    sees: (openKfId) => structuredClone(findChat(world, openKfId, customer)?.lines ?? []),
  }
}
