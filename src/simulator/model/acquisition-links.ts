import { balance } from './acquisition-quota.ts'
import { cutToBytes } from './bytes.ts'
import { day, hour } from './clock.ts'
import { byCustomer } from './contact-adding.ts'
import { optional, tellAcquisition } from './contact-events.ts'
import { checkRange, hasUsable, pickMember } from './contact-range.ts'
import type { AcquisitionLink, ChatKey } from './contact-types.ts'
import { meet } from './contact-ways.ts'
import type { Met } from './contact-ways.ts'
import { customerNamed } from './customers.ts'
import { Impossible, impossibleIf, Refused, refuseIf } from './refused.ts'
import type { World } from './world.ts'

const perLink = 500
const base = 'https://work.weixin.qq.com/ca/'

export type NewLink = Pick<AcquisitionLink, 'name' | 'users' | 'parties'> &
  Partial<Pick<AcquisitionLink, 'skipVerify' | 'priority' | 'byApp'>>

/** customer_acquisition/create_link */
export const addLink = (world: World, asked: NewLink): AcquisitionLink => {
  checkRange(world, asked, perLink)
  const link: AcquisitionLink = {
    linkId: `cawc${world.chance.text(24)}`,
    url: `${base}cawcde${world.chance.text(10)}`,
    createdAt: world.now(),
    skipVerify: true,
    priority: null,
    byApp: true,
    ...asked,
    available: true,
    turn: 0,
    clicks: [],
    customers: [],
  }
  world.contacts.links.set(link.linkId, link)
  world.changed({ kind: 'contact' })
  return link
}

/** A link that this app made and that is still there. */
export const ownLink = (world: World, linkId: string): AcquisitionLink => {
  const link = world.contacts.links.get(linkId)
  if (!link?.byApp) throw new Refused(40058, 'invalid link_id')
  return link
}

export const updateLink = (world: World, linkId: string, given: Partial<NewLink>): void => {
  const link = ownLink(world, linkId)
  checkRange(world, { users: given.users ?? link.users, parties: given.parties ?? link.parties }, perLink)
  Object.assign(link, given)
  world.changed({ kind: 'contact' })
}

/** By API no callback comes of it; an admin's deletion in the console is told. */
export const deleteLink = (world: World, linkId: string, by: 'app' | 'console'): void => {
  if (by === 'app') ownLink(world, linkId)
  impossibleIf(!world.contacts.links.delete(linkId), `there is no link ${linkId}`)
  world.changed({ kind: 'contact' })
  if (by === 'console' || world.settings.apiEditsEmitEvents) tellAcquisition(world, 'delete_link', [['LinkId', linkId]])
}

/** After a member left or lost 客户联系: a link behind which nobody is left is told once. */
export const checkLinks = (world: World): void => {
  for (const link of world.contacts.links.values()) {
    if (!link.available || hasUsable(world, link)) continue
    link.available = false
    tellAcquisition(world, 'link_unavailable', [['LinkId', link.linkId]])
  }
}

type Followed = { link: AcquisitionLink; state: string }

/** `customer_channel` is cut to 64 bytes without a word. */
const follow = (world: World, address: string): Followed => {
  const url = new URL(address)
  const link = [...world.contacts.links.values()].find((one) => one.url === `${url.origin}${url.pathname}`)
  if (!link?.available) throw new Impossible('this link is not valid any more')
  return { link, state: cutToBytes(url.searchParams.get('customer_channel') ?? '', 64) }
}

/** The customer opens the link and sees a member's profile; in some categories the app is told. */
export const openAcquisition = (world: World, ask: { customer: string; url: string }): { linkId: string } => {
  const { link, state } = follow(world, ask.url)
  customerNamed(world, ask.customer)
  link.clicks.push({ at: world.now(), customer: ask.customer })
  const nodes = optional(world, { State: state })
  if (world.corp.openProfile) tellAcquisition(world, 'open_profile', [['LinkId', link.linkId], ...nodes])
  return { linkId: link.linkId }
}

/** He adds the member whom the link shows: costs one of the quota unless they are friends already. */
export const addByLink = (world: World, ask: { customer: string; url: string }): Met => {
  const { link, state } = follow(world, ask.url)
  const customer = customerNamed(world, ask.customer)
  const { externalUserId } = customer
  const { member, friends } = pickMember(world, link, customer)
  if (friends) return { userid: member.userid, outcome: 'friends' }
  impossibleIf(balance(world) === 0, 'the quota of the acquisition links is used up')
  const { linkId } = link
  if (state !== '')
    tellAcquisition(world, 'friend_request', [
      ['LinkId', linkId],
      ['State', state],
    ])
  const way = byCustomer(customer, { addWay: 16, state, linkId })
  return meet(world, { userid: member.userid, externalUserId, skipVerify: link.skipVerify, ...way })
}

/** Days are China's. */
const dayOf = (at: number): number => Math.floor((at + 8 * hour) / day)

/** customer_acquisition/statistic: whole days, both ends counted; the last 180 only. */
export const linkStatistic = (world: World, ask: { linkId: string; from: number; to: number }) => {
  const link = ownLink(world, ask.linkId)
  const [first, last] = [dayOf(ask.from * 1000), dayOf(ask.to * 1000)]
  refuseIf(dayOf(world.now()) - first > 180, 40058, 'start_time is too old')
  const within = ({ at }: { at: number }): boolean => dayOf(at) >= first && dayOf(at) <= last
  return {
    click_link_customer_cnt: new Set(link.clicks.filter(within).map(({ customer }) => customer)).size,
    new_customer_cnt: link.customers.filter(within).length,
  }
}

/** customer_acquisition/get_chat_info: 40058 for a key that is unknown or older than 30 minutes. */
export const chatOfKey = (world: World, chatKey: string): ChatKey => {
  const key = world.contacts.chatKeys.get(chatKey)
  if (!key || key.expiresAt < world.now()) throw new Refused(40058, 'invalid chat_key')
  return key
}
