import type { Dispatcher } from '../callbacks/dispatcher.ts'
import type { Delivery } from '../callbacks/deliver.ts'
import type { Knobs } from '../callbacks/knobs.ts'
import type { Call, Calls } from '../http/calls.ts'
import type { VirtualClock } from '../model/clock.ts'
import type { Faults } from '../model/faults.ts'
import { chatOf, knownAccount } from '../model/find.ts'
import { append } from '../model/log.ts'
import { Impossible } from '../model/refused.ts'
import { failLater } from '../model/sending.ts'
import type { Settings } from '../model/settings.ts'
import type { Tokens } from '../model/tokens.ts'
import type { Corp, Customer, LogItem, Member, Payload, World } from '../model/world.ts'
import { accountsControl } from './accounts.ts'
import type { AccountsControl } from './accounts.ts'
import { contactsControl } from './contacts.ts'
import type { ContactsControl } from './contacts.ts'
import { customerControl } from './customer.ts'
import type { CustomerControl } from './customer.ts'
import { servicerControl } from './servicer.ts'
import type { ServicerControl } from './servicer.ts'
import { verifyCallback } from './verify.ts'
import { conversationView, sessionView } from './view.ts'
import type { ConversationView, SessionView } from './view.ts'

/** `appKey`: for the bank's demo app, which may make links and tell touchpoints. */
export type Live = { url: string; key: string; appKey?: string }

/** Everything that people and fate do in WeCom, for tests and for the phones. */
export type Control = {
  customer(externalUserId: string, given?: Partial<Customer>): CustomerControl
  /** A member and, where an account lists him, a servicer. */
  servicer(userid: string, given?: Partial<Member>): ServicerControl
  accounts: AccountsControl
  contacts: ContactsControl
  corp: Corp
  settings: Settings
  clock: VirtualClock
  faults: Faults
  /** WeCom withdraws the access token early. */
  revokeToken(): void
  callbacks: {
    knobs: Knobs
    deliveries: Delivery[]
    url(): string | null
    setUrl(url: string | null): void
    verify(): Promise<{ ok: boolean; reason: string }>
  }
  /** Nobody answers at the simulator's address any more (ECONNREFUSED), until it listens again. */
  network: { refuse(): Promise<void>; again(): Promise<void> }
  /** Where Yinqiao itself answers, for the live line of the phones page; null when nothing is told. */
  live: Live | null
  /** Both sides read this clock; else the page offers no moving of time while an app is connected. */
  sharedClock: boolean
  /** Bodies of the accepted calls of one API, in order: `sent('message/send')`. */
  sent(path: string): Payload[]
  /** Every call, also refused ones. */
  calls(path?: string): Call[]
  forgetCalls(): void
  state(openKfId: string, externalUserId: string): SessionView
  conversationView(openKfId: string, externalUserId: string): ConversationView
  /** Everything in an account's log, oldest first. */
  log(openKfId: string): LogItem[]
  /** The log gives an item again, with the same msgid, as WeCom sometimes does. */
  repeats(openKfId: string, msgid: string): void
  /** An accepted message fails afterwards (msg_send_fail). */
  fails(openKfId: string, externalUserId: string, failed: { msgid: string; failType: number }): void
  /** Resolves when no callback is queued or under way. */
  idle(): Promise<void>
}

export type Parts = {
  world: World
  clock: VirtualClock
  faults: Faults
  tokens: Tokens
  calls: Calls
  dispatcher: Dispatcher
  url(): string | null
  setUrl(url: string | null): void
  network: Control['network']
}

export const makeControl = (parts: Parts): Control => {
  const { world, clock, faults, calls, dispatcher } = parts
  return {
    customer: (externalUserId, given) => customerControl(world, externalUserId, given),
    servicer: (userid, given) => servicerControl(world, userid, given),
    accounts: accountsControl(world),
    contacts: contactsControl(world),
    corp: world.corp,
    settings: world.settings,
    clock,
    faults,
    revokeToken: parts.tokens.revoke,
    callbacks: {
      knobs: dispatcher.knobs,
      deliveries: dispatcher.deliveries,
      url: parts.url,
      setUrl: parts.setUrl,
      verify: () => verifyCallback(world, parts.url() ?? ''),
    },
    network: parts.network,
    live: null,
    sharedClock: false,
    sent: (path) =>
      calls
        .list(path)
        .filter((call) => call.errcode === 0)
        .map((call) => call.body),
    calls: calls.list,
    forgetCalls: calls.clear,
    state: (openKfId, externalUserId) => sessionView(world, openKfId, externalUserId),
    conversationView: (openKfId, externalUserId) => conversationView(world, openKfId, externalUserId),
    log: (openKfId) => knownAccount(world, openKfId).log.flatMap((entry) => entry.item ?? []),
    repeats: (openKfId, msgid) => repeat(world, openKfId, msgid),
    fails: (openKfId, externalUserId, failed) =>
      failLater(world, {
        account: knownAccount(world, openKfId),
        chat: chatOf(world, openKfId, externalUserId),
        ...failed,
      }),
    idle: dispatcher.idle,
  }
}

const repeat = (world: World, openKfId: string, msgid: string): void => {
  const account = knownAccount(world, openKfId)
  const item = account.log.find((entry) => entry.item?.msgid === msgid)?.item
  if (!item) throw new Impossible(`the log of ${openKfId} has no ${msgid}`)
  append(world, account, item)
}
