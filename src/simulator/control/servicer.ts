import { clickCard } from '../model/cards.ts'
import { openAccount } from '../model/customers.ts'
import { loginCode, memberNamed, memberTriggers, memberWrites } from '../model/members.ts'
import { endSession, rejectCustomer, reply, retake, servicerRecalls, take, transferTo } from '../model/replies.ts'
import { Impossible } from '../model/refused.ts'
import { servesAccount, setReception } from '../model/servicers.ts'
import type { LogItem, Member, Payload, StaffMessage, World } from '../model/world.ts'
import { servicerContacts } from './servicer-contacts.ts'
import type { ServicerContacts } from './servicer-contacts.ts'

export type ServicerControl = ServicerContacts & {
  userid: string
  takes(openKfId: string, customer: string): LogItem
  transfers(openKfId: string, customer: string, to: string): LogItem
  ends(openKfId: string, customer: string): LogItem
  /** Takes back a session that he gave away, or opens an ended one of his again. */
  reopens(openKfId: string, customer: string): LogItem
  replies(openKfId: string, customer: string, text: string): LogItem
  sends(openKfId: string, customer: string, message: { type: string; payload: Payload }): LogItem
  recalls(openKfId: string, customer: string, msgid: string): LogItem
  rejects(openKfId: string, customer: string, rejects?: boolean): LogItem
  /** Of one account, or of all that he serves. */
  stops(openKfId?: string): void
  suspends(openKfId?: string): void
  resumes(openKfId?: string): void
  /** What the app sent him, oldest first. */
  inbox(): StaffMessage[]
  /** Presses a button of the card with this msgid (of his last card when none is given). */
  clicks(key: string, ask?: { msgid?: string; selected?: Record<string, string[]> }): void
  /** Writes to the app. */
  writes(text: string): void
  /** An event that he causes in the app: `enter_agent`, `click` with a menu key … */
  triggers(event: string, key?: string): void
  /** The code with which a page of the app learns who he is. */
  loginCode(): string
}

/** A member of the corp with a WeCom phone; made on first mention (making him a servicer is the account's business). */
export const servicerControl = (world: World, name: string, given: Partial<Member> = {}): ServicerControl => {
  const member = memberNamed(world, name, given)
  const { userid } = member
  const receive = (to: 'receiving' | 'stopped' | 'suspended') => (openKfId?: string) => {
    const all = [...world.accounts.values()].filter((account) => servesAccount(world, account, userid))
    const accounts = openKfId === undefined ? all : [openAccount(world, openKfId)]
    for (const account of accounts) setReception(world, { account, userid, to })
  }
  const lastCard = (): string => {
    const card = member.inbox.findLast((message) => message.card)
    if (!card) throw new Impossible(`${userid} has no card`)
    return card.msgid
  }
  return {
    ...servicerContacts(world, userid),
    userid,
    takes: (openKfId, customer) => take(world, { userid, openKfId, customer }),
    transfers: (openKfId, customer, to) => transferTo(world, { userid, openKfId, customer, to: to.toLowerCase() }),
    ends: (openKfId, customer) => endSession(world, { userid, openKfId, customer }),
    reopens: (openKfId, customer) => retake(world, { userid, openKfId, customer }),
    replies: (openKfId, customer, content) =>
      reply(world, { userid, openKfId, customer, type: 'text', payload: { content } }),
    sends: (openKfId, customer, message) => reply(world, { userid, openKfId, customer, ...message }),
    recalls: (openKfId, customer, msgid) => servicerRecalls(world, { userid, openKfId, customer, msgid }),
    rejects: (openKfId, customer, rejects = true) => rejectCustomer(world, { userid, openKfId, customer, rejects }),
    stops: receive('stopped'),
    suspends: receive('suspended'),
    resumes: receive('receiving'),
    inbox: () => structuredClone(member.inbox),
    clicks: (key, { msgid, selected } = {}) =>
      void clickCard(world, { userid, msgid: msgid ?? lastCard(), key, ...(selected ? { selected } : {}) }),
    writes: (text) => void memberWrites(world, userid, text),
    triggers: (event, key) => void memberTriggers(world, { userid, event, ...(key === undefined ? {} : { key }) }),
    loginCode: () => loginCode(world, userid),
  }
}
